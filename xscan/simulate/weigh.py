"""The mass of one body by itself."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from xscan.simulate.materials import SceneMaterial, material
from xscan.simulate.scene import Body, Scene
from xscan.simulate.voxelise import extent, voxelise

__all__ = ["mass_g"]


def mass_g(body: Body, extra: Mapping[str, SceneMaterial], pitch_mm: float = 0.8) -> float:
    """Mass (g) of a body, sampled on cells of `pitch_mm`."""
    low, high = extent(body)
    alone = body.model_copy(update={"at_mm": tuple(pitch_mm - low[::-1]), "inside": ""})
    shape = [int(n) for n in np.ceil((high - low)[::-1] / pitch_mm) + 3]
    scene = Scene(length_mm=1, bodies=(alone,), materials=dict(extra))
    voxels = voxelise(scene, (shape[0], shape[1], shape[2]), pitch_mm)
    counts = np.bincount(voxels.material.ravel(), minlength=len(voxels.materials) + 1)[1:]
    grams = [material(name, extra).density for name in voxels.materials]
    return float(counts @ np.asarray(grams)) * pitch_mm**3 / 1000
