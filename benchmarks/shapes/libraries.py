"""Libraries for the study: shapes from a seed, written once, and the simulator's toy figures."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import forms

from xscan.model import Mesh, Template, TemplateLibrary
from xscan.simulate.figures import FIGURES
from xscan.simulate.meshes import surface_of
from xscan.template import load_library


def library(name: str) -> TemplateLibrary:
    """``made:N:SEED`` (N shapes from a seed), ``figures``, or a folder."""
    if name == "figures":
        made = tuple(Template(k, k, surface_of(f()), "protected-design") for k, f in sorted(FIGURES.items()))
        return TemplateLibrary(name, made)
    if not name.startswith("made:"):
        return load_library(Path(name))
    _, n, seed = name.split(":")
    return TemplateLibrary(name, tuple(shape(i, int(seed)) for i in range(int(n))))


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
