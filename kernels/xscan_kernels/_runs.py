"""Runs of inside voxels along x, held as bit words and joined by union-find.

A row of ``width`` voxels is ``ceil(width / 64)`` words in ``inside``; a set bit in ``starts`` begins a run.
For a mask, starts follow from the inside bits alone; for input with values a run also ends where
neighbours differ, so that starts are stored. Runs are numbered in raster order, which makes the root of
a component (its lowest run) the voxel that comes first in raster order.
"""

# mypy: disable-error-code="no-untyped-def"

import numpy as np

from . import _bits
from ._jit import kernel

__all__ = [
    "component_sizes",
    "drop_closed",
    "drop_small",
    "find",
    "join",
    "join_planes",
    "keep_open",
    "link_mask",
    "link_values",
    "mask_rows",
    "number_components",
    "number_runs",
    "rename",
    "value_rows",
]

ONE = np.uint64(1)
ZERO = np.uint64(0)
ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
TOP = np.uint64(63)

count = _bits.count
first = _bits.first
greater_word = _bits.greater_word
near_word = _bits.near_word
nonzero_word = _bits.nonzero_word


@kernel
def mask_rows(flat, threshold, invert, inside, runs, width, begin, end):
    """Fill ``inside`` for rows [begin, end) with ``flat > threshold`` (its opposite for ``invert``)."""
    for row in range(begin, end):
        last = ZERO
        total = 0
        for word in range(inside.shape[1]):
            valid = min(64, width - 64 * word)
            bits = greater_word(flat, row * width + 64 * word, valid, threshold)
            if invert:
                bits = ~bits & (ALL >> np.uint64(64 - valid))
            inside[row, word] = bits
            total += count(bits & ~((bits << ONE) | last))
            last = bits >> TOP
        runs[row] = total


@kernel
def number_runs(runs, offsets):
    """Number of the first run of every row; returns how many runs there are in all."""
    total = 0
    for row in range(runs.size):
        offsets[row] = total
        total += runs[row]
    offsets[runs.size] = total
    return total


@kernel
def find(parent, run):
    """Root of ``run``; halves the path on the way."""
    while parent[run] != run:
        parent[run] = parent[parent[run]]
        run = np.int64(parent[run])
    return run


@kernel
def join(parent, one, other):
    """Join two runs; the lower root stays root."""
    if parent[one] == parent[other]:
        return
    one = find(parent, one)
    other = find(parent, other)
    if one < other:
        parent[other] = one
    elif other < one:
        parent[one] = other


@kernel
def _link_two(inside, offsets, parent, row, other, diagonal):
    """Join the touching runs of two rows, once for each pair.

    An event bit stands where an overlap begins, or (``diagonal``) where one run starts next to the last
    voxel of a run of the other row. The runs that meet there are counted from the start bits up to it.
    """
    left = np.int64(offsets[row]) - 1
    right = np.int64(offsets[other]) - 1
    last_a = last_b = last_both = ZERO
    for word in range(inside.shape[1]):
        a = inside[row, word]
        b = inside[other, word]
        before_a = (a << ONE) | last_a
        before_b = (b << ONE) | last_b
        starts_a = a & ~before_a
        starts_b = b & ~before_b
        both = a & b
        events = both & ~((both << ONE) | last_both)
        if diagonal:
            events |= (starts_a & before_b & ~b) | (starts_b & before_a & ~a)
        while events != ZERO:
            upto = events ^ (events - ONE)
            join(parent, left + count(starts_a & upto), right + count(starts_b & upto))
            events &= events - ONE
        left += count(starts_a)
        right += count(starts_b)
        last_a = a >> TOP
        last_b = b >> TOP
        last_both = both >> TOP


