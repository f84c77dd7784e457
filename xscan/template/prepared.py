"""What is computed once for a template, and kept by the content of its mesh."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xscan.model import Mesh
from xscan.template.cache import Store
from xscan.template.field import Field
from xscan.template.plain import plainness
from xscan.template.probes import PROBED, probes
from xscan.template.shape import Shape, shape_of
from xscan.template.solid import solid_of_mesh
from xscan.template.surface import spread

__all__ = ["FORM", "MEASURED", "PATCH", "Prepared", "key_of", "mirrored", "prepare"]

MEASURED = 2000  # points of either side on which a fit is measured
PATCH = 32  # of them around each, over which deviations are averaged
FORM = 3  # raise it where the numbers below are computed in another way


@dataclass(frozen=True, eq=False)
class Prepared:
    """A template as the search needs it; lengths in mm, x, y, z, from the solid's centroid.

    Parameters
    ----------
    key : content hash of the mesh
    centre : the centroid in the mesh's own coordinates
    points, normals : (n, 3) over the outer surface; the first ones lie farthest from each other, so that any
        leading part covers the whole
    probes : of the first points
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
    probes: NDArray[np.float64]
    distance: Field
    shape: Shape
    closed: bool
    plain_mm: float
    flip: NDArray[np.float64] = field(default_factory=lambda: np.ones(3))

    @cached_property
    def around(self) -> NDArray[np.int64]:
        """Indices (n, 32) of the points around each of the first 2,000: a patch of a sixtieth of the surface."""
        from scipy.spatial import cKDTree

        some = self.points[:MEASURED]
        return np.asarray(cKDTree(some).query(some, k=min(PATCH, len(some)))[1], dtype=np.int64).reshape(len(some), -1)

    def averaged(
        self, d: NDArray[np.floating], used: NDArray[np.bool_]
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Mean of deviations (n,) over those `used` of the points around each, 0 where none is, and their number."""
        near = self.around[: len(d)]
        number: NDArray[np.int64] = used[near].sum(axis=1)
        return np.where(used, d, 0.0)[near].sum(axis=1) / np.maximum(number, 1), number


def prepare(mesh: Mesh, store: Store) -> Prepared:
    """Prepare a mesh, or take it from the store."""
    key = key_of(mesh)
    if (kept := store.read(key)) is not None and (found := _unpacked(key, kept)) is not None:
        return found
    made = _compute(mesh, key)
    store.write(key, _packed(made))
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
        p.key,
        p.centre,
        p.points * flip,
        p.normals * flip,
        p.probes,
        distance,
        shape,
        p.closed,
        p.plain_mm,
        p.flip * flip,
    )


def key_of(mesh: Mesh) -> str:
    """Hash of a mesh's content, and of the form of what is computed from it."""
    digest = hashlib.sha256(f"xscan-template-{FORM}".encode())
    digest.update(np.ascontiguousarray(mesh.vertices).tobytes())
    digest.update(np.ascontiguousarray(mesh.faces).tobytes())
    return digest.hexdigest()[:32]


def _compute(mesh: Mesh, key: str) -> Prepared:
    solid = solid_of_mesh(mesh)
    distance = solid.distance
    shape = shape_of(solid.inside, distance.origin, distance.spacing, solid.points)
    centre = shape.centre
    first = spread(solid.points, PROBED)
    # after the spread ones come the others in an order without pattern, the same every time
    rest = np.setdiff1d(np.arange(len(solid.points)), first)
    rest = rest[np.argsort(np.arange(len(rest)) * 0.6180339887498949 % 1.0, kind="stable")]
    order = np.concatenate([first, rest])
    centred = Shape(shape.volume, shape.area, np.zeros(3), shape.axes, shape.spreads, shape.radii)
    plain = plainness(solid.points - centre, shape.axes, shape.spreads)
    moved = Field(distance.values, distance.origin - centre, distance.spacing)
    points, normals = (solid.points - centre)[order], solid.normals[order]
    probed = probes(moved, points[:PROBED], normals[:PROBED])
    return Prepared(key, centre, points, normals, probed, moved, centred, solid.closed, plain)


def _packed(p: Prepared) -> dict[str, NDArray[Any]]:
    s, f = p.shape, p.distance
    return {
        "centre": p.centre,
        "points": p.points,
        "normals": p.normals,
        "probes": p.probes,
        "values": f.values,
        "origin": f.origin,
        "spacing": f.spacing,
        "measures": np.array([s.volume, s.area, float(p.closed), p.plain_mm]),
        "axes": s.axes,
        "spreads": s.spreads,
        "radii": s.radii,
    }


def _unpacked(key: str, z: Mapping[str, NDArray[Any]]) -> Prepared | None:
    try:
        volume, area, closed, plain = (float(v) for v in z["measures"])
        shape = Shape(volume, area, np.zeros(3), z["axes"], z["spreads"], z["radii"])
        distance = Field(z["values"], z["origin"], z["spacing"])
        return Prepared(key, z["centre"], z["points"], z["normals"], z["probes"], distance, shape, bool(closed), plain)
    except (ValueError, KeyError):
        return None
