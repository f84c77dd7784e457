"""Objects that touch: one thing may have been cut into several."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

__all__ = ["groups", "touching"]


def touching(objects: NDArray[np.uint32], ids: Collection[int], reach: int = 2) -> set[tuple[int, int]]:
    """Pairs (a < b) of objects with at most `reach` - 1 voxels between them along an axis.

    Parameters
    ----------
    objects : object ids (z, y, x)
    ids : only these are looked at
    """
    if len(ids) < 2:
        return set()
    keep = np.zeros(int(objects.max(initial=0)) + 1, dtype=bool)
    keep[list(ids)] = True
    part = np.where(keep[objects], objects, 0)
    found: set[tuple[int, int]] = set()
    for axis in range(3):
        for step in range(1, reach + 1):
            if part.shape[axis] <= step:
                continue
            a = np.moveaxis(part, axis, 0)[:-step]
            b = np.moveaxis(part, axis, 0)[step:]
            at = (a != b) & (a != 0) & (b != 0)
            n = len(keep)
            pairs = np.unique(np.minimum(a[at], b[at]).astype(np.int64) * n + np.maximum(a[at], b[at]))
            found |= {(int(k // n), int(k % n)) for k in pairs}
    return found


def groups(ids: Collection[int], pairs: set[tuple[int, int]], largest: int) -> list[tuple[int, ...]]:
    """Groups of two and more objects that hang together, smallest ids first.

    A heap of more than `largest` is taken apart: each of its objects with its direct neighbours.
    """
    neighbours: dict[int, set[int]] = {i: set() for i in sorted(ids)}
    for a, b in pairs:
        neighbours[a].add(b)
        neighbours[b].add(a)
    found: list[tuple[int, ...]] = []
    left = set(neighbours)
    while left:
        heap, edge = set(), {min(left)}
        while edge:
            heap |= edge
            edge = {n for i in edge for n in neighbours[i]} - heap
        left -= heap
        if 2 <= len(heap) <= largest:
            found.append(tuple(sorted(heap)))
        elif len(heap) > largest:
            stars = {tuple(sorted({i, *sorted(neighbours[i])[: largest - 1]})) for i in heap}
            found.extend(sorted(stars))
    return found
