"""Squared Euclidean distance, one axis after the other (min-plus over blocks of columns with early exit)."""

# mypy: disable-error-code="no-untyped-def"

import numpy as np

from . import _bits
from ._jit import kernel

__all__ = ["across_planes", "within_planes"]

STEPS = 8  # mean number of steps in a block from which on envelopes are faster
BLOCK = 64  # columns at a time: the values of 512 rows of them stay in the second-level cache
ONE = np.uint64(1)
ZERO = np.uint64(0)

first = _bits.first
near_word = _bits.near_word


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
            changes = ~near_word(labels, base + at, base + at - 1, valid, labels[base] * 0)
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
def _lower(best, other, square):
    for c in range(np.uint64(best.size)):
        best[c] = min(best[c], other[c] + square)


@kernel
def _lower_marked(best, other, square, mark, others):
    """As :func:`_lower`, where voxels of another label count as outside."""
    for c in range(np.uint64(best.size)):
        reach = other[c] if others[c] == mark[c] else np.float32(0)
        best[c] = min(best[c], reach + square)


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
def _columns(values, marks, step, best, bits):
    """Min-plus down the rows of a block of columns, from ``values`` into ``best`` (``bits`` are its bits).

    Fast where the border is near; where it is found to be far, envelopes take over.
    """
    n = values.shape[0]
    limit = np.empty(1, np.float32)
    high = limit.view(np.uint32)
    budget = STEPS * n
    for p in range(n):
        line = best[p]
        _copy(line, values[p])
        high[0] = _highest(bits[p])
        for k in range(1, n):
            square = np.float32(k * step) ** 2
            if square >= limit[0] or (p < k and p + k >= n):
                break
            for q in (p - k, p + k):
                if 0 <= q < n:
                    if marks.size > 0:
                        _lower_marked(line, values[q], square, marks[p], marks[q])
                    else:
                        _lower(line, values[q], square)
            if k < 3 or k % 4 == 0:  # the check costs as much as a step
                high[0] = _highest(bits[p])
            budget -= 1
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
    bits = best.view(np.uint32)
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
            _columns(values, marks, size[0], best, bits)
            for y in range(rows):
                _copy(plane[y, x : x + m], best[y, :m])


@kernel
def across_planes(labels, shape, step, many, out, begin, end):
    """Bring in the distance along z for rows [begin, end) of every plane, and take the roots."""
    depth, rows, width = shape
    values = np.empty((depth, BLOCK), np.float32)
    best = np.empty((depth, BLOCK), np.float32)
    marks = np.empty((depth if many else 0, BLOCK), labels.dtype)
    bits = best.view(np.uint32)
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
            _columns(values, marks, step, best, bits)
            for z in range(depth):
                line = best[z]
                target = out[z, y, x : x + m]
                for c in range(np.uint64(m)):
                    target[c] = np.sqrt(line[c])
