"""Shape measures of one object: box, volume, surface, wall, cavities."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from xscan.segment.geometry import Bool, depth, outside

__all__ = ["measure", "oriented_box", "reaches", "symmetry"]

MIRROR_CELLS = 32  # cells across in which a body is held against its mirror image


def oriented_box(points_mm: NDArray[np.float64], voxel_mm: Sequence[float]) -> tuple[float, float, float]:
    """Length, width and height (mm, falling) of the smallest box around voxel centres `points_mm` (n, 3)."""
    import trimesh
    from scipy.spatial import ConvexHull, QhullError

    try:
        corners = points_mm[ConvexHull(points_mm).vertices]
        _, extents = trimesh.bounds.oriented_bounds(corners)
    except (QhullError, ValueError):
        extents = np.ptp(points_mm, axis=0)
    # centres stand half a voxel inside of the faces
    a, b, c = sorted((float(e) + float(np.mean(voxel_mm)) for e in extents), reverse=True)
    return a, b, c


def measure(mask: Bool, voxel_mm: Sequence[float]) -> dict[str, float]:
    """Measures of one object from its own voxels.

    Parameters
    ----------
    mask : the object's voxels in its box (z, y, x)
    voxel_mm : voxel size

    Returns
    -------
    dict of str to float
        ``length_mm, width_mm, height_mm`` of the smallest oriented box; ``volume_mm3``; ``outer_mm3`` with
        closed cavities filled; ``cavity_mm3``; ``hollow`` (1 where a tenth of the outer volume or more is
        cavity); ``surface_mm2`` of the outside; ``sphericity`` (Wadell 1935: 1 for a ball); ``wall_mm``
        (median local thickness) and ``wall_spread_mm`` (its interquartile range); ``symmetry`` (1: some mirror maps
        it onto itself) and ``reach_10`` to ``reach_90``, see `reaches`.
    """
    one = float(np.prod(voxel_mm))
    volume = float(mask.sum()) * one
    solid = ~outside(mask)
    outer = float(solid.sum()) * one
    surface = surface_mm2(solid, voxel_mm)
    edge = np.argwhere(solid & (depth(solid, voxel_mm) <= max(voxel_mm) * 1.01))
    length, width, height = oriented_box(edge * np.asarray(voxel_mm), voxel_mm)
    wall, spread = wall_mm(mask, voxel_mm)
    cavity = outer - volume
    points = np.argwhere(solid) * np.asarray(voxel_mm)
    return {
        "length_mm": length,
        "width_mm": width,
        "height_mm": height,
        "volume_mm3": volume,
        "outer_mm3": outer,
        "cavity_mm3": cavity,
        "hollow": float(cavity >= 0.1 * outer),
        "surface_mm2": surface,
        "sphericity": min(1.0, float(np.pi ** (1 / 3) * (6 * outer) ** (2 / 3) / surface)) if surface else 0.0,
        "wall_mm": wall,
        "wall_spread_mm": spread,
        "symmetry": symmetry(points, voxel_mm),
        **reaches(points),
    }


def reaches(points_mm: NDArray[np.float64]) -> dict[str, float]:
    """Shape whatever the pose and size: quantiles of the distance from the centroid over its root mean square.

    Parameters
    ----------
    points_mm : (n, 3) voxel centres of the body with its cavities filled

    Returns
    -------
    dict of str to float
        ``reach_10, reach_30, reach_50, reach_70, reach_90``; for a ball 0.60, 0.86, 1.02, 1.15, 1.25.
    """
    away = np.linalg.norm(points_mm - points_mm.mean(axis=0), axis=1)
    mean = float(np.sqrt((away**2).mean())) or 1.0
    shares = (10, 30, 50, 70, 90)
    return {f"reach_{q}": float(r) / mean for q, r in zip(shares, np.percentile(away, shares), strict=True)}


def symmetry(points_mm: NDArray[np.float64], voxel_mm: Sequence[float]) -> float:
    """Share of a body that a mirror through its centroid maps onto it, for the best of its three principal planes.

    Parameters
    ----------
    points_mm : (n, 3) voxel centres of the body with its cavities filled
    voxel_mm : voxel size
    """
    off = points_mm - points_mm.mean(axis=0)
    axes = np.linalg.eigh(off.T @ off)[1]
    # cells wide enough that every cell inside the body holds a voxel at any turn
    cell = max(float(np.sqrt(3)) * max(voxel_mm), float(np.ptp(off)) / MIRROR_CELLS)
    cells = np.floor(off @ axes / cell + 0.5).astype(np.int64)
    most = np.abs(cells).max(axis=0)
    held = np.zeros(2 * most + 1, bool)
    held[tuple((cells + most).T)] = True
    return max(float((held & np.flip(held, k)).sum()) for k in range(3)) / float(held.sum())


def surface_mm2(solid: Bool, voxel_mm: Sequence[float]) -> float:
    """Area of the outside by Crofton's formula over the three axes: each face counts two thirds.

    A plane of any tilt shows, along the three axes, faces of 1 to 1.73 times its area, 1.5 times on average
    (Cauchy 1841: the mean projection of a surface is a quarter of its area, twice crossed by each line).
    """
    faces = 0.0
    for axis in range(3):
        edge = np.diff(np.pad(solid, [(int(k == axis),) * 2 for k in range(3)]).astype(np.int8), axis=axis)
        faces += float(np.abs(edge).sum(dtype=np.int64)) * float(np.prod(voxel_mm)) / float(voxel_mm[axis])
    return faces * 2 / 3


def wall_mm(mask: Bool, voxel_mm: Sequence[float]) -> tuple[float, float]:
    """Median and interquartile range of the local thickness, mm: twice the depth on the middle surface."""
    from xscan_kernels import maximum_filter

    deep = depth(mask, voxel_mm)
    ridge = mask & (deep >= maximum_filter(deep, 3))
    # depths are from centre to centre, so that a wall of n voxels has 2 d = n + 1
    thick = np.maximum(2 * deep[ridge] - float(np.mean(voxel_mm)), float(min(voxel_mm)))
    low, middle, high = np.quantile(thick, (0.25, 0.5, 0.75)) if thick.size else (0.0, 0.0, 0.0)
    return float(middle), float(high - low)
