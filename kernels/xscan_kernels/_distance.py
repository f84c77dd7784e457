"""Squared Euclidean distance, one axis after the other (min-plus over blocks of columns with early exit)."""

# mypy: disable-error-code="no-untyped-def"

import numpy as np

from . import _bits
from ._jit import kernel

__all__ = ["columns", "far_columns", "ramps"]

STEPS = 96  # mean number of steps in a block from which on envelopes are faster
BLOCK = 64  # columns at a time, as many as a word has bits
ONE = np.uint64(1)
ZERO = np.uint64(0)
NOTHING = np.uint32(0)
ENDLESS = np.uint32(0x7F800000)  # the bits of infinity; floats not below zero are ordered as their bits are

equal_word = _bits.equal_word
first = _bits.first
nonzero_word = _bits.nonzero_word


@kernel
def _ramp(squares, start, end, width, step, most):
    """Squared distances along the run [start, end) of a row, each end of which is outside or the row's end."""
    n = end - start
    line = squares[start:end]
    for at in range(np.uint64(n)):
        a = np.float32(np.int32(at) + 1) * step
        b = np.float32(n - np.int32(at)) * step
        best = most
        if start > 0:
            best = min(best, a * a)
        if end < width:
            best = min(best, b * b)
        line[at] = best


@kernel
def ramps(labels, shape, step, most, lived, out, begin, end):
    """Squared distances along x to the nearest voxel of another label, at most ``most``, for planes [begin, end).

    ``out`` holds zeros and is written inside alone: memory that was never touched costs nothing. ``lived``
    tells which words of each row hold any inside.
    """
    _, rows, width = shape
    for row in range(begin * rows, end * rows):
        base = row * width
        any_inside = ZERO
        for word in range(lived.shape[1]):
            inside = nonzero_word(labels, base + 64 * word, min(64, width - 64 * word))
            lived[row, word] = inside != ZERO
            any_inside |= inside
        if any_inside == ZERO:
            continue
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
                end_run = at + first(changes)
                if labels[base + start] != 0:
                    _ramp(out[base : base + width], start, end_run, width, step, most)
                start = end_run
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
    """Largest of a block, by its bits: integers may be compared in any order, and so by vectors."""
    high = bits[0]
    for c in range(np.uint64(bits.size)):
        high = max(high, bits[c])
    return high


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
def _take(bits, given, at):
    """Copy a block's row from ``given``; its largest and its least."""
    high = low = given[at]
    for c in range(np.uint64(BLOCK)):
        value = given[at + c]
        bits[c] = value
        high = max(high, value)
        low = min(low, value)
    return high, low


@kernel
def _take_part(bits, given, at, m):
    """As :func:`_take`, of a row's last ``m`` columns; zeros stand for the rest."""
    high = low = given[at]
    for c in range(np.uint64(m)):
        bits[c] = given[at + c]
        high = max(high, bits[c])
        low = min(low, bits[c])
    for c in range(m, BLOCK):
        bits[c] = NOTHING
    return high, low


@kernel
def _put(out, at, line, m, root):
    if root:
        for c in range(np.uint64(m)):
            out[at + c] = np.sqrt(line[c])
    else:
        for c in range(np.uint64(m)):
            out[at + c] = line[c]


@kernel
def _nearest(values, marks, highs, lows, squares, lines, out, at, stride, m, root):
    """Min-plus down the rows of a block, row ``p`` of which goes to ``out[at + p * stride]``.

    Fast where the border is near. Where it is found to be far, ``out`` is put back, and False returned.
    """
    n = values.shape[0]
    bits = lines.view(np.uint32)
    limit = np.empty(1, np.float32)
    high = limit.view(np.uint32)
    budget = STEPS * n
    for p in range(n):
        if highs[p] == NOTHING:
            continue
        high[0] = highs[p]
        now = 0
        for c in range(BLOCK):
            lines[now, c] = values[p, c]
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
        _put(out, at + np.uint64(p) * stride, lines[now], m, root)
        if budget < 0:
            for q in range(p + 1):
                _put(out, at + np.uint64(q) * stride, values[q], m, False)
            return False
    return True


