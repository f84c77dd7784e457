"""The solid that a surface encloses, and the distance from its skin."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xscan.model import Mesh
from xscan.template.field import Field
from xscan.template.surface import sample_triangles

__all__ = ["Solid", "distance_field", "solid_of_mesh"]

_BUDGET = 250_000  # grid points a template: keeps 100 prepared templates within 100 MB
_MARGIN_MM = 12.0
_LEAST = 8  # cells: what is thinner than the grid everywhere is taken for as thick as its skin's cells


@dataclass(frozen=True, eq=False)
class Solid:
    """What a mesh encloses.

    Parameters
    ----------
    inside : bool (z, y, x) on the grid of `distance`
    distance : signed, mm
    points, normals : (n, 3), evenly over the outer surface, normals outward
    closed : whether the mesh held its inside against flooding
    """

    inside: NDArray[np.bool_]
    distance: Field
    points: NDArray[np.float64]
    normals: NDArray[np.float64]
    closed: bool


def solid_of_mesh(mesh: Mesh, *, budget: int = _BUDGET) -> Solid:
    """Voxelise a mesh, whatever its winding, with its cavities filled.

    The skin is marked by points denser than the grid, the outside is flooded, and what the flood does not reach
    is inside. Faces that only look into the inside (the inner wall of a shell, crossing parts) are left out.
    The grid has about `budget` points.
    """
    from scipy import ndimage as ndi

    low, high = mesh.vertices.min(axis=0) - _MARGIN_MM, mesh.vertices.max(axis=0) + _MARGIN_MM
    h = max(0.4, float(np.cbrt(np.prod(high - low) / budget)))
    shape = tuple(int(n) for n in np.ceil((high - low) / h).astype(int)[::-1] + 1)
    corners = mesh.vertices[mesh.faces]
    area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1).sum() / 2
    # 8 points a grid cell of skin leave no hole that a flood through faces passes
    points, normals = sample_triangles(mesh.vertices, mesh.faces, int(np.clip(8 * area / h**2, 4000, 2_000_000)))
    cells = np.rint((points - low) / h).astype(np.int64)
    skin = np.zeros(shape, dtype=bool)
    skin[cells[:, 2], cells[:, 1], cells[:, 0]] = True
    filled, closed = _fill(skin)
    keep, normals = _outer(points, normals, filled & ~skin, filled, low, h)
    points, normals = points[keep], normals[keep]
    inside = _inside(points, normals, filled, skin, low, h)
    if np.count_nonzero(inside) < _LEAST:
        inside = filled
    spacing = np.full(3, h)
    field = distance_field(inside, points, low, spacing)
    final = np.linspace(0, len(points) - 1, min(len(points), 4096)).astype(np.int64)
    return Solid(ndi.binary_fill_holes(inside), field, points[final], normals[final], closed)


def _fill(skin: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], bool]:
    """Fill what the skin encloses; a skin with holes is closed by ever larger balls first."""
    from scipy import ndimage as ndi

    filled = ndi.binary_fill_holes(skin)
    if filled.sum() > 1.05 * skin.sum():
        return filled, True
    ball = ndi.generate_binary_structure(3, 1)
    for steps in (2, 4, 8):
        wide = np.pad(skin, steps)
        closed = ndi.binary_erosion(
            ndi.binary_fill_holes(ndi.binary_dilation(wide, ball, steps)), ball, steps, border_value=1
        )[steps:-steps, steps:-steps, steps:-steps]
        if closed.sum() > 1.5 * skin.sum():
            return closed | skin, False
    return filled, False


def _outer(
    points: NDArray[np.float64],
    normals: NDArray[np.float64],
    core: NDArray[np.bool_],
    filled: NDArray[np.bool_],
    low: NDArray[np.float64],
    h: float,
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Which points look outside, and their normals turned outward."""
    from scipy import ndimage as ndi

    # depth in the filled solid, so that thin parts still tell their two sides apart
    depth = ndi.gaussian_filter(filled.astype(np.float32), 1.0)
    ahead = _pick(depth, points + 1.5 * h * normals, low, h)
    behind = _pick(depth, points - 1.5 * h * normals, low, h)
    turn = np.where(ahead > behind + 1e-3, -1.0, 1.0)
    out_there = _pick(core.astype(np.float32), points + (2.0 * h * turn)[:, None] * normals, low, h) == 0
    buried = np.minimum(ahead, behind) > 0.97
    return out_there & ~buried, normals * turn[:, None]


def _inside(
    points: NDArray[np.float64],
    normals: NDArray[np.float64],
    filled: NDArray[np.bool_],
    skin: NDArray[np.bool_],
    low: NDArray[np.float64],
    h: float,
) -> NDArray[np.bool_]:
    """Decide the cells of the skin by the side of the nearest surface point on which their centre lies."""
    from scipy.spatial import cKDTree

    inside = filled & ~skin
    cells = np.argwhere(skin)
    centres = cells[:, ::-1] * h + low
    _, nearest = cKDTree(points).query(centres, workers=2)
    side = np.einsum("ij,ij->i", centres - points[nearest], normals[nearest]) < 0
    inside[tuple(cells[side].T)] = True
    return inside


def _pick(
    values: NDArray[np.float32], points: NDArray[np.float64], low: NDArray[np.float64], h: float
) -> NDArray[np.float32]:
    top = np.array(values.shape[::-1]) - 1
    x, y, z = np.clip(np.rint((points - low) / h).astype(np.int64), 0, top).T
    out: NDArray[np.float32] = values[z, y, x]
    return out


def distance_field(
    inside: NDArray[np.bool_], points: NDArray[np.float64], origin: NDArray[np.float64], spacing: NDArray[np.float64]
) -> Field:
    """Signed distance, mm: exact to the surface points near the skin, by voxels farther away."""
    from scipy.spatial import cKDTree

    from xscan_kernels import distance

    sampling = spacing[::-1]
    near = np.float32(0.5 * spacing.mean())
    out, deep = distance(~inside, sampling) - near, distance(inside, sampling) - near
    values = np.where(inside, -deep, out)
    # a cell beyond this is not read where the skin is
    band = np.argwhere(np.abs(values) < 1.5 * float(spacing.max()))
    centres = band[:, ::-1] * spacing + origin
    exact, _ = cKDTree(points).query(centres, workers=2)
    where = tuple(band.T)
    values[where] = np.where(inside[where], -exact, exact)
    return Field(np.ascontiguousarray(values, dtype=np.float32), origin, spacing)
