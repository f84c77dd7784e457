"""A mesh, or an object of a scan, becomes a template of a library."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from xscan.errors import InputError, UsageError
from xscan.files import written_aside
from xscan.model import Mesh
from xscan.template.config import TemplateConfig
from xscan.template.library import INDEX, SCHEMA, load_entry, read_index
from xscan.template.meshes import read_mesh, tidy
from xscan.template.stl import write_stl

__all__ = ["add_template", "mesh_of_object", "sized"]


def add_template(
    folder: str | Path,
    mesh: Mesh,
    entry: Mapping[str, Any],
    *,
    replace: bool = False,
    config: TemplateConfig | None = None,
) -> Path:
    """Write a mesh into a library, and its entry into the index; the folder is made where it is missing.

    Parameters
    ----------
    mesh : in mm
    entry : fields of the library form but `mesh` and `units`; must hold `id`
    replace : whether a template of that id may be overwritten

    Returns
    -------
    Path
        of the mesh file.

    Raises
    ------
    UsageError
        where the id is taken or cannot be a file's name.
    """
    config = config or TemplateConfig()
    root = Path(folder)
    identity = str(entry.get("id", ""))
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", identity):
        raise UsageError(f"--id {identity!r}: expected letters, digits, '.', '_' and '-', at most 100")
    entries = read_index(root, config) if (root / INDEX).exists() else []
    if any(e.get("id") == identity for e in entries) and not replace:
        raise UsageError(f"--id {identity}: {root / INDEX} has it already; choose another id, or say --replace")
    name = f"{identity}.stl"
    new = {**{k: v for k, v in entry.items() if v is not None}, "mesh": name, "units": "mm"}
    root.mkdir(parents=True, exist_ok=True)
    # under another name until all of the entry is known to be good: an older mesh of that id stays where it is not
    aside_mesh = root / f".{name}"
    try:
        write_stl(aside_mesh, mesh)
        load_entry(root, new | {"mesh": aside_mesh.name}, config)
        aside_mesh.replace(root / name)
    finally:
        aside_mesh.unlink(missing_ok=True)
    entries = [e for e in entries if e.get("id") != identity] + [new]
    with written_aside(root / INDEX) as aside:
        aside.write_text(json.dumps({"schema": SCHEMA, "templates": entries}, indent=1) + "\n", encoding="utf-8")
    return root / name


def sized(path: Path, size_mm: float | None, units: str | None, config: TemplateConfig | None = None) -> Mesh:
    """Read a mesh whose longest side is declared, which tells its unit.

    Parameters
    ----------
    size_mm : longest side of the box, mm; `None` where only the unit is known
    units : unit of the file; `None` to find it by the size

    Raises
    ------
    UsageError
        where no unit makes the mesh as long as declared.
    """
    config = config or TemplateConfig()
    if size_mm is None:
        return read_mesh(path, units or "mm", config)
    seen = []
    for unit in [units] if units else ["mm", "cm", "in", "m"]:
        try:
            mesh = read_mesh(path, unit, config)
        except InputError:
            if units:
                raise
            continue
        longest = max(mesh.size_mm)
        if abs(longest / size_mm - 1) <= 0.03:
            return mesh
        seen.append(f"{longest:.4g} mm if its numbers are {unit}")
    if not seen:
        read_mesh(path, "mm", config)  # says what is wrong with the file
    raise UsageError(f"--size {size_mm:g}: {path} is {', or '.join(seen)}; check the size or give --units")


def mesh_of_object(report: str | Path, object_id: int, config: TemplateConfig | None = None) -> Mesh:
    """Outer surface of an object of a report folder (`labels.h5`, `report.json`), mm.

    Parts inside the object belong to it; its cavities are filled, crumbs beside it are left out.
    """
    from scipy import ndimage as ndi
    from skimage.measure import marching_cubes

    from xscan.template.body import solid_mask, without_crumbs

    root = Path(report)
    try:
        document = json.loads((root / "report.json").read_text(encoding="utf-8"))
        size = np.array([float(v) for v in document["scan"]["voxel_size_mm"]])
        parents = {int(o["id"]): o.get("parent") for o in document["objects"]}
    except OSError as e:
        raise InputError(root / "report.json", f"cannot be read ({e.strerror or e})") from None
    except (ValueError, KeyError, TypeError):
        raise InputError(root / "report.json", "this is no report of xscan") from None
    if object_id not in parents:
        raise UsageError(f"--object {object_id}: the report has the objects {', '.join(map(str, sorted(parents)))}")
    family = {object_id}
    while more := {i for i, p in parents.items() if p in family} - family:
        family |= more
    labels = _labels(root / "labels.h5")
    mask = np.isin(labels, sorted(family))
    window = ndi.find_objects(mask.astype(np.uint8))
    if not window:
        raise InputError(root / "labels.h5", f"object {object_id} has no voxel")
    solid = without_crumbs(solid_mask(np.pad(mask[window[0]], 4)))
    level = ndi.gaussian_filter(solid.astype(np.float32), 0.8)
    vertices, faces, _, _ = marching_cubes(level, 0.5, spacing=tuple(size), gradient_direction="descent")
    vertices = vertices[:, ::-1] - vertices[:, ::-1].min(axis=0)
    return tidy(f"object {object_id}", vertices.astype(np.float64), faces.astype(np.int64), config)


def _labels(path: Path) -> Any:
    import h5py

    try:
        with h5py.File(path, "r") as f:
            return f["label"][:]
    except (OSError, KeyError) as e:
        raise InputError(path, f"the labels cannot be read ({type(e).__name__})") from None
