"""Meshes from files, hostile until checked."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from xscan.errors import InputError
from xscan.model import Mesh
from xscan.template.config import TemplateConfig
from xscan.template.stl import faces_missing, read_binary_stl

__all__ = ["FORMATS", "UNITS_MM", "open_edges", "read_mesh", "tidy"]

FORMATS = ("stl", "obj", "ply", "3mf", "glb", "off")
_SHORTEST_MM = 1.0  # of what is shorter no scan of a parcel shows a shape
_FLAT = 1e-5  # spread across its plane, in lengths, below which a mesh is a drawing
UNITS_MM = {"mm": 1.0, "cm": 10.0, "m": 1000.0, "in": 25.4, "inch": 25.4, "inches": 25.4, "um": 0.001}


def read_mesh(path: Path, units: str = "mm", config: TemplateConfig | None = None) -> Mesh:
    """Read one triangle mesh, in mm.

    Parameters
    ----------
    path : a file whose ending is one of `FORMATS`
    units : unit of the file's numbers, a key of `UNITS_MM`; 3MF says its own, and this multiplies it

    Raises
    ------
    InputError
        where the file is missing, too large, not a mesh, or a mesh without a surface.
    """
    config = config or TemplateConfig()
    if units not in UNITS_MM:
        raise InputError(path, f"units {units!r} are not known", f"use one of {', '.join(UNITS_MM)}")
    kind = path.suffix.lower().lstrip(".")
    if kind not in FORMATS:
        raise InputError(path, f"a mesh of kind {kind!r} is not read", f"use one of {', '.join(FORMATS)}")
    try:
        size = path.stat().st_size
    except OSError as e:
        raise InputError(path, f"the mesh cannot be read ({e.strerror or e})") from None
    if not path.is_file() or size == 0:
        raise InputError(path, "the mesh file is empty", "export the mesh again")
    if size > config.max_mesh_mb * 2**20:
        raise InputError(
            path, f"the mesh file has {size / 2**20:.0f} MB, more than {config.max_mesh_mb:g}", "decimate it first"
        )
    vertices, faces = _load(path, kind, config)
    return tidy(path, vertices * UNITS_MM[units], faces, config)


def _load(path: Path, kind: str, config: TemplateConfig) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    if kind == "3mf":
        _refuse_bomb(path, config)
    if kind == "stl":
        _refuse_cut(path)
    try:
        with warnings.catch_warnings(), path.open("rb") as stream:
            warnings.simplefilter("ignore")
            if kind == "3mf":
                from xscan.template.threemf import read_3mf

                return read_3mf(stream, config.max_faces)
            if kind == "stl" and (binary := read_binary_stl(stream, path.stat().st_size, config.max_faces)) is not None:
                return binary
            import trimesh

            # a stream without a resolver: nothing beside the file (materials, textures) is ever opened
            options = {"skip_materials": True} if kind == "obj" else {}
            loaded = trimesh.load(stream, file_type=kind, process=False, force="mesh", **options)
        vertices = np.array(loaded.vertices, dtype=np.float64).reshape(-1, 3)
        faces = np.array(loaded.faces, dtype=np.int64).reshape(-1, 3)
    except MemoryError:
        raise InputError(path, "the mesh does not fit into memory", "decimate it first") from None
    except Exception as e:
        # a parser of foreign formats may raise anything on broken input
        why = "a face names a corner that is not there" if isinstance(e, IndexError) else type(e).__name__
        raise InputError(
            path, f"this is no {kind.upper()} mesh that can be read ({why})", "export it anew, best as STL"
        ) from None
    return vertices, faces


def _refuse_bomb(path: Path, config: TemplateConfig) -> None:
    """Refuse an archive that would unpack to more than the limit."""
    import zipfile

    try:
        with zipfile.ZipFile(path) as archive:
            total = sum(i.file_size for i in archive.infolist())
    except (zipfile.BadZipFile, OSError):
        raise InputError(path, "this is no 3MF file: it is not a zip archive") from None
    if total > config.max_mesh_mb * 2**20:
        raise InputError(path, f"the archive unpacks to {total / 2**20:.0f} MB, more than {config.max_mesh_mb:g}")


def _refuse_cut(path: Path) -> None:
    """Refuse a binary STL that ends before the faces that it states."""
    try:
        with path.open("rb") as stream:
            found = faces_missing(stream, path.stat().st_size)
    except OSError as e:
        raise InputError(path, f"the mesh cannot be read ({e.strerror or e})") from None
    if found:
        raise InputError(
            path, f"the file is cut short: it states {found[0]} faces and holds {found[1]}", "copy it again"
        )


def tidy(
    name: str | Path, vertices: NDArray[np.float64], faces: NDArray[np.int64], config: TemplateConfig | None = None
) -> Mesh:
    """Weld equal vertices, drop faces without area, turn faces outward, and refuse what has no surface or is flat."""
    config = config or TemplateConfig()
    if len(faces) == 0 or len(vertices) == 0:
        raise InputError(name, "the mesh has no faces")
    if len(faces) > config.max_faces:
        raise InputError(name, f"the mesh has {len(faces)} faces, more than {config.max_faces}", "decimate it first")
    if faces.min() < 0 or faces.max() >= len(vertices):
        raise InputError(name, f"a face names vertex {int(faces.max())} of {len(vertices)}", "export the mesh again")
    if not np.isfinite(vertices).all():
        raise InputError(name, "a vertex is not a finite number", "export the mesh again")
    longest = float(np.ptp(vertices, axis=0).max())
    if not _SHORTEST_MM <= longest <= config.max_size_mm:
        raise InputError(
            name,
            f"the mesh is {longest:.3g} mm long; expected {_SHORTEST_MM:g} to {config.max_size_mm:g} mm",
            "check its units (`--units`, or `units` in templates.json)",
        )
    welded, index = _welded(np.round(vertices, 5))
    faces = index[faces]
    corners = welded[faces]
    area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1) / 2
    faces, corners = faces[area > 1e-10], corners[area > 1e-10]
    if len(faces) == 0:
        raise InputError(name, "the faces of the mesh have no area")
    centre = welded.mean(axis=0)
    thin = float(np.sqrt(max(0.0, np.linalg.eigvalsh(np.cov((corners.reshape(-1, 3) - centre).T))[0])))
    if thin < _FLAT * longest:
        raise InputError(name, "the mesh is flat: it encloses nothing", "export the solid, not a drawing of it")
    volume = np.einsum("ij,ij->i", np.cross(corners[:, 0] - centre, corners[:, 1] - centre), corners[:, 2] - centre)
    if volume.sum() < 0:
        faces = faces[:, ::-1]
    return Mesh(welded, faces)


def _welded(vertices: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Rows that differ, in ascending order, and which of them each row is; quicker than `np.unique` of rows."""
    place = np.zeros(len(vertices), dtype=np.int64)
    for column in vertices.T:
        values, rank = np.unique(column, return_inverse=True)
        _, first, place = np.unique(place * len(values) + rank, return_index=True, return_inverse=True)
    return vertices[first], place


def open_edges(mesh: Mesh) -> int:
    """Number of edges that do not join exactly two faces; 0 for a closed surface."""
    edges = np.sort(mesh.faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
    keys = edges[:, 0] * len(mesh.vertices) + edges[:, 1]
    _, counts = np.unique(keys, return_counts=True)
    return int((counts != 2).sum())
