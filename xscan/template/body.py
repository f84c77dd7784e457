"""What lies in the scan: the outer surface of one object, or of several that touch, and the distance from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from xscan.model import Object, Quantities, Segmentation
from xscan.template.edge import carried_on, unseen_beyond
from xscan.template.field import Field
from xscan.template.shape import Shape, shape_of
from xscan.template.solid import distance_field
from xscan.template.surface import sample_triangles
from xscan.template.torn import between

__all__ = ["LEAK", "MARGIN_MM", "TORN", "Body", "body_of", "solid_mask", "without_crumbs"]

MARGIN_MM = 12.0
_POINTS = 3000
_PATCH = 3.0  # voxels from a patch within which nothing is said of a template's surface
TORN = 0.6  # solidity below which a body may be a shell whose holes are too large to be closed
LEAK = 5  # voxels: how far walls are thickened where a cavity is suspected behind larger holes


@dataclass(frozen=True, eq=False)
class Body:
    """One solid in the scan, its cavities filled.

    Parameters
    ----------
    object_ids : whose voxels it is made of
    inside : bool (z, y, x), in the scan's voxels
    window : where `inside` lies in the scan, first voxel (z, y, x)
    points, facing : (n, 3) evenly over its outer surface, scan mm in x, y, z, and normals of single facets
    shape : measures that do not depend on pose
    voxel_mm : mean edge of a voxel
    low, high : the scan's own box in scan mm (x, y, z): beyond it nothing was seen
    clipped : whether the body reaches the edge of the scan, so that a part of it may lie beyond
    bare : where, in `inside`'s voxels, the body has a skin only because it was patched; `None` where it was not
    measure : makes `distance`; it is called where a template could lie in the body, which is seldom
    torn : says whether the body `leaks`; called where no template was found
    """

    object_ids: tuple[int, ...]
    inside: NDArray[np.bool_]
    window: tuple[int, int, int]
    points: NDArray[np.float64]
    facing: NDArray[np.float64]
    shape: Shape
    voxel_mm: float
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    clipped: bool
    bare: NDArray[np.bool_] | None
    measure: Callable[[], Field]
    torn: Callable[[], bool]

    @cached_property
    def distance(self) -> Field:
        """Signed distance from the outer surface, mm; scan mm in x, y, z."""
        return self.measure()

    def unseen(self, places: NDArray[np.float64], distance: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether nothing was seen at places (n, 3): beyond the scan, or beside a patch (`distance` from the skin)."""
        out: NDArray[np.bool_] = ~np.all((places >= self.low) & (places <= self.high), axis=1)
        if self.bare is not None:
            spacing = self.distance.spacing
            index = np.rint(places / spacing - 0.5).astype(int)[:, ::-1] - np.array(self.window)
            z, y, x = np.clip(index, 0, np.array(self.bare.shape) - 1).T
            out |= self.bare[z, y, x] & (np.abs(distance) < _PATCH * self.voxel_mm)
        return out

    @cached_property
    def leaks(self) -> bool:
        """Whether it would hold a cavity if larger holes of its wall were closed, as streaks tear them."""
        return self.torn()

    @cached_property
    def normals(self) -> NDArray[np.float64]:
        """Normals (n, 3) of the points, free of the noise of single facets."""
        return _steady(self.points, self.facing)

    @cached_property
    def solidity(self) -> float:
        """Volume over that of the convex hull: near 1 for one convex thing, which has no parts."""
        from scipy.spatial import ConvexHull, QhullError

        try:
            return self.shape.volume / float(ConvexHull(self.points).volume)
        except QhullError:
            return 1.0


