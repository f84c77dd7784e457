"""Shells that streaks have torn open: what lies between their walls is taken for their inside."""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import NDArray

__all__ = ["between"]

_LINES = 7  # of the 13 through a place that must meet the body on both sides: a hole takes a few of them away
_LARGE = 150_000  # voxels beyond which every second one is looked at


def between(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The mask and all that it encloses on most sides, whatever holes it has.

    Lines run along the three axes, the six diagonals of faces and the four of space.
    """
    from xscan_kernels import fill_holes

    if mask.size <= _LARGE:
        filled: NDArray[np.bool_] = fill_holes(mask | (_met(mask) >= _LINES))
        return filled
    even = np.pad(mask, [(0, n % 2) for n in mask.shape])
    z, y, x = (n // 2 for n in even.shape)
    coarse: NDArray[np.bool_] = np.logical_or.reduce(even.reshape(z, 2, y, 2, x, 2), axis=(1, 3, 5))
    inner = (_met(coarse) >= _LINES) & ~coarse
    wide = inner.repeat(2, axis=0).repeat(2, axis=1).repeat(2, axis=2)
    return fill_holes(mask | wide[tuple(slice(n) for n in mask.shape)])


def _met(mask: NDArray[np.bool_]) -> NDArray[np.int8]:
    """How many of the 13 lines through each voxel meet the mask on both of its sides."""
    number = np.zeros(mask.shape, dtype=np.int8)
    for step in product((-1, 0, 1), repeat=3):
        if step <= (0, 0, 0):
            continue
        axis = next(k for k in range(3) if step[k])
        lean = [step[k] for k in range(3) if k != axis]
        planes = np.moveaxis(mask, axis, 0)
        depth, rows, width = planes.shape
        # sheared, so that the line runs straight through the planes
        room = [depth if s else 0 for s in lean]
        upright = np.zeros((depth, rows + 2 * room[0], width + 2 * room[1]), dtype=bool)
        at = [tuple(r - s * t for r, s in zip(room, lean, strict=True)) for t in range(depth)]
        for plane, whole, (j, i) in zip(planes, upright, at, strict=True):
            whole[j : j + rows, i : i + width] = plane
        met = np.logical_or.accumulate(upright, axis=0)
        met &= np.logical_or.accumulate(upright[::-1], axis=0)[::-1]
        counted = np.moveaxis(number, axis, 0)
        for t, (j, i) in enumerate(at):
            counted[t] += met[t, j : j + rows, i : i + width]
    return number