@kernel
def columns(labels, lived, width, n, gap, jump, step, many, root, far, out, begin, end):
    """Bring in the distance along an axis across rows; take the roots if ``root``.

    The rows ``jump * line + gap * p`` of ``out``, with p below ``n``, stand beside each other along the axis, for
    each line of [begin, end). Blocks without any inside (words not ``lived``) are not looked at, and those where
    the border is far are left as they are and marked in ``far``, for :func:`far_columns`.
    """
    bits = np.zeros((n, BLOCK), np.uint32)
    values = bits.view(np.float32)
    lines = np.empty((2, BLOCK), np.float32)
    marks = np.zeros((n if many else 0, BLOCK), labels.dtype)
    given = out.view(np.uint32)
    squares = np.empty(n + 4, np.float32)
    for k in range(n + 4):
        squares[k] = np.float32(k * step) ** 2
    highs = np.zeros(n, np.uint32)
    least = np.zeros(n + 6, np.uint32)
    for k in range(3):
        least[k] = least[n + 3 + k] = ENDLESS
    lows = np.zeros(n + 3, np.uint32)  # of every four neighbouring rows: that of row p and three more at p + 3
    stride = np.uint64(gap * width)
    for line in range(begin, end):
        for word in range(lived.shape[1]):
            m = min(BLOCK, width - BLOCK * word)
            at = np.uint64(jump * line * width + BLOCK * word)
            high, low = NOTHING, ENDLESS
            for p in range(n):
                here = at + np.uint64(p) * stride
                if lived[jump * line + gap * p, word]:
                    if m == BLOCK:
                        highs[p], least[p + 3] = _take(bits[p], given, here)
                    else:
                        highs[p], least[p + 3] = _take_part(bits[p], given, here, m)
                    if many:
                        for c in range(m):
                            marks[p, c] = labels[here + np.uint64(c)]
                elif highs[p] != NOTHING:  # of the block before
                    highs[p] = least[p + 3] = NOTHING
                    for c in range(BLOCK):
                        bits[p, c] = NOTHING
                        if many:
                            marks[p, c] = 0
                else:
                    least[p + 3] = NOTHING
                high = max(high, highs[p])
                low = min(low, least[p + 3])
            # nothing inside, or no end at all: then of all rows, since the axes before bring whole rows an end
            if high == NOTHING or (low == ENDLESS and not many):
                continue
            if not many:  # else a voxel of another label counts as 0
                for p in range(np.uint64(n + 3)):
                    lows[p] = min(min(least[p], least[p + ONE]), min(least[p + np.uint64(2)], least[p + np.uint64(3)]))
            far[line, word] = not _nearest(
                values, marks, highs, lows.view(np.float32), squares, lines, out, at, stride, m, root
            )


@kernel
def far_columns(labels, width, n, gap, jump, step, many, root, far, out, begin, end):
    """As :func:`columns`, by envelopes, of the blocks marked in ``far``."""
    values = np.empty((n, BLOCK), np.float32)
    best = np.empty((n, BLOCK), np.float32)
    marks = np.empty((n if many else 0, BLOCK), labels.dtype)
    sites = np.empty(n, np.int64)
    heights = np.empty(n)
    edges = np.empty(n)
    shares = np.zeros(n + 1)
    for k in range(1, n + 1):
        shares[k] = 0.5 / (np.float64(step) ** 2 * k)
    for line in range(begin, end):
        for word in range(far.shape[1]):
            if not far[line, word]:
                continue
            m = min(BLOCK, width - BLOCK * word)
            at = np.uint64(jump * line * width + BLOCK * word)
            stride = np.uint64(gap * width)
            for p in range(n):
                for c in range(m):
                    values[p, c] = out[at + np.uint64(p) * stride + np.uint64(c)]
                    if many:
                        marks[p, c] = labels[at + np.uint64(p) * stride + np.uint64(c)]
            for c in range(m):
                _envelope(values, marks, c, np.float64(step), best, shares, sites, heights, edges)
            for p in range(n):
                _put(out, at + np.uint64(p) * stride, best[p], m, root)
