"""Sums over the runs of equal labels: positions in closed form, values voxel by voxel.

Everything that can be is an integer, so that no order of adding shows in the result; float channels are
summed in float64 over fixed pieces of the volume that do not depend on the number of threads.
"""

# mypy: disable-error-code="no-untyped-def"

import numpy as np

from ._jit import kernel

__all__ = ["add_channel", "add_histogram", "add_joint", "add_positions", "add_surface", "highest"]


@kernel
def highest(flat, begin, end):
    """Largest label in ``flat[begin:end]``."""
    top = flat[begin]
    for index in range(begin, end):
        top = max(top, flat[index])
    return top


@kernel
def add_positions(labels, top, boxes, sums, begin, end):
    """Counts, boxes and first and second sums of voxel indices for planes [begin, end).

    ``sums`` has columns n, z, y, x, zz, yy, xx, zy, zx, yx. Returns the first label over ``top``, or 0.
    """
    _, rows, width = labels.shape
    for z in range(begin, end):
        for y in range(rows):
            x = 0
            while x < width:
                value = labels[z, y, x]
                start = x
                x += 1
                while x < width and labels[z, y, x] == value:
                    x += 1
                if value > top:
                    return value
                n = x - start
                sx = n * (start + x - 1) // 2
                sxx = (x - 1) * x * (2 * x - 1) // 6 - (start - 1) * start * (2 * start - 1) // 6
                box = boxes[value]
                box[0] = min(box[0], z)
                box[1] = min(box[1], y)
                box[2] = min(box[2], start)
                box[3] = max(box[3], z + 1)
                box[4] = max(box[4], y + 1)
                box[5] = max(box[5], x)
                row = sums[value]
                row[0] += n
                row[1] += n * z
                row[2] += n * y
                row[3] += sx
                row[4] += n * z * z
                row[5] += n * y * y
                row[6] += sxx
                row[7] += n * z * y
                row[8] += sx * z
                row[9] += sx * y
    return labels[0, 0, 0] * 0


@kernel
def add_surface(labels, surface, begin, end):
    """Count voxels with a face on another label or on the edge of the volume, for planes [begin, end)."""
    depth, rows, width = labels.shape
    for z in range(begin, end):
        for y in range(rows):
            edge = z == 0 or y == 0 or z == depth - 1 or y == rows - 1
            for x in range(width):
                value = labels[z, y, x]
                if value == 0:
                    continue
                if (
                    edge
                    or x == 0
                    or x == width - 1
                    or labels[z, y, x - 1] != value
                    or labels[z, y, x + 1] != value
                    or labels[z, y - 1, x] != value
                    or labels[z, y + 1, x] != value
                    or labels[z - 1, y, x] != value
                    or labels[z + 1, y, x] != value
                ):
                    surface[value] += 1


@kernel
def add_channel(labels, channel, weights, sums, least, most, begin, end):
    """Weighted sums (w, wv, wvv, wvz, wvy, wvx) and extremes of one channel for planes [begin, end).

    ``weights`` is a float32 volume, or of size 0 for weights of one.
    """
    _, rows, width = labels.shape
    weighted = weights.size > 0
    for z in range(begin, end):
        for y in range(rows):
            x = 0
            while x < width:
                label = labels[z, y, x]
                low = high = channel[z, y, x]
                w = s = ss = sx = 0.0
                while x < width and labels[z, y, x] == label:
                    value = channel[z, y, x]
                    low = min(low, value)
                    high = max(high, value)
                    weight = np.float64(weights[z, y, x]) if weighted else 1.0
                    wv = weight * value
                    w += weight
                    s += wv
                    ss += wv * value
                    sx += wv * x
                    x += 1
                row = sums[label]
                row[0] += w
                row[1] += s
                row[2] += ss
                row[3] += s * z
                row[4] += s * y
                row[5] += sx
                least[label] = min(least[label], low)
                most[label] = max(most[label], high)


@kernel
def add_histogram(labels, channel, low, scale, bins, begin, end):
    """Count values by label and bin; values outside of the edges go to no bin."""
    top = bins.shape[1]
    for index in range(begin, end):
        place = (channel[index] - low) * scale
        if place >= 0:
            bin_ = np.int64(place)
            if bin_ < top:
                bins[labels[index], bin_] += 1


@kernel
def add_joint(labels, one, other, low1, scale1, low2, scale2, bins, begin, end):
    """Count pairs of values by label and two bins."""
    for index in range(begin, end):
        p = (one[index] - low1) * scale1
        q = (other[index] - low2) * scale2
        if p >= 0 and q >= 0:
            a = np.int64(p)
            b = np.int64(q)
            if a < bins.shape[1] and b < bins.shape[2]:
                bins[labels[index], a, b] += 1
