"""What a kind of goods is, and short ways to say shapes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from xscan.simulate.scene import Part
from xscan.simulate.shapes import Box, Cut, Cylinder, Placed, Shape, Torus, Union, Vector

__all__ = ["LYING", "UP", "Good", "Kind", "at", "block", "bottle", "cut", "part", "pipe", "ring", "round_", "union"]

Random = np.random.Generator


@dataclass(frozen=True)
class Good:
    """One piece, in its own frame (z up as it stands).

    Parameters
    ----------
    poses : how it may come to lie, turns in degrees about x, y, z before it is turned about the vertical;
        empty: any way up
    room : middle (x, y, z) and size, mm, of a cavity that something else can be hidden in
    """

    kind: str
    parts: tuple[Part, ...]
    poses: tuple[Vector, ...] = ((0.0, 0.0, 0.0),)
    room: tuple[Vector, Vector] | None = None


@dataclass(frozen=True)
class Kind:
    """A kind of goods: how to make a piece, and how an honest sender describes it.

    Parameters
    ----------
    make : makes one piece; all pieces of one line come from the same random state
    descriptions : any of these is true
    hs : HS code, six digits
    other : descriptions that its material belies, for a sender who lies
    metal : whether it throws streaks
    contraband : whether an honest parcel never holds it
    most : pieces of one line
    """

    make: Callable[[Random], Good]
    descriptions: tuple[str, ...]
    hs: str
    other: tuple[str, ...] = ()
    metal: bool = False
    contraband: bool = False
    most: int = 4


LYING: Vector = (0.0, 90.0, 0.0)
UP: Vector = (0.0, 0.0, 0.0)


def part(shape: Shape, material: str, wall_mm: float | None = None, filling: str | None = None) -> Part:
    """A part of a body."""
    return Part(shape=shape, material=material, wall_mm=wall_mm, filling=filling)


def at(shape: Shape, where: Vector, turn: Vector = (0.0, 0.0, 0.0)) -> Shape:
    """A shape, turned and moved."""
    return Placed(shape=shape, at=where, turn_deg=turn)


def block(x: float, y: float, z: float, edge: float = 0.0) -> Shape:
    """A box with rounded edges."""
    return Box(size=(x, y, z), round=min(edge, 0.49 * min(x, y, z)))


def round_(radius: float, height: float, top: float | None = None, edge: float = 0.0) -> Shape:
    """A cylinder or truncated cone."""
    return Cylinder(radius=radius, height=height, top_radius=top, round=min(edge, 0.49 * height, 0.9 * radius))


def ring(radius: float, tube: float) -> Shape:
    """A torus about z."""
    return Torus(radius=radius, tube=tube)


def union(*shapes: Shape, blend: float = 0.0) -> Shape:
    """All of them."""
    return Union(of=shapes, blend=blend)


def cut(shape: Shape, *minus: Shape) -> Shape:
    """The first without the others."""
    return Cut(shape=shape, minus=minus)


def pipe(radius: float, inner: float, height: float) -> Shape:
    """A tube about z."""
    return cut(round_(radius, height), round_(inner, height + 2))


def bottle(
    radius: float, height: float, neck: float, wall: float, glass: str, liquid: str, level: float
) -> tuple[Part, ...]:
    """A bottle that stands on z = -height / 2, filled to a level (share of its height)."""
    body = union(
        at(round_(radius, height * 0.75, edge=min(6.0, radius / 3)), (0, 0, -height * 0.125)),
        at(round_(radius * 0.95, height * 0.12, neck), (0, 0, height * 0.29)),
        at(round_(neck, height * 0.2), (0, 0, height * 0.4)),
        blend=3.0,
    )
    above = at(block(4 * radius, 4 * radius, height), (0, 0, height * (level - 0.5) + height / 2))
    cap = at(round_(neck + 1.5, 14, edge=1), (0, 0, height * 0.5 + 1))
    inner = union(
        at(round_(radius - wall, height * 0.75 - 2 * wall, edge=4), (0, 0, -height * 0.125)),
        at(round_(max(radius * 0.95 - wall, 1), height * 0.12, max(neck - wall, 1)), (0, 0, height * 0.28)),
    )
    return (part(body, glass, wall), part(cut(inner, above), liquid), part(cap, "pp"))
