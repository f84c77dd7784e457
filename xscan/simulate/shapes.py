"""Shapes as signed distances: what a body is made of, in its own frame (x, y, z), mm.

A distance is negative inside. Unions and cuts keep the sign exact and bound the distance from below, which is
all that filling a voxel needs; walls are measured from it, so they are exact on plain primitives.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from xscan.simulate.meshes import distance_grid, load_mesh

__all__ = [
    "Box",
    "Capsule",
    "Cut",
    "Cylinder",
    "Ellipsoid",
    "MeshShape",
    "Placed",
    "Shape",
    "Sphere",
    "Torus",
    "Union",
    "bounds",
    "distance",
    "euler",
]

Points = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]
Field32 = NDArray[np.float32]
Vector = tuple[float, float, float]
Positive = Annotated[float, Field(gt=0, le=5000)]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Sphere(_Shape):
    """A ball about the origin."""

    type: Literal["sphere"] = "sphere"
    radius: Positive = Field(description="mm")


class Ellipsoid(_Shape):
    """An ellipsoid about the origin (its distance is a first-order one)."""

    type: Literal["ellipsoid"] = "ellipsoid"
    radii: tuple[Positive, Positive, Positive] = Field(description="mm, along x, y, z")


class Box(_Shape):
    """A box about the origin."""

    type: Literal["box"] = "box"
    size: tuple[Positive, Positive, Positive] = Field(description="mm, along x, y, z")
    round: float = Field(default=0.0, ge=0, description="radius of the edges, mm")


class Cylinder(_Shape):
    """A cylinder or a truncated cone along z, about the origin."""

    type: Literal["cylinder"] = "cylinder"
    radius: Positive = Field(description="mm, at the lower end")
    height: Positive = Field(description="mm")
    top_radius: Positive | None = Field(default=None, description="mm, at the upper end; absent: as below")
    round: float = Field(default=0.0, ge=0, description="radius of the edges, mm")


class Capsule(_Shape):
    """All points within a radius of the line from `start` to `end`."""

    type: Literal["capsule"] = "capsule"
    start: Vector = Field(description="mm, x, y, z")
    end: Vector = Field(description="mm, x, y, z")
    radius: Positive = Field(description="mm")


class Torus(_Shape):
    """A ring about z."""

    type: Literal["torus"] = "torus"
    radius: Positive = Field(description="of the ring, mm")
    tube: Positive = Field(description="of its tube, mm")


class MeshShape(_Shape):
    """A closed triangle mesh in a file."""

    type: Literal["mesh"] = "mesh"
    path: Path = Field(description="STL, OBJ or PLY in mm")


class Union(_Shape):
    """Everything in any of several shapes."""

    type: Literal["union"] = "union"
    of: tuple[Shape, ...] = Field(min_length=1)
    blend: float = Field(default=0.0, ge=0, description="radius of the fillets between them, mm")


class Cut(_Shape):
    """One shape without others."""

    type: Literal["cut"] = "cut"
    shape: Shape
    minus: tuple[Shape, ...] = Field(min_length=1)


class Placed(_Shape):
    """A shape turned, scaled and moved."""

    type: Literal["placed"] = "placed"
    shape: Shape
    at: Vector = Field(default=(0.0, 0.0, 0.0), description="mm, x, y, z")
    turn_deg: Vector = Field(default=(0.0, 0.0, 0.0), description="about the x, then y, then z axis")
    scale: Positive = 1.0


Shape = Annotated[
    Sphere | Ellipsoid | Box | Cylinder | Capsule | Torus | MeshShape | Union | Cut | Placed,
    Field(discriminator="type"),
]
for _model in (Union, Cut, Placed):
    _model.model_rebuild()


def euler(turn_deg: Vector) -> NDArray[np.float64]:
    """Rotation (3, 3) about the x, then y, then z axis, by degrees."""
    (cx, cy, cz), (sx, sy, sz) = np.cos(np.radians(turn_deg)), np.sin(np.radians(turn_deg))
    about_x = np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_z = np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]])
    turned: NDArray[np.float64] = about_z @ about_y @ about_x
    return turned


def rotate(points: Points, rotation: NDArray[np.float64], shift: Vector = (0.0, 0.0, 0.0)) -> Points:
    """Apply ``rotation @ point + shift`` to coordinate arrays, term by term (the arrays may be broadcastable)."""
    x, y, z = points
    r = rotation.astype(np.float32)
    moved = [r[i, 0] * x + r[i, 1] * y + r[i, 2] * z + np.float32(shift[i]) for i in range(3)]
    return moved[0], moved[1], moved[2]


def _length(*parts: Field32) -> Field32:
    total = parts[0] * parts[0]
    for part in parts[1:]:
        total = total + part * part
    root: Field32 = np.sqrt(total)
    return root


def _sphere(s: Sphere, p: Points) -> Field32:
    return _length(*p) - np.float32(s.radius)


def _ellipsoid(s: Ellipsoid, p: Points) -> Field32:
    scaled = [c / np.float32(r) for c, r in zip(p, s.radii, strict=True)]
    twice = [c / np.float32(r) for c, r in zip(scaled, s.radii, strict=True)]
    k0, k1 = _length(*scaled), _length(*twice)
    first_order: Field32 = (k0 * (k0 - 1) / np.maximum(k1, 1e-6)).astype(np.float32)
    return first_order


def _box(s: Box, p: Points) -> Field32:
    q = [np.abs(c) - np.float32(max(0.0, n / 2 - s.round)) for c, n in zip(p, s.size, strict=True)]
    outside = _length(*[np.maximum(c, 0) for c in q])
    inside = np.minimum(np.maximum(np.maximum(q[0], q[1]), q[2]), 0)
    return outside + inside - np.float32(s.round)


def _cylinder(s: Cylinder, p: Points) -> Field32:
    top = s.radius if s.top_radius is None else s.top_radius
    slope = (s.radius - top) / s.height
    at_middle = (s.radius + top) / 2 - s.round
    side = (_length(p[0], p[1]) - np.float32(at_middle) + np.float32(slope) * p[2]) / np.float32(np.hypot(1.0, slope))
    cap = np.abs(p[2]) - np.float32(s.height / 2 - s.round)
    outside = _length(np.maximum(side, 0), np.maximum(cap, 0))
    return outside + np.minimum(np.maximum(side, cap), 0) - np.float32(s.round)


def _capsule(s: Capsule, p: Points) -> Field32:
    axis = np.subtract(s.end, s.start)
    square = max(float(axis @ axis), 1e-12)
    q = [c - np.float32(o) for c, o in zip(p, s.start, strict=True)]
    along = sum((c * np.float32(a / square) for c, a in zip(q, axis, strict=True)), np.float32(0))
    along = np.clip(along, 0, 1)
    return _length(*[c - along * np.float32(a) for c, a in zip(q, axis, strict=True)]) - np.float32(s.radius)


def _torus(s: Torus, p: Points) -> Field32:
    return _length(_length(p[0], p[1]) - np.float32(s.radius), p[2]) - np.float32(s.tube)


def _mesh(s: MeshShape, p: Points) -> Field32:
    return distance_grid(s.path).at(p)


def _union(s: Union, p: Points) -> Field32:
    total = distance(s.of[0], p)
    for shape in s.of[1:]:
        other = distance(shape, p)
        if s.blend > 0:  # polynomial smooth minimum (Quilez)
            reach = np.maximum(s.blend - np.abs(total - other), 0) / np.float32(s.blend)
            total = np.minimum(total, other) - reach * reach * np.float32(s.blend / 4)
        else:
            total = np.minimum(total, other)
    return total


def _cut(s: Cut, p: Points) -> Field32:
    total = distance(s.shape, p)
    for shape in s.minus:
        total = np.maximum(total, -distance(shape, p))
    return total


def _placed(s: Placed, p: Points) -> Field32:
    back = euler(s.turn_deg).T / s.scale
    x, y, z = (float(v) for v in -(back @ np.asarray(s.at)))
    return distance(s.shape, rotate(p, back, (x, y, z))) * np.float32(s.scale)


_DISTANCE: dict[str, Callable[..., Field32]] = {
    "sphere": _sphere,
    "ellipsoid": _ellipsoid,
    "box": _box,
    "cylinder": _cylinder,
    "capsule": _capsule,
    "torus": _torus,
    "mesh": _mesh,
    "union": _union,
    "cut": _cut,
    "placed": _placed,
}


def distance(shape: Shape, points: Points) -> Field32:
    """Signed distance of points from a shape's surface, mm; negative inside.

    Parameters
    ----------
    shape : any of this file's models
    points : coordinates x, y, z, mm, float32 arrays that broadcast against each other
    """
    return np.asarray(_DISTANCE[shape.type](shape, points), dtype=np.float32)


def bounds(shape: Shape) -> NDArray[np.float64]:
    """Box ((x, y, z) lowest, highest), mm, that holds the shape."""
    if isinstance(shape, Sphere):
        half = np.full(3, shape.radius)
    elif isinstance(shape, Ellipsoid):
        half = np.asarray(shape.radii)
    elif isinstance(shape, Box):
        half = np.asarray(shape.size) / 2
    elif isinstance(shape, Cylinder):
        r = max(shape.radius, shape.top_radius or 0.0)
        half = np.array([r, r, shape.height / 2])
    elif isinstance(shape, Torus):
        r = shape.radius + shape.tube
        half = np.array([r, r, shape.tube])
    elif isinstance(shape, Capsule):
        ends = np.array([shape.start, shape.end])
        return np.array([ends.min(0) - shape.radius, ends.max(0) + shape.radius])
    elif isinstance(shape, MeshShape):
        vertices = load_mesh(shape.path).vertices
        return np.array([vertices.min(0), vertices.max(0)])
    elif isinstance(shape, Union):
        boxes = np.array([bounds(s) for s in shape.of])
        return np.array([boxes[:, 0].min(0) - shape.blend / 4, boxes[:, 1].max(0) + shape.blend / 4])
    elif isinstance(shape, Cut):
        return bounds(shape.shape)
    else:
        box = bounds(shape.shape)
        corners = np.array([[box[i, 0], box[j, 1], box[k, 2]] for i in (0, 1) for j in (0, 1) for k in (0, 1)])
        moved = corners @ (euler(shape.turn_deg).T * shape.scale) + np.asarray(shape.at)
        return np.array([moved.min(0), moved.max(0)])
    return np.array([-half, half])
