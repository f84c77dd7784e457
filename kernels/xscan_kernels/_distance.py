"""Squared Euclidean distance, one axis after the other (min-plus with early exit)."""

# mypy: disable-error-code="no-untyped-def"

import numpy as np

from ._jit import kernel

__all__ = ["across", "along_x", "root"]

BLOCK = 64


@kernel
def along_x(labels, step, most, out, begin, end):
    """Squared distance along x to the nearest voxel of another label, at most ``most``; 0 outside."""
    width = labels.shape[2]
    for z in range(begin, end):
        for y in range(labels.shape[1]):
            row = labels[z, y]
            squares = out[z, y]
            x = 0
            while x < width:
                start = x
                value = row[x]
                while x < width and row[x] == value:
                    x += 1
                if value == 0:
                    for at in range(start, x):
                        squares[at] = 0
                    continue
                for at in range(start, x):
                    left = at - start + 1 if start > 0 else width + 1
                    right = x - at if x < width else width + 1
                    apart = min(left, right)
                    squares[at] = most if apart > width else min(most, np.float32(apart * step) ** 2)


@kernel
def _column_block(values, marks, n, m, step, best):
    """Min-plus down the ``n`` rows of a block of ``m`` columns, from ``values`` into ``best``."""
    for p in range(n):
        high = np.float32(0)
        for c in range(m):
            best[p, c] = values[p, c]
            high = max(high, values[p, c])
        k = 1
        while k < n:
            square = np.float32(k * step) ** 2
            if square >= high or (p - k < 0 and p + k >= n):
                break
            for q in (p - k, p + k):
                if 0 <= q < n:
                    for c in range(m):
                        other = values[q, c] if marks[q, c] == marks[p, c] else np.float32(0)
                        best[p, c] = min(best[p, c], other + square)
            high = np.float32(0)
            for c in range(m):
                high = max(high, best[p, c])
            k += 1


@kernel
def across(labels, squares, step, axis, begin, end):
    """Bring in the distance along y (axis 1, planes [begin, end)) or z (axis 0, rows [begin, end))."""
    depth, rows, width = labels.shape
    n = rows if axis == 1 else depth
    values = np.empty((n, BLOCK), np.float32)
    best = np.empty((n, BLOCK), np.float32)
    marks = np.empty((n, BLOCK), labels.dtype)
    for fixed in range(begin, end):
        for x in range(0, width, BLOCK):
            m = min(BLOCK, width - x)
            for p in range(n):
                z, y = (fixed, p) if axis == 1 else (p, fixed)
                for c in range(m):
                    values[p, c] = squares[z, y, x + c]
                    marks[p, c] = labels[z, y, x + c]
            _column_block(values, marks, n, m, step, best)
            for p in range(n):
                z, y = (fixed, p) if axis == 1 else (p, fixed)
                for c in range(m):
                    squares[z, y, x + c] = best[p, c]


@kernel
def root(squares, begin, end):
    """Square roots in place, of the flat volume from ``begin`` to ``end``."""
    for index in range(begin, end):
        squares[index] = np.sqrt(squares[index])
