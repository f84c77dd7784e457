"""Neighbourhood filters over planes of a volume; the edge voxel is repeated outside (scipy's "nearest")."""

# mypy: disable-error-code="no-untyped-def"

import numpy as np

from ._jit import kernel

__all__ = ["bilateral_planes", "box_axis", "gaussian_planes"]

# of the series of exp, in single precision
ONE, HALF, C3, C4, C5, C6 = (np.float32(1 / n) for n in (1, 2, 6, 24, 120, 720))
LOG2_E = np.float32(1.4426950408889634)
MINUS_LN_2 = np.float32(-0.6931471805599453)
ROOT_HALF = np.float32(0.7071067811865476)


@kernel
def _scale(out, source, weight):
    for c in range(np.uint64(out.size)):
        out[c] = weight * source[c]


@kernel
def _add_pair(out, one, other, weight):
    for c in range(np.uint64(out.size)):
        out[c] += weight * (one[c] + other[c])


@kernel
def _add_two_pairs(out, one, other, weight, three, four, weight2):
    for c in range(np.uint64(out.size)):
        out[c] += weight * (one[c] + other[c]) + weight2 * (three[c] + four[c])


@kernel
def _blur(lines, at, weights, out):
    """Weighted sum of the rows of ``lines`` around row ``at``; the edge rows stand for those beyond."""
    last = lines.shape[0] - 1
    _scale(out, lines[at], weights[0])
    for k in range(1, weights.size - 1, 2):
        a, b = lines[max(at - k, 0)], lines[min(at + k, last)]
        c, d = lines[max(at - k - 1, 0)], lines[min(at + k + 1, last)]
        _add_two_pairs(out, a, b, weights[k], c, d, weights[k + 1])
    if weights.size % 2 == 0:
        k = weights.size - 1
        _add_pair(out, lines[max(at - k, 0)], lines[min(at + k, last)], weights[k])


@kernel
def _blur_planes(source, z, y, weights, out):
    """As :func:`_blur`, of row ``y`` of the planes around plane ``z``."""
    last = source.shape[0] - 1
    _scale(out, source[z, y], weights[0])
    for k in range(1, weights.size - 1, 2):
        a, b = source[max(z - k, 0), y], source[min(z + k, last), y]
        c, d = source[max(z - k - 1, 0), y], source[min(z + k + 1, last), y]
        _add_two_pairs(out, a, b, weights[k], c, d, weights[k + 1])
    if weights.size % 2 == 0:
        k = weights.size - 1
        _add_pair(out, source[max(z - k, 0), y], source[min(z + k, last), y], weights[k])


@kernel
def gaussian_planes(source, along_z, along_y, along_x, out, begin, end):
    """Separable symmetric filter (half weights, centre first) for planes [begin, end).

    Plane by plane and row by row, so that sums stay in the first cache.
    """
    _, rows, width = source.shape
    plane = np.empty((rows, width), np.float32)
    reach = along_x.size - 1
    line = np.empty(width + 2 * reach, np.float32)
    for z in range(begin, end):
        for y in range(rows):
            _blur_planes(source, z, y, along_z, plane[y])
        for y in range(rows):
            middle = line[reach : reach + width]
            _blur(plane, y, along_y, middle)
            line[:reach] = middle[0]
            line[reach + width :] = middle[width - 1]
            target = out[z, y]
            _scale(target, middle, along_x[0])
            for k in range(1, reach + 1):
                _add_pair(
                    target,
                    line[reach - k : reach - k + width],
                    line[reach + k : reach + k + width],
                    along_x[k],
                )


@kernel
def _add_line(total, source):
    for x in range(np.uint64(total.size)):
        total[x] += source[x]


@kernel
def box_axis(source, out, radius, axis, begin, end):
    """Sums over 2 radius + 1 voxels along ``axis`` (clipped at the edges) for planes [begin, end)."""
    depth, rows, width = source.shape
    total = np.empty(width, np.float64)
    for z in range(begin, end):
        for y in range(rows):
            total[:] = 0.0
            if axis == 0:
                for k in range(max(z - radius, 0), min(z + radius + 1, depth)):
                    _add_line(total, source[k, y])
            elif axis == 1:
                for k in range(max(y - radius, 0), min(y + radius + 1, rows)):
                    _add_line(total, source[z, k])
            else:
                line = source[z, y]
                for k in range(-min(radius, width), min(radius, width) + 1):
                    _add_line(total[max(-k, 0) : width - max(k, 0)], line[max(k, 0) : width - max(-k, 0)])
            target = out[z, y]
            for x in range(np.uint64(width)):
                target[x] = total[x]


@kernel
def _add_apart(apart, guide, other, scale, more):
    """Scaled squared differences of two rows, added to what is there where ``more``."""
    for x in range(np.uint64(apart.size)):
        step = other[x] - guide[x]
        apart[x] = scale * step * step + (apart[x] if more else np.float32(0))


@kernel
def _split_power(apart, shares, whole):
    """exp(-apart) as ``shares`` times the power of two whose bits (as float32) go into ``whole``.

    Six terms of the series, good to 2e-7; in a loop of nothing but arithmetic, which runs on vectors.
    """
    for x in range(np.uint64(apart.size)):
        place = min(apart[x] * LOG2_E, np.float32(126))
        down = np.floor(place)
        u = (place - down - HALF) * MINUS_LN_2
        series = ONE + u * (ONE + u * (HALF + u * (C3 + u * (C4 + u * (C5 + u * C6)))))
        shares[x] = series * ROOT_HALF
        whole[x] = (np.int32(127) - np.int32(down)) << np.int32(23)


@kernel
def _add_tap(shares, powers, spatial, source, total, weight):
    for x in range(np.uint64(shares.size)):
        w = spatial * shares[x] * powers[x]
        weight[x] += w
        total[x] += w * source[x]


@kernel
def bilateral_planes(source, guides, spatial, scales, radius, out, begin, end):
    """Joint bilateral average: spatial weight times exp(-sum of scaled squared guide differences).

    Row by row and tap by tap, so that every loop runs along x.
    """
    depth, rows, width = source.shape
    apart = np.empty(width, np.float32)
    shares = np.empty(width, np.float32)
    whole = np.empty(width, np.int32)
    powers = whole.view(np.float32)
    total = np.empty(width, np.float32)
    weight = np.empty(width, np.float32)
    for z in range(begin, end):
        for y in range(rows):
            total[:] = np.float32(0)
            weight[:] = np.float32(0)
            for dz in range(max(-radius, -z), min(radius, depth - 1 - z) + 1):
                for dy in range(max(-radius, -y), min(radius, rows - 1 - y) + 1):
                    for dx in range(-min(radius, width - 1), min(radius, width - 1) + 1):
                        a, b = max(0, -dx), width - max(0, dx)
                        for g in range(guides.shape[0]):
                            here, there = guides[g, z, y, a:b], guides[g, z + dz, y + dy, a + dx : b + dx]
                            _add_apart(apart[a:b], here, there, scales[g], g > 0)
                        _split_power(apart[a:b], shares[a:b], whole[a:b])
                        factor = spatial[dz + radius, dy + radius, dx + radius]
                        line = source[z + dz, y + dy, a + dx : b + dx]
                        _add_tap(shares[a:b], powers[a:b], factor, line, total[a:b], weight[a:b])
            target = out[z, y]
            for x in range(np.uint64(width)):
                target[x] = total[x] / weight[x]
