"""Toy figures built from primitives: asymmetric ones, some of them close kin, to be protected designs.

Each stands along z, faces x, and is about 70 to 95 mm tall.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from xscan.simulate.shapes import Box, Capsule, Cylinder, Ellipsoid, Placed, Shape, Sphere, Torus, Union, Vector

__all__ = ["FIGURES"]


def _ball(x: float, y: float, z: float, radius: float) -> Shape:
    return Placed(shape=Sphere(radius=radius), at=(x, y, z))


def _egg(x: float, y: float, z: float, radii: Vector, turn: Vector = (0, 0, 0)) -> Shape:
    return Placed(shape=Ellipsoid(radii=radii), at=(x, y, z), turn_deg=turn)


def _limb(start: Vector, end: Vector, radius: float) -> Shape:
    return Capsule(start=start, end=end, radius=radius)


def _block(x: float, y: float, z: float, size: Vector, round_: float = 3.0, turn: Vector = (0, 0, 0)) -> Shape:
    return Placed(shape=Box(size=size, round=round_), at=(x, y, z), turn_deg=turn)


def robot() -> Shape:
    """A robot with one arm raised."""
    return Union(
        blend=2.0,
        of=(
            _block(0, 0, 0, (26, 36, 36)),
            _block(1, 0, 31, (24, 27, 21)),
            _limb((0, 9, -16), (0, 10, -38), 7),
            _limb((0, -9, -16), (0, -10, -38), 7),
            _block(4, 11, -43, (27, 15, 9)),
            _block(4, -11, -43, (27, 15, 9)),
            _limb((0, 19, 12), (2, 32, 34), 6),
            _limb((2, 32, 34), (4, 30, 47), 6.5),
            _limb((0, -20, 12), (4, -26, -12), 6),
            _ball(6, -27, -15, 8),
            _limb((0, -6, 40), (-2, -8, 52), 3.6),
        ),
    )


def duck() -> Shape:
    """A duck that looks over its shoulder."""
    return Union(
        blend=6.0,
        of=(
            _egg(0, 0, 0, (40, 27, 23)),
            _egg(-36, 0, 10, (16, 12, 7), (0, 35, 0)),
            _egg(23, 3, 24, (12, 12, 18), (0, 15, 0)),
            _ball(25, 5, 42, 17),
            _egg(36, 18, 38, (13, 8, 4), (0, 0, 48)),
            _egg(-4, 24, 4, (22, 6, 12), (0, -12, 6)),
            _egg(-4, -24, 6, (24, 7, 13), (0, -20, -6)),
        ),
    )


def rocket() -> Shape:
    """A rocket with three unequal fins."""
    return Union(
        blend=3.0,
        of=(
            Cylinder(radius=15, top_radius=13, height=60, round=2),
            _egg(0, 0, 30, (13.5, 13.5, 24)),
            _block(20, 0, -26, (24, 7, 30), 2, (0, 25, 0)),
            _block(-10, 17, -26, (24, 7, 30), 2, (0, 25, 120)),
            _block(-11, -19, -22, (30, 7, 40), 2, (0, 25, 240)),
            Placed(shape=Torus(radius=9, tube=4), at=(13, 0, 8), turn_deg=(0, 90, 0)),
            Placed(shape=Cylinder(radius=9, top_radius=6, height=12), at=(0, 0, -34)),
        ),
    )


def dino() -> Shape:
    """A dinosaur with a bent tail."""
    return Union(
        blend=5.0,
        of=(
            _egg(0, 0, 0, (32, 17, 20)),
            _limb((24, 0, 8), (36, 2, 36), 8),
            _egg(43, 3, 42, (16, 9, 8), (0, 15, 10)),
            _limb((-24, 0, 2), (-46, 8, -6), 9),
            _limb((-46, 8, -6), (-60, 22, -10), 5.5),
            _limb((18, 10, -8), (19, 11, -36), 8),
            _limb((18, -10, -8), (22, -11, -36), 8),
            _limb((-16, 10, -8), (-17, 11, -36), 8.5),
            _limb((-16, -10, -8), (-12, -12, -36), 8.5),
            _block(0, 0, 20, (34, 5, 18), 2, (0, 10, 0)),
        ),
    )


def cat() -> Shape:
    """A sitting cat with its tail to one side."""
    return Union(
        blend=4.0,
        of=(
            _egg(0, 0, -12, (22, 20, 30)),
            _egg(4, 0, 26, (16, 18, 15)),
            _limb((2, 10, 36), (0, 14, 46), 5),
            _limb((2, -10, 36), (0, -14, 46), 5),
            _limb((16, 8, -10), (20, 8, -36), 6.5),
            _limb((16, -8, -10), (22, -8, -36), 6.5),
            _limb((-16, 6, -34), (-14, 30, -34), 6),
            _limb((-14, 30, -34), (8, 34, -30), 5.5),
            _egg(19, 0, 21, (6, 8, 6)),
        ),
    )


def bear() -> Shape:
    """A sitting bear that waves."""
    return Union(
        blend=4.0,
        of=(
            _egg(0, 0, -10, (22, 23, 26)),
            _ball(3, 0, 27, 18),
            _ball(0, 14, 43, 7),
            _ball(0, -14, 43, 7),
            _egg(19, 0, 23, (8, 9, 7)),
            _limb((6, 18, 4), (12, 38, 24), 7.5),
            _limb((6, -18, 0), (18, -26, -16), 7.5),
            _limb((6, 13, -28), (34, 18, -32), 9),
            _limb((6, -13, -28), (34, -18, -32), 9),
        ),
    )


def bear_with_hat() -> Shape:
    """The same bear in a hat: hard to tell from the other."""
    return Union(
        blend=2.0,
        of=(
            bear(),
            Placed(shape=Cylinder(radius=15, height=5, round=2), at=(2, 0, 44)),
            Placed(shape=Cylinder(radius=9, height=18, round=2), at=(2, 0, 52)),
        ),
    )


FIGURES: Mapping[str, Callable[[], Shape]] = {
    f.__name__: f for f in (robot, duck, rocket, dino, cat, bear, bear_with_hat)
}
