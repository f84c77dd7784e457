"""Sums over the runs of equal labels: positions in closed form, values voxel by voxel.

Everything that can be is an integer, so that no order of adding shows in the result; float channels are
summed in float64 over fixed pieces of the volume that do not depend on the number of threads.
"""

# mypy: disable-error-code="no-untyped-def"

import numpy as np

from . import _bits
from ._jit import kernel

__all__ = ["add_joint", "add_weighted", "highest", "measure_bits", "measure_labels"]

ONE = np.uint64(1)
ZERO = np.uint64(0)
ALL = np.uint64(0xFFFFFFFFFFFFFFFF)

count = _bits.count
equal_word = _bits.equal_word
first = _bits.first
nonzero_word = _bits.nonzero_word


@kernel
def highest(flat, begin, end):
    """Largest label in ``flat[begin:end]``."""
    top = flat[begin]
    for index in range(begin, end):
        top = max(top, flat[index])
    return top


@kernel
def _label_runs(labels, base, width, starts, ends, marks):
    """Runs of equal labels in a row: their starts, ends and labels; returns how many."""
    n = 0
    for at in range(0, width, 64):
        valid = min(64, width - at)
        if n > 0 and marks[n - 1] == 0 and nonzero_word(labels, base + at, valid) == ZERO:
            continue  # outside goes on: most of a volume, at half the cost
        changes = ~equal_word(labels, base + at, base + at - 1, valid) & (ALL >> np.uint64(64 - valid))
        if at == 0:
            changes |= ONE
        while changes != ZERO:
            x = at + first(changes)
            if n > 0:
                ends[n - 1] = x
            starts[n] = x
            marks[n] = labels[base + x]
            n += 1
            changes &= changes - ONE
    ends[n - 1] = width
    return n


@kernel
def _bit_runs(inside, row, run, labels, width, starts, ends, marks):
    """As :func:`_label_runs`, from the bit words of labelled runs, outside and dropped runs left out."""
    n = 0
    last = ZERO
    for word in range(inside.shape[1]):
        bits = inside[row, word]
        changes = bits ^ ((bits << ONE) | last)
        last = bits >> np.uint64(63)
        while changes != ZERO:
            bit = changes & (~changes + ONE)
            x = 64 * word + first(changes)
            if bits & bit:
                starts[n] = x
                marks[n] = labels[run]
                run += 1
            else:
                ends[n] = x
                n += marks[n] != 0
            changes ^= bit
    if last != ZERO:  # the row is full to a word's end
        ends[n] = width
        n += marks[n] != 0
    return n


@kernel
def _add_positions(starts, ends, marks, n, z, y, boxes, sums):
    """Boxes and the sums n, z, y, x, zz, yy, xx, zy, zx, yx of voxel indices."""
    for index in range(n):
        start = np.int64(starts[index])
        end = np.int64(ends[index])
        number = end - start
        along = number * (start + end - 1) // 2
        squares = (end - 1) * end * (2 * end - 1) // 6 - (start - 1) * start * (2 * start - 1) // 6
        box = boxes[marks[index]]
        box[0] = min(box[0], z)
        box[1] = min(box[1], y)
        box[2] = min(box[2], start)
        box[3] = max(box[3], z + 1)
        box[4] = max(box[4], y + 1)
        box[5] = max(box[5], end)
        row = sums[marks[index]]
        row[0] += number
        row[1] += number * z
        row[2] += number * y
        row[3] += along
        row[4] += number * z * z
        row[5] += number * y * y
        row[6] += squares
        row[7] += number * z * y
        row[8] += along * z
        row[9] += along * y


@kernel
def _add_surface(labels, base, width, plane, edge, above, behind, surface):
    """Count voxels of a row with a face on another label; all of them on an ``edge`` row.

    ``above`` holds, a word for each 64 voxels, where the row before has the same labels, ``behind`` where the
    plane before has; they are replaced by the same for the rows that come after. Words without a label are
    not looked at: what they hold concerns only voxels of label 0.
    """
    for word in range(above.size):
        here = base + 64 * word
        valid = min(64, width - 64 * word)
        border = nonzero_word(labels, here, valid)
        if border == ZERO:
            above[word] = behind[word] = ZERO
            continue
        inner = above[word] & behind[word]
        above[word] = equal_word(labels, here, here + width, valid)
        behind[word] = equal_word(labels, here, here + plane, valid)
        if not edge:
            inner &= above[word] & behind[word] & equal_word(labels, here, here - 1, valid)
            inner &= equal_word(labels, here, here + 1, valid)
            if word == 0:
                inner &= ~ONE
            if word == above.size - 1:
                inner &= ~(ONE << np.uint64(valid - 1))
            border &= ~inner
        while border != ZERO:
            surface[labels[here + first(border)]] += 1
            border &= border - ONE


