"""A folder of templates: `templates.json` beside the meshes (CONTRACT.md)."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, cast

from xscan.errors import InputError
from xscan.model import GenuineRange, Right, Template, TemplateLibrary
from xscan.template.config import TemplateConfig
from xscan.template.meshes import open_edges, read_mesh

__all__ = ["INDEX", "SCHEMA", "load_entry", "load_library", "mesh_path", "read_index"]

SCHEMA = "xscan.templates/1"
INDEX = "templates.json"
_PURPOSES = ("protected-design", "known-counterfeit", "prohibited")
_MAX_INDEX_BYTES = 64 * 2**20


def load_library(folder: str | Path, *, config: TemplateConfig | None = None) -> TemplateLibrary:
    """Read a template library.

    Parameters
    ----------
    folder : holds `templates.json` and the meshes it names
    config : limits on what is accepted

    Returns
    -------
    TemplateLibrary
        with a note for every mesh that is not closed.

    Raises
    ------
    InputError
        where the folder, its index, or one of its meshes is refused.
    """
    config = config or TemplateConfig()
    root = Path(folder)
    templates, notes = [], []
    seen: set[str] = set()
    for n, entry in enumerate(read_index(root, config), start=1):
        template = load_entry(root, entry, config, place=n)
        if template.id in seen:
            raise InputError(root / INDEX, f"the id {template.id!r} occurs twice", "give every template its own id")
        seen.add(template.id)
        templates.append(template)
        if loose := open_edges(template.mesh):
            notes.append(f"template {template.id}: the mesh is not closed ({loose} open or shared edges)")
    return TemplateLibrary(str(root), tuple(templates), tuple(notes))


def read_index(root: Path, config: TemplateConfig | None = None) -> list[dict[str, Any]]:
    """Read the entries of a library's `templates.json`, unchecked beyond their form."""
    config = config or TemplateConfig()
    path = root / INDEX
    if not root.is_dir():
        raise InputError(root, "this is no folder", "name the folder that holds templates.json")
    try:
        if path.stat().st_size > _MAX_INDEX_BYTES:
            raise InputError(path, f"the index is larger than {_MAX_INDEX_BYTES // 2**20} MB")
        index = json.loads(path.read_text(encoding="utf-8"))
    except OSError as e:
        raise InputError(path, f"the index cannot be read ({e.strerror or e})", "see `xscan template add`") from None
    except (ValueError, RecursionError) as e:
        raise InputError(path, f"this is no JSON text ({type(e).__name__})") from None
    if not isinstance(index, dict) or index.get("schema") != SCHEMA:
        got = index.get("schema") if isinstance(index, dict) else type(index).__name__
        raise InputError(path, f"expected the schema {SCHEMA!r}, got {got!r}")
    entries = index.get("templates")
    if not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
        raise InputError(path, "expected a list of templates under 'templates'")
    if len(entries) > config.max_templates:
        raise InputError(path, f"{len(entries)} templates are more than {config.max_templates}")
    return cast("list[dict[str, Any]]", entries)


def mesh_path(root: Path, name: str) -> Path:
    """Path of a mesh of the library; outside of the folder nothing is opened."""
    path = root / name
    try:
        inside = path.resolve().is_relative_to(root.resolve())
    except (OSError, ValueError):
        inside = False
    if not inside or Path(name).is_absolute():
        raise InputError(root / INDEX, f"the mesh {name!r} lies outside of the library", "put it into the folder")
    return path


def load_entry(root: Path, entry: Mapping[str, Any], config: TemplateConfig, *, place: int = 1) -> Template:
    """Check one entry of an index, read its mesh, and make the template; `place` names it where it has no id."""
    where = root / INDEX
    identity, mesh = entry.get("id"), entry.get("mesh")
    if not isinstance(identity, str) or not identity.strip():
        raise InputError(where, f"template {place}: expected an id, got {identity!r}")
    if not isinstance(mesh, str) or not mesh.strip():
        raise InputError(where, f"template {identity}: expected the name of a mesh file, got {mesh!r}")
    purpose = entry.get("purpose", "protected-design")
    if purpose not in _PURPOSES:
        raise InputError(
            where, f"template {identity}: the purpose {purpose!r} is not known", f"use {', '.join(_PURPOSES)}"
        )
    units = entry.get("units", "mm")
    return Template(
        id=identity,
        name=str(entry.get("name") or identity),
        mesh=read_mesh(mesh_path(root, mesh), units if isinstance(units, str) else "?", config),
        purpose=purpose,
        hs_codes=_texts(where, identity, "hs_codes", entry.get("hs_codes")),
        right=_right(where, identity, entry.get("right")),
        genuine=_genuine(where, identity, entry.get("genuine")),
    )


def _right(where: Path, identity: str, entry: object) -> Right | None:
    if entry is None:
        return None
    if not isinstance(entry, dict):
        raise InputError(where, f"template {identity}: expected an object under 'right', got {type(entry).__name__}")
    text = {k: str(entry.get(k) or "") for k in ("kind", "holder", "registration_no", "authority", "contact")}
    first, last = (_day(where, identity, k, entry.get(k)) for k in ("valid_from", "valid_until"))
    authorised = _texts(where, identity, "authorised", entry.get("authorised"))
    return Right(**text, valid_from=first, valid_until=last, authorised=authorised)


def _day(where: Path, identity: str, name: str, value: object) -> date | None:
    if value in (None, ""):
        return None
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        raise InputError(where, f"template {identity}: {name}: expected YYYY-MM-DD, got {value!r}") from None


def _genuine(where: Path, identity: str, entry: object) -> GenuineRange | None:
    if entry is None:
        return None
    if not isinstance(entry, dict):
        raise InputError(where, f"template {identity}: expected an object under 'genuine', got {type(entry).__name__}")
    names = ("mass_g", "density_g_cm3", "z_e", "wall_mm")
    return GenuineRange(**{k: _range(where, identity, k, entry.get(k)) for k in names})


def _range(where: Path, identity: str, name: str, value: object) -> tuple[float, float] | None:
    if value is None:
        return None
    try:
        low, high = (float(v) for v in cast("list[float]", value))
    except (TypeError, ValueError):
        low, high = math.nan, math.nan
    if not (math.isfinite(low) and math.isfinite(high) and 0 <= low <= high):
        raise InputError(where, f"template {identity}: genuine.{name}: expected [low, high], got {value!r}")
    return low, high


def _texts(where: Path, identity: str, name: str, value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise InputError(where, f"template {identity}: {name}: expected a list of texts, got {value!r}")
    return tuple(value)