def body_of(
    segmentation: Segmentation,
    quantities: Quantities,
    objects: Sequence[Object],
    *,
    without: NDArray[np.bool_] | None = None,
    seal: int = 2,
    patched: bool = False,
    bridge: int = 0,
) -> Body | None:
    """Make the body of some objects, of what lies inside them, and nothing else.

    Parameters
    ----------
    objects : taken together
    without : bool of the scan's shape: voxels that another template has explained already
    seal : holes of up to twice so many voxels, in a wall around a cavity, are closed
    patched : whether all that walls enclose on most sides is taken for its inside; skin over holes is not seen
    bridge : gaps of up to twice so many voxels between the objects are closed

    Returns
    -------
    Body or None
        `None` where nothing with a surface is left.
    """
    grid = segmentation.grid
    size = np.array(grid.voxel_size_mm)
    margin = np.ceil(MARGIN_MM / size).astype(int)
    first = np.min([o.bbox[0] for o in objects], axis=0)
    last = np.max([o.bbox[1] for o in objects], axis=0)
    # the margin may reach beyond the scan; there it is empty
    start, stop = first - margin, last + margin
    depth, rows, width = (slice(max(0, a), min(n, b)) for a, b, n in zip(start, stop, grid.shape, strict=True))
    seen = (depth, rows, width)
    pad = [(max(0, -a), max(0, b - n)) for a, b, n in zip(start, stop, grid.shape, strict=True)]
    own = [r for o in _family(segmentation, objects) for r in o.region_ids]
    labels = segmentation.labels.array[seen]
    mask = np.isin(labels, np.asarray(own, dtype=np.uint32))
    other = (labels != 0) & ~mask
    taken = np.zeros_like(mask) if without is None else without[seen]
    mask, other = mask & ~taken, other | taken
    if bridge:
        mask |= _reached(segmentation, objects, labels, bridge) & ~other
    cut = [(bool(a == 0), bool(b == n)) for a, b, n in zip(first, last, grid.shape, strict=True)]
    # what was taken out of the middle of a body is no cavity of it
    free = ~np.pad(taken, pad)
    mask = measured = without_crumbs(solid_mask(_lidded(carried_on(mask, pad, cut), cut), seal) & free)
    if int(mask.sum()) < 8:
        return None
    if patched:
        mask = between(measured) & free
    attenuation = carried_on(_crop(quantities, seen), pad, cut)
    level = _fraction(mask, carried_on(other, pad, cut), attenuation)
    origin = ((start + 0.5) * size)[::-1]
    found = _isosurface(level, size)
    if found is None:
        return None
    vertices, faces = found
    vertices += origin
    points, facing = sample_triangles(vertices, faces, _POINTS)
    inside = level > 0.5
    spacing = size[::-1].copy()
    low = np.zeros(3)
    high = np.array(grid.extent_mm)[::-1].copy()
    clipped = any(a or b for a, b in cut)
    bare = ~grown(measured, 2) if patched else None
    if bare is not None:
        z, y, x = np.rint((points - origin) / spacing).astype(int)[:, ::-1].T
        points, facing = points[~bare[z, y, x]], facing[~bare[z, y, x]]
    if clipped:
        # what was carried on beyond the scan only keeps its edge from looking like a surface
        real = np.all((points > low) & (points < high), axis=1)
        points, facing = points[real], facing[real]
        beyond = np.ones_like(inside)
        beyond[tuple(slice(a, n - b) for (a, b), n in zip(pad, inside.shape, strict=True))] = False
        inside &= ~beyond
    if len(points) < 8:
        return None
    shape = shape_of(inside, origin, spacing, points)
    ids = tuple(sorted(o.id for o in objects))
    corner = (int(start[0]), int(start[1]), int(start[2]))
    voxel = float(np.cbrt(np.prod(size)))

    def measure() -> Field:
        dense, _ = sample_triangles(vertices, faces, int(np.clip(3 * len(faces), 2000, 200_000)))
        field = distance_field(level > 0.5, dense, origin, spacing)
        return unseen_beyond(field, low, high, cut) if clipped else field

    def torn() -> bool:
        if seal >= LEAK:
            return False
        return int(np.count_nonzero(solid_mask(mask, LEAK))) > 1.1 * int(np.count_nonzero(mask))

    return Body(ids, inside, corner, points, facing, shape, voxel, low, high, clipped, bare, measure, torn)


def _family(segmentation: Segmentation, objects: Sequence[Object]) -> list[Object]:
    """The objects and all that lies inside them."""
    family = list(objects)
    known = {o.id for o in family}
    for o in family:
        for child in segmentation.children(o.id):
            if child.id not in known:
                known.add(child.id)
                family.append(child)
    return family


def _reached(
    segmentation: Segmentation, objects: Sequence[Object], labels: NDArray[np.uint32], steps: int
) -> NDArray[np.bool_]:
    """What is reached in so many steps from two of the objects and more."""
    number = np.zeros(labels.shape, dtype=np.uint8)
    for o in objects:
        own = [r for part in _family(segmentation, [o]) for r in part.region_ids]
        number += grown(np.isin(labels, np.asarray(own, dtype=np.uint32)), steps)
    return number > 1


