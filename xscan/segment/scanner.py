"""The scanner's own belt or table: it runs out of the field of view, the same in every slice."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from xscan.segment.bodies import Bodies
from xscan.segment.geometry import F32, Bool, Window

__all__ = ["find_belt", "find_table"]

BELT_MM = 20.0  # thickest belt or table top
FILLED = 0.5  # share of a slice, and of its opposite edges, that a belt fills
SAME_ALONG = 0.8  # share of its length that a table fills in every place of its cross-section
RIM = 3  # voxels that scanners leave empty around what they saw
LEAST_SLICES = 16  # from which that says something


def find_table(bodies: Bodies, window: Window, shape: Sequence[int]) -> tuple[Bodies, Bool] | None:
    """Tell a table, curved or inclined, from the goods on it.

    Parameters
    ----------
    bodies : what was found, goods and perhaps a table
    window : where their labels lie in the volume
    shape : of the volume

    Returns
    -------
    tuple of bodies and mask or None
        The bodies without those of the table, and the table's voxels (z, y, x) in the window.
    """
    from xscan_kernels.measuring import region_statistics

    count = len(bodies.scores)
    if shape[0] < LEAST_SLICES or not count:
        return None
    boxes = region_statistics(bodies.labels, count=count).bbox
    found = []
    for k in range(1, count + 1):
        low = [int(b) + s.start for b, s in zip(boxes[k][:3], window, strict=True)]
        spare = [n - int(b) - s.start for n, b, s in zip(shape, boxes[k][3:], window, strict=True)]
        if max(low[0], spare[0]) > RIM or min(*low[1:], *spare[1:]) > RIM:
            continue
        share = (bodies.labels == k).mean(axis=0)
        if float(share[share > 0].mean()) >= SAME_ALONG:
            found.append(k)
    return bodies.without(found) if found else None


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
