"""Neighbourhood filters over planes of a volume; the edge voxel is repeated outside (scipy's "nearest")."""

# mypy: disable-error-code="no-untyped-def"

import numpy as np

from ._jit import kernel

__all__ = ["box_axis", "gaussian_rows"]


@kernel
def _centre_and_three(out, to, lines, n, centre, w0, a, b, w1, c, d, w2, e, f, w3):
    for x in range(n):
        out[to + x] = (
            w0 * lines[centre + x]
            + w1 * (lines[a + x] + lines[b + x])
            + w2 * (lines[c + x] + lines[d + x])
            + w3 * (lines[e + x] + lines[f + x])
        )


@kernel
def _three_more(out, to, lines, n, a, b, w1, c, d, w2, e, f, w3):
    for x in range(n):
        out[to + x] += (
            w1 * (lines[a + x] + lines[b + x]) + w2 * (lines[c + x] + lines[d + x]) + w3 * (lines[e + x] + lines[f + x])
        )


@kernel
def _blur(lines, base, places, at, last, weights, out, to, n):
    """Weighted sum of ``n`` numbers from each of the ``places`` around place ``at``; 0 and ``last`` stand for more.

    Three pairs at a time, since to read and write the sum costs as much as a pair. Flat arrays and places in
    them, since to make a view of a line costs as much as to add it.
    """
    for k in range(1, weights.size, 3):
        a, b = base + places[max(at - k, 0)], base + places[min(at + k, last)]
        c, d = base + places[max(at - k - 1, 0)], base + places[min(at + k + 1, last)]
        e, f = base + places[max(at - k - 2, 0)], base + places[min(at + k + 2, last)]
        w1, w2, w3 = weights[k], weights[k + 1], weights[k + 2]
        if k == 1:
            _centre_and_three(out, to, lines, n, base + places[at], weights[0], a, b, w1, c, d, w2, e, f, w3)
        else:
            _three_more(out, to, lines, n, a, b, w1, c, d, w2, e, f, w3)


@kernel
def gaussian_rows(shape, source, along_z, along_y, along_x, out, begin, end):
    """Separable symmetric filter (half weights, centre first, a multiple of three besides) for rows [begin, end).

    A band of rows goes through all planes, and its last planes, blurred along y and x, are kept in a ring
    that fits the second cache: the volume is read once from memory, not once a tap. Arrays are flat.
    """
    depth, rows, width = shape
    before = along_z.size - 1
    reach = along_x.size - 1
    slots = min(depth, 2 * before + 1)
    n = np.uint64(width)
    row_at = np.empty(rows, np.uint64)
    for y in range(rows):
        row_at[y] = y * width
    slot_at = np.empty(depth, np.uint64)
    for z in range(depth):
        slot_at[z] = z % slots * width
    step_at = np.empty(2 * reach + 1, np.uint64)
    for x in range(2 * reach + 1):
        step_at[x] = x
    ring = np.empty((end - begin) * slots * width, np.float32)
    line = np.empty(width + 2 * reach, np.float32)
    for plane in range(depth + before):
        for y in range(begin, end):
            kept = np.uint64((y - begin) * slots * width)
            if plane < depth:
                base = np.uint64(plane * rows * width)
                _blur(source, base, row_at, y, rows - 1, along_y, line, np.uint64(reach), n)
                for x in range(reach):
                    line[x] = line[reach]
                    line[reach + width + x] = line[reach + width - 1]
                _blur(line, np.uint64(0), step_at, reach, 2 * reach, along_x, ring, kept + slot_at[plane], n)
            if plane >= before:
                z = plane - before
                _blur(ring, kept, slot_at, z, depth - 1, along_z, out, np.uint64((z * rows + y) * width), n)


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
