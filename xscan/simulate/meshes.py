"""Triangle meshes as shapes: read, filled by parity along x, kept as a grid of signed distances."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from xscan.errors import InputError
from xscan.model import Mesh

__all__ = ["DistanceGrid", "distance_grid", "fill", "load_mesh"]

FINEST_MM = 0.4  # of a distance grid
LARGEST = 220  # its cells along the longest side


@lru_cache(maxsize=64)
def load_mesh(path: Path) -> Mesh:
    """Read a mesh (STL, OBJ, PLY), mm."""
    import trimesh

    if not path.is_file():
        raise InputError(path, "no such mesh file", "give the path of an STL, OBJ or PLY file")
    try:
        mesh = trimesh.load(path, force="mesh", process=True)
        return Mesh(np.asarray(mesh.vertices, dtype=np.float64), np.asarray(mesh.faces, dtype=np.int64))
    except Exception as error:
        raise InputError(path, f"could not be read as a triangle mesh ({error})", "give STL, OBJ or PLY") from None


def fill(mesh: Mesh, origin: NDArray[np.float64], pitch: float, shape: tuple[int, int, int]) -> NDArray[np.bool_]:
    """Which cell centres lie inside a closed mesh: parity of the crossings along x.

    Parameters
    ----------
    origin : (x, y, z), mm, centre of cell (0, 0, 0)
    pitch : mm
    shape : cells along z, y, x
    """
    nz, ny, nx = shape
    # A shift by an odd, tiny share of a cell keeps rays off vertices and edges.
    shift = np.array([0.0, 1.1e-4, 1.7e-4]) * pitch
    corners = (mesh.vertices[mesh.faces] - origin + shift) / pitch  # (n, 3 corners, xyz) in cells
    crossings = np.zeros((nz, ny, nx + 1), dtype=np.int32)
    low = np.ceil(corners[:, :, 1:].min(1)).astype(int)
    high = np.floor(corners[:, :, 1:].max(1)).astype(int)
    low = np.maximum(low, 0)
    high = np.minimum(high, [ny - 1, nz - 1])
    spans = np.maximum(high - low + 1, 0)
    counts = spans[:, 0] * spans[:, 1]
    keep = np.flatnonzero(counts)
    for part in np.array_split(keep, max(1, int(counts.sum() // 4_000_000))):
        which = np.repeat(part, counts[part])
        if not which.size:
            continue
        start = np.repeat(np.cumsum(counts[part]) - counts[part], counts[part])
        step = np.arange(which.size) - start
        y = low[which, 0] + step % spans[which, 0]
        z = low[which, 1] + step // spans[which, 0]
        a, b, c = corners[which, 0], corners[which, 1], corners[which, 2]
        area = (b[:, 1] - a[:, 1]) * (c[:, 2] - a[:, 2]) - (c[:, 1] - a[:, 1]) * (b[:, 2] - a[:, 2])
        with np.errstate(divide="ignore", invalid="ignore"):
            u = ((y - a[:, 1]) * (c[:, 2] - a[:, 2]) - (c[:, 1] - a[:, 1]) * (z - a[:, 2])) / area
            v = ((b[:, 1] - a[:, 1]) * (z - a[:, 2]) - (y - a[:, 1]) * (b[:, 2] - a[:, 2])) / area
            hit = (area != 0) & (u >= 0) & (v >= 0) & (u + v <= 1)
            x = a[:, 0] + u * (b[:, 0] - a[:, 0]) + v * (c[:, 0] - a[:, 0])
        cell = np.clip(np.ceil(x[hit]).astype(int), 0, nx)
        np.add.at(crossings, (z[hit], y[hit], cell), 1)
    inside: NDArray[np.bool_] = np.cumsum(crossings, axis=2)[:, :, :nx] % 2 == 1
    return inside


@dataclass(frozen=True, eq=False)
class DistanceGrid:
    """Signed distances (z, y, x) on a grid in the mesh's frame."""

    values: NDArray[np.float32]
    origin: NDArray[np.float64]
    pitch: float

    def at(self, points: tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]) -> NDArray[np.float32]:
        """Distances at points x, y, z, mm, trilinear; beyond the grid, those of its rim (outside the mesh)."""
        from scipy.ndimage import map_coordinates

        x, y, z = np.broadcast_arrays(*points)
        at = np.stack(
            [(c - np.float32(o)) / np.float32(self.pitch) for c, o in zip((z, y, x), self.origin[::-1], strict=True)]
        )
        found: NDArray[np.float32] = map_coordinates(self.values, at, order=1, mode="nearest", output=np.float32)
        return found


@lru_cache(maxsize=8)
def distance_grid(path: Path) -> DistanceGrid:
    """Signed distances of a mesh file's surface."""
    from scipy.ndimage import distance_transform_edt

    mesh = load_mesh(path)
    low, high = mesh.vertices.min(0), mesh.vertices.max(0)
    pitch = max(FINEST_MM, float((high - low).max()) / LARGEST)
    origin = low - 3.5 * pitch
    nx, ny, nz = (int(n) for n in np.ceil((high - low) / pitch) + 7)
    inside = fill(mesh, origin, pitch, (nz, ny, nx))
    if not inside.any():
        raise InputError(path, "the mesh encloses nothing", "give a closed mesh in mm")
    # The surface lies half a cell from the centres on either side of it.
    outer = distance_transform_edt(~inside) - 0.5
    inner = distance_transform_edt(inside) - 0.5
    return DistanceGrid((np.where(inside, -inner, outer) * pitch).astype(np.float32), origin, pitch)
