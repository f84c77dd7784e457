"""Edges of masks as crisp lines."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["inner_points", "outline"]


def outline(mask: NDArray[np.bool_], offset: tuple[float, float], step: tuple[float, float]) -> str:
    """Return an SVG path around a mask (rows, columns).

    Parameters
    ----------
    mask : of one object in one picture, or in a part of it
    offset : picture position (x, y) of the corner of pixel (0, 0)
    step : picture units (x, y) of one pixel
    """
    from skimage.measure import find_contours

    parts = []
    for line in find_contours(np.pad(mask, 1).astype(np.float32), 0.5):
        points = _corners(line)
        x = offset[0] + (points[:, 1] - 0.5) * step[0]
        y = offset[1] + (points[:, 0] - 0.5) * step[1]
        pairs = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
        parts.append(f"M{pairs}Z")
    return "".join(parts)


def _corners(line: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points of a closed line (its last point is its first) where it turns."""
    points = line[:-1]
    before, after = points - np.roll(points, 1, axis=0), np.roll(points, -1, axis=0) - points
    turning = before[:, 0] * after[:, 1] != before[:, 1] * after[:, 0]
    corners: NDArray[np.float64] = points[turning]
    return corners


def inner_points(mask: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return pixels (n, 2), row and column, deep inside a mask, the deepest first."""
    from scipy.ndimage import distance_transform_edt

    depth = distance_transform_edt(np.pad(mask, 1))[1:-1, 1:-1]
    where = np.argwhere(depth >= 0.5 * depth.max())
    order = np.argsort(-depth[where[:, 0], where[:, 1]], kind="stable")
    return where[order].astype(np.float64)
