"""3MF: a zip archive of XML that says what is printed where (3MF Core Specification 1.3).

Read with the standard library alone, since the usual reader needs lxml; entities and document types are refused.
"""

from __future__ import annotations

import posixpath
import zipfile
from dataclasses import dataclass, field
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["read_3mf"]

Surface = tuple[NDArray[np.float64], NDArray[np.int64]]

_UNITS_MM = {"micron": 1e-3, "millimeter": 1.0, "centimeter": 10.0, "inch": 25.4, "foot": 304.8, "meter": 1000.0}
_DEPTH, _PLACED = 16, 10_000  # components within components, and how many in all
_PRODUCTION = "{http://schemas.microsoft.com/3dmanufacturing/production/2015/06}path"


@dataclass
class _Thing:
    """One object of a model part: its own triangles, and other objects with where they are put."""

    vertices: list[tuple[float, float, float]] = field(default_factory=list)
    faces: list[tuple[int, int, int]] = field(default_factory=list)
    components: list[tuple[str, str, NDArray[np.float64]]] = field(default_factory=list)


@dataclass
class _Placed:
    """What has been put in its place so far, and how much of it there is."""

    max_faces: int
    objects: int = 0
    faces: int = 0
    surfaces: list[Surface] = field(default_factory=list)


def read_3mf(stream: IO[bytes], max_faces: int) -> Surface:
    """All that a 3MF file builds: vertices (n, 3) in mm, faces (m, 3).

    Raises
    ------
    ValueError, KeyError, zipfile.BadZipFile, defusedxml.DefusedXmlException, xml.etree.ElementTree.ParseError
        where it is none, or where it builds more than `max_faces` faces.
    """
    with zipfile.ZipFile(stream) as archive:
        parts = [n for n in archive.namelist() if n.lower().endswith(".model")]
        things: dict[tuple[str, str], _Thing] = {}
        built: dict[str, list[tuple[str, str, NDArray[np.float64]]]] = {}
        units: dict[str, float] = {}
        for part in parts:
            built[part], units[part] = _part(archive, part, things)
    root = next((p for p in parts if p.lower() == "3d/3dmodel.model"), parts[0] if parts else "")
    if not root:
        raise ValueError("the archive holds no model")
    placed = _Placed(max_faces)
    for part, identity, matrix in built[root]:
        _place(things, (part, identity), matrix, placed, 0)
    found = placed.surfaces
    vertices = np.concatenate([v for v, _ in found] or [np.zeros((0, 3))])
    starts = np.cumsum([0, *(len(v) for v, _ in found)])
    faces = np.concatenate([f + s for (_, f), s in zip(found, starts, strict=False)] or [np.zeros((0, 3), np.int64)])
    return vertices * units[root], faces


def _part(
    archive: zipfile.ZipFile, part: str, things: dict[tuple[str, str], _Thing]
) -> tuple[list[tuple[str, str, NDArray[np.float64]]], float]:
    """Read one model part into `things`; return what it builds, and its unit in mm."""
    from defusedxml.ElementTree import iterparse

    items, unit, thing = [], 1.0, _Thing()
    with archive.open(part) as stream:
        for event, element in iterparse(stream, events=("start", "end"), forbid_dtd=True):
            tag = element.tag.rsplit("}", 1)[-1]
            if event == "start":
                if tag == "object":
                    thing = things[part, element.attrib["id"]] = _Thing()
                elif tag == "model":
                    unit = _UNITS_MM[element.get("unit", "millimeter")]
                continue
            if tag == "vertex":
                thing.vertices.append(
                    (float(element.attrib["x"]), float(element.attrib["y"]), float(element.attrib["z"]))
                )
            elif tag == "triangle":
                thing.faces.append((int(element.attrib["v1"]), int(element.attrib["v2"]), int(element.attrib["v3"])))
            elif tag == "component":
                thing.components.append(_named(element, part))
            elif tag == "item":
                items.append(_named(element, part))
            element.clear()
    return items, unit


def _named(element: Any, part: str) -> tuple[str, str, NDArray[np.float64]]:
    """Which object a component or item names, and its 4 by 3 map of row vectors."""
    numbers = [float(v) for v in element.get("transform", "1 0 0 0 1 0 0 0 1 0 0 0").split()]
    where = posixpath.normpath(element.get(_PRODUCTION, part)).lstrip("/")
    return where, element.attrib["objectid"], np.array(numbers).reshape(4, 3)


def _place(
    things: dict[tuple[str, str], _Thing],
    name: tuple[str, str],
    matrix: NDArray[np.float64],
    placed: _Placed,
    depth: int,
) -> None:
    """Add an object, and what it is made of, where `matrix` puts it."""
    placed.objects += 1
    if depth > _DEPTH or placed.objects > _PLACED:
        raise ValueError(f"objects within objects, more than {_DEPTH} deep or {_PLACED} in all")
    thing = things[name]
    if thing.faces:
        placed.faces += len(thing.faces)
        if placed.faces > placed.max_faces:
            raise ValueError(f"more than {placed.max_faces} faces")
        faces = np.array(thing.faces, dtype=np.int64)
        vertices = np.array(thing.vertices, dtype=np.float64).reshape(-1, 3)
        if faces.min() < 0 or faces.max() >= len(vertices):
            raise ValueError("a triangle names a vertex that does not exist")
        placed.surfaces.append((vertices @ matrix[:3] + matrix[3], faces))
    for part, identity, own in thing.components:
        joined = np.vstack([own[:3] @ matrix[:3], own[3] @ matrix[:3] + matrix[3]])
        _place(things, (part, identity), joined, placed, depth + 1)
