"""A figure without symmetry, and scans with it, made from balls and bars."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage as ndi
from scipy.spatial.transform import Rotation
from skimage.measure import marching_cubes

from xscan.model import (
    Grid,
    Labels,
    Mesh,
    Object,
    Quantities,
    Region,
    Segmentation,
    Template,
    TemplateLibrary,
    Unit,
    Volume,
)
from xscan.template import TemplateConfig

Distance = Callable[[NDArray[np.float64]], NDArray[np.float64]]
# body, neck and head to one side, three unlike limbs: no mirror image lies upon it
BARS = (
    ((-16, 0, 0), (16, 0, 0), 9.0),
    ((15, 0, 2), (24, 5, 22), 5.0),
    ((24, 5, 22), (33, 9, 22), 5.5),
    ((-13, 5, -4), (-19, 8, -24), 4.0),
    ((10, -5, -4), (17, -19, -14), 4.0),
    ((-15, -4, 2), (-31, -9, 9), 3.5),
)


def figure_distance(p: NDArray[np.float64]) -> NDArray[np.float64]:
    found = []
    for a, b, r in BARS:
        a_, b_ = np.array(a, float), np.array(b, float)
        t = np.clip((p - a_) @ (b_ - a_) / ((b_ - a_) @ (b_ - a_)), 0, 1)
        found.append(np.linalg.norm(p - a_ - t[..., None] * (b_ - a_), axis=-1) - r)
    return np.min(found, axis=0)


def ball_distance(p: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.linalg.norm(p, axis=-1) - 17.0


def box_distance(p: NDArray[np.float64]) -> NDArray[np.float64]:
    q = np.abs(p) - np.array([26.0, 15.0, 9.0])
    return np.linalg.norm(np.maximum(q, 0), axis=-1) + np.minimum(q.max(axis=-1), 0)


def driver_distance(p: NDArray[np.float64], *plates: tuple[float, float, float]) -> NDArray[np.float64]:
    """A screwdriver along x: handle, shaft, and plates at its tip."""
    found = []
    for a, b, r in ((-34, -4, 9.0), (-4, 32, 3.0)):
        t = np.clip((p[..., 0] - a) / (b - a), 0, 1)
        found.append(np.hypot(np.hypot(p[..., 1], p[..., 2]), p[..., 0] - a - t * (b - a)) - r)
    for half in plates:
        q = np.abs(p - np.array([32.0, 0, 0])) - np.array(half)
        found.append(np.linalg.norm(np.maximum(q, 0), axis=-1) + np.minimum(q.max(axis=-1), 0))
    return np.min(found, axis=0)


SHAPES: dict[str, Distance] = {
    "figure": figure_distance,
    "ball": ball_distance,
    "box": box_distance,
    "can": lambda p: np.maximum(np.hypot(p[..., 0], p[..., 1]) - 15, np.abs(p[..., 2]) - 22),
    "flat": lambda p: driver_distance(p, (7.0, 4.2, 1.0)),
    "cross": lambda p: driver_distance(p, (7.0, 4.2, 1.0), (7.0, 1.0, 4.2)),
}
USUAL = ("figure", "ball", "box")


def mesh_of(distance: Distance, half: int = 44, step: float = 1.0) -> Mesh:
    axis = np.arange(-half, half + 1) * step
    x, y, z = np.meshgrid(axis, axis, axis, indexing="ij")
    v, f, _, _ = marching_cubes(
        distance(np.stack([x, y, z], axis=-1)), 0.0, spacing=(step,) * 3, gradient_direction="ascent"
    )
    return Mesh(v - half * step, f)


class Bench:
    """Makes scans; what a test needs in one place."""

    def __init__(self, cache: str) -> None:
        self.config = TemplateConfig(cache=cache)
        self.templates = {k: Template(k, k, mesh_of(d), "protected-design") for k, d in SHAPES.items()}

    def library(self, *names: str) -> TemplateLibrary:
        return TemplateLibrary("made", tuple(self.templates[n] for n in names or USUAL))

    @staticmethod
    def turn(seed: int) -> NDArray[np.float64]:
        return Rotation.random(random_state=seed).as_matrix()

    @staticmethod
    def scan(
        bodies: Sequence[tuple[str, NDArray[np.float64], Sequence[float]]],
        shape: tuple[int, int, int],
        voxel: float = 1.5,
        *,
        wall: float | None = None,
        merged: bool = False,
        seed: int = 0,
    ) -> tuple[Segmentation, Quantities]:
        """Bodies are (shape, linear map 3 by 3, place x y z)."""
        z, y, x = np.meshgrid(*[(np.arange(n) + 0.5) * voxel for n in shape], indexing="ij")
        p = np.stack([x, y, z], axis=-1)
        image, label = np.zeros(shape), np.zeros(shape, dtype=np.uint32)
        for k, (name, linear, place) in enumerate(bodies, start=1):
            d = SHAPES[name]((p - np.array(place)) @ np.linalg.inv(linear).T)
            full = np.clip(0.5 - d / voxel, 0, 1)
            label[(full > 0.3) & (label == 0)] = 1 if merged else k
            if wall:
                full = full - np.clip(0.5 - (d + wall) / voxel, 0, 1)
            image = np.maximum(image, 1100 * full)
        rng = np.random.default_rng(seed)
        image = ndi.gaussian_filter(image, 0.6) + rng.normal(0, 20, shape)
        if wall:
            label[image < 250] = 0
        grid = Grid(shape, (voxel,) * 3)
        return segmented(grid, label), Quantities(Volume(grid, image.astype(np.float32), Unit.MHU), "nominal")


def segmented(grid: Grid, label: NDArray[np.uint32]) -> Segmentation:
    regions, objects = [], []
    for i, window in enumerate(ndi.find_objects(label.astype(np.int32)), start=1):
        if window is None:
            continue
        where = np.argwhere(label[window] == i) + [s.start for s in window]
        low, high = (tuple(int(getattr(s, side)) for s in window) for side in ("start", "stop"))
        centre = tuple(grid.position_mm(where.mean(axis=0)))
        regions.append(Region(i, len(where), (low, high), centre))
        objects.append(Object(i, "goods", (i,), (low, high), centre, len(where)))
    return Segmentation(Labels(grid, label), tuple(regions), tuple(objects))


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(str(tmp_path_factory.mktemp("cache")))


@pytest.fixture(scope="session")
def resegment() -> Callable[[Grid, NDArray[np.uint32]], Segmentation]:
    return segmented
