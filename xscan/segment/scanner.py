"""The scanner's own belt or table: a flat slab that runs out of the field of view."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from xscan.segment.geometry import F32, Bool

__all__ = ["find_belt"]

BELT_MM = 20.0  # thickest belt or table top
FILLED = 0.5  # share of a slice, and of its opposite edges, that a belt fills


def find_belt(values: F32, floor: float, voxel_mm: Sequence[float]) -> tuple[Bool, Bool] | None:
    """Find a belt or table.

    Parameters
    ----------
    values : attenuation (z, y, x)
    floor : least value of matter
    voxel_mm : voxel size

    Returns
    -------
    tuple of mask or None
        The belt's voxels, and all voxels from its upper side on, away from the parcel.
    """
    matter = values > floor
    for axis in range(3):
        filled = matter.mean(axis=tuple(k for k in range(3) if k != axis)) >= FILLED
        edges = np.flatnonzero(np.diff(np.pad(filled.astype(np.int8), 1)))
        for first, last in pairwise(edges.tolist()):
            if not filled[first] or (last - first) * voxel_mm[axis] > BELT_MM:
                continue
            slab = np.asarray(matter.take(range(first, last), axis).any(axis=axis))
            if not _runs_out(slab):
                continue
            low = matter.take(range(first), axis).sum()
            high = matter.take(range(last, matter.shape[axis]), axis).sum()
            # blur reaches a voxel further than the slices that are mostly filled
            span = slice(max(0, first - 1), None) if low >= high else slice(None, last + 1)
            beyond = np.zeros(matter.shape, bool)
            np.moveaxis(beyond, axis, 0)[span] = True
            belt = np.zeros(matter.shape, bool)
            np.moveaxis(belt, axis, 0)[max(0, first - 1) : last + 1] = True
            return belt & matter, beyond
    return None


def _runs_out(slab: Bool) -> bool:
    """Whether a slab, seen from above, reaches two opposite edges of the field of view."""
    return any(float(slab.take(0, k).mean()) >= FILLED and float(slab.take(-1, k).mean()) >= FILLED for k in range(2))
