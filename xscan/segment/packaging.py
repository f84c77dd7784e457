"""Cartons: a thin, flat-sided wall around everything else, at any angle.

What one sees from outside of a closed parcel is its carton; all contents lie deeper. So the wall is what lies
within its thickness of the outside air, and the thickness is read from how attenuation falls with depth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xscan.segment.config import SegmentConfig
from xscan.segment.geometry import F32, Bool, components, depth, grown, outside

__all__ = ["Carton", "find_cartons", "flat_share"]

SEAL_MM = 4.0  # gaps in a wall that are taken as closed
LEAST_MM3 = 1e5  # a parcel's smallest volume (S10 post: 90 × 140 mm; a padded ring box holds 100 cm³)
LOW_QUANTILE = 0.3  # of the values at one depth: most of a wall has air behind it, some of it goods


@dataclass(frozen=True, eq=False)
class Carton:
    """A closed carton.

    Parameters
    ----------
    wall : its voxels
    inside : voxels that it encloses, the wall excluded
    thickness_mm : of the wall, between its half heights
    level : highest typical value of the wall
    flat : share of the outer surface that lies on the faces of a box
    """

    wall: Bool
    inside: Bool
    thickness_mm: float
    level: float
    flat: float


def find_cartons(values: F32, floor: float, voxel_mm: Sequence[float], config: SegmentConfig) -> tuple[Carton, ...]:
    """Cartons in a volume: thin, flat-sided hulls that enclose most of their volume.

    Parameters
    ----------
    values : attenuation (z, y, x)
    floor : least value of matter
    voxel_mm : voxel size
    config : settings

    Returns
    -------
    tuple of Carton
        In raster order; empty where nothing is packed in a carton.
    """
    matter = values > floor
    seal = max(SEAL_MM, 1.5 * max(voxel_mm))
    air = grown(outside(grown(matter, voxel_mm, seal)), voxel_mm, seal)
    air &= ~matter
    air = _reached(air)
    least = int(LEAST_MM3 / float(np.prod(voxel_mm)))
    hulls, count = components(~air, 6, least)
    found = (_carton(hulls == k, values, air, floor, voxel_mm, config) for k in range(1, count + 1))
    return tuple(c for c in found if c is not None)


def _reached(air: Bool) -> Bool:
    """The part of `air` that is connected with what lies beyond the volume."""
    return outside(~air)


def _carton(
    hull: Bool, values: F32, air: Bool, floor: float, voxel_mm: Sequence[float], config: SegmentConfig
) -> Carton | None:
    deep = depth(hull, voxel_mm)
    step = float(np.median(voxel_mm)) / 2
    skin = hull & (deep <= max(voxel_mm) * 1.01)
    profile = _profile(values, deep, hull, step, config.wall_mm)
    peak_at = int(np.argmax(profile[: max(1, int(config.wall_mm / 2 / step))]))
    peak = profile[peak_at]
    falls = np.flatnonzero(profile[peak_at:] < peak / 2)
    if peak < floor or falls.size == 0:
        return None
    thickness = (peak_at + int(falls[0])) * step
    inside = hull & (deep > thickness + max(voxel_mm) / 2)
    flat = flat_share(np.argwhere(skin) * np.asarray(voxel_mm), max(voxel_mm))
    if thickness > config.wall_mm or inside.sum() < 0.5 * hull.sum() or flat < config.flat_share:
        return None
    # what stands in the wall's depth but is brighter than any wall is goods pressed against it
    wall = hull & ~inside & (values < 1.5 * peak)
    return Carton(wall, hull & ~wall, float(thickness), float(peak), flat)


def _profile(values: F32, deep: F32, hull: Bool, step: float, until: float) -> NDArray[np.float64]:
    """Low quantile of the values at each depth, in steps of `step` mm."""
    near = hull & (deep <= until + 2 * step)
    bins = (deep[near] / step).astype(np.int64)
    v = values[near]
    order = np.argsort(bins, kind="stable")
    bins, v = bins[order], v[order]
    edges = np.searchsorted(bins, np.arange(int(until / step) + 2))
    out = np.full(edges.size - 1, np.nan)
    for k in range(out.size):
        if edges[k + 1] > edges[k]:
            out[k] = np.quantile(v[edges[k] : edges[k + 1]], LOW_QUANTILE)
    known = np.flatnonzero(np.isfinite(out))
    return np.interp(np.arange(out.size), known, out[known]) if known.size else np.zeros(out.size)


def flat_share(points_mm: NDArray[np.float64], tolerance_mm: float) -> float:
    """Share of surface points that lie on the six faces of the smallest box around them.

    Parameters
    ----------
    points_mm : surface points (n, 3)
    tolerance_mm : voxel size; a face may bulge by two of them or by 2 % of the box, whichever is more

    Returns
    -------
    float
        1 for a box at any angle, about 0.2 for a ball.
    """
    import trimesh
    from scipy.spatial import ConvexHull, QhullError

    thinned = points_mm[:: max(1, len(points_mm) // 20000)]
    try:
        corners = thinned[ConvexHull(thinned).vertices]
        to_box, extents = trimesh.bounds.oriented_bounds(corners)
    except (QhullError, ValueError):
        return 0.0
    p = thinned @ to_box[:3, :3].T + to_box[:3, 3]
    gap = np.min(np.asarray(extents) / 2 - np.abs(p), axis=1)
    return float(np.mean(gap <= max(2 * tolerance_mm, 0.02 * float(np.min(extents)))))
