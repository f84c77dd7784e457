"""How well planted shapes are found, and how often others are taken for them.

``python benchmarks/shapes/study.py [--meshes DIR] [--rounds N] [--seed S]``

Without ``--meshes`` the library is made of shapes from a seed. Each round takes every template once: planted
(hollow or solid, scaled by up to 8 % unevenly, 1 to 3 mm voxels, any pose), the planted body against the library
without its template, and a bent version of it as impostor.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

import forms
import scenes

from xscan.model import Mesh, Template, TemplateLibrary
from xscan.template import TemplateConfig, load_library, match


def made_library(n: int, seed: int) -> TemplateLibrary:
    """A library of shapes from a seed."""
    kinds = [forms.KINDS[i % len(forms.KINDS)] for i in range(n)]
    made = [Template(f"{k}{i}", k, forms.make(k, seed * 1000 + i), "protected-design") for i, k in enumerate(kinds)]
    return TemplateLibrary("made", tuple(made))


def cases(library: TemplateLibrary, rounds: int, seed: int):  # type: ignore[no-untyped-def]
    """Yield (case, template, segmentation, quantities, piece, library to match against)."""
    fine = {}
    for k in range(rounds):
        for i, t in enumerate(library.templates):
            rng = np.random.default_rng([seed, k, i])
            how = {
                "voxel_mm": float(rng.choice([1.0, 1.5, 2.0, 3.0])),
                "wall_mm": float(rng.uniform(2, 4)) if rng.random() < 0.5 else None,
                "scale": rng.uniform(0.92, 1.08, 3) if rng.random() < 0.5 else np.ones(3),
                "seed": int(rng.integers(2**31)),
                "psf_voxels": float(rng.uniform(0.5, 1.0)),
            }
            if t.id not in fine:
                fine[t.id] = scenes.fine_solid(t.mesh)
            seg, q, piece = scenes.alone(fine[t.id], **how)
            yield "planted", t, how, seg, q, piece, library
            rest = TemplateLibrary("rest", tuple(o for o in library.templates if o.id != t.id))
            yield "left-out", t, how, seg, q, piece, rest
            how["scale"] = np.ones(3)
            other = forms.bent(t.mesh, int(rng.integers(2**31)))
            seg, q, piece = scenes.alone(scenes.fine_solid(other), **how)
            yield "bent", t, how, seg, q, piece, library


def pose_error(m, piece, mesh: Mesh) -> float:  # type: ignore[no-untyped-def]
    """Root mean square distance, mm, of the mesh's vertices from where they were put (symmetric ones are off)."""
    truth = (mesh.vertices * piece.scale) @ piece.rotation.T + piece.place
    return float(np.sqrt(((m.pose.apply(mesh.vertices) - truth) ** 2).sum(axis=1).mean()))


def main() -> None:
    """Run and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--meshes", help="a template library; without it shapes from a seed")
    parser.add_argument("--made", type=int, default=18, help="how many shapes from a seed")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", help="case names, separated by commas")
    a = parser.parse_args()
    library = load_library(a.meshes) if a.meshes else made_library(a.made, a.seed)
    config = TemplateConfig()
    rows = []
    for case, t, how, seg, q, piece, against in cases(library, a.rounds, a.seed):
        if a.only and case not in a.only.split(","):
            continue
        began = time.perf_counter()
        found = match(seg, q, against, {}, config=config)
        took = time.perf_counter() - began
        names = [m.template_id for m in found]
        alike = [x for m in found for x in m.alternatives]
        right = t.id in names or t.id in alike
        error = min((pose_error(m, piece, t.mesh) for m in found if m.template_id == t.id), default=np.nan)
        rows.append((case, right, len(names), took, error))
        bad = (case == "planted" and (not right or len(names) > 1)) or (case != "planted" and names)
        if bad:
            made = f"{how['voxel_mm']} mm, wall {how['wall_mm']}, scale {np.round(how['scale'], 2)}"
            told = [(m.template_id, round(m.score, 3), round(m.deviation_rms_mm, 2)) for m in found]
            print(f"  {case} {t.id} ({made}): {told}", flush=True)
    for case in ("planted", "left-out", "bent"):
        own = [r for r in rows if r[0] == case]
        if not own:
            continue
        right, named = sum(r[1] for r in own), sum(r[2] > 0 for r in own)
        times = np.array([r[3] for r in own])
        errors = np.array([r[4] for r in own])
        line = f"{case:9s} {len(own)} bodies: right {right}, any name {named}, median {np.median(times):.2f} s"
        if case == "planted":
            line += f", pose error median {np.nanmedian(errors):.2f} mm, p90 {np.nanpercentile(errors, 90):.2f} mm"
        print(line)


if __name__ == "__main__":
    main()
