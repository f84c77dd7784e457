"""Joint bilateral average: neighbours weigh by their distance and by how far their values lie apart."""

# mypy: disable-error-code="no-untyped-def"

import numpy as np

from ._jit import kernel

__all__ = ["SHARPNESS", "VECTOR", "bilateral_planes"]

ONE, HALF, SIXTH = np.float32(1), np.float32(1 / 2), np.float32(1 / 6)
MOST = np.float32(0.3125)  # from here on exp(-128 u) counts as nothing (4e-18)
ON = np.uint64(1)
VECTOR = 16  # float32 in the longest vectors there are
SHARPNESS = 128  # squarings of a series in _weight: two to the seventh


@kernel
def _add_apart(guide, here, there, scale, apart, at, number, more):
    """Squares of scaled differences of two rows, added to what is there where ``more``."""
    for x in range(number):
        step = (guide[there + x] - guide[here + x]) * scale
        apart[at + x] = step * step + (apart[at + x] if more else np.float32(0))


@kernel
def _weight(u, factor):
    """exp(-128 u) times ``factor``: the series of exp(-u) to the third power of u, squared seven times.

    Nothing but sums and products, so that a loop over it runs on vectors. It is off by less than 3e-5 of the
    largest weight.
    """
    u = min(u, MOST)
    w = ONE - u * (ONE - u * (HALF - u * SIXTH))
    w = w * w
    w = w * w
    w = w * w
    w = w * w
    w = w * w
    w = w * w
    return w * w * factor


@kernel
def _add_taps(guide, here, there, scale, apart, source, one, two, total, weight, number):
    """Add the rows at ``there`` and one voxel on to that at ``here``, each voxel by its weight."""
    for x in range(number):
        middle = guide[here + x]
        step = (guide[there + x] - middle) * scale
        next_step = (guide[there + ON + x] - middle) * scale
        w = _weight(apart[x] + step * step, one)
        v = _weight(apart[x + number] + next_step * next_step, two)
        weight[x] += w + v
        total[x] += w * source[there + x] + v * source[there + ON + x]


@kernel
def bilateral_planes(shape, source, guides, spatial, scales, radius, out, begin, end):
    """Planes [begin, end) of the average of ``source``: ``spatial`` weight times exp(-128 sum u).

    u is the square of the difference in one of the ``guides`` times its scale. Source and guides are flat;
    their rows are rounded up to whole vectors, with ``radius`` voxels before and one more than that after.
    Row by row and two taps by two, so that every loop runs along x.
    """
    depth, rows, width = shape
    number = -(-width // VECTOR) * VECTOR
    stride = number + 2 * radius + 1
    n = np.uint64(number)
    apart = np.zeros(2 * number, np.float32)
    total = np.empty(number, np.float32)
    weight = np.empty(number, np.float32)
    last = guides.shape[0] - 1
    for z in range(begin, end):
        for y in range(rows):
            total[:] = np.float32(0)
            weight[:] = np.float32(0)
            here = np.uint64((z * rows + y) * stride + radius)
            for dz in range(max(-radius, -z), min(radius, depth - 1 - z) + 1):
                for dy in range(max(-radius, -y), min(radius, rows - 1 - y) + 1):
                    row = ((z + dz) * rows + y + dy) * stride + radius
                    for dx in range(-radius, radius + 1, 2):
                        there = np.uint64(row + dx)
                        for g in range(last):
                            _add_apart(guides[g], here, there, scales[g], apart, np.uint64(0), n, g > 0)
                            _add_apart(guides[g], here, there + ON, scales[g], apart, n, n, g > 0)
                        one = spatial[dz + radius, dy + radius, dx + radius]
                        two = spatial[dz + radius, dy + radius, dx + radius + 1] if dx < radius else np.float32(0)
                        _add_taps(guides[last], here, there, scales[last], apart, source, one, two, total, weight, n)
            to = np.uint64((z * rows + y) * width)
            for x in range(np.uint64(width)):
                out[to + x] = total[x] / weight[x]
