"""Bodies that touch in a few places are parted there, be their walls ever so thin.

A cut that few faces cross may also be a limb's, a loose joint within one thing, or a tear that streaks left in a wall.
Four numbers without dimension tell, taken together as log odds: things that merely touch lie near each other over
little of their surface, and both widen at once off the place where they touch, while a torn wall runs along its tear
and a limb stays as thin as it starts; what lies within another's hull and yet hardly touches it was put there; and what
is a few voxels large is seldom a thing.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log, pi, sqrt

import numpy as np
from numpy.typing import NDArray

from xscan.segment.geometry import Bool, Labels32, around, beside, near_cubic, spread
from xscan.segment.sparse import sparse_cuts
from xscan.segment.split import Cut

__all__ = ["contact_odds", "part_contacts"]

LEAST_MM3 = 1000.0  # of a part; a thimble has as much
NEAR = 2  # voxels from a side, that blur bridges to another as far away
POINTS = 1500  # of a side, that are looked for within the other's hull
# fitted to 661 sparse cuts of lumps with known bodies in 62 simulated parcels of two scanners; in the half that each
# fit had not seen, odds were e to 1 or better for 38 of 78 contacts and for 4 of 583 other cuts
PRIOR = -12.9
OF_NEAR = -2.0  # for every factor e of the part of the lesser surface that lies near the other side
OF_WIDENING = 1.1  # for every factor e that the lesser side widens by
OF_WITHIN = 2.0  # for a side all within the other's hull
OF_SIZE = 0.7  # for every factor e of the voxels of the lesser side
LARGE = 3e4  # voxels, from which more say no more: nine in ten lesser sides of contacts had fewer
SURE = log(3)  # from which a cut is made: torn, a thing is lost and leaves two that are none; merged, two look as one


def part_contacts(
    parts: Labels32, cuts: Sequence[Cut], voxel_mm: Sequence[float]
) -> tuple[Labels32, tuple[Cut, ...], tuple[Cut, ...]]:
    """Part bodies further where they merely touch.

    Parameters
    ----------
    parts : uint32 (z, y, x), from 1
    cuts : where they were parted from each other
    voxel_mm : voxel size

    Returns
    -------
    parts : uint32 (z, y, x), from 1; the first of what a part became keeps its number
    cuts : those before, of each of what became of either side
    contacts : where bodies were parted now; their ratio is the chance that these are one, seats left aside
    """
    from scipy import ndimage as ndi

    if not near_cubic(voxel_mm):
        return parts, tuple(cuts), ()
    out, kept, contacts, count = parts.copy(), list(cuts), list[Cut](), int(parts.max())
    least = LEAST_MM3 / float(np.prod(voxel_mm))
    # what a contact parted is looked at again
    open_ = [(k, window) for k, window in enumerate(ndi.find_objects(parts.astype(np.int32)), 1) if window]
    while open_:
        k, window = open_.pop()
        body = np.ascontiguousarray(out[window] == k)
        sides = [(contact_odds(side, body, voxel_mm), side) for side in sparse_cuts(body, least)]
        parted = [k]
        for odds, side in sorted(sides, key=lambda s: -s[0]):
            # one that an earlier cut runs through is looked for again in what is left
            if odds <= SURE or (out[window][side] != k).any() or (out[window] == k).sum() - side.sum() < least:
                continue
            count += 1
            out[window][side] = count
            for found in (kept, contacts):
                found += [Cut(c.b if c.a == k else c.a, count, c.ratio) for c in found if k in (c.a, c.b)]
            contacts.append(Cut(k, count, 1 / (1 + exp(odds))))
            parted.append(count)
        if len(parted) > 1:
            open_ += [(p, window) for p in parted]
    return out, tuple(kept), tuple(contacts)


def contact_odds(side: Bool, body: Bool, voxel_mm: Sequence[float]) -> float:
    """Log odds that a sparse cut parts two things.

    Parameters
    ----------
    side : mask (z, y, x) of one side
    body : mask (z, y, x) of both
    voxel_mm : voxel size
    """
    window = around(body, NEAR)
    mine = np.ascontiguousarray(side[window])
    other = np.ascontiguousarray(body[window] & ~mine)
    odds = PRIOR + OF_SIZE * log(min(mine.sum(), other.sum(), LARGE)) + OF_NEAR * log(_near(mine, other))
    odds += OF_WIDENING * log(_widening(mine, other))
    # hulls take the longest, and most cuts need none
    return odds + OF_WITHIN * _within(mine, other, voxel_mm) if odds + OF_WITHIN > SURE else odds


def _near(mine: Bool, other: Bool) -> float:
    """Voxels that are near both sides, over the faces that the lesser side turns to the air."""
    air = np.zeros(mine.shape, np.uint8)
    empty = np.pad(~(mine | other), 1, constant_values=True)
    for axis in range(3):
        for way in (0, 2):
            air += empty[tuple(slice(way, way + n) if k == axis else slice(1, -1) for k, n in enumerate(mine.shape))]
    surface = min(int(air[mine].sum()), int(air[other].sum()))
    window = around(mine, NEAR)
    both = [np.pad(m[window], NEAR) for m in (mine, other)]
    for _ in range(NEAR):
        both = [spread(m) for m in both]
    return max(1, int((both[0] & both[1]).sum())) / max(1, surface)


def _widening(mine: Bool, other: Bool) -> float:
    """Most voxels at one distance from the cut over those at it, on the side that widens less."""
    ratios = []
    for own, beyond in ((mine, other), (other, mine)):
        held = beside(beyond) & own
        first = int(held.sum())
        steps = int(2 * sqrt(first / pi) + 4)  # twice across the contact, and past blur
        window = around(held, steps + 1)
        held, room, most = held[window], own[window], first
        for _ in range(steps):
            grown = spread(held) & room
            most = max(most, int(grown.sum()) - int(held.sum()))
            held = grown
        ratios.append(most / max(1, first))
    return max(1.0, min(ratios))


def _within(mine: Bool, other: Bool, voxel_mm: Sequence[float]) -> float:
    """Part of one side that lies within the convex hull of the other, of the side of which more does."""
    from scipy.spatial import ConvexHull, QhullError

    places: list[NDArray[np.float64]] = [np.argwhere(m) * np.asarray(voxel_mm) for m in (mine, other)]
    shares = [0.0]
    for own, beyond in (places, places[::-1]):
        try:
            sides = ConvexHull(beyond).equations
        except QhullError:  # flat
            continue
        some = own[:: max(1, len(own) // POINTS)]
        shares.append(float((some @ sides[:, :3].T + sides[:, 3] <= 0).all(axis=1).mean()))
    return max(shares)
