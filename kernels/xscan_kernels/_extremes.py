"""Highest and lowest of the cube around every voxel, one direction after another, each in cache.

Along a row and across rows, extremes of two neighbours give those of four, and these those of eight: a window takes
as many steps as its length has binary digits, and each step is one instruction for as many voxels as a vector register
holds (Gil, Kimmel, IEEE PAMI 24 (2002) 1606, compare fewer times, but one by one).
"""

# mypy: disable-error-code="no-untyped-def"

import numpy as np

from ._jit import kernel

__all__ = ["extreme_planes"]


# Results go to another array than they come from: one that is changed in place is stored number by number.
@kernel
def _pair(out, to, a, b, taken, n, highest):
    """Extremes of ``n`` numbers from ``taken[a]`` on and those from ``taken[b]`` on."""
    if highest:
        for x in range(n):
            out[to + x] = max(taken[a + x], taken[b + x])
    else:
        for x in range(n):
            out[to + x] = min(taken[a + x], taken[b + x])


@kernel
def _with_two(out, to, held, at, a, b, taken, n, highest):
    """Extremes of ``n`` numbers of ``held`` and of two runs of those ``taken``."""
    if highest:
        for x in range(n):
            out[to + x] = max(held[at + x], max(taken[a + x], taken[b + x]))
    else:
        for x in range(n):
            out[to + x] = min(held[at + x], min(taken[a + x], taken[b + x]))


@kernel
def _copy(out, to, taken, begin, n):
    for x in range(n):
        out[to + x] = taken[begin + x]


@kernel
def _window(out, to, one, two, step, number, length, highest):
    """Extremes of ``length`` steps from each of ``number`` places in ``one`` on, which changes as ``two`` does."""
    span, done = 1, number + (length - 1) * step
    while 2 * span <= length:
        done -= span * step
        _pair(two, np.uint64(0), np.uint64(0), np.uint64(span * step), one, np.uint64(done), highest)
        one, two = two, one
        span *= 2
    _pair(out, to, np.uint64(0), np.uint64((length - span) * step), one, np.uint64(number), highest)


@kernel
def extreme_planes(shape, source, reach, highest, out, begin, end):
    """Extremes of cubes of ``2 reach + 1`` voxels for planes [begin, end); arrays are flat.

    The last planes, done along x and y, are kept in a ring.
    """
    depth, rows, width = shape
    size = rows * width
    slots = 2 * reach + 1
    ring = np.empty(slots * size, source.dtype)
    # a plane with the rows outside of it
    one, two = np.empty((rows + 2 * reach) * width, source.dtype), np.empty((rows + 2 * reach) * width, source.dtype)
    line, other = np.empty(width + 2 * reach, source.dtype), np.empty(width + 2 * reach, source.dtype)
    for z in range(max(0, begin - reach), min(depth, end + reach) + reach):
        if z < min(depth, end + reach):
            for y in range(rows):
                _copy(line, np.uint64(reach), source, np.uint64(z * size + y * width), np.uint64(width))
                for x in range(reach):
                    line[x] = line[reach]
                    line[reach + width + x] = line[reach + width - 1]
                _window(one, np.uint64((reach + y) * width), line, other, 1, width, slots, highest)
            for y in range(reach):
                _copy(one, np.uint64(y * width), one, np.uint64(reach * width), np.uint64(width))
                after = reach + rows + y
                _copy(one, np.uint64(after * width), one, np.uint64((reach + rows - 1) * width), np.uint64(width))
            _window(ring, np.uint64(z % slots * size), one, two, width, size, slots, highest)
        middle = z - reach
        if begin <= middle < end:
            # planes outside are those at the edge; two at a time, the last two into the result
            held, at = ring, np.uint64(max(0, middle - reach) % slots * size)
            for k in range(middle - reach + 1, middle + reach, 2):
                a = np.uint64(min(max(0, k), depth - 1) % slots * size)
                b = np.uint64(min(max(0, k + 1), depth - 1) % slots * size)
                if k + 1 == middle + reach:
                    _with_two(out, np.uint64(middle * size), held, at, a, b, ring, np.uint64(size), highest)
                else:
                    _with_two(one, np.uint64(0), held, at, a, b, ring, np.uint64(size), highest)
                    held, at = one, np.uint64(0)
                    one, two = two, one
