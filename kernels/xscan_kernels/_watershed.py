"""Flooding from markers in order of value, then of arrival, by the binary heap that scikit-image has.

Markers of equal value leave such a heap in an order that only its whole history tells, and it decides to
whom voxels between them go: to agree with scikit-image to the voxel, the heap must be the same, move by
move. What may differ is how fast a move is. Two levels of the heap are gone down at once, so that the
choices of the lower one do not wait for that of the upper; a voxel's number and label travel with its key;
which voxels may yet be entered is a bit each, so that all of them stay in the cache.
"""

# mypy: disable-error-code="no-untyped-def, assignment"

import numpy as np

from . import _bits
from ._doubling import doubled
from ._jit import kernel

__all__ = ["flood", "prepare"]

U = np.uint64
ONE, TWO, THREE, FOUR, SIX, HALF = U(1), U(2), U(3), U(4), U(6), U(32)
LOW, PART = U(0xFFFFFFFF), U(63)
SIGN, MINUS_ZERO, NONE = np.uint32(31), np.uint32(1 << 31), np.uint32(0)

nonzero_word = _bits.nonzero_word


@kernel
def prepare(seeds, inside, out, free, begin, end):
    """Set the flat ``out`` to the markers inside, and ``free`` where a flood may enter, for planes [begin, end).

    ``free`` (z + 2, y + 2, words) holds a bit a voxel, x first, with a margin of one closed voxel on every side.
    """
    rows = free.shape[1] - 2
    width = out.size // ((free.shape[0] - 2) * rows)
    for z in range(begin, end):
        for y in range(rows):
            base = (z * rows + y) * width
            for at in range(U(base), U(base + width)):
                out[at] = seeds[at] * inside[at]
            line = free[z + 1, y + 1]
            for word in range(line.size):
                at = max(64 * word - 1, 0)
                valid = min(64 * word + 63, width) - at
                line[word] = U(0)
                if valid > 0:
                    open_ = nonzero_word(inside, base + at, valid) & ~nonzero_word(out, base + at, valid)
                    line[word] = open_ << ONE if word == 0 else open_


@kernel
def _rank(bits, floating):
    """A number that is ordered as the values are: of float32, by their bits."""
    if floating:
        if bits == MINUS_ZERO:
            bits = NONE
        return U(~bits if bits >> SIGN else bits | MINUS_ZERO)
    return U(bits)


@kernel
def _rise(keys, loads, at, key, load):
    """Let an item rise from ``at``, past items of higher keys."""
    while at > ONE:
        parent = at >> ONE
        if keys[parent] <= key:
            break
        keys[at] = keys[parent]
        loads[at] = loads[parent]
        at = parent
    keys[at] = key
    loads[at] = load


@kernel
def _pop(keys, loads, items):
    """Take the first item away, so that ``items`` are left: the last one, in its place, sinks to its own.

    It comes from the bottom and mostly goes back there: the smaller child moves up all the way, without a
    branch on which it is, and then the item rises, past equals too (it ends where sinking would have ended).
    """
    key = keys[items + ONE]
    load = loads[items + ONE]
    at = ONE
    while FOUR * at + THREE <= items:
        child = TWO * at
        grandchild = FOUR * at
        right = keys[child + ONE] < keys[child]
        of_left = grandchild + U(keys[grandchild + ONE] < keys[grandchild])
        of_right = grandchild + TWO + U(keys[grandchild + THREE] < keys[grandchild + TWO])
        child += U(right)
        grandchild = of_right if right else of_left
        keys[at] = keys[child]
        loads[at] = loads[child]
        keys[child] = keys[grandchild]
        loads[child] = loads[grandchild]
        at = grandchild
    while TWO * at <= items:
        child = TWO * at
        if child < items:
            child += U(keys[child + ONE] < keys[child])
        keys[at] = keys[child]
        loads[at] = loads[child]
        at = child
    while at > ONE:
        parent = at >> ONE
        if keys[parent] < key:
            break
        keys[at] = keys[parent]
        loads[at] = loads[parent]
        at = parent
    keys[at] = key
    loads[at] = load


@kernel
def _free_around(free, at, steps):
    """Which of the neighbours of bit ``at`` are free, a bit each."""
    found = U(0)
    for k in range(U(steps.size)):
        bit = U(at + steps[k])
        found |= (free[bit >> SIX] >> (bit & PART) & ONE) << k
    return found


@kernel
def flood(bits, floating, free, free_shape, out, shape, steps, free_steps):
    """Flood the flat ``out`` from its non-zero voxels over ``free`` ones, lowest value first.

    A key is the value's rank (the level of the flood, where that is higher: it does not run downhill) and
    the age, 0 for markers. ``steps`` are the offsets of the neighbours in ``out``, ``free_steps`` those of
    their bits. Items stand in the heap from place 1 on.
    """
    keys = np.empty(1 << 12, np.uint64)
    loads = np.empty(1 << 12, np.uint64)
    items = U(0)
    for place in range(U(out.size)):
        if out[place] != 0:
            items += ONE
            if items == U(keys.size):
                keys = doubled(keys)
                loads = doubled(loads)
            _rise(keys, loads, items, _rank(bits[place], floating) << HALF, U(out[place]) << HALF | place)
    _, rows, width = shape
    age = U(0)
    while items > U(0):
        level = keys[1] >> HALF
        load = loads[1]
        place = np.int64(load & LOW)
        row = np.int64(np.uint32(place) // np.uint32(width))  # 32 bits are divided twice as fast
        z = np.int64(np.uint32(row) // np.uint32(rows))
        line = (z + 1) * free_shape[1] + row - z * rows + 1
        at = line * free_shape[2] * 64 + place - row * width + 1
        # before the heap moves: these reads go far, and its moves do not wait for them
        found = _free_around(free, at, free_steps)
        items -= ONE
        _pop(keys, loads, items)
        if items + U(steps.size) >= U(keys.size):
            keys = doubled(keys)
            loads = doubled(loads)
        for k in range(U(steps.size)):
            if found >> k & ONE:
                bit = U(at + free_steps[k])
                free[bit >> SIX] &= ~(ONE << (bit & PART))
                there = U(place + steps[k])
                out[there] = np.uint32(load >> HALF)
                age += ONE
                items += ONE
                key = max(level, _rank(bits[there], floating)) << HALF | age
                _rise(keys, loads, items, key, load & ~LOW | there)
