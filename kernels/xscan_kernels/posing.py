"""What fitting a shape needs: distance fields read at moved points, scores of poses, pair descriptors."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _poses
from ._check import as_volume, mm3, positive
from ._pool import run, slabs, thread_count

__all__ = ["PoseScores", "pair_histogram", "pose_scores", "sample_field"]


@dataclass(frozen=True, eq=False)
class PoseScores:
    """What :func:`pose_scores` found, one entry a pose.

    Attributes
    ----------
    loss : float64 (n_pose,), mm²
        Weighted mean of min(value², truncate²).
    inliers : float64 (n_pose,)
        Weighted share of points whose value is within ``inlier_mm``.
    gradient : float64 (n_pose, 6) or None
        Mean of value × J, half the slope of ``loss`` by (shift x, y, z in mm; turn x, y, z in rad
        about the origin of the field's frame, applied after the pose).
    normal : float64 (n_pose, 6, 6) or None
        Mean of J^T J: a Gauss-Newton step is -solve(normal, gradient).
    """

    loss: NDArray[np.float64]
    inliers: NDArray[np.float64]
    gradient: NDArray[np.float64] | None
    normal: NDArray[np.float64] | None


def _inputs(field: ArrayLike, origin_mm: ArrayLike, spacing_mm: ArrayLike, points: Any, poses: Any) -> Any:
    grid = as_volume("field", field, ("float32", "float64"))
    if grid.size == 0:
        raise ValueError("field: got no voxel, expected at least one")
    origin = np.asarray(origin_mm, np.float64)
    if origin.shape != (3,) or not np.all(np.isfinite(origin)):
        raise ValueError(f"origin_mm: got {origin_mm!r}, expected three finite numbers (z, y, x)")
    places = np.ascontiguousarray(points, np.float64)
    if places.ndim != 2 or places.shape[1] != 3:
        raise ValueError(f"points: got shape {places.shape}, expected (n, 3)")
    moves = np.ascontiguousarray(poses, np.float64)
    if moves.ndim == 2:
        moves = moves[None]
    if moves.ndim != 3 or moves.shape[1:] != (4, 4):
        raise ValueError(f"poses: got shape {moves.shape}, expected (n, 4, 4)")
    spacing = np.array(mm3("spacing_mm", spacing_mm))[::-1].copy()
    return grid, origin[::-1].copy(), spacing, places, moves


def sample_field(
    field: ArrayLike,
    origin_mm: ArrayLike,
    spacing_mm: ArrayLike,
    points: ArrayLike,
    poses: ArrayLike,
    *,
    gradient: bool = False,
    outside: float = np.inf,
    threads: int | None = None,
) -> tuple[NDArray[np.float32], NDArray[np.float32] | None]:
    """Trilinear values of a field at every point under every pose.

    Parameters
    ----------
    field : float32 or float64 array (z, y, x)
    origin_mm : three floats (z, y, x), mm
        Position of the centre of voxel (0, 0, 0).
    spacing_mm : float or three floats (z, y, x), mm
    points : float array (n_point, 3), x y z in mm
    poses : float array (n_pose, 4, 4) or (4, 4)
        Rigid transforms, x y z, that move the points into the field's frame.
    gradient : bool
        Also the gradients by x, y, z of the moved point (per mm).
    outside : float
        Value where a moved point lies beyond the outermost voxel centres (gradient 0 there).
    threads : int, optional

    Returns
    -------
    values : float32 array (n_pose, n_point)
    gradients : float32 array (n_pose, n_point, 3), or None
    """
    workers = thread_count(threads)
    grid, origin, spacing, places, moves = _inputs(field, origin_mm, spacing_mm, points, poses)
    values = np.empty((len(moves), len(places)), np.float32)
    slopes = np.empty((*values.shape, 3) if gradient else (0, 0, 0), np.float32)
    given = (grid, origin, spacing, places, moves, np.float32(outside), values, slopes)
    run(_poses.sample, [(*given, a, b) for a, b in slabs(len(moves), workers * 4)], workers)
    return values, slopes if gradient else None


def pose_scores(
    field: ArrayLike,
    origin_mm: ArrayLike,
    spacing_mm: ArrayLike,
    points: ArrayLike,
    poses: ArrayLike,
    *,
    truncate_mm: float,
    inlier_mm: float | None = None,
    weights: ArrayLike | None = None,
    gradient: bool = False,
    threads: int | None = None,
) -> PoseScores:
    """Judge poses by the field at the moved points, without storing the values.

    Parameters
    ----------
    field, origin_mm, spacing_mm, points, poses
        As of :func:`sample_field`.
    truncate_mm : float
        Values beyond count as this (points outside of the grid too), without slope.
    inlier_mm : float, optional
        Values within count as inliers; ``truncate_mm`` if None.
    weights : float array (n_point,), optional
        Not negative, not all zero.
    gradient : bool
        Also the Gauss-Newton terms.
    threads : int, optional

    Returns
    -------
    PoseScores
    """
    workers = thread_count(threads)
    grid, origin, spacing, places, moves = _inputs(field, origin_mm, spacing_mm, points, poses)
    most = positive("truncate_mm", truncate_mm)
    near = most if inlier_mm is None else positive("inlier_mm", inlier_mm)
    weight = np.ones(len(places)) if weights is None else np.ascontiguousarray(weights, np.float64)
    if weight.shape != (len(places),) or not weight.size or weight.min() < 0 or weight.sum() <= 0:
        raise ValueError("weights: expected one for each point (at least one), not negative, not all zero")
    n = len(moves)
    loss, inliers = np.empty(n), np.empty(n)
    slopes = np.zeros((n if gradient else 0, 6))
    curves = np.zeros((n if gradient else 0, 6, 6))
    given = (grid, origin, spacing, places, weight, moves, most, near, loss, inliers, slopes, curves)
    run(_poses.score, [(*given, a, b) for a, b in slabs(n, workers * 4)], workers)
    return PoseScores(loss, inliers, slopes if gradient else None, curves if gradient else None)


def pair_histogram(
    points: ArrayLike,
    normals: ArrayLike | None = None,
    *,
    max_mm: float,
    distance_bins: int = 32,
    angle_bins: int = 8,
    threads: int | None = None,
) -> NDArray[np.int64]:
    """Histogram over all ordered pairs of points: D2, or point-pair features where normals are given.

    Parameters
    ----------
    points : float array (n, 3), mm
    normals : float array (n, 3), optional
        Unit vectors.
    max_mm : float
        Pairs at this distance and beyond are not counted.
    distance_bins, angle_bins : int
    threads : int, optional

    Returns
    -------
    int64 array (distance_bins,), or (distance_bins, angle_bins, angle_bins, angle_bins): by the distance
    and the angles between first normal and join, second normal and join, and both normals (0 to pi)

    Notes
    -----
    D2: Osada et al. 2002. PPF: Drost et al. 2010; its four features. Time grows with n².
    """
    workers = thread_count(threads)
    places = np.ascontiguousarray(points, np.float64)
    if places.ndim != 2 or places.shape[1] != 3:
        raise ValueError(f"points: got shape {places.shape}, expected (n, 3)")
    most = positive("max_mm", max_mm)
    for name, value in (("distance_bins", distance_bins), ("angle_bins", angle_bins)):
        if int(value) != value or value < 1:
            raise ValueError(f"{name}: got {value!r}, expected a whole number >= 1")
    ways = np.empty((0, 3)) if normals is None else np.ascontiguousarray(normals, np.float64)
    if normals is not None and ways.shape != places.shape:
        raise ValueError(f"normals: got shape {ways.shape}, expected {places.shape}")
    turns = 1 if normals is None else angle_bins
    pieces = slabs(len(places), workers)
    counts = np.zeros((max(1, len(pieces)), distance_bins, turns, turns, turns), np.int64)
    run(_poses.pair_bins, [(places, ways, most, counts[i], a, b) for i, (a, b) in enumerate(pieces)], workers)
    total = counts.sum(axis=0)
    return np.asarray(total[:, 0, 0, 0] if normals is None else total)
