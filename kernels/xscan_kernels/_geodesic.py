"""Grey reconstruction."""

# mypy: disable-error-code="no-untyped-def, assignment"

import numpy as np

from ._doubling import doubled
from ._jit import kernel

__all__ = ["reconstruct_grey"]


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
                    queue = doubled(queue)
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
                        queue = doubled(queue)
                    queue[n] = there
                    n += 1