@kernel
def _add_surface_bits(inside, row, rows, run, labels, width, edge, surface):
    """As :func:`_add_surface`, of labelled runs: inside voxels that share a face share their label."""
    words = inside.shape[1]
    last = ZERO
    run -= 1
    for word in range(words):
        bits = inside[row, word]
        before = (bits << ONE) | last
        last = bits >> np.uint64(63)
        after = bits >> ONE
        if word + 1 < words:
            after |= inside[row, word + 1] << np.uint64(63)
        border = bits
        if not edge:
            border &= ~(
                before
                & after
                & inside[row - 1, word]
                & inside[row + 1, word]
                & inside[row - rows, word]
                & inside[row + rows, word]
            )
        marks = bits & ~before
        while marks != ZERO:
            upto = (marks ^ (marks - ONE)) >> ONE  # the bits before the next start
            part = border & upto
            if part != ZERO:
                surface[labels[run]] += count(part)
            border &= ~upto
            run += 1
            marks &= marks - ONE
        if border != ZERO:
            surface[labels[run]] += count(border)


@kernel
def _add_values(starts, ends, marks, n, z, y, values, base, least_label, zero, sums, least, most):
    """Sums v, vv, vz, vy, vx and extremes of a channel, in the type of ``zero``."""
    for index in range(n):
        mark = marks[index]
        if mark < least_label:
            continue
        start = np.int64(starts[index])
        low = high = values[base + start]
        s = ss = sx = zero
        for step in range(np.int64(ends[index]) - start):
            value = values[base + start + step]
            low = min(low, value)
            high = max(high, value)
            wide = value + zero
            s += wide
            ss += wide * wide
            sx += wide * np.int64(np.uint32(step))  # 32 bits wide: a product that vectors know
        row = sums[mark]
        row[0] += s
        row[1] += ss
        row[2] += s * z
        row[3] += s * y
        row[4] += sx + s * start
        least[mark] = min(least[mark], low)
        most[mark] = max(most[mark], high)


@kernel
def _bin(value, places, offset, low, scale, spare):
    """Bin of a value, ``spare`` for one beyond all; unsigned, so that no index is taken from the end."""
    if places.size > 0:
        return np.uint64(places[np.uint64(np.int64(value) + offset)])
    place = (value - low) * scale
    return np.uint64(place) if 0 <= place < spare else np.uint64(spare)


@kernel
def _add_bins(starts, ends, marks, n, values, base, least_label, places, offset, low, scale, bins):
    """Count values by label and bin; the last bin takes what no other does.

    Neighbours go to different ones of the tables ``bins[way, label, bin]``: equal values one after the
    other would wait for each other. Small integers find their bin in ``places``.
    """
    ways = bins.shape[0] - 1
    for index in range(n):
        mark = marks[index]
        if mark < least_label:
            continue
        one, two, three, four = bins[0, mark], bins[1 & ways, mark], bins[2 & ways, mark], bins[3 & ways, mark]
        x = base + np.int64(starts[index])
        end = base + np.int64(ends[index])
        while x + 4 <= end:
            a = _bin(values[x], places, offset, low, scale, one.size - 1)
            b = _bin(values[x + 1], places, offset, low, scale, one.size - 1)
            c = _bin(values[x + 2], places, offset, low, scale, one.size - 1)
            d = _bin(values[x + 3], places, offset, low, scale, one.size - 1)
            one[a] += np.uint32(1)
            two[b] += np.uint32(1)
            three[c] += np.uint32(1)
            four[d] += np.uint32(1)
            x += 4
        while x < end:
            one[_bin(values[x], places, offset, low, scale, one.size - 1)] += np.uint32(1)
            x += 1


