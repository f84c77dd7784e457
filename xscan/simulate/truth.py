"""What is known of a simulated parcel: labels at scan voxels, and the mass and place of every body."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xscan.simulate.materials import material
from xscan.simulate.scene import Scene
from xscan.simulate.voxelise import Voxels

__all__ = ["Truth", "truth_of"]


@dataclass(frozen=True, eq=False)
class Truth:
    """Labels uint16 (z, y, x) at scan voxels, 0 is none; objects as in truth.json, ids from 1."""

    labels: NDArray[np.uint16]
    objects: tuple[dict[str, Any], ...]


def _coarse(mask: NDArray[np.bool_], s: int) -> NDArray[np.uint8]:
    """Fine cells of a mask in each scan voxel; the mask's shape is a multiple of `s`."""
    z, y, x = (n // s for n in mask.shape)
    counts: NDArray[np.uint8] = mask.reshape(z, s, y, s, x, s).sum(axis=(1, 3, 5), dtype=np.uint8)
    return counts


def _physics(grams: Mapping[str, float], scene: Scene, volume_mm3: float) -> dict[str, float]:
    """Electron density (mol/cm³, mean over the body's own volume) and z_e of all that a body is made of."""
    from xscan.physics.attenuation import electrons_per_gram
    from xscan.physics.composition import mixture
    from xscan.physics.zeff import z_e

    formulas: dict[str, float] = {}
    for name, mass in grams.items():
        mix = material(name, scene.materials).mix
        for formula, share in mix.items():
            formulas[formula] = formulas.get(formula, 0.0) + mass * share / sum(mix.values())
    elements = mixture(formulas)
    electrons = electrons_per_gram(elements) * sum(grams.values())
    return {"rho_e": round(electrons / volume_mm3 * 1000, 5), "z_e": round(z_e(elements), 4)}


def truth_of(scene: Scene, voxels: Voxels, oversampling: int) -> Truth:
    """Measure every body that is not packaging on the fine cells that were scanned.

    A scan voxel is labelled with the body that has most of it, where that body has at least a share of it; the
    share is chosen body by body so that its labelled volume comes nearest to its true one (thin walls fill no
    voxel by half).
    """
    from scipy.ndimage import find_objects

    s = oversampling
    boxes = find_objects(voxels.body.astype(np.int32), max_label=len(scene.bodies))
    labels = np.zeros([n // s for n in voxels.body.shape], dtype=np.uint16)
    most = np.zeros(labels.shape, dtype=np.uint8)
    cell = voxels.pitch_mm**3
    ids: dict[str, int] = {}
    objects: list[dict[str, Any]] = []
    grams = np.array([0.0] + [material(m, scene.materials).density * cell / 1000 for m in voxels.materials])
    for number, (body, box) in enumerate(zip(scene.bodies, boxes, strict=True), start=1):
        if body.packaging or box is None:
            continue
        wide = tuple(slice(b.start // s * s, -(-b.stop // s) * s) for b in box)
        mask = voxels.body[wide] == number
        kinds = np.bincount(voxels.material[wide][mask], minlength=grams.size)
        cells = int(kinds.sum())
        identity = len(objects) + 1
        if body.name:
            ids[body.name] = identity
        counts = _coarse(mask, s)
        room = tuple(slice(b.start // s, b.stop // s) for b in wide)
        reached = np.cumsum(np.bincount(counts[counts > 0], minlength=s**3 + 1)[::-1])[::-1]
        least = 1 + int(np.argmin(np.abs(reached[1:] * s**3 - cells)))
        take = (counts >= least) & (counts > most[room])
        labels[room][take] = identity
        most[room][take] = counts[take]
        at = np.argwhere(mask).mean(0)
        centre = [float(a + b.start + 0.5) * voxels.pitch_mm for a, b in zip(at, wide, strict=True)]
        entry: dict[str, Any] = {
            "id": identity,
            "kind": body.kind,
            "mass_g": round(float(kinds @ grams), 2),
            "volume_mm3": round(cells * cell, 4),
            "outer_volume_mm3": round(voxels.enclosed[number - 1] * cell, 4),
            "centroid_mm": [round(c, 2) for c in centre],
            "materials": sorted(voxels.materials[m - 1] for m in np.flatnonzero(kinds)),
            **_physics(
                {voxels.materials[m - 1]: kinds[m] * grams[m] for m in np.flatnonzero(kinds)}, scene, cells * cell
            ),
        }
        if body.inside in ids:
            entry["parent"] = ids[body.inside]
        objects.append(entry)
    for entry in reversed(objects):  # a holder weighs what it holds too, as in reports; its own mass stands beside
        held = [o for o in objects if o.get("parent") == entry["id"]]
        if held:
            entry["own_mass_g"] = entry["mass_g"]
            entry["mass_g"] = round(entry["mass_g"] + sum(o["mass_g"] for o in held), 2)
    return Truth(labels, tuple(objects))
