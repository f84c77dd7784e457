"""Found objects held against true bodies, voxel by voxel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage as ndi

__all__ = ["Body", "Comparison", "compare"]

Labels = NDArray[np.unsignedinteger]
PART = 0.2  # share of a body that one object must cover to count in a split or a merge


@dataclass(frozen=True)
class Body:
    """One true body: its best overlap with any object, and how it was torn or glued.

    Parameters
    ----------
    iou : best, of own voxels or with cavities filled
    best : the object it is reached with
    pieces : objects that each cover at least `PART` of the body
    missed : share of its voxels in no object
    mates : other bodies that share its best object
    """

    id: int
    kind: str
    iou: float
    best: int | None
    pieces: tuple[int, ...]
    missed: float
    mates: tuple[int, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """One parcel: its bodies and the objects that are none of them (id and mass, g)."""

    bodies: tuple[Body, ...]
    spurious: tuple[tuple[int, float], ...]
    goods: int

    def found(self, iou: float) -> int:
        """Bodies with an object of their own at that overlap."""
        return len({b.best for b in self.bodies if b.iou >= iou})


def compare(
    truth: Labels, kinds: Mapping[int, str], found: Labels, goods: Mapping[int, float], least_g: float = 8.0
) -> Comparison:
    """Compare.

    Parameters
    ----------
    truth : body ids (z, y, x)
    kinds : kind of each body
    found : ids of top-level objects (z, y, x)
    goods : mass (g) of the top-level goods
    least_g : lighter objects are not called spurious
    """
    size = np.bincount(found.ravel())
    boxes = ndi.find_objects(truth.astype(np.int32))
    bodies = []
    for k, kind in sorted(kinds.items()):
        if k > len(boxes) or boxes[k - 1] is None:
            continue
        own, there = truth[boxes[k - 1]] == k, found[boxes[k - 1]]
        filled = ndi.binary_fill_holes(own)
        best: tuple[float, int | None] = (0.0, None)
        pieces = []
        for r in np.unique(there[filled]).tolist():
            if r == 0:
                continue
            mask = there == r
            both = [float((mask & m).sum()) for m in (own, filled)]
            iou = max(b / (float(m.sum()) + float(size[r]) - b) for b, m in zip(both, (own, filled), strict=True))
            best = max(best, (iou, r), key=lambda pair: pair[0])
            if both[0] >= PART * own.sum():
                pieces.append(r)
        bodies.append(Body(k, kind, best[0], best[1], tuple(pieces), float((there[own] == 0).mean())))
    bodies = [
        Body(**{**vars(b), "mates": tuple(o.id for o in bodies if o.id != b.id and set(o.pieces) & set(b.pieces))})
        for b in bodies
    ]
    used = {b.best for b in bodies if b.iou >= 0.5}
    spurious = tuple((r, round(m, 1)) for r, m in sorted(goods.items()) if r not in used and m > least_g)
    return Comparison(tuple(bodies), spurious, len(goods))
