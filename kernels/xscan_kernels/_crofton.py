"""What the neighbours of border voxels look like, for measures of a body by its sections with lines and planes."""

# mypy: disable-error-code="no-untyped-def"

import numpy as np

from . import _bits
from ._jit import kernel

__all__ = ["add_borders"]

ONE = np.uint64(1)
ZERO = np.uint64(0)
ALL = np.uint64(0xFFFFFFFFFFFFFFFF)

equal_word = _bits.equal_word
first = _bits.first
nonzero_word = _bits.nonzero_word


@kernel
def add_borders(labels, shape, steps, table, sums, begin, end):
    """Add ``table[code]`` to the row of ``sums`` of every voxel of planes [begin, end).

    Bit d of a voxel's code tells that its neighbour at ``steps[d]`` (z, y, x) has its label; what lies
    beyond the volume has not. Label 0 is left out, and so are voxels with all bits set, whose entries of
    ``table`` must be 0.
    """
    depth, rows, width = shape
    number = steps.shape[0]
    words = np.empty(number, np.uint64)
    for z in range(begin, end):
        for y in range(rows):
            base = (z * rows + y) * width
            for at in range(0, width, 64):
                here = base + at
                valid = min(64, width - at)
                border = nonzero_word(labels, here, valid)
                if border == ZERO:
                    continue
                inner = ALL
                for d in range(number):
                    words[d] = ZERO
                    if 0 <= z + steps[d, 0] < depth and 0 <= y + steps[d, 1] < rows:
                        there = here + (steps[d, 0] * rows + steps[d, 1]) * width + steps[d, 2]
                        words[d] = equal_word(labels, here, there, valid)
                        if steps[d, 2] < 0 and at == 0:
                            words[d] &= ~ONE
                        if steps[d, 2] > 0 and at + valid == width:
                            words[d] &= ~(ONE << np.uint64(valid - 1))
                    inner &= words[d]
                border &= ~inner
                while border != ZERO:
                    bit = np.uint64(first(border))
                    code = ZERO
                    for d in range(number):
                        code |= ((words[d] >> bit) & ONE) << np.uint64(d)
                    row = sums[labels[here + np.int64(bit)]]
                    entry = table[code]
                    for k in range(row.size):
                        row[k] += entry[k]
                    border &= border - ONE
