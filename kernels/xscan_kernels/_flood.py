"""Flooding from markers in order of value, then of arrival; and grey reconstruction."""

# mypy: disable-error-code="no-untyped-def, assignment"

import numpy as np

from ._jit import kernel

__all__ = ["flood", "reconstruct_grey"]

UPPER = np.uint64(32)


@kernel
def _grow(array):
    larger = np.empty(array.size * 2, array.dtype)
    larger[: array.size] = array
    return larger


@kernel
def _longer(heap):
    larger = np.empty((2 * len(heap), 2), heap.dtype)
    larger[: len(heap)] = heap
    return larger


@kernel
def _push(heap, items, key, place):
    """Let a new item rise from the end of the heap, whose rows are key and place."""
    at = items
    while at > 0:
        parent = (at - 1) >> 1
        if heap[parent, 0] <= key:
            break
        heap[at, 0] = heap[parent, 0]
        heap[at, 1] = heap[parent, 1]
        at = parent
    heap[at, 0] = key
    heap[at, 1] = place


@kernel
def _pop(heap, items):
    """Take the first item away: the last one, put in its place, sinks to where it belongs.

    It comes from the bottom and mostly goes back there: the smaller child moves up all the way, without a
    branch on which it is, and then the item rises (Floyd's way; it ends where sinking would have ended).
    """
    last = items - 1
    key = heap[last, 0]
    place = heap[last, 1]
    at = 0
    child = 1
    while child < last:
        if child + 1 < last:
            child += np.int64(heap[child + 1, 0] < heap[child, 0])
        heap[at, 0] = heap[child, 0]
        heap[at, 1] = heap[child, 1]
        at = child
        child = 2 * at + 1
    while at > 0:
        parent = (at - 1) >> 1
        if heap[parent, 0] < key:
            break
        heap[at, 0] = heap[parent, 0]
        heap[at, 1] = heap[parent, 1]
        at = parent
    heap[at, 0] = key
    heap[at, 1] = place


@kernel
def flood(ranks, todo, output, steps):
    """Flood the padded flat ``output`` from its non-zero voxels over ``todo``, lowest rank first.

    A binary heap ordered by rank and age, as scikit-image's: markers of equal value leave it in the same
    order there, so that the two agree to the voxel. A key is the rank (uint32, the value's order) in the
    upper half, the age in the lower, so that one comparison tells. ``todo`` is 1 at voxels inside without
    a label, never in the border.
    """
    heap = np.empty((1024, 2), np.uint64)
    items = 0
    for index in range(output.size):
        if output[index] != 0:
            if items == len(heap):
                heap = _longer(heap)
            _push(heap, items, np.uint64(ranks[index]) << UPPER, index)
            items += 1
    age = np.uint64(1)
    while items > 0:
        place = np.int64(heap[0, 1])
        level = heap[0, 0] >> UPPER
        label = output[place]
        _pop(heap, items)
        items -= 1
        for step in steps:
            there = place + step
            if todo[there] == 0:
                continue
            todo[there] = 0
            output[there] = label
            age += np.uint64(1)
            if items == len(heap):
                heap = _longer(heap)
            height = max(level, np.uint64(ranks[there]))  # a flood does not run downhill
            _push(heap, items, (height << UPPER) | age, there)
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
