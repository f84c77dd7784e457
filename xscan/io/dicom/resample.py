"""A stack whose slices lie unevenly or askew, on a regular grid: interpolated slice by slice when read."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from xscan.io.lazy import Stack
from xscan.model import StoredArray

__all__ = ["ResampledStack"]


class ResampledStack(Stack):
    """Linear interpolation along the normal, after each slice is moved to its place in the plane.

    Integrals over bodies are kept, as between slices the trapezoid rule does.

    Parameters
    ----------
    source : (n, y, x) values of the slices that are there
    at_mm : their positions along the normal, ascending from 0
    wanted_mm : positions of the slices to give
    shift_px : (n, 2) place of each slice in the plane, in rows and columns
    outside : value where no slice reaches
    bridge_mm : longest gap between slices that is bridged; in a longer one nothing was scanned
    """

    def __init__(
        self,
        source: StoredArray,
        at_mm: NDArray[np.float64],
        wanted_mm: NDArray[np.float64],
        shift_px: NDArray[np.float64],
        outside: float,
        bridge_mm: float,
    ) -> None:
        self._shift = shift_px - shift_px.min(axis=0)
        rows, columns = (
            int(n) + int(np.ceil(s - 1e-6)) for n, s in zip(source.shape[1:], self._shift.max(axis=0), strict=True)
        )
        super().__init__((len(wanted_mm), rows, columns), np.dtype(np.float32))
        self._source = source
        self._outside = np.float32(outside)
        before = np.searchsorted(at_mm, wanted_mm + 1e-9, side="right") - 1
        self._before = np.clip(before, 0, len(at_mm) - 1)
        self._after = np.clip(before + 1, 0, len(at_mm) - 1)
        gap = at_mm[self._after] - at_mm[self._before]
        part = (wanted_mm - at_mm[self._before]) / np.where(gap > 0, gap, 1.0)
        self._part = np.where(part < 1e-6, 0.0, np.minimum(part, 1.0))
        self._empty = (gap > bridge_mm) & (self._part > 0) & (self._part < 1)

    def _slab(self, start: int, stop: int) -> NDArray[Any]:
        out = np.empty((stop - start, *self.shape[1:]), self.dtype)
        held: dict[int, NDArray[np.float32]] = {}
        for k in range(start, stop):
            if self._empty[k]:
                out[k - start] = self._outside
                continue
            first, last, part = int(self._before[k]), int(self._after[k]), np.float32(self._part[k])
            needed = (first, last) if part else (first,)
            held = {i: held[i] if i in held else self._moved(i) for i in needed}
            out[k - start] = held[first] if not part else (1 - part) * held[first] + part * held[last]
        return out

    def _moved(self, index: int) -> NDArray[np.float32]:
        values = np.asarray(self._source[index], dtype=np.float32)
        for axis in (0, 1):
            values = self._along(values, axis, float(self._shift[index, axis]), self.shape[1 + axis])
        return values

    def _along(self, values: NDArray[np.float32], axis: int, shift: float, length: int) -> NDArray[np.float32]:
        if length == values.shape[axis]:
            return values
        whole = int(np.floor(shift + 1e-6))
        part = np.float32(max(0.0, shift - whole))
        shape = list(values.shape)
        shape[axis] = length + 2
        wide = np.full(shape, self._outside, np.float32)
        place = [slice(None), slice(None)]
        place[axis] = slice(1 + whole, 1 + whole + values.shape[axis])
        wide[tuple(place)] = values
        here, before = list(place), list(place)
        here[axis], before[axis] = slice(1, 1 + length), slice(0, length)
        moved: NDArray[np.float32] = (1 - part) * wide[tuple(here)] + part * wide[tuple(before)]
        return moved
