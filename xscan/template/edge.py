"""Bodies that reach the edge of the scan: what lies beyond was not seen, and is neither there nor missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xscan.template.field import Field

__all__ = ["carried_on", "unseen_beyond"]

_UNSEEN_MM = 2.5  # what a point that was not seen counts as: worse than one that fits, better than one that does not
_REACH_MM = 80.0  # how far beyond the scan a template may reach


def carried_on(array: NDArray[Any], pad: Sequence[tuple[int, int]], cut: Sequence[tuple[bool, bool]]) -> NDArray[Any]:
    """Pad an array (z, y, x) with zeros, and with its edge on the sides where the body is cut off by the scan."""
    out = np.pad(array, pad)
    for axis, ((before, after), (low, high)) in enumerate(zip(pad, cut, strict=True)):
        view = np.moveaxis(out, axis, 0)
        if low and before:
            view[:before] = view[before]
        if high and after:
            view[-after:] = view[-after - 1]
    return out


def unseen_beyond(
    field: Field, low: NDArray[np.float64], high: NDArray[np.float64], cut: Sequence[tuple[bool, bool]]
) -> Field:
    """Make a distance field level beyond the scan's box (x, y, z, mm), and wider on the sides that are cut."""
    widths = [
        tuple(int(np.ceil(_REACH_MM / step)) if is_cut else 0 for is_cut in sides)
        for sides, step in zip(cut, field.spacing[::-1], strict=True)
    ]
    values = np.pad(field.values, widths, constant_values=np.float32(_UNSEEN_MM))
    origin = field.origin - np.array([w[0] for w in widths])[::-1] * field.spacing
    for axis in range(3):
        k = 2 - axis
        centres = origin[k] + field.spacing[k] * np.arange(values.shape[axis])
        np.moveaxis(values, axis, 0)[(centres < low[k]) | (centres > high[k])] = _UNSEEN_MM
    return Field(values, origin, field.spacing)
