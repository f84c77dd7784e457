"""Neighbourhood filters over planes of a volume; the edge voxel is repeated outside (scipy's "nearest")."""

# mypy: disable-error-code="no-untyped-def"

import numpy as np

from ._jit import kernel

__all__ = ["bilateral_planes", "box_axis", "convolve_x", "convolve_y", "convolve_z"]


@kernel
def convolve_x(source, weights, out, begin, end):
    """Convolve rows of planes [begin, end) with symmetric half ``weights`` (centre first)."""
    width = source.shape[2]
    for z in range(begin, end):
        for y in range(source.shape[1]):
            for x in range(width):
                total = weights[0] * source[z, y, x]
                for k in range(1, weights.size):
                    total += weights[k] * (source[z, y, max(x - k, 0)] + source[z, y, min(x + k, width - 1)])
                out[z, y, x] = total


@kernel
def convolve_y(source, weights, out, begin, end):
    """As :func:`convolve_x`, along y."""
    rows, width = source.shape[1:]
    for z in range(begin, end):
        for y in range(rows):
            for x in range(width):
                out[z, y, x] = weights[0] * source[z, y, x]
            for k in range(1, weights.size):
                a = max(y - k, 0)
                b = min(y + k, rows - 1)
                for x in range(width):
                    out[z, y, x] += weights[k] * (source[z, a, x] + source[z, b, x])


@kernel
def convolve_z(source, weights, out, begin, end):
    """As :func:`convolve_x`, along z."""
    depth, rows, width = source.shape
    for z in range(begin, end):
        for y in range(rows):
            for x in range(width):
                out[z, y, x] = weights[0] * source[z, y, x]
            for k in range(1, weights.size):
                a = max(z - k, 0)
                b = min(z + k, depth - 1)
                for x in range(width):
                    out[z, y, x] += weights[k] * (source[a, y, x] + source[b, y, x])


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
