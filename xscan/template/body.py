"""What lies in the scan: the outer surface of one object, or of several that touch, and the distance from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xscan.model import Object, Quantities, Segmentation
from xscan.template.field import Field
from xscan.template.shape import Shape, shape_of
from xscan.template.solid import distance_field
from xscan.template.surface import sample_triangles

__all__ = ["MARGIN_MM", "Body", "body_of", "solid_mask"]

MARGIN_MM = 12.0
_POINTS = 3000


@dataclass(frozen=True, eq=False)
class Body:
    """One solid in the scan, its cavities filled.

    Parameters
    ----------
    object_ids : whose voxels it is made of
    inside : bool (z, y, x), in the scan's voxels
    window : where `inside` lies in the scan, first voxel (z, y, x)
    distance : signed distance from its outer surface, mm; scan mm in x, y, z
    points, normals : (n, 3) evenly over that surface, scan mm in x, y, z
    shape : measures that do not depend on pose
    low, high : the scan's own box in scan mm (x, y, z): beyond it nothing was seen
    """

    object_ids: tuple[int, ...]
    inside: NDArray[np.bool_]
    window: tuple[int, int, int]
    distance: Field
    points: NDArray[np.float64]
    normals: NDArray[np.float64]
    shape: Shape
    low: NDArray[np.float64]
    high: NDArray[np.float64]

    @property
    def voxel_mm(self) -> float:
        """Mean edge of a voxel, mm."""
        return float(np.cbrt(np.prod(self.distance.spacing)))


def body_of(
    segmentation: Segmentation,
    quantities: Quantities,
    objects: Sequence[Object],
    *,
    without: NDArray[np.bool_] | None = None,
) -> Body | None:
    """Make the body of some objects, of what lies inside them, and nothing else.

    Parameters
    ----------
    objects : taken together
    without : bool of the scan's shape: voxels that another template has explained already

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
    z, y, x = (slice(max(0, a), min(n, b)) for a, b, n in zip(start, stop, grid.shape, strict=True))
    seen = (z, y, x)
    pad = [(max(0, -a), max(0, b - n)) for a, b, n in zip(start, stop, grid.shape, strict=True)]
    own = [r for o in _family(segmentation, objects) for r in o.region_ids]
    labels = segmentation.labels.array[seen]
    mask = np.isin(labels, np.asarray(own, dtype=np.uint32))
    other = (labels != 0) & ~mask
    if without is not None:
        mask &= ~without[seen]
    mask = _largest(solid_mask(np.pad(mask, pad)))
    if int(mask.sum()) < 8:
        return None
    attenuation = np.pad(_crop(quantities, seen), pad)
    level = _fraction(mask, np.pad(other, pad), attenuation)
    origin = ((start + 0.5) * size)[::-1]
    found = _isosurface(level, size)
    if found is None:
        return None
    vertices, faces = found
    vertices += origin
    dense, _ = sample_triangles(vertices, faces, int(np.clip(3 * len(faces), 2000, 200_000)))
    points, normals = sample_triangles(vertices, faces, _POINTS)
    normals = _steady(points, normals)
    inside = level > 0.5
    spacing = size[::-1].copy()
    distance = distance_field(inside, dense, origin, spacing)
    low = np.zeros(3)
    high = np.array(grid.extent_mm)[::-1].copy()
    shape = shape_of(inside, origin, spacing, points)
    ids = tuple(sorted(o.id for o in objects))
    corner = (int(start[0]), int(start[1]), int(start[2]))
    return Body(ids, inside, corner, distance, points, normals, shape, low, high)


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


def _crop(quantities: Quantities, window: tuple[slice, slice, slice]) -> NDArray[np.float32]:
    z, y, x = window
    if quantities.attenuation.in_memory:
        v = quantities.attenuation
        part = np.asarray(v.stored[z, y, x]).astype(np.float32)
        return part * np.float32(v.slope) + np.float32(v.intercept)
    return quantities.attenuation.read(z)[:, y, x]


def solid_mask(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Fill the cavities of a mask, those too whose thin wall has pinholes."""
    from scipy import ndimage as ndi

    filled: NDArray[np.bool_] = ndi.binary_fill_holes(mask)
    cross = ndi.generate_binary_structure(3, 1)
    wide = ndi.binary_dilation(filled, cross, 2)
    # what flooding does not reach once the wall is two voxels thicker was a cavity behind pinholes
    cavity = ndi.binary_fill_holes(wide) & ~wide
    if cavity.any():
        filled = filled | (ndi.binary_dilation(cavity, cross, 3) & ndi.binary_fill_holes(wide))
        filled = ndi.binary_fill_holes(filled)
    return filled


def _largest(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Drop crumbs: pieces smaller than a fiftieth of the largest."""
    from scipy import ndimage as ndi

    pieces, n = ndi.label(mask, structure=np.ones((3, 3, 3), dtype=bool))
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

    plateau = ndi.maximum_filter(np.where(mask, attenuation, 0), size=5)
    plateau = ndi.uniform_filter(plateau, size=3)
    full = np.clip(attenuation / np.maximum(plateau, 1e-6), 0, 1)
    core = ndi.binary_erosion(mask)
    near = ndi.binary_dilation(mask, iterations=2)
    level = np.where(near & ~other, full, 0).astype(np.float32)
    level[core] = 1
    # a wall between two bodies is known only to the voxel; so is the skin where the material is uneven
    level = np.where(mask, np.maximum(level, 0.5), np.minimum(level, 0.75))
    smooth: NDArray[np.float32] = ndi.gaussian_filter(level, 0.6)
    return smooth


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
