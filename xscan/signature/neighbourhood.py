"""Which voxels speak for an object: its core, its own, the blurred edge around it, and the background beyond.

Everything is kept as lists of voxels, because objects fill little of a parcel. Layers are grown one step at a time
over the six faces; a voxel that two objects reach in the same step goes to the one met first in the fixed order of
faces, so that neighbours share the gap between them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Layers", "families", "layers"]

Indices = NDArray[np.int64]
Ids = NDArray[np.uint32]

WALL = np.uint32(0xFFFFFFFF)  # beyond the volume


@dataclass(frozen=True, eq=False)
class Layers:
    """Voxels as flat indices into the volume, each with the id of its object.

    Parameters
    ----------
    own : voxels of objects
    depth : of each own voxel: 1 at the border, counting inwards, 255 deeper than was asked
    shared : of each own voxel: how many of its six faces are another object's
    edge : voxels around, to which blurring carries an object's signal
    edge_ring : of each edge voxel: 1 beside the object, counting outwards
    own_met, edge_met : of each own and edge voxel: at how many of its six faces the voxels or the edge of an object of
        another family begin
    beyond : voxels around those, which show the background
    """

    own: Indices
    own_id: Ids
    depth: NDArray[np.uint8]
    shared: NDArray[np.uint8]
    edge: Indices
    edge_id: Ids
    edge_ring: NDArray[np.uint8]
    own_met: NDArray[np.uint8]
    edge_met: NDArray[np.uint8]
    beyond: Indices
    beyond_id: Ids


def families(parents: Mapping[int, int | None]) -> Ids:
    """The outermost object around every id, from the parent of each; a table with ids as places."""
    table = np.zeros(max(parents, default=0) + 1, np.uint32)
    for i in parents:
        outer, above = i, parents[i]
        seen = {i}
        while above is not None and above in parents and above not in seen:
            seen.add(above)
            outer, above = above, parents[above]
        table[i] = outer
    return table


def layers(ids: Ids, family: Ids, *, inward: int, outward: int, beyond: int) -> Layers:
    """Peel `inward` layers off every object of `ids` (z, y, x; 0: none), and grow `outward` and `beyond` layers.

    `family` holds a number for every id, shared by what lies inside one another.
    """
    padded = np.full(tuple(n + 2 for n in ids.shape), WALL, np.uint32)
    padded[1:-1, 1:-1, 1:-1] = ids
    _, height, width = padded.shape
    faces = (1, -1, width, -width, width * height, -width * height)
    flat = padded.ravel()
    own = np.flatnonzero((flat > 0) & (flat < WALL))
    own_id = flat[own]

    border = np.zeros(own.size, bool)
    open_ = np.zeros(own.size, bool)
    shared = np.zeros(own.size, np.uint8)
    for step in faces:
        beside = flat[own + step]
        border |= beside != own_id
        open_ |= beside == 0
        shared += (beside != own_id) & (beside != 0) & (beside != WALL)
    depth = np.zeros(flat.size, np.uint8)
    depth[own] = 255
    front = own[border]
    depth[front] = 1
    for layer in range(2, inward + 1):
        inside = np.concatenate([front + step for step in faces])
        front = np.unique(inside[depth[inside] == 255])
        depth[front] = layer

    def grown(front: Indices, front_id: Ids, steps: int) -> list[tuple[Indices, Ids]]:
        rings = [(front, front_id)]
        for _ in range(steps):
            reached = np.concatenate([front + step for step in faces])
            reached_id = np.tile(front_id, len(faces))
            free = flat[reached] == 0
            front, first = np.unique(reached[free], return_index=True)
            front_id = reached_id[free][first]
            flat[front] = front_id
            rings.append((front, front_id))
        return rings

    rings = grown(own[open_], own_id[open_], outward)
    edge, edge_id = _joined(rings[1:])
    own_met, edge_met = (_met(flat, where, faces, family) for where in (own, edge))
    far, far_id = _joined(grown(*rings[-1], beyond)[1:])
    ring = np.repeat(np.arange(1, outward + 1, dtype=np.uint8), [r[0].size for r in rings[1:]])

    def unpadded(where: Indices) -> Indices:
        z, rest = np.divmod(where, width * height)
        y, x = np.divmod(rest, width)
        flat_index: Indices = ((z - 1) * (height - 2) + (y - 1)) * (width - 2) + (x - 1)
        return flat_index

    return Layers(
        own=unpadded(own),
        own_id=own_id,
        depth=depth[own],
        shared=shared,
        edge=unpadded(edge),
        edge_id=edge_id,
        edge_ring=ring,
        own_met=own_met,
        edge_met=edge_met,
        beyond=unpadded(far),
        beyond_id=far_id,
    )


def _met(flat: Ids, where: Indices, faces: tuple[int, ...], family: Ids) -> NDArray[np.uint8]:
    """Faces of voxels at which what belongs to another family begins."""
    met = np.zeros(where.size, np.uint8)
    here = family[flat[where]]
    for step in faces:
        beside = flat[where + step]
        other = (beside != 0) & (beside != WALL)
        met += other & (family[np.where(other, beside, 0)] != here)
    return met


def _joined(rings: list[tuple[Indices, Ids]]) -> tuple[Indices, Ids]:
    if not rings:
        return np.zeros(0, np.int64), np.zeros(0, np.uint32)
    return np.concatenate([r[0] for r in rings]), np.concatenate([r[1] for r in rings])