@kernel
def measure_labels(
    labels,
    shape,
    top,
    positions,
    values,
    boxes,
    sums,
    surface,
    least_label,
    zero,
    channel,
    least,
    most,
    places,
    offset,
    low,
    scale,
    bins,
    begin,
    end,
):
    """Measure planes [begin, end) of a label volume: positions, one channel and its histogram, if asked.

    ``values`` and ``bins`` may be of size 0. Returns the first label over ``top``, or 0.
    """
    depth, rows, width = shape
    starts = np.empty(width + 1, np.int32)
    ends = np.empty(width + 1, np.int32)
    marks = np.empty(width + 1, np.uint32)
    words = (width + 63) // 64
    above = np.empty(words, np.uint64)
    behind = np.empty((rows, words), np.uint64)
    for y in range(rows if positions and begin > 0 else 0):
        for word in range(words):
            here = (begin * rows + y) * width + 64 * word
            behind[y, word] = equal_word(labels, here, here - rows * width, min(64, width - 64 * word))
    for z in range(begin, end):
        for y in range(rows):
            base = (z * rows + y) * width
            n = _label_runs(labels, base, width, starts, ends, marks)
            for index in range(n):
                if marks[index] > top:
                    return np.int64(marks[index])
            if positions:
                _add_positions(starts, ends, marks, n, z, y, boxes, sums)
            if n == 1 and marks[0] < least_label:
                above[:] = ZERO
                behind[y] = ZERO
                continue
            if positions:
                edge = z == 0 or y == 0 or z == depth - 1 or y == rows - 1
                _add_surface(labels, base, width, rows * width, edge, above, behind[y], surface)
            if values.size > 0:
                _add_values(starts, ends, marks, n, z, y, values, base, least_label, zero, channel, least, most)
                if bins.size > 0:
                    _add_bins(starts, ends, marks, n, values, base, least_label, places, offset, low, scale, bins)
    return np.int64(0)


@kernel
def measure_bits(
    inside,
    offsets,
    labels,
    shape,
    values,
    boxes,
    sums,
    surface,
    least_label,
    zero,
    channel,
    least,
    most,
    places,
    offset,
    low,
    scale,
    bins,
    begin,
    end,
):
    """As :func:`measure_labels`, of labelled runs in bit words (of a mask: runs of one row do not touch)."""
    depth, rows, width = shape
    starts = np.empty(width + 1, np.int32)
    ends = np.empty(width + 1, np.int32)
    marks = np.empty(width + 1, np.uint32)
    for z in range(begin, end):
        for y in range(rows):
            row = z * rows + y
            if offsets[row + 1] == offsets[row]:
                continue
            n = _bit_runs(inside, row, offsets[row], labels, width, starts, ends, marks)
            _add_positions(starts, ends, marks, n, z, y, boxes, sums)
            edge = z == 0 or y == 0 or z == depth - 1 or y == rows - 1
            _add_surface_bits(inside, row, rows, offsets[row], labels, width, edge, surface)
            if values.size > 0:
                base = row * width
                _add_values(starts, ends, marks, n, z, y, values, base, least_label, zero, channel, least, most)
                if bins.size > 0:
                    _add_bins(starts, ends, marks, n, values, base, least_label, places, offset, low, scale, bins)


@kernel
def add_weighted(labels, channel, weights, least_label, sums, begin, end):
    """Weighted sums (w, wv, wvv, wvz, wvy, wvx) of one channel for planes [begin, end)."""
    _, rows, width = labels.shape
    for z in range(begin, end):
        for y in range(rows):
            for x in range(width):
                if labels[z, y, x] < least_label:
                    continue
                weight = np.float64(weights[z, y, x])
                value = weight * channel[z, y, x]
                row = sums[labels[z, y, x]]
                row[0] += weight
                row[1] += value
                row[2] += value * channel[z, y, x]
                row[3] += value * z
                row[4] += value * y
                row[5] += value * x


@kernel
def add_joint(labels, one, other, low1, scale1, low2, scale2, least_label, bins, begin, end):
    """Count pairs of values by label and two bins."""
    for index in range(begin, end):
        p = (one[index] - low1) * scale1
        q = (other[index] - low2) * scale2
        if labels[index] >= least_label and 0 <= p < bins.shape[1] and 0 <= q < bins.shape[2]:
            bins[labels[index], np.int64(p), np.int64(q)] += np.uint32(1)
