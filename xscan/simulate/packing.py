"""Goods fall into a box: each is turned about the vertical, let down where it comes to lie lowest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xscan.simulate.goods import Good
from xscan.simulate.scene import Body
from xscan.simulate.shapes import Vector, euler
from xscan.simulate.voxelise import footprint

__all__ = ["Heap", "Placement", "angles_of"]

# a body's z points up, and gravity along y of the scan: z becomes -y
STANDING = euler((90.0, 0.0, 0.0))


def angles_of(rotation: NDArray[np.float64]) -> Vector:
    """Turns about x, y, z (degrees) that `euler` makes this rotation of."""
    y = -np.arcsin(np.clip(rotation[2, 0], -1, 1))
    x = np.arctan2(rotation[2, 1], rotation[2, 2])
    z = np.arctan2(rotation[1, 0], rotation[0, 0])
    return float(np.degrees(x)), float(np.degrees(y)), float(np.degrees(z))


@dataclass(frozen=True, eq=False)
class Placement:
    """Where a good came to lie in the box: its rotation, and its origin (x, y, z) from the box's inner corner, mm."""

    good: Good
    rotation: NDArray[np.float64]
    at: NDArray[np.float64]


class Heap:
    """The inside of a box, (x, y, z) mm, with y pointing down, as it fills."""

    def __init__(self, size_mm: Vector, *, clearance_mm: float, pitch_mm: float = 2.0) -> None:
        self.pitch = pitch_mm
        self.clearance = clearance_mm
        x, y, z = (int(s / pitch_mm) for s in size_mm)
        self.floor = y
        self.top = np.full((z, x), y, dtype=np.int64)  # first cell taken in each column

    def drop(self, good: Good, rng: np.random.Generator, *, tries: int = 12) -> Placement | None:
        """Let a good down; `None` where it fits nowhere."""
        best: tuple[int, NDArray[np.float64], NDArray[np.float64], NDArray[np.int64], tuple[int, int]] | None = None
        for _ in range(max(2, tries // 4)):
            rotation = self._turn(good, rng)
            body = Body(kind=good.kind, parts=good.parts, at_mm=(0, 0, 0), turn_deg=angles_of(rotation))
            cells, corner = footprint(body, self.pitch, grow_mm=self.clearance)
            spans = cells.any(1)
            height = cells.shape[1]
            low = np.where(spans, height - np.argmax(cells[:, ::-1], axis=1), -1)  # one past the lowest cell
            high = np.where(spans, np.argmax(cells, axis=1), height)
            room_z, room_x = self.top.shape[0] - cells.shape[0], self.top.shape[1] - cells.shape[2]
            if room_z < 0 or room_x < 0:
                continue
            for _ in range(16):
                z, x = int(rng.integers(0, room_z + 1)), int(rng.integers(0, room_x + 1))
                under = self.top[z : z + cells.shape[0], x : x + cells.shape[2]]
                y = int((under - low)[spans].min())
                if y >= 0 and (best is None or y + height * 0.5 > best[0]):
                    origin = np.array([x, y, z]) * self.pitch - corner[::-1]
                    best = (int(y + height * 0.5), rotation, origin, np.where(spans, high + y, self.floor), (z, x))
        if best is None:
            return None
        _, rotation, origin, tops, (z, x) = best
        under = self.top[z : z + tops.shape[0], x : x + tops.shape[1]]
        np.minimum(under, tops, out=under)
        return Placement(good, rotation, origin)

    def _turn(self, good: Good, rng: np.random.Generator) -> NDArray[np.float64]:
        if not good.poses:
            q = rng.standard_normal(4)
            w, x, y, z = q / np.linalg.norm(q)
            return np.array(
                [
                    [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
                    [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
                    [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
                ]
            )
        pose = good.poses[int(rng.integers(len(good.poses)))]
        # most things are laid along the box's walls, some are not
        yaw = (
            float(rng.choice([0, 90, 180, 270])) + float(rng.normal(0, 4))
            if rng.random() < 0.6
            else rng.uniform(0, 360)
        )
        return euler((0.0, yaw, 0.0)) @ STANDING @ euler(pose)
