"""Bodies that sit square on one axis are one thing: a cap on its bottle, a bulb in its socket, a watch on its strap.

What merely came to lie on another thing lies anywhere on it. Equal bodies are pieces of a row or a pile, not parts.
A skin thinner than blur is wide, of card or foil, shows as a frame where it is brighter than what it wraps: it is part
of that.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from xscan.segment.geometry import F32, Labels32
from xscan.segment.matter import Border, borders
from xscan.segment.regrow import medians

__all__ = ["assemble"]

OFF_AXIS = 0.02  # of the reach of a seat, that centres may lie beside the axis, and a voxel and a half
TILT = 0.5  # voxels that the rim of a seat may be off, by which its axis is tilted
SEAT = 0.6  # of the smaller body's reach across the axis, that its seat must have
EQUAL = 0.15  # relative difference of size and value up to which two bodies are equal
GAP = 2  # voxels that each body is grown by
LEAST = 10  # faces of a seat
SKIN = 2.0  # voxels of thickness, and no more


def assemble(
    labels: Labels32, count: int, values: F32, apart: Collection[tuple[int, int]], voxel_mm: Sequence[float]
) -> NDArray[np.uint32]:
    """Find bodies that are parts of one thing, within a blur's width of each other.

    Parameters
    ----------
    labels : uint32 (z, y, x)
    count : number of labels
    values : attenuation
    apart : pairs of labels, the lower first, that were parted at a pinch and stay so
    voxel_mm : voxel size

    Returns
    -------
    uint32 (count + 1,)
        The lowest label of the thing that each label is part of.
    """
    from scipy import ndimage as ndi

    from xscan_kernels import maximum_filter, region_statistics

    root = np.arange(count + 1, dtype=np.uint32)
    if count < 2:
        return root
    # half-height edges leave a gap beside denser matter
    near = np.where(labels > 0, labels, maximum_filter(labels, 2 * GAP + 1))
    sizes = region_statistics(labels, count=count).count
    middle = medians(labels, count, values)
    boxes = ndi.find_objects(labels.view(np.int32), max_label=count)
    places: dict[int, NDArray[np.float64]] = {}

    def points(k: int) -> NDArray[np.float64]:
        if k not in places:
            window = boxes[k - 1]
            at = np.argwhere(labels[window] == k) + [s.start for s in window]
            places[k] = at * np.asarray(voxel_mm)
        return places[k]

    for border in borders(np.ascontiguousarray(near)):
        a, b = border.a, border.b
        if len(border.points) < LEAST or (a, b) in apart:
            continue
        if _close(float(sizes[a]), float(sizes[b])) and _close(float(middle[a]), float(middle[b])):
            continue
        small, large = (a, b) if sizes[a] <= sizes[b] else (b, a)
        if _wraps(boxes[small - 1], boxes[large - 1]) and sizes[small] <= SKIN * len(border.points):
            one = True
        elif _within(boxes[small - 1], boxes[large - 1]):
            one = False  # no seat has all sides: what lies inside a thing is told by `nest`
        else:
            one = _seated(border, points(small), points(large), voxel_mm)
        if one:
            p, q = sorted((root[a], root[b]))
            root[root == q] = p
    return root


def _close(a: float, b: float) -> bool:
    return abs(a - b) <= EQUAL * max(a, b)


def _within(inner: tuple[slice, ...], outer: tuple[slice, ...]) -> bool:
    return all(o.start < i.start and i.stop < o.stop for i, o in zip(inner, outer, strict=True))


def _wraps(skin: tuple[slice, ...], body: tuple[slice, ...]) -> bool:
    """Whether a skin reaches around a body, no further from it than a voxel."""
    return all(abs(s.start - b.start) <= 1 and abs(s.stop - b.stop) <= 1 for s, b in zip(skin, body, strict=True))


def _seated(border: Border, small: NDArray[np.float64], large: NDArray[np.float64], voxel_mm: Sequence[float]) -> bool:
    """Whether the border is centred under both bodies and nearly as wide as the smaller one."""
    seat = border.points * np.asarray(voxel_mm)
    middle = seat.mean(axis=0)
    axis = np.linalg.eigh(np.cov((seat - middle).T))[1][:, 0]

    def across(p: NDArray[np.float64]) -> NDArray[np.float64]:
        off = p - middle
        return np.asarray(np.linalg.norm(off - np.outer(off @ axis, axis), axis=1))

    width = float(np.quantile(across(seat), 0.9))
    centres = np.stack([small.mean(axis=0), large.mean(axis=0)])
    along = np.abs((centres - middle) @ axis)
    slack = OFF_AXIS * width + (1.5 + TILT * along / width) * max(voxel_mm)
    return bool((across(centres) <= slack).all() and width >= SEAT * float(np.quantile(across(small), 0.9)))
