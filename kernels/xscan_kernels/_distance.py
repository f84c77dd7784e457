"""Squared Euclidean distance, one axis after the other (min-plus over blocks of columns with early exit)."""

# mypy: disable-error-code="no-untyped-def"

import numpy as np

from . import _bits
from ._jit import kernel

__all__ = ["across_planes", "within_planes"]

STEPS = 96  # mean number of steps in a block from which on envelopes are faster
BLOCK = 64  # columns at a time: the values of 512 rows of them stay in the second-level cache
ONE = np.uint64(1)
ZERO = np.uint64(0)
ENDLESS = np.uint32(0x7F800000)  # the bits of infinity

equal_word = _bits.equal_word
first = _bits.first


@kernel
def _ramp(squares, left, right, step, most):
    """Squared distances along a run that has an outside voxel to its left, right, both or neither."""
    n = squares.size
    for at in range(np.uint64(n)):
        a = np.float32(np.int32(at) + 1) * step
        b = np.float32(n - np.int32(at)) * step
        best = most
        if left:
            best = min(best, a * a)
        if right:
            best = min(best, b * b)
        squares[at] = best


@kernel
def _along_x(labels, base, width, step, most, squares):
    """Squared distance along a row to the nearest voxel of another label, at most ``most``; 0 outside."""
    start = 0
    for at in range(0, width + 1, 64):
        valid = min(64, width - at)
        changes = ZERO
        if valid > 0:
            changes = ~equal_word(labels, base + at, base + at - 1, valid)
        if valid < 64:
            changes &= (ONE << np.uint64(valid)) - ONE
            changes |= ONE << np.uint64(valid)  # the row's end ends its last run
        if at == 0:
            changes &= ~ONE
        while changes != ZERO:
            end = at + first(changes)
            if labels[base + start] == 0:
                _zero(squares[start:end])
            else:
                _ramp(squares[start:end], start > 0, end < width, step, most)
            start = end
            changes &= changes - ONE


@kernel
def _lower(best, lower, values, p, k, squares):
    """``best``, with the rows k to k + 3 before and after row ``p`` brought in, into ``lower``.

    A row beyond the edge changes nothing. Two arrays, because a minimum stored where it was read from
    becomes a masked store, many times slower.
    """
    n = values.shape[0]
    a0 = values[p - k if p >= k else p]
    a1 = values[p - k - 1 if p >= k + 1 else p]
    a2 = values[p - k - 2 if p >= k + 2 else p]
    a3 = values[p - k - 3 if p >= k + 3 else p]
    b0 = values[p + k if p + k < n else p]
    b1 = values[p + k + 1 if p + k + 1 < n else p]
    b2 = values[p + k + 2 if p + k + 2 < n else p]
    b3 = values[p + k + 3 if p + k + 3 < n else p]
    s0, s1, s2, s3 = squares[k], squares[k + 1], squares[k + 2], squares[k + 3]
    for c in range(BLOCK):
        one = min(min(a0[c], b0[c]) + s0, min(a1[c], b1[c]) + s1)
        two = min(min(a2[c], b2[c]) + s2, min(a3[c], b3[c]) + s3)
        lower[c] = min(best[c], min(one, two))


@kernel
def _lower_marked(best, lower, values, marks, p, k, square):
    """As :func:`_lower`, of rows ``p - k`` and ``p + k``, where voxels of another label count as outside."""
    n = values.shape[0]
    before = p - k if p >= k else p
    after = p + k if p + k < n else p
    a, b, mark, mark_a, mark_b = values[before], values[after], marks[p], marks[before], marks[after]
    for c in range(BLOCK):
        one = a[c] if mark_a[c] == mark[c] else np.float32(0)
        two = b[c] if mark_b[c] == mark[c] else np.float32(0)
        lower[c] = min(best[c], min(one, two) + square)


@kernel
def _highest(bits):
    """Largest of floats not below zero, by their bits: integers may be compared in any order."""
    high = bits[0]
    for c in range(np.uint64(bits.size)):
        high = max(high, bits[c])
    return high


@kernel
def _copy(target, source):
    for c in range(np.uint64(source.size)):
        target[c] = source[c]


@kernel
def _envelope(values, marks, c, step, best, shares, sites, heights, edges):
    """Lower envelope of parabolas down column ``c`` (Felzenszwalb, Huttenlocher 2012), label by label."""
    n = values.shape[0]
    start = 0
    while start < n:
        end = n
        if marks.size > 0:
            end = start + 1
            while end < n and marks[end, c] == marks[start, c]:
                end += 1
        top = -1
        for q in range(max(start - 1, 0), min(end + 1, n)):
            height = np.float64(values[q, c]) if start <= q < end else 0.0  # another label is outside
            if height == np.inf:
                continue
            meet = -np.inf
            while top >= 0:
                p = sites[top]
                meet = (height - heights[top]) * shares[q - p] + 0.5 * (q + p)
                if meet > edges[top]:
                    break
                top -= 1
            if top < 0:
                meet = -np.inf
            top += 1
            sites[top] = q
            heights[top] = height
            edges[top] = meet
        at = 0
        for p in range(start, end):
            if top < 0:
                best[p, c] = np.inf
                continue
            while at < top and edges[at + 1] < p:
                at += 1
            best[p, c] = np.float32(heights[at]) + np.float32((p - sites[at]) * step) ** 2
        if marks.size > 0 and marks[start, c] == 0:
            for p in range(start, end):
                best[p, c] = 0
        start = end


@kernel
def _least(bits):
    """Smallest of floats not below zero, by their bits."""
    low = bits[0]
    for c in range(np.uint64(bits.size)):
        low = min(low, bits[c])
    return low


