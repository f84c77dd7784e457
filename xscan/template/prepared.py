"""What is computed once for a template, and kept by the content of its mesh."""

from __future__ import annotations

import hashlib
import os
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from xscan.model import Mesh
from xscan.template.config import TemplateConfig
from xscan.template.field import Field
from xscan.template.plain import plainness
from xscan.template.shape import Shape, shape_of
from xscan.template.solid import solid_of_mesh
from xscan.template.surface import spread

__all__ = ["Prepared", "mirrored", "prepare"]

_FORM = 2  # raise it where the numbers below are computed in another way


@dataclass(frozen=True, eq=False)
class Prepared:
    """A template as the search needs it; lengths in mm, x, y, z, from the solid's centroid.

    Parameters
    ----------
    key : content hash of the mesh
    centre : the centroid in the mesh's own coordinates
    points, normals : (n, 3) over the outer surface; the first ones lie farthest from each other, so that any
        leading part covers the whole
    distance : signed distance from the surface
    shape : measures of the solid, `shape.centre` being 0
    closed : whether the mesh encloses its inside
    plain_mm : distance of the surface from the nearest ball, box or cylinder, root mean square
    flip : factors (3,) from the mesh's centred coordinates to these: 1, or -1 along x for the mirror image
    """

    key: str
    centre: NDArray[np.float64]
    points: NDArray[np.float64]
    normals: NDArray[np.float64]
    distance: Field
    shape: Shape
    closed: bool
    plain_mm: float
    flip: NDArray[np.float64] = field(default_factory=lambda: np.ones(3))


def prepare(mesh: Mesh, config: TemplateConfig | None = None) -> Prepared:
    """Prepare a mesh, or take it from the cache."""
    config = config or TemplateConfig()
    key = _key(mesh)
    folder = _folder(config)
    path = folder / f"{key}.npz" if folder else None
    if path is not None and (found := _read(path, key)) is not None:
        return found
    made = _compute(mesh, key)
    if path is not None:
        _write(path, made)
    return made


def mirrored(p: Prepared) -> Prepared:
    """The mirror image, x turned over: another shape wherever the template has a left and a right."""
    flip = np.array([-1.0, 1.0, 1.0])
    f, s = p.distance, p.shape
    last = f.origin[0] + (f.values.shape[2] - 1) * f.spacing[0]
    distance = Field(np.ascontiguousarray(f.values[:, :, ::-1]), np.array([-last, *f.origin[1:]]), f.spacing)
    axes = flip[:, None] * s.axes
    axes[:, 2] *= -1
    shape = Shape(s.volume, s.area, s.centre, axes, s.spreads, s.radii)
    return Prepared(
        p.key, p.centre, p.points * flip, p.normals * flip, distance, shape, p.closed, p.plain_mm, p.flip * flip
    )


def _key(mesh: Mesh) -> str:
    digest = hashlib.sha256(f"xscan-template-{_FORM}".encode())
    digest.update(np.ascontiguousarray(mesh.vertices).tobytes())
    digest.update(np.ascontiguousarray(mesh.faces).tobytes())
    return digest.hexdigest()[:32]


def _compute(mesh: Mesh, key: str) -> Prepared:
    solid = solid_of_mesh(mesh)
    distance = solid.distance
    shape = shape_of(solid.inside, distance.origin, distance.spacing, solid.points)
    centre = shape.centre
    first = spread(solid.points, 256)
    # after the spread ones come the others in an order without pattern, the same every time
    rest = np.setdiff1d(np.arange(len(solid.points)), first)
    rest = rest[np.argsort(np.arange(len(rest)) * 0.6180339887498949 % 1.0, kind="stable")]
    order = np.concatenate([first, rest])
    centred = Shape(shape.volume, shape.area, np.zeros(3), shape.axes, shape.spreads, shape.radii)
    plain = plainness(solid.points - centre, shape.axes, shape.spreads)
    moved = Field(distance.values, distance.origin - centre, distance.spacing)
    return Prepared(
        key, centre, (solid.points - centre)[order], solid.normals[order], moved, centred, solid.closed, plain
    )


def _folder(config: TemplateConfig) -> Path | None:
    """Where the cache lies; `None` where there is none or it cannot be written."""
    if config.cache == "none":
        return None
    if config.cache:
        folder = Path(config.cache)
    else:
        from platformdirs import user_cache_path

        folder = user_cache_path("xscan") / "templates"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return folder if os.access(folder, os.W_OK) else None


def _write(path: Path, p: Prepared) -> None:
    aside = path.with_suffix(f".{os.getpid()}.part")
    s, f = p.shape, p.distance
    try:
        with aside.open("wb") as stream:
            np.savez(
                stream,
                centre=p.centre,
                points=p.points,
                normals=p.normals,
                values=f.values,
                origin=f.origin,
                spacing=f.spacing,
                measures=np.array([s.volume, s.area, float(p.closed), p.plain_mm]),
                axes=s.axes,
                spreads=s.spreads,
                radii=s.radii,
            )
        os.replace(aside, path)
    except OSError:
        # a full or vanished disk costs only the time to compute it again
        aside.unlink(missing_ok=True)


def _read(path: Path, key: str) -> Prepared | None:
    try:
        with np.load(path, allow_pickle=False) as z:
            volume, area, closed, plain = (float(v) for v in z["measures"])
            shape = Shape(volume, area, np.zeros(3), z["axes"], z["spreads"], z["radii"])
            distance = Field(z["values"], z["origin"], z["spacing"])
            return Prepared(key, z["centre"], z["points"], z["normals"], distance, shape, bool(closed), plain)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
