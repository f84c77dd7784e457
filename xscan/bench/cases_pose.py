"""Fitting a pose to a distance field, against ICP on points."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

import xscan_kernels as k
from xscan.bench.case import Case, Peer, installed
from xscan.bench.subject import Subject

__all__ = ["pose_cases"]

HALF = np.array([30.0, 18.0, 9.0])  # of a box, x y z, mm
POINTS = 20_000
STEPS = 20


def _box(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Signed distance to the box with a ball on one corner (so that no turn maps it on itself)."""
    away = np.abs(places) - HALF
    box = np.linalg.norm(np.maximum(away, 0), axis=-1) + np.minimum(away.max(axis=-1), 0)
    ball = np.linalg.norm(places - HALF, axis=-1) - 8.0
    return np.asarray(np.minimum(box, ball))


def _surface(number: int, seed: int) -> NDArray[np.float64]:
    """Points of the body's surface: random ones near it, drawn on to it along the slope."""
    rng = np.random.default_rng(seed)
    places = rng.uniform(-HALF - 10, HALF + 18, (8 * number, 3))
    places = places[np.abs(_box(places)) < 3]
    for _ in range(6):
        value = _box(places)
        slope = np.stack([(_box(places + d) - _box(places - d)) / 2e-4 for d in np.eye(3) * 1e-4], axis=1)
        places = places - value[:, None] * slope
    return np.asarray(places[np.abs(_box(places)) < 1e-3][:number])


def _turned(step: Any) -> NDArray[np.float64]:
    """The rigid move of a shift (mm) and a turn (rad)."""
    from scipy.spatial.transform import Rotation

    pose = np.eye(4)
    pose[:3, :3] = Rotation.from_rotvec(step[3:]).as_matrix()
    pose[:3, 3] = step[:3]
    return pose


def pose_cases(subject: Subject) -> Iterator[Case]:
    """Scores of many poses, with slopes; and one pose found from 5 degrees and 3 mm away."""
    icp = installed("small_gicp")
    pitch, low = 0.5, -HALF - 16
    shape = np.ceil((2 * HALF + 40) / pitch).astype(int)
    z, y, x = np.meshgrid(*[low[i] + pitch * np.arange(shape[i]) for i in (2, 1, 0)], indexing="ij")
    field = _box(np.stack([x, y, z], axis=-1)).astype(np.float32)
    del x, y, z
    points, other = _surface(POINTS, 0), _surface(2 * POINTS, 1)
    truth = _turned(np.array([2.0, -1.5, 1.5, 0.06, -0.05, 0.04]))
    moved = (points - truth[:3, 3]) @ truth[:3, :3]  # what truth maps on to the body
    poses = np.stack([_turned(v) for v in np.random.default_rng(2).normal(0, 0.05, (50, 6))])
    grid = (field, low[::-1], pitch)

    def scored(threads: int) -> Any:
        return k.pose_scores(*grid, moved, poses, truncate_mm=5.0, gradient=True, threads=threads)

    def one_by_one() -> Any:
        """The same by scipy's interpolation, without slopes."""
        from scipy.ndimage import map_coordinates

        losses = []
        for pose in poses:
            at = ((moved @ pose[:3, :3].T + pose[:3, 3] - low) / pitch)[:, ::-1].T
            value = map_coordinates(field, at, order=1, mode="constant", cval=np.inf)
            losses.append(np.mean(np.minimum(np.abs(value), 5.0) ** 2))
        return np.array(losses)

    peers = {"scipy map_coordinates, no slopes": Peer(one_by_one, lambda a, b: bool(np.allclose(a.loss, b, rtol=1e-4)))}
    yield Case(
        "pose_scores", f"{len(poses)} poses of {len(moved)} points", scored, peers, items=len(poses) * len(moved)
    )

    def fitted(threads: int) -> Any:
        pose = np.eye(4)
        for _ in range(STEPS):
            found = k.pose_scores(*grid, moved, pose, truncate_mm=5.0, gradient=True, threads=threads)
            assert found.normal is not None
            assert found.gradient is not None
            step = -np.linalg.solve(found.normal[0], found.gradient[0])
            pose = _turned(step) @ pose
            if np.abs(step).max() < 1e-4:
                break
        return pose

    def by_icp() -> Any:
        found = icp.align(
            other,
            moved,
            registration_type="PLANE_ICP",
            downsampling_resolution=0.5,
            max_correspondence_distance=5.0,
            num_threads=1,
            max_iterations=STEPS,
        )
        return np.asarray(found.T_target_source)

    def agree(a: Any, b: Any) -> bool:
        """Ours within a tenth of a millimetre and a milliradian of the truth, and no worse than the peer's."""

        def off(pose: Any) -> float:
            return float(np.linalg.norm(points - (moved @ pose[:3, :3].T + pose[:3, 3]), axis=1).max())

        return off(a) < 0.1 and off(a) <= max(off(b), 0.02)

    peers = {"small_gicp (point to plane)": icp and Peer(by_icp, agree)}
    yield Case("pose_scores", f"one pose of {len(moved)} points, Gauss-Newton", fitted, peers, items=0)