@kernel
def _lows(values, lows):
    """Least value of every four neighbouring rows, of row ``p`` and the three after it at ``p + 3``.

    Room of three at either end stands for rows that are not there.
    """
    bits = values.view(np.uint32)
    lows[:] = np.inf
    places = lows.view(np.uint32)
    for p in range(values.shape[0]):
        low = _least(bits[p])
        for place in range(p, p + 4):
            places[place] = min(places[place], low)


@kernel
def _hide_endless(values, endless):
    """Set columns without any finite value to 0, so that they hold up no others; ``endless`` tells which."""
    for c in range(BLOCK):
        low = values[0, c]
        for p in range(1, values.shape[0]):
            low = min(low, values[p, c])
        endless[c] = low == np.inf
        if endless[c]:
            values[:, c] = np.float32(0)


@kernel
def _columns(values, marks, step, best, bits, endless):
    """Min-plus down the rows of a block of columns, from ``values`` into ``best``.

    Fast where the border is near; where it is found to be far, envelopes take over. ``bits`` are those of
    ``values``, ``endless`` is room for a block of truths.
    """
    hidden = marks.size == 0 and _highest(bits) == ENDLESS
    if hidden:
        _hide_endless(values, endless)
    _nearest(values, marks, step, best)
    if hidden:
        for c in range(BLOCK):
            if endless[c]:
                best[:, c] = np.float32(np.inf)


@kernel
def _nearest(values, marks, step, best):
    """What :func:`_columns` does once columns without an end are out of the way."""
    n = values.shape[0]
    squares = np.empty(n + 4, np.float32)
    for k in range(n + 4):
        squares[k] = np.float32(k * step) ** 2
    lows = np.empty(n + 6, np.float32)
    if marks.size > 0:
        lows[:] = np.float32(0)  # a voxel of another label counts as 0
    else:
        _lows(values, lows)
    lines = np.empty((2, BLOCK), np.float32)
    bits = lines.view(np.uint32)
    limit = np.empty(1, np.float32)
    high = limit.view(np.uint32)
    budget = STEPS * n
    for p in range(n):
        now = 0
        _copy(lines[now], values[p])
        high[0] = _highest(bits[now])
        k = 1
        while squares[k] < limit[0] and (p >= k or p + k < n):
            low = np.float32(np.inf)
            if p + k < n:
                low = min(low, lows[p + k + 3])
            if p >= k:
                low = min(low, lows[p - k])
            if low + squares[k] >= limit[0]:  # none of the rows k to k + 3 away can be nearer
                k += 4
                continue
            if marks.size > 0:
                for j in range(k, min(k + 4, n)):
                    _lower_marked(lines[now], lines[1 - now], values, marks, p, j, squares[j])
                    now = 1 - now
            else:
                _lower(lines[now], lines[1 - now], values, p, k, squares)
                now = 1 - now
            k += 4
            budget -= 4
            high[0] = _highest(bits[now])
        _copy(best[p], lines[now])
        if budget < 0:
            sites = np.empty(n, np.int64)
            heights = np.empty(n)
            edges = np.empty(n)
            shares = np.zeros(n + 1)
            for k in range(1, n + 1):
                shares[k] = 0.5 / (np.float64(step) ** 2 * k)
            for c in range(BLOCK):
                _envelope(values, marks, c, np.float64(step), best, shares, sites, heights, edges)
            return


@kernel
def _zero(squares):
    for at in range(np.uint64(squares.size)):
        squares[at] = np.float32(0)


@kernel
def within_planes(labels, shape, size, most, many, out, begin, end):
    """Squared distances within planes [begin, end); ``size`` is y, x."""
    _, rows, width = shape
    values = np.empty((rows, BLOCK), np.float32)
    best = np.empty((rows, BLOCK), np.float32)
    marks = np.empty((rows if many else 0, BLOCK), labels.dtype)
    endless = np.empty(BLOCK, np.bool_)
    given = values.reshape(-1).view(np.uint32)
    for z in range(begin, end):
        plane = out[z]
        for y in range(rows):
            _along_x(labels, (z * rows + y) * width, width, size[1], most, plane[y])
        for x in range(0, width, BLOCK):
            m = min(BLOCK, width - x)
            for y in range(rows):
                _copy(values[y], plane[y, x : x + m])
                _zero(values[y, m:])
                if many:
                    at = (z * rows + y) * width + x
                    _copy(marks[y], labels[at : at + m])
            if _highest(given) == 0:  # nothing but outside
                continue
            _columns(values, marks, size[0], best, given, endless)
            for y in range(rows):
                _copy(plane[y, x : x + m], best[y, :m])


@kernel
def across_planes(labels, shape, step, many, out, begin, end):
    """Bring in the distance along z for rows [begin, end) of every plane, and take the roots."""
    depth, rows, width = shape
    values = np.empty((depth, BLOCK), np.float32)
    best = np.empty((depth, BLOCK), np.float32)
    marks = np.empty((depth if many else 0, BLOCK), labels.dtype)
    endless = np.empty(BLOCK, np.bool_)
    given = values.reshape(-1).view(np.uint32)
    for y in range(begin, end):
        for x in range(0, width, BLOCK):
            m = min(BLOCK, width - x)
            for z in range(depth):
                _copy(values[z], out[z, y, x : x + m])
                _zero(values[z, m:])
                if many:
                    at = (z * rows + y) * width + x
                    _copy(marks[z], labels[at : at + m])
            if _highest(given) == 0:
                continue
            _columns(values, marks, step, best, given, endless)
            for z in range(depth):
                line = best[z]
                target = out[z, y, x : x + m]
                for c in range(np.uint64(m)):
                    target[c] = np.sqrt(line[c])
