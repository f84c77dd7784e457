"""Evidence of right and wrong fits, from which the score was calibrated: one CSV line a fit.

``python benchmarks/shapes/evidence.py OUT.csv [--meshes DIR] [--made N] [--rounds K] [--seed S]``

Every shape is planted, and so is a bent version of it; each body is fitted with every template that the descriptors
do not rule out. "same" tells whether the template is the body's own.
"""

from __future__ import annotations

import argparse
import csv
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

import forms
import scenes
from study import made_library

from xscan.template import TemplateConfig, load_library
from xscan.template.body import body_of
from xscan.template.candidates import could_be
from xscan.template.fit import fit_whole
from xscan.template.prepared import prepare
from xscan.template.score import evidence_of

COLUMNS = ("body", "bent", "template", "same", "voxel", "wall", "size", "area", "volume")
COLUMNS += ("rms", "p95", "coverage", "explained", "scale")


def main() -> None:
    """Run and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out")
    parser.add_argument("--meshes")
    parser.add_argument("--made", type=int, default=18)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    a = parser.parse_args()
    library = load_library(a.meshes) if a.meshes else made_library(a.made, a.seed)
    config = TemplateConfig()
    prepared = {t.id: prepare(t.mesh, config) for t in library.templates}
    with Path(a.out).open("w", newline="") as f:
        table = csv.writer(f)
        table.writerow(COLUMNS)
        for i, t in enumerate(library.templates):
            for bent in (False, True):
                rng = np.random.default_rng([a.seed, i, int(bent)])
                mesh = forms.bent(t.mesh, int(rng.integers(2**31)), float(rng.uniform(0.3, 1))) if bent else t.mesh
                solid = scenes.fine_solid(mesh)
                for k in range(a.rounds):
                    voxel = float(rng.choice([1.0, 1.5, 2.0, 3.0]))
                    wall = float(rng.uniform(2, 4)) if rng.random() < 0.5 else None
                    scale = rng.uniform(0.92, 1.08, 3) if rng.random() < 0.5 and not bent else np.ones(3)
                    psf = float(rng.uniform(0.5, 1.0))
                    seg, q, _ = scenes.alone(
                        solid, seed=1000 * i + k, voxel_mm=voxel, wall_mm=wall, scale=scale, psf_voxels=psf
                    )
                    if not seg.goods:
                        continue
                    body = body_of(seg, q, [max(seg.goods, key=lambda o: o.voxels)])
                    if body is None:
                        continue
                    ranked = could_be(body.shape, prepared, voxel, config)
                    if not bent and t.id not in ranked:
                        print("descriptors ruled out", t.id, f"{voxel} mm, wall {wall}", flush=True)
                    for identity in ranked:
                        p = prepared[identity]
                        e = evidence_of(fit_whole(p, body, config.max_scale), body, p, config)
                        row = (e.rms_mm, e.p95_mm, e.coverage, e.explained, e.stretch)
                        same = int(identity == t.id and not bent)
                        measures = (voxel, wall or 0.0, p.shape.size, p.shape.area, p.shape.volume)
                        table.writerow([t.id, int(bent), identity, same, *(f"{v:.4g}" for v in measures + row)])
                    f.flush()


if __name__ == "__main__":
    main()
