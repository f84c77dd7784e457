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
def pack_rows(flat, invert, shape, words, rows, first_row, first_word, begin, end):
    """Words of planes [begin, end): bits of non-zero voxels, or of zero ones for ``invert``.

    Voxel row ``y`` of plane ``z`` goes to row ``first_row + z * rows + y``, from ``first_word`` on: the
    words may hold a wider volume.
    """
    _, height, width = shape
    for z in range(begin, end):
        for y in range(height):
            at = (z * height + y) * width
            line = words[first_row + z * rows + y]
            for word in range((width + 63) // 64):
                valid = min(64, width - 64 * word)
                bits = greater_word(flat, at + 64 * word, valid, np.uint8(0))
                if invert:
                    bits = ~bits & (ALL >> np.uint64(64 - valid))
                line[first_word + word] = bits


@kernel
def unpack_rows(words, rows, first_row, first_word, invert, flat, shape, begin, end):
    """Write the bits of planes [begin, end) as 0 and 1; places as of :func:`pack_rows`."""
    _, height, width = shape
    flip = ALL if invert else ZERO
    for z in range(begin, end):
        for y in range(height):
            line = words[first_row + z * rows + y]
            at = (z * height + y) * width
            for word in range((width + 63) // 64):
                bits = line[first_word + word] ^ flip
                part = flat[at + 64 * word : at + min(width, 64 * word + 64)]
                for bit in range(np.uint64(part.size)):
                    part[bit] = np.uint8((bits >> bit) & ONE)


@kernel
def _reach_up(source, target, step, n):
    """``source`` and itself ``step`` (1 to 63) voxels further on, in rows of ``n`` words."""
    up = np.uint64(step)
    down = np.uint64(64 - step)
    here, before, to = source[1:], source[: source.size - 1], target[1:]
    for i in range(np.uint64(to.size)):
        to[i] = here[i] | (here[i] << up) | (before[i] >> down)
    for i in range(0, source.size, n):  # nothing comes over from the row before
        target[i] = source[i] | (source[i] << up)


@kernel
def _reach_down(source, target, step, n):
    """As :func:`_reach_up`, the other way."""
    up = np.uint64(step)
    down = np.uint64(64 - step)
    here, after = source[: source.size - 1], source[1:]
    for i in range(np.uint64(here.size)):
        target[i] = here[i] | (here[i] >> up) | (after[i] << down)
    for i in range(n - 1, source.size, n):
        target[i] = source[i] | (source[i] >> up)


@kernel
def _union(target, one, other):
    for i in range(np.uint64(target.size)):
        target[i] = one[i] | other[i]


@kernel
def _spread(plane, widths, n, left, right, spare, spread):
    """Rows of a plane dilated by each of ``widths`` to both sides.

    Each side apart: bits that left a row on one side must not be missed on the way back.
    """
    left[:] = plane
    right[:] = plane
    done = 0
    for i in range(widths.size):
        while done < widths[i]:
            step = min(widths[i] - done, done + 1, 63)
            _reach_down(left, spare, step, n)
            left, spare = spare, left
            _reach_up(right, spare, step, n)
            right, spare = spare, right
            done += step
        _union(spread[i], left, right)


@kernel
def _add(target, source):
    """Union of two runs of words."""
    for w in range(np.uint64(target.size)):
        target[w] |= source[w]


@kernel
def dilate_planes(words, half, widths, rows, width, out, begin, end):
    """Dilate into planes [begin, end) by the ball whose half widths in x are ``half[dz, dy]`` (-1: none).

    ``half`` holds the offsets not below zero; the ball is symmetric. ``widths`` are its distinct half
    widths in rising order. Every plane is spread along x once, then along y once for each distance of
    planes, and added to the two planes at that distance.
    """
    n = words.shape[1]
    depth = words.shape[0] // rows
    size = rows * n
    flat = words.reshape(-1)
    target = out.reshape(-1)
    left = np.empty(size, np.uint64)
    right = np.empty(size, np.uint64)
    spare = np.empty(size, np.uint64)
    spread = np.empty((widths.size, size), np.uint64)
    disk = np.empty(size, np.uint64)
    for index in range(begin * size, end * size):
        target[index] = ZERO
    far = half.shape[0] - 1
    for z in range(max(begin - far, 0), min(end + far, depth)):
        any_ = ZERO
        for index in range(z * size, (z + 1) * size):
            any_ |= flat[index]
        if any_ == ZERO:
            continue
        _spread(flat[z * size : (z + 1) * size], widths, n, left, right, spare, spread)
        for dz in range(half.shape[0]):
            if not (begin <= z - dz < end or begin <= z + dz < end):
                continue
            disk[:] = ZERO
            for dy in range(half.shape[1]):
                if half[dz, dy] < 0 or dy >= rows:
                    continue
                lines = spread[np.searchsorted(widths, half[dz, dy])]
                _add(disk[dy * n :], lines[: size - dy * n])
                if dy > 0:
                    _add(disk[: size - dy * n], lines[dy * n :])
            if begin <= z - dz < end:
                _add(target[(z - dz) * size : (z - dz + 1) * size], disk)
            if dz > 0 and begin <= z + dz < end:
                _add(target[(z + dz) * size : (z + dz + 1) * size], disk)
    tail = ALL >> np.uint64(64 * n - width)
    for row in range(begin * rows, end * rows):
        out[row, n - 1] &= tail