@kernel
def link_mask(inside, offsets, parent, rows, reach, top, begin, end):
    """Join the runs of planes [begin, end) with those before them, down to plane ``top``.

    ``rows`` is the number of rows in a plane; ``reach`` is how many axes a step may change at once
    (1, 2 or 3 for 6, 18 or 26 neighbours).
    """
    for z in range(begin, end):
        for y in range(rows):
            row = z * rows + y
            if offsets[row + 1] == offsets[row]:
                continue
            if y > 0:
                _link_two(inside, offsets, parent, row, row - 1, reach > 1)
            if z > top:
                above = row - rows
                _link_two(inside, offsets, parent, row, above, reach > 1)
                if reach > 1 and y > 0:
                    _link_two(inside, offsets, parent, row, above - 1, reach > 2)
                if reach > 1 and y + 1 < rows:
                    _link_two(inside, offsets, parent, row, above + 1, reach > 2)


@kernel
def value_rows(flat, delta, inside, starts, runs, width, begin, end):
    """Inside (not zero) and run-start bits of rows [begin, end), where a run breaks at a step over delta."""
    for row in range(begin, end):
        last = ZERO
        total = 0
        for word in range(inside.shape[1]):
            at = row * width + 64 * word
            valid = min(64, width - 64 * word)
            bits = nonzero_word(flat, at, valid)
            joined = near_word(flat, at, at - 1, valid, delta) & ((bits << ONE) | last)
            marks = bits & ~joined
            inside[row, word] = bits
            starts[row, word] = marks
            total += count(marks)
            last = bits >> TOP
        runs[row] = total


@kernel
def _link_two_values(flat, delta, inside, starts, offsets, parent, width, row, other, shift):
    """Join runs of two rows where ``flat[row, x]`` is near ``flat[other, x + shift]``, both inside.

    The other row's words are moved by ``shift``, so that the two stand side by side.
    """
    words = inside.shape[1]
    left = np.int64(offsets[row]) - 1
    right = np.int64(offsets[other]) - 1
    if shift > 0:
        right += np.int64(starts[other, 0] & ONE)
    last_met = last_b = last_marks = ZERO
    for word in range(words):
        a = inside[row, word]
        b = inside[other, word]
        marks_a = starts[row, word]
        marks_b = starts[other, word]
        if shift < 0:
            b, last_b = (b << ONE) | last_b, b >> TOP
            marks_b, last_marks = (marks_b << ONE) | last_marks, marks_b >> TOP
        elif shift > 0:
            b >>= ONE
            marks_b >>= ONE
            if word + 1 < words:
                b |= inside[other, word + 1] << TOP
                marks_b |= starts[other, word + 1] << TOP
        met = a & b
        if met != ZERO:
            at = 64 * word
            met &= near_word(flat, row * width + at, other * width + at + shift, min(64, width - at), delta)
        events = met & (~((met << ONE) | last_met) | marks_a | marks_b)
        while events != ZERO:
            upto = events ^ (events - ONE)
            join(parent, left + count(marks_a & upto), right + count(marks_b & upto))
            events &= events - ONE
        left += count(marks_a)
        right += count(marks_b)
        last_met = met >> TOP


@kernel
def link_values(flat, delta, inside, starts, offsets, parent, width, rows, reach, top, begin, end):
    """As :func:`link_mask`, for input with values."""
    for z in range(begin, end):
        for y in range(rows):
            row = z * rows + y
            for step in range(4):
                if step == 0:
                    ok, other, most = y > 0, row - 1, 2
                elif step == 1:
                    ok, other, most = z > top, row - rows, 2
                elif step == 2:
                    ok, other, most = z > top and y > 0 and reach > 1, row - rows - 1, 3
                else:
                    ok, other, most = z > top and y + 1 < rows and reach > 1, row - rows + 1, 3
                if not ok or offsets[row + 1] == offsets[row] or offsets[other + 1] == offsets[other]:
                    continue
                for shift in range(-1, 2):
                    if shift == 0 or reach >= most:
                        _link_two_values(flat, delta, inside, starts, offsets, parent, width, row, other, shift)


