"""Surfaces of objects from their voxels, and cuts of surfaces by planes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from xscan.model import Mesh
from xscan.report.scene import Scene

__all__ = ["cut", "object_surface"]

SMOOTH = 0.7  # voxels; takes the stairs off without rounding what is three voxels wide


def object_surface(scene: Scene, ids: Sequence[int]) -> Mesh | None:
    """Return the surface of some objects together, scan mm x y z; `None` where none has voxels."""
    from scipy.ndimage import gaussian_filter
    from skimage.measure import marching_cubes

    boxes = [b for i in ids if (b := scene.window(i)) is not None]
    if not boxes:
        return None
    low = [min(b[a].start for b in boxes) for a in range(3)]
    high = [max(b[a].stop for b in boxes) for a in range(3)]
    part = scene.labels[tuple(slice(a, b) for a, b in zip(low, high, strict=True))]
    mask = np.pad(np.isin(part, np.asarray(ids, dtype=np.uint32)), 3).astype(np.float32)
    if not mask.any():
        return None
    soft = gaussian_filter(mask, SMOOTH)
    level = min(0.5, float(soft.max()) / 2)  # a body one voxel thick stays visible
    vertices, faces, _, _ = marching_cubes(soft, level)
    zyx = (vertices - 3 + low + 0.5) * scene.grid.voxel_size_mm
    return Mesh(zyx[:, ::-1], faces)


def cut(vertices: NDArray[np.float64], faces: NDArray[np.int64], axis: int, at: float) -> list[NDArray[np.float64]]:
    """Return the segments, each (2, 3), in which a surface meets the plane ``coordinate[axis] == at``."""
    height = vertices[:, axis] - at
    height[height == 0] = 1e-9  # a vertex on the plane counts as above it
    above = height[faces] > 0
    crossing = np.flatnonzero(above.any(axis=1) & ~above.all(axis=1))
    triangles, heights = vertices[faces[crossing]], height[faces[crossing]]
    ends = np.zeros((len(crossing), 2, 3))
    filled = np.zeros(len(crossing), dtype=np.intp)
    for a, b in ((0, 1), (1, 2), (2, 0)):
        hit = np.flatnonzero((heights[:, a] > 0) != (heights[:, b] > 0))
        share = (heights[hit, a] / (heights[hit, a] - heights[hit, b]))[:, None]
        ends[hit, filled[hit]] = triangles[hit, a] + share * (triangles[hit, b] - triangles[hit, a])
        filled[hit] += 1
    return list(ends)
