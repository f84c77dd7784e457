"""Flooding from markers in order of value, then of arrival; and grey reconstruction."""

# mypy: disable-error-code="no-untyped-def"

import numpy as np

from ._jit import kernel

__all__ = ["flood", "reconstruct_grey"]

HALF = np.uint64(32)


@kernel
def _grow(array):
    larger = np.empty(array.size * 2, array.dtype)
    larger[: array.size] = array
    return larger


@kernel
def _push(keys, places, items, key, place):
    """Let a new item rise from the end of the heap."""
    child = items
    while child > 0:
        parent = (child - 1) >> 1
        if key >= keys[parent]:
            break
        keys[child] = keys[parent]
        places[child] = places[parent]
        child = parent
    keys[child] = key
    places[child] = place


@kernel
def _pop(keys, places, items):
    """Take the first item away: the last one, put in its place, sinks to where it belongs."""
    last = items - 1
    key = keys[last]
    place = places[last]
    at = 0
    while 2 * at + 1 < last:
        least = 2 * at + 1
        if least + 1 < last and keys[least + 1] < keys[least]:
            least += 1
        if keys[least] >= key:
            break
        keys[at] = keys[least]
        places[at] = places[least]
        at = least
    keys[at] = key
    places[at] = place


@kernel
def flood(ranks, todo, output, steps):
    """Flood the padded flat ``output`` from its non-zero voxels over ``todo``, lowest rank first.

    A binary heap ordered by rank and age, as scikit-image's: markers of equal value leave it in the same
    order there, so that the two agree to the voxel. A key is the rank (uint32, the value's order) in the
    upper half, the age in the lower, so that one comparison tells. ``todo`` is 1 at voxels inside without
    a label, never in the border.
    """
    keys = np.empty(1024, np.uint64)
    places = np.empty(1024, np.int64)
    items = 0
    for index in range(output.size):
        if output[index] != 0:
            if items == keys.size:
                keys, places = _grow(keys), _grow(places)
            _push(keys, places, items, np.uint64(ranks[index]) << HALF, index)
            items += 1
    age = np.uint64(1)
    while items > 0:
        place = places[0]
        level = keys[0] >> HALF
        label = output[place]
        _pop(keys, places, items)
        items -= 1
        for step in steps:
            there = place + step
            if todo[there] == 0:
                continue
            todo[there] = 0
            output[there] = label
            age += np.uint64(1)
            if items == keys.size:
                keys, places = _grow(keys), _grow(places)
            height = max(level, np.uint64(ranks[there]))  # a flood does not run downhill
            _push(keys, places, items, (height << HALF) | age, there)
            items += 1


@kernel
def reconstruct_grey(marker, mask, steps, first, last):
    """Grey reconstruction by dilation of the padded flat ``marker`` under ``mask``, in place.

    Vincent's hybrid: a scan forth, a scan back, then a queue. ``steps`` are the neighbours that come
    before a voxel in raster order; the padding must hold a value in ``mask`` below every other.
    """
    for index in range(first, last):
        best = marker[index]
        for step in steps:
            best = max(best, marker[index - step])
        marker[index] = min(best, mask[index])
    queue = np.empty(1024, np.int64)
    n = 0
    for index in range(last - 1, first - 1, -1):
        best = marker[index]
        for step in steps:
            best = max(best, marker[index + step])
        best = min(best, mask[index])
        marker[index] = best
        for step in steps:
            there = index + step
            if marker[there] < best and marker[there] < mask[there]:
                if n == queue.size:
                    queue = _grow(queue)
                queue[n] = index
                n += 1
                break
    while n > 0:
        n -= 1
        index = queue[n]
        value = marker[index]
        for sign in range(2):
            for step in steps:
                there = index + step if sign else index - step
                if marker[there] < value and marker[there] != mask[there]:
                    marker[there] = min(value, mask[there])
                    if n == queue.size:
                        queue = _grow(queue)
                    queue[n] = there
                    n += 1
