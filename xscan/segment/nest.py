"""Which object lies inside which."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from xscan.segment.geometry import Bool, Labels32, closed, outside, window_of

__all__ = ["ENCLOSED", "hidden", "parents"]

ENCLOSED = 0.93  # share of an object that must lie in what another one encloses; an open cup hides 5/6
SHADOWED = 0.88  # the same for metal, whose shadows tear what is around it
HELD = 0.7  # of its surface, that lies against what fits around it, be that torn
GAP = 3.5  # widths of a voxel between surfaces at half height that lie against each other


def parents(
    labels: Labels32,
    boxes: Mapping[int, Sequence[int]],
    soft: Collection[int],
    metal: Collection[int],
    voxel_mm: Sequence[float],
) -> dict[int, tuple[int, float]]:
    """Find the object that encloses each object.

    Parameters
    ----------
    labels : object ids (z, y, x)
    boxes : ``z0, y0, x0, z1, y1, x1`` of each id
    soft : ids of clothes and foam: what is wrapped in them is packed, not hidden in a thing
    metal : ids of metal
    voxel_mm : voxel size

    Returns
    -------
    dict
        ``{child: (parent, share)}``, of the child that is enclosed or of its surface that is held; the smallest of
        several enclosing objects is the parent.
    """
    from xscan_kernels import dilate, erode

    found: dict[int, tuple[int, float]] = {}
    volume = {k: np.prod(np.subtract(b[3:], b[:3])) for k, b in boxes.items()}
    for outer in sorted(boxes, key=lambda k: (volume[k], k)):
        inner = [k for k in boxes if k != outer and k not in found and _within(boxes[k], boxes[outer])]
        if not inner or outer in soft:
            continue
        window = window_of(boxes[outer], labels.shape)
        part = labels[window]
        own = part == outer
        cavity = ~outside(closed(own, voxel_mm, 2 * max(voxel_mm))) & ~own
        looked = near = None
        for k in inner:
            mask = part == k
            share = float((mask & cavity).sum() / mask.sum())
            if share < ENCLOSED:  # a lid that does not close, a spout: look whether the outside can be seen
                looked = hidden(own) if looked is None else looked
                share = max(share, float(looked[mask].mean(dtype=np.float64)))
            if share < (SHADOWED if k in metal else ENCLOSED):
                near = dilate(own, GAP * min(voxel_mm), voxel_mm) if near is None else near
                share = float(near[mask & ~erode(mask, 1.0)].mean(dtype=np.float64))
                if share < HELD:
                    continue
            found[k] = (outer, share)
    return found


def hidden(own: Bool) -> NDArray[np.float32]:
    """Share of the six directions along the axes in which each voxel looks at `own`."""
    seen = np.zeros(own.shape, np.float32)
    for axis in range(3):
        for way in (1, -1):
            rows = np.moveaxis(own, axis, 0)[::way]
            np.moveaxis(seen, axis, 0)[::way] += np.logical_or.accumulate(rows, axis=0)
    seen /= 6
    return seen


def _within(inner: Sequence[int], outer: Sequence[int]) -> bool:
    return all(o <= i for i, o in zip(inner[:3], outer[:3], strict=True)) and all(
        i <= o for i, o in zip(inner[3:], outer[3:], strict=True)
    )
