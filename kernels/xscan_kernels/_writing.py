"""Labels of runs, written as a volume."""

# mypy: disable-error-code="no-untyped-def"

import numpy as np

from . import _bits
from ._jit import kernel

__all__ = ["write_labels"]

ONE = np.uint64(1)
ZERO = np.uint64(0)
TOP = np.uint64(63)
DENSE = 8  # changes in a word from which on writing voxel by voxel is faster than run by run

count = _bits.count
first = _bits.first


@kernel
def _fill(out, begin, end, label):
    for index in range(begin, end):
        out[index] = label


@kernel
def _zero(out, begin, end):
    for index in range(begin, end):
        out[index] = np.uint32(0)  # a constant: becomes memset, which need not read what it overwrites


@kernel
def _write_word(out, at, stop, bits, marks, labels, run):
    """Write one word voxel by voxel: faster than run by run where runs are short."""
    part = out[at:stop]
    for index in range(part.size):
        part[index] = np.uint32(0)
    while bits != ZERO:
        bit = np.uint64(first(bits))
        run += np.int64((marks >> bit) & ONE)
        part[bit] = labels[np.uint64(run)]  # unsigned: no index is taken from the end
        bits &= bits - ONE


@kernel
def write_labels(inside, starts, derive, offsets, labels, out, width, clean, begin, end):
    """Write rows [begin, end) of the flat label volume; starts follow from inside where ``derive``.

    Zeros are written in stretches that go on across rows; not at all where ``out`` is ``clean`` (zero).
    """
    zeros = begin * width  # from here on zeros are still to be written
    for row in range(begin, end):
        if offsets[row + 1] == offsets[row]:
            continue
        run = offsets[row] - 1
        base = row * width
        last = ZERO
        current = np.uint32(0)
        since = base  # where the run of label `current` began
        for word in range(inside.shape[1]):
            bits = inside[row, word]
            before = (bits << ONE) | last
            last = bits >> TOP
            marks = bits & ~before if derive else starts[row, word]
            changes = (bits ^ before) | marks
            at = base + 64 * word
            if count(changes) > DENSE:
                stop = min(at + 64, base + width)
                if current != 0:
                    _fill(out, since, at, current)
                elif not clean:
                    _zero(out, zeros, at)
                _write_word(out, at, stop, bits, marks, labels, run)
                run += count(marks)
                current = out[stop - 1]
                since = zeros = stop
                continue
            while changes != ZERO:
                bit = np.uint64(first(changes))
                place = at + np.int64(bit)
                if current != 0:
                    _fill(out, since, place, current)
                    zeros = place
                current = np.uint32(0)
                if (marks >> bit) & ONE:
                    run += 1
                    current = labels[run]
                    if current != 0:
                        since = place
                        if not clean:
                            _zero(out, zeros, place)
                changes &= changes - ONE
        if current != 0:
            _fill(out, since, base + width, current)
            zeros = base + width
    if not clean:
        _zero(out, zeros, end * width)
