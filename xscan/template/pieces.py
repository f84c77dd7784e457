"""Things that segmentation left in pieces with nothing between them, as where a streak crosses a thing."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from xscan.model import Object, Quantities, Segmentation
from xscan.template.body import body_of
from xscan.template.candidates import Index
from xscan.template.config import TemplateConfig
from xscan.template.groups import touching
from xscan.template.seek import Found, seek_whole

__all__ = ["joined", "near_pieces"]

_APART_MM = 6.0  # between pieces of one thing: streaks are as wide
_BRIDGED = 2  # voxels by which pieces are grown until they meet: gaps of twice as many are closed
_MOST_PIECES = 3
_MOST_OBJECTS = 24  # the largest ones, whose neighbours are looked at


def near_pieces(
    objects: Sequence[Object], segmentation: Segmentation, index: Index, most: int
) -> list[tuple[Object, ...]]:
    """Sets of two and three objects near each other, but not all touching, that are spread as a template is.

    Returns
    -------
    list
        those of the most voxels first, `most` of them at most.
    """
    grid = segmentation.grid
    reach = min(2 * _BRIDGED, int(_APART_MM / max(grid.voxel_size_mm))) + 1
    objects = sorted(objects, key=lambda o: (-o.voxels, o.id))[:_MOST_OBJECTS]
    every = range(len(objects))
    boxes = {(a, b) for a, b in combinations(every, 2) if _between(objects[a], objects[b], reach)}
    spread = {k: _moments(segmentation, objects[k]) for k in sorted({k for pair in boxes for k in pair})}

    @cache
    def gap(pair: tuple[int, int]) -> int:
        """Voxels between two objects, 2 where they touch; 0 where they are farther apart than what is bridged."""
        return next((n for n in (2, reach) if _meet(segmentation, objects[pair[0]], objects[pair[1]], n)), 0)

    found = []
    for number in range(2, _MOST_PIECES + 1):
        for chosen in combinations(spread, number):
            links = [pair for pair in combinations(chosen, 2) if pair in boxes]
            if len(links) < number - 1:
                continue
            parts = [spread[k] for k in chosen]
            volume = sum(n for n, _, _ in parts) * grid.voxel_volume_mm3
            if not index.could_span(_spreads(parts), volume, max(grid.voxel_size_mm)):
                continue
            gaps = [g for pair in links if (g := gap(pair))]
            if len(gaps) >= number - 1 and sum(g == 2 for g in gaps) < number - 1:
                found.append(tuple(objects[k] for k in chosen))
    found.sort(key=lambda pieces: (-sum(o.voxels for o in pieces), [o.id for o in pieces]))
    return found[:most]


def joined(
    pieces: Sequence[Object], segmentation: Segmentation, quantities: Quantities, index: Index, config: TemplateConfig
) -> Found | None:
    """The template that some pieces are together, the gaps between them closed; `None` where they are none."""
    body = body_of(segmentation, quantities, pieces, bridge=_BRIDGED)
    return seek_whole(body, index, config) if body else None


def _between(a: Object, b: Object, reach: int) -> tuple[slice, ...] | None:
    """Where the boxes of two objects, each grown by `reach` voxels, overlap."""
    first = np.maximum(a.bbox[0], b.bbox[0]) - reach
    last = np.minimum(a.bbox[1], b.bbox[1]) + reach
    return (
        tuple(slice(max(0, int(f)), int(n)) for f, n in zip(first, last, strict=True)) if (first < last).all() else None
    )


def _meet(segmentation: Segmentation, a: Object, b: Object, reach: int) -> bool:
    window = _between(a, b, reach)
    if window is None:
        return False
    labels = segmentation.labels.array[window]
    ids = np.zeros(labels.shape, dtype=np.uint32)
    for number, o in enumerate((a, b), start=1):
        ids[np.isin(labels, np.asarray(o.region_ids, dtype=np.uint32))] = number
    return bool(ids.max(initial=0) == 2 and touching(ids, (1, 2), reach))


def _moments(segmentation: Segmentation, o: Object) -> tuple[int, NDArray[np.float64], NDArray[np.float64]]:
    """Number of an object's voxels, their mean position (z, y, x), mm, and its mean square (3, 3)."""
    mask, window = segmentation.mask(o)
    size = np.array(segmentation.grid.voxel_size_mm)
    at = (np.argwhere(mask) + [s.start for s in window]) * size
    return len(at), at.mean(axis=0), at.T @ at / len(at) + np.diag(size**2 / 12)


def _spreads(parts: list[tuple[int, NDArray[np.float64], NDArray[np.float64]]]) -> NDArray[np.float64]:
    """Standard deviations, mm, of all their voxels along their principal axes, longest first."""
    share = np.array([n for n, _, _ in parts], dtype=np.float64)
    share /= share.sum()
    mean = sum(w * m for w, (_, m, _) in zip(share, parts, strict=True))
    square = sum(w * s for w, (_, _, s) in zip(share, parts, strict=True))
    values: NDArray[np.float64] = np.linalg.eigvalsh(square - np.outer(mean, mean))
    return np.sqrt(np.maximum(values[::-1], 1e-9))
