"""Dilation by a ball on bit words, and the way between voxels and words."""

# mypy: disable-error-code="no-untyped-def"

import numpy as np

from . import _bits
from ._jit import kernel

__all__ = ["dilate_planes", "pack_rows", "unpack_rows"]

ONE = np.uint64(1)
ZERO = np.uint64(0)
ALL = np.uint64(0xFFFFFFFFFFFFFFFF)

greater_word = _bits.greater_word


@kernel
def pack_rows(flat, invert, words, width, begin, end):
    """Words of rows [begin, end): bits of non-zero voxels, or of zero ones for ``invert``."""
    for row in range(begin, end):
        for word in range(words.shape[1]):
            valid = min(64, width - 64 * word)
            bits = greater_word(flat, row * width + 64 * word, valid, np.uint8(0))
            if invert:
                bits = ~bits & (ALL >> np.uint64(64 - valid))
            words[row, word] = bits


@kernel
def unpack_rows(words, invert, flat, width, begin, end):
    """Write the bits of rows [begin, end) as 0 and 1."""
    flip = ALL if invert else ZERO
    for row in range(begin, end):
        for word in range(words.shape[1]):
            bits = words[row, word] ^ flip
            at = row * width + 64 * word
            for bit in range(min(64, width - 64 * word)):
                flat[at + bit] = np.uint8((bits >> np.uint64(bit)) & ONE)


@kernel
def _spread(line, left, right, reach):
    """Dilate the words of ``line`` by ``reach`` voxels to both sides, in place.

    Each side apart: bits that left the row on one side must not be missed on the way back.
    """
    n = line.size
    for w in range(n):
        left[w] = right[w] = line[w]
    done = 0
    while done < reach:
        step = min(reach - done, done + 1, 63)
        up = np.uint64(step)
        down = np.uint64(64 - step)
        for w in range(n - 1, 0, -1):
            right[w] |= (right[w] << up) | (right[w - 1] >> down)
        right[0] |= right[0] << up
        for w in range(n - 1):
            left[w] |= (left[w] >> up) | (left[w + 1] << down)
        left[n - 1] |= left[n - 1] >> up
        done += step
    for w in range(n):
        line[w] = left[w] | right[w]


@kernel
def dilate_planes(words, half, rows, width, out, begin, end):
    """Dilate planes [begin, end) by the ball whose half widths in x are ``half[dz, dy]`` (-1: none).

    ``half`` holds the offsets not below zero; the ball is symmetric.
    """
    n = words.shape[1]
    depth = words.shape[0] // rows
    tail = ALL >> np.uint64(64 * n - width)
    line = np.empty(n, np.uint64)
    left = np.empty(n, np.uint64)
    right = np.empty(n, np.uint64)
    for z in range(begin, end):
        for y in range(rows):
            target = out[z * rows + y]
            target[:] = ZERO
            for dz in range(1 - half.shape[0], half.shape[0]):
                for dy in range(1 - half.shape[1], half.shape[1]):
                    reach = half[abs(dz), abs(dy)]
                    if reach < 0 or not (0 <= z + dz < depth and 0 <= y + dy < rows):
                        continue
                    source = words[(z + dz) * rows + y + dy]
                    any_ = ZERO
                    for w in range(n):
                        line[w] = source[w]
                        any_ |= source[w]
                    if any_ == ZERO:
                        continue
                    _spread(line, left, right, reach)
                    for w in range(n):
                        target[w] |= line[w]
            target[n - 1] &= tail
