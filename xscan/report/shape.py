"""Surfaces of objects from their voxels, and cuts of surfaces by planes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from xscan.model import Mesh
from xscan.report.scene import Scene

__all__ = ["cut", "deviation_of", "object_surface"]

SMOOTH = 0.7  # voxels; takes the stairs off without rounding what is three voxels wide


def object_surface(scene: Scene, ids: Sequence[int]) -> Mesh | None:
    """Return the surface of some objects together, scan mm x y z; `None` where none has voxels."""
    from scipy.ndimage import gaussian_filter
    from skimage.measure import marching_cubes

    mask, low = _mask(scene, ids, 3)
    if not mask.any():
        return None
    soft = gaussian_filter(mask.astype(np.float32), SMOOTH)
    level = min(0.5, float(soft.max()) / 2)  # a body one voxel thick stays visible
    vertices, faces, _, _ = marching_cubes(soft, level)
    zyx = (vertices + low + 0.5) * scene.grid.voxel_size_mm
    return Mesh(zyx[:, ::-1], faces)


def deviation_of(scene: Scene, ids: Sequence[int], points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far the outer surface of some objects stands out beyond points (n, 3), scan mm x y z.

    Negative where the objects end before them; beyond a few voxels outside the objects' box it stays what it is at
    the nearest place inside.
    """
    from scipy.ndimage import binary_fill_holes, distance_transform_edt, map_coordinates

    mask, low = _mask(scene, ids, 8)
    solid = binary_fill_holes(mask)
    sizes = np.asarray(scene.grid.voxel_size_mm)
    # distances are between voxel centres; the surface lies half a voxel before the nearest one
    half = sizes.min() / 2
    inside = distance_transform_edt(solid, sampling=sizes)
    outside = distance_transform_edt(~solid, sampling=sizes)
    signed = np.where(solid, inside - half, half - outside)
    index = points[:, ::-1] / sizes - 0.5 - low
    return np.asarray(map_coordinates(signed, index.T, order=1, mode="nearest"))


def _mask(scene: Scene, ids: Sequence[int], margin: int) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Voxels of some objects with empty ones around them, and the index of the first voxel (it may lie outside)."""
    boxes = [b for i in ids if (b := scene.window(i)) is not None]
    if not boxes:
        return np.zeros((1, 1, 1), dtype=bool), np.zeros(3, dtype=np.int64)
    low = np.array([min(b[a].start for b in boxes) for a in range(3)])
    high = [max(b[a].stop for b in boxes) for a in range(3)]
    part = scene.labels[tuple(slice(int(a), b) for a, b in zip(low, high, strict=True))]
    return np.pad(np.isin(part, np.asarray(ids, dtype=np.uint32)), margin), low - margin


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
