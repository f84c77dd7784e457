"""A scene: bodies with their materials and poses, what the sender says of them, and what must be found."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from xscan.errors import InputError
from xscan.files import written_aside
from xscan.simulate.materials import SceneMaterial
from xscan.simulate.shapes import Shape, Vector

__all__ = ["Body", "Part", "Scene", "read_scene", "write_scene"]


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Part(_Frozen):
    """A shape of one material, solid or as a wall with something inside.

    A later part of a body takes the room of an earlier one.
    """

    shape: Shape
    material: str
    wall_mm: float | None = Field(default=None, gt=0, description="thickness inwards from the surface; absent: solid")
    filling: str | None = Field(default=None, description="material inside the wall; absent: as it was")


class Body(_Frozen):
    """One thing that a person would name."""

    kind: str = Field(min_length=1)
    parts: tuple[Part, ...] = Field(min_length=1)
    at_mm: Vector = Field(description="scan position (z, y, x) of the body's origin")
    turn_deg: Vector = Field(default=(0.0, 0.0, 0.0), description="about the scan's x, then y, then z axis")
    name: str = Field(default="", description="by which another body can say that it lies inside")
    inside: str = Field(default="", description="name of the body that holds it, and whose room it takes")
    packaging: bool = Field(default=False, description="left out of labels and truth")


class Scene(_Frozen):
    """Everything that is scanned, in scan mm; a body has only the room that those before it left."""

    name: str = "scene"
    length_mm: float = Field(gt=0, le=3000, description="of the scanned stretch, along z")
    bodies: tuple[Body, ...] = Field(min_length=1, max_length=2000)
    acquired: str = Field(default="2025-06-01T12:00:00+00:00", description="time of the scan, ISO 8601")
    materials: dict[str, SceneMaterial] = Field(default_factory=dict)
    declaration: dict[str, Any] = Field(default_factory=dict, description="written out as it stands")
    expect: tuple[str, ...] = Field(default=(), description='what must be found, e.g. "undeclared:cell"')


def read_scene(path: str | Path) -> Scene:
    """Read a scene from a TOML or JSON file; mesh paths in it are relative to it."""
    file = Path(path)
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(file, f"could not be read ({error})", "give a scene as TOML or JSON") from None
    try:
        if file.suffix.lower() == ".json":
            return _with_paths(json.loads(text), file.parent)
        return _with_paths(tomllib.loads(text), file.parent)
    except (tomllib.TOMLDecodeError, ValueError) as error:
        if isinstance(error, ValidationError):
            first = error.errors()[0]
            where = ".".join(str(p) for p in first["loc"])
            raise InputError(file, f"{where}: {first['msg']}", "see `xscan simulate --help`") from None
        raise InputError(file, f"not a scene ({error})", "give TOML or JSON") from None


def write_scene(scene: Scene, path: Path) -> None:
    """Write a scene as JSON that `read_scene` reads."""
    with written_aside(path) as aside:
        aside.write_text(scene.model_dump_json(exclude_none=True), encoding="utf-8")


def _with_paths(tree: Any, folder: Path) -> Scene:
    def walk(node: Any) -> Any:
        if isinstance(node, dict):
            moved = {key: walk(value) for key, value in node.items()}
            if moved.get("type") == "mesh" and isinstance(moved.get("path"), str):
                moved["path"] = str(folder / moved["path"])
            return moved
        return [walk(v) for v in node] if isinstance(node, list) else node

    return Scene.model_validate(walk(tree))