@kernel
def number_components(parent, labels):
    """Label of every run in raster order of the components' first voxels; returns how many there are."""
    total = 0
    for run in range(parent.size):
        if parent[run] == run:
            total += 1
            labels[run] = total
        else:
            labels[run] = labels[parent[run]]  # a parent is lower, so its label is known
    return total


@kernel
def component_sizes(inside, starts, derive, offsets, labels, sizes, begin, end):
    """Add the voxels of every run of rows [begin, end) to its component; ``derive`` as in write_labels."""
    for row in range(begin, end):
        run = offsets[row] - 1
        last = ZERO
        for word in range(inside.shape[1]):
            bits = inside[row, word]
            marks = bits & ~((bits << ONE) | last) if derive else starts[row, word]
            last = bits >> TOP
            while bits != ZERO:
                upto = (marks ^ (marks - ONE)) if marks != ZERO else ALL
                part = bits & (upto >> ONE) if marks != ZERO else bits
                if part != ZERO:
                    sizes[labels[run]] += count(part)
                if marks != ZERO:
                    run += 1
                    bits &= ~(upto >> ONE)
                    marks &= marks - ONE
                else:
                    bits = ZERO


@kernel
def drop_small(sizes, least, renumber):
    """New number of every component, 0 for one of fewer than ``least`` voxels; returns how many stay."""
    kept = 0
    renumber[0] = 0
    for label in range(1, sizes.size):
        if sizes[label] >= least:
            kept += 1
            renumber[label] = kept
        else:
            renumber[label] = 0
    return kept


@kernel
def rename(labels, renumber):
    """Replace every label by its new number."""
    for run in range(labels.size):
        labels[run] = renumber[labels[run]]


@kernel
def join_planes(before, after, parent, shift):
    """Join the components that two labellings give to one plane; those of ``after`` count from ``shift``.

    Component ``n`` of ``before`` stands in ``parent`` at ``n - 1``, of ``after`` at ``shift + n - 1``.
    """
    for index in range(before.size):
        if after[index] != 0:
            join(parent, np.int64(before[index]) - 1, np.int64(after[index]) - 1 + shift)


@kernel
def keep_open(inside, offsets, parent, rows, width):
    """Replace every run's parent by 1 where its component reaches the edge of the volume, else by 0."""
    reaches = np.zeros(parent.size, np.uint8)
    lines = offsets.size - 1
    top = np.uint64((width - 1) & 63)
    for row in range(lines):
        if offsets[row] == offsets[row + 1]:
            continue
        y = row % rows
        if y == 0 or y == rows - 1 or row < rows or row >= lines - rows:
            for run in range(offsets[row], offsets[row + 1]):
                reaches[find(parent, run)] = 1
        if inside[row, 0] & ONE:
            reaches[find(parent, offsets[row])] = 1
        if (inside[row, inside.shape[1] - 1] >> top) & ONE:
            reaches[find(parent, offsets[row + 1] - 1)] = 1
    for run in range(parent.size):
        if parent[run] == run:
            parent[run] = reaches[run]
        else:
            parent[run] = parent[parent[run]]


@kernel
def drop_closed(inside, offsets, reaches, begin, end):
    """Clear the bits of the runs of rows [begin, end) that ``reaches`` marks 0."""
    for row in range(begin, end):
        run = offsets[row] - 1
        last = ZERO
        keep = False
        for word in range(inside.shape[1]):
            bits = inside[row, word]
            before = (bits << ONE) | last
            last = bits >> TOP
            kept = ZERO
            marks = bits & ~before
            while marks != ZERO:
                upto = (marks ^ (marks - ONE)) >> ONE  # the bits before the next start
                if keep:
                    kept |= bits & upto
                bits &= ~upto
                run += 1
                keep = reaches[run] != 0
                marks &= marks - ONE
            if keep:
                kept |= bits
            inside[row, word] = kept
