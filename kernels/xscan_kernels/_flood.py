"""Flooding from markers in order of value, then of arrival; and grey reconstruction."""

# mypy: disable-error-code="no-untyped-def"

import numpy as np

from ._jit import kernel

__all__ = ["flood", "reconstruct_grey"]


@kernel
def _before(values, ages, a, b):
    if values[a] != values[b]:
        return values[a] < values[b]
    return ages[a] < ages[b]


@kernel
def _grow(array):
    larger = np.empty(array.size * 2, array.dtype)
    larger[: array.size] = array
    return larger


@kernel
def _swap(values, ages, places, a, b):
    values[a], values[b] = values[b], values[a]
    ages[a], ages[b] = ages[b], ages[a]
    places[a], places[b] = places[b], places[a]


@kernel
def _rise(values, ages, places, child):
    while child > 0:
        parent = (child + 1) // 2 - 1
        if not _before(values, ages, child, parent):
            break
        _swap(values, ages, places, child, parent)
        child = parent


@kernel
def _sink(values, ages, places, items):
    at = 0
    while 2 * at + 1 < items:
        least = at
        if _before(values, ages, 2 * at + 1, at):
            least = 2 * at + 1
        if 2 * at + 2 < items and _before(values, ages, 2 * at + 2, least):
            least = 2 * at + 2
        if least == at:
            break
        _swap(values, ages, places, at, least)
        at = least


@kernel
def flood(image, inside, output, steps):
    """Flood the padded flat ``output`` from its non-zero voxels over ``inside``, lowest value first.

    A binary heap ordered by value and age, as scikit-image's: markers of equal value leave it in the
    same order there, so that the two agree to the voxel. Border voxels must not be inside.
    """
    space = 1024
    values = np.empty(space, image.dtype)
    ages = np.empty(space, np.int64)
    places = np.empty(space, np.int64)
    items = 0
    for index in range(output.size):
        if output[index] != 0:
            if items == values.size:
                values, ages, places = _grow(values), _grow(ages), _grow(places)
            values[items] = image[index]
            ages[items] = 0
            places[items] = index
            items += 1
            _rise(values, ages, places, items - 1)
    age = 1
    while items > 0:
        place = places[0]
        level = values[0]
        items -= 1
        if items > 0:
            _swap(values, ages, places, 0, items)
            _sink(values, ages, places, items)
        for step in steps:
            there = place + step
            if inside[there] == 0 or output[there] != 0:
                continue
            age += 1
            output[there] = output[place]
            if items == values.size:
                values, ages, places = _grow(values), _grow(ages), _grow(places)
            values[items] = max(level, image[there])  # a flood does not run downhill
            ages[items] = age
            places[items] = there
            items += 1
            _rise(values, ages, places, items - 1)


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
