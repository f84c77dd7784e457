"""A scene becomes voxels: which material and which body every fine cell belongs to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xscan.errors import InputError
from xscan.model import Progress, silent
from xscan.simulate.scene import Body, Scene
from xscan.simulate.shapes import bounds, distance, euler, rotate

__all__ = ["Voxels", "extent", "footprint", "voxelise"]

CHUNK = 6_000_000  # points evaluated at once


@dataclass(frozen=True, eq=False)
class Voxels:
    """Fine cells of a scene.

    Parameters
    ----------
    materials : names; material id m of `material` is ``materials[m - 1]``
    material : uint8 (z, y, x), 0 is air
    body : uint16 (z, y, x), 0 is none, b is body ``b - 1`` of the scene
    pitch_mm : size of a cell
    enclosed : cells within each body's outer surfaces
    """

    materials: tuple[str, ...]
    material: NDArray[np.uint8]
    body: NDArray[np.uint16]
    pitch_mm: float
    enclosed: tuple[int, ...]


def extent(body: Body) -> NDArray[np.float64]:
    """Box ((x, y, z) lowest, highest) that holds a body about its origin, turned as it lies, mm."""
    rotation = euler(body.turn_deg)
    corners = []
    for part in body.parts:
        low, high = bounds(part.shape)
        corners += [
            [(low, high)[i][0], (low, high)[j][1], (low, high)[k][2]] for i in (0, 1) for j in (0, 1) for k in (0, 1)
        ]
    moved = np.asarray(corners) @ rotation.T
    return np.array([moved.min(0), moved.max(0)])


def _axis(low: float, high: float, pitch: float, count: int) -> tuple[int, NDArray[np.float32]]:
    """First cell and centres (mm) of the cells that a stretch touches."""
    first, last = max(0, int(low / pitch) - 1), min(count, int(np.ceil(high / pitch)) + 1)
    return first, ((np.arange(first, max(first, last)) + 0.5) * pitch).astype(np.float32)


def voxelise(scene: Scene, shape: tuple[int, int, int], pitch_mm: float, *, progress: Progress = silent) -> Voxels:
    """Sample every body at the centres of cells of `pitch_mm`, in order; `shape` is (z, y, x)."""
    names = sorted(
        {p.material for b in scene.bodies for p in b.parts}
        | {p.filling for b in scene.bodies for p in b.parts if p.filling}
    )
    if len(names) > 250:
        raise InputError("scene", f"{len(names)} materials", "use at most 250")
    ids = {name: i + 1 for i, name in enumerate(names)}
    material = np.zeros(shape, dtype=np.uint8)
    owner = np.zeros(shape, dtype=np.uint16)
    numbers = {b.name: i + 1 for i, b in enumerate(scene.bodies) if b.name}
    enclosed = []
    for number, body in enumerate(scene.bodies, start=1):
        if body.inside and body.inside not in numbers:
            raise InputError("scene", f"{body.kind} lies inside {body.inside!r}, which is no body's name")
        enclosed.append(_paint(body, number, numbers.get(body.inside, number), ids, material, owner, pitch_mm))
        progress(number / len(scene.bodies), body.kind)
    return Voxels(tuple(names), material, owner, pitch_mm, tuple(enclosed))


def _paint(
    body: Body,
    number: int,
    host: int,
    ids: dict[str, int],
    material: NDArray[np.uint8],
    owner: NDArray[np.uint16],
    pitch: float,
) -> int:
    low, high = extent(body) + np.asarray(body.at_mm)[::-1]
    (x0, xs), (y0, ys), (z0, zs) = (_axis(low[i], high[i], pitch, material.shape[2 - i]) for i in range(3))
    if not (xs.size and ys.size and zs.size):
        return 0
    back = euler(body.turn_deg).T
    shift = -(back @ np.asarray(body.at_mm)[::-1])
    step = max(1, CHUNK // (xs.size * ys.size))
    count = 0
    for a in range(0, zs.size, step):
        window = np.s_[z0 + a : z0 + a + min(step, zs.size - a), y0 : y0 + ys.size, x0 : x0 + xs.size]
        points = rotate(
            (xs[None, None, :], ys[None, :, None], zs[a : a + step, None, None]),
            back,
            (float(shift[0]), float(shift[1]), float(shift[2])),
        )
        mine, owners = material[window], owner[window]
        free = (owners == 0) | (owners == host)
        within = np.zeros(owners.shape, dtype=bool)
        for part in body.parts:
            d = np.broadcast_to(distance(part.shape, points), owners.shape)
            inside = (d <= 0) & (free | (owners == number))
            within |= inside
            wall = inside if part.wall_mm is None else inside & (d > -part.wall_mm)
            mine[wall] = ids[part.material]
            owners[wall] = number
            if part.wall_mm is not None and part.filling:
                core = inside & ~wall
                mine[core] = ids[part.filling]
                owners[core] = number
        count += int(within.sum())
    return count


def footprint(body: Body, pitch_mm: float, *, grow_mm: float = 0.0) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Cells (z, y, x) within a body's outer surfaces as it is turned, and where their outer corner lies.

    The corner is an offset (z, y, x) from the body's origin, mm; the surfaces are first moved out by `grow_mm`.
    """
    low, high = extent(body)
    low, high = low - grow_mm, high + grow_mm
    axes = [
        np.arange(a + pitch_mm / 2, b + pitch_mm, pitch_mm, dtype=np.float32) for a, b in zip(low, high, strict=True)
    ]
    points = rotate((axes[0][None, None, :], axes[1][None, :, None], axes[2][:, None, None]), euler(body.turn_deg).T)
    filled = np.zeros([a.size for a in reversed(axes)], dtype=bool)
    for part in body.parts:
        filled |= distance(part.shape, points) <= grow_mm
    first = [np.flatnonzero(filled.any(tuple({0, 1, 2} - {i})))[[0, -1]] for i in range(3)]
    cropped = filled[tuple(slice(a, b + 1) for a, b in first)]
    return cropped, low[::-1] + [a * pitch_mm for a, _ in first]
