"""Highest and lowest of the cube around every voxel, one direction after another, each in cache.

Taking in a row of neighbours at a time costs one instruction for as many voxels as a vector register holds, so that
for cubes this small nothing is won by comparing fewer times (van Herk, Pattern Recogn. Lett. 13 (1992) 517).
"""

# mypy: disable-error-code="no-untyped-def"

import numpy as np

from ._jit import kernel

__all__ = ["extreme_planes"]


@kernel
def _take(out, to, taken, begin, n, highest):
    """Make ``n`` numbers from ``out[to]`` on the extremes of themselves and those from ``taken[begin]`` on."""
    mine, other = out[to : to + n], taken[begin : begin + n]
    if highest:
        for x in range(n):
            mine[x] = max(mine[x], other[x])
    else:
        for x in range(n):
            mine[x] = min(mine[x], other[x])


@kernel
def _copy(out, to, taken, begin, n):
    for x in range(n):
        out[to + x] = taken[begin + x]


@kernel
def _along_x(plane, row, line, source, begin, width, reach, highest):
    """Extremes along one row of the source, its edge voxels repeated outside."""
    _copy(line, np.uint64(reach), source, begin, np.uint64(width))
    for x in range(reach):
        line[x] = line[reach]
        line[reach + width + x] = line[reach + width - 1]
    _copy(plane, row, line, np.uint64(0), np.uint64(width))
    for k in range(1, 2 * reach + 1):
        _take(plane, row, line, np.uint64(k), np.uint64(width), highest)


@kernel
def extreme_planes(shape, source, reach, highest, out, begin, end):
    """Extremes of cubes of ``2 reach + 1`` voxels for planes [begin, end); arrays are flat.

    The last planes, done along x and y, are kept in a ring.
    """
    depth, rows, width = shape
    n = np.uint64(width)
    size = rows * width
    slots = 2 * reach + 1
    ring = np.empty(slots * size, source.dtype)
    plane = np.empty(size, source.dtype)
    line = np.empty(width + 2 * reach, source.dtype)
    for z in range(max(0, begin - reach), min(depth, end + reach) + reach):
        if z < min(depth, end + reach):
            for y in range(rows):
                _along_x(
                    plane, np.uint64(y * width), line, source, np.uint64(z * size + y * width), width, reach, highest
                )
            base = z % slots * size
            for y in range(rows):
                to = np.uint64(base + y * width)
                _copy(ring, to, plane, np.uint64(y * width), n)
                for k in range(max(0, y - reach), min(rows, y + reach + 1)):
                    if k != y:
                        _take(ring, to, plane, np.uint64(k * width), n, highest)
        middle = z - reach
        if begin <= middle < end:
            to = np.uint64(middle * size)
            _copy(out, to, ring, np.uint64(middle % slots * size), np.uint64(size))
            for k in range(max(0, middle - reach), min(depth, middle + reach + 1)):
                if k != middle:
                    _take(out, to, ring, np.uint64(k % slots * size), np.uint64(size), highest)