def _lidded(mask: NDArray[np.bool_], cut: list[tuple[bool, bool]]) -> NDArray[np.bool_]:
    """Close what is hollow where it was carried on beyond the scan, so that its cavity can be filled."""
    from scipy import ndimage as ndi

    for axis, sides in enumerate(cut):
        for end, is_cut in zip((0, -1), sides, strict=True):
            if is_cut:
                plane = np.moveaxis(mask, axis, 0)[end]
                plane |= ndi.binary_fill_holes(plane)
    return mask


def _crop(quantities: Quantities, window: tuple[slice, slice, slice]) -> NDArray[np.float32]:
    z, y, x = window
    if quantities.attenuation.in_memory:
        v = quantities.attenuation
        part = np.asarray(v.stored[z, y, x]).astype(np.float32)
        return part * np.float32(v.slope) + np.float32(v.intercept)
    return quantities.attenuation.read(z)[:, y, x]


def solid_mask(mask: NDArray[np.bool_], seal: int = 2) -> NDArray[np.bool_]:
    """Fill the cavities of a mask, those too whose thin wall has pinholes of up to twice `seal` voxels."""
    from xscan_kernels import fill_holes

    filled: NDArray[np.bool_] = fill_holes(mask)
    wide = grown(filled, seal)
    closed = fill_holes(wide)
    # what flooding does not reach once the wall is that much thicker was a cavity behind pinholes
    cavity = closed & ~wide
    if cavity.any():
        filled = fill_holes(filled | (grown(cavity, seal + 1) & closed))
    return filled


def grown(mask: NDArray[np.bool_], steps: int) -> NDArray[np.bool_]:
    """The mask and what is reached from it in so many steps through faces."""
    from xscan_kernels import dilate

    for _ in range(steps):
        mask = dilate(mask, 1.0)
    return mask


def without_crumbs(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Drop crumbs: pieces smaller than a fiftieth of the largest."""
    from xscan_kernels import label

    pieces, n = label(mask, connectivity=26)
    if n < 2:
        return mask
    counts = np.bincount(pieces.reshape(-1))
    counts[0] = 0
    kept: NDArray[np.bool_] = (counts >= counts.max() / 50)[pieces]
    return kept


def _fraction(
    mask: NDArray[np.bool_], other: NDArray[np.bool_], attenuation: NDArray[np.float32]
) -> NDArray[np.float32]:
    """How full each voxel is, 0..1: attenuation over the plateau of the body nearby, filled within.

    Half of the plateau is where a blurred edge really lies (for a wall thinner than the blur it lies outward
    of it; `refine` leaves that offset free).
    """
    from scipy import ndimage as ndi

    from xscan_kernels import erode, gaussian

    plateau = ndi.maximum_filter(np.where(mask, attenuation, 0), size=5)
    plateau = ndi.uniform_filter(plateau, size=3)
    full = np.clip(attenuation / np.maximum(plateau, 1e-6), 0, 1)
    level = np.where(grown(mask, 2) & ~other, full, 0).astype(np.float32)
    level[erode(mask, 1.0)] = 1
    # a wall between two bodies is known only to the voxel; so is the skin where the material is uneven
    return gaussian(np.where(mask, np.maximum(level, 0.5), np.minimum(level, 0.75)), 0.6)


def _steady(points: NDArray[np.float64], normals: NDArray[np.float64]) -> NDArray[np.float64]:
    """Normals averaged over the nearest points that look the same way: noise bends those of single facets."""
    from scipy.spatial import cKDTree

    _, near = cKDTree(points).query(points, k=min(9, len(points)), workers=2)
    around = normals[near]
    same = np.maximum(0, np.einsum("nkj,nj->nk", around, normals))
    mean = (around * same[..., None]).sum(axis=1)
    steady: NDArray[np.float64] = mean / np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), 1e-12)
    return steady


def _isosurface(
    level: NDArray[np.float32], size: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]] | None:
    """Where `level` passes one half: vertices (x, y, z) mm from the first voxel's centre, and faces outward."""
    from skimage.measure import marching_cubes

    if not (level.min() < 0.5 < level.max()):
        return None
    vertices, faces, _, _ = marching_cubes(level, 0.5, spacing=tuple(size), gradient_direction="descent")
    vertices = np.ascontiguousarray(vertices[:, ::-1], dtype=np.float64)
    faces = faces.astype(np.int64)
    a, b, c = vertices[faces[:, 0]], vertices[faces[:, 1]], vertices[faces[:, 2]]
    if np.einsum("ij,ij->", np.cross(a, b), c) < 0:
        faces = faces[:, ::-1]
    return vertices, faces
