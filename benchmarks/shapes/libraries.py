"""Libraries for the study: shapes from a seed, written once, and the simulator's toy figures."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import forms
import numpy as np

from xscan.model import Mesh, Template, TemplateLibrary
from xscan.simulate.figures import FIGURES
from xscan.simulate.surface import surface_of
from xscan.template import load_library


def library(name: str, kept: Path | None = None) -> TemplateLibrary:
    """``made:N:SEED`` (N shapes from a seed; once made they lie in the folder `kept`), ``figures``, or a folder."""
    if name == "figures":
        made = tuple(Template(k, k, surface_of(f()), "protected-design") for k, f in sorted(FIGURES.items()))
        return TemplateLibrary(name, made)
    if not name.startswith("made:"):
        return load_library(Path(name))
    _, n, seed = name.split(":")
    path = kept / f"{name.replace(':', '-')}.npz" if kept else None
    if path is None or not path.exists():
        made = tuple(shape(i, int(seed)) for i in range(int(n)))
        if path is not None:
            meshes = {f"{t.id}/{k}": getattr(t.mesh, k) for t in made for k in ("vertices", "faces")}
            np.savez(path, ids=np.array([t.id for t in made]), **meshes)
        return TemplateLibrary(name, made)
    with np.load(path) as z:
        ids = [str(i) for i in z["ids"]]
        meshes = [Mesh(z[f"{i}/vertices"], z[f"{i}/faces"]) for i in ids]
    kinds = [i.rstrip("0123456789") for i in ids]
    made = tuple(Template(i, k, m, "protected-design") for i, k, m in zip(ids, kinds, meshes, strict=True))
    return TemplateLibrary(name, made)


_OWN = 400  # shapes made from the ground up; those beyond are bent out of them, which is quick


def shape(i: int, seed: int) -> Template:
    """Shape `i` of a made library."""
    kind = forms.KINDS[i % len(forms.KINDS)]
    mesh = _made(kind, 100_000 * seed + i % _OWN)
    if i >= _OWN:
        mesh = forms.bent(mesh, i, 0.6 + 0.4 * (i * 0.618 % 1))
    return Template(f"{kind}{i}", kind, mesh, "protected-design")


@lru_cache(maxsize=_OWN)
def _made(kind: str, seed: int) -> Mesh:
    return forms.make(kind, seed)
