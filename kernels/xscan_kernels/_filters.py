"""Neighbourhood filters over planes of a volume; the edge voxel is repeated outside (scipy's "nearest")."""

# mypy: disable-error-code="no-untyped-def"

import numpy as np

from ._jit import kernel

__all__ = ["bilateral_planes", "box_axis", "gaussian_planes"]


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
def gaussian_planes(source, along_z, along_y, along_x, out, begin, end):
    """Separable symmetric filter (half weights, centre first) for planes [begin, end).

    Plane by plane, so that only the source and the result go through memory.
    """
    _, rows, width = source.shape
    plane = np.empty((rows, width), np.float32)
    reach = along_x.size - 1
    line = np.empty(width + 2 * reach, np.float32)
    flat = source.reshape(source.shape[0], rows * width)
    for z in range(begin, end):
        _blur(flat, z, along_z, plane.reshape(-1))
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
def box_axis(source, out, radius, axis, begin, end):
    """Sums over 2 radius + 1 voxels along ``axis`` (clipped at the edges) for planes [begin, end)."""
    depth, rows, width = source.shape
    for z in range(begin, end):
        for y in range(rows):
            for x in range(width):
                total = 0.0
                if axis == 0:
                    for k in range(max(z - radius, 0), min(z + radius + 1, depth)):
                        total += source[k, y, x]
                elif axis == 1:
                    for k in range(max(y - radius, 0), min(y + radius + 1, rows)):
                        total += source[z, k, x]
                else:
                    for k in range(max(x - radius, 0), min(x + radius + 1, width)):
                        total += source[z, y, k]
                out[z, y, x] = total


@kernel
def bilateral_planes(source, guides, spatial, scales, radius, out, begin, end):
    """Joint bilateral average: spatial weight times exp(-sum of scaled squared guide differences)."""
    depth, rows, width = source.shape
    for z in range(begin, end):
        for y in range(rows):
            for x in range(width):
                total = 0.0
                weight = 0.0
                for dz in range(max(-radius, -z), min(radius, depth - 1 - z) + 1):
                    for dy in range(max(-radius, -y), min(radius, rows - 1 - y) + 1):
                        for dx in range(max(-radius, -x), min(radius, width - 1 - x) + 1):
                            apart = 0.0
                            for g in range(guides.shape[0]):
                                step = guides[g, z + dz, y + dy, x + dx] - guides[g, z, y, x]
                                apart += scales[g] * step * step
                            w = spatial[dz + radius, dy + radius, dx + radius] * np.exp(-apart)
                            weight += w
                            total += w * source[z + dz, y + dy, x + dx]
                out[z, y, x] = total / weight
