"""How plain a shape is: many things are boxes, balls and cylinders, so such a shape proves little."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["plainness"]


def plainness(points: NDArray[np.float64], axes: NDArray[np.float64], spreads: NDArray[np.float64]) -> float:
    """Root mean square distance, mm, of a surface from the nearest ellipsoid, box or elliptic cylinder.

    Parameters
    ----------
    points : (n, 3) evenly over the surface, from the solid's centroid
    axes : columns are the principal axes
    spreads : standard deviations of the solid along them: they give the primitives their size
    """
    p = points @ axes
    found = [_ellipsoid(p, np.sqrt(5.0) * spreads), _box(p, np.sqrt(3.0) * spreads)]
    for k in range(3):
        i, j = (k + 1) % 3, (k + 2) % 3
        around = _ellipsoid(p[:, [i, j]], 2.0 * spreads[[i, j]])
        along = np.abs(p[:, k]) - np.sqrt(3.0) * spreads[k]
        outside = np.hypot(np.maximum(around, 0), np.maximum(along, 0))
        found.append(outside + np.minimum(np.maximum(around, along), 0))
    return float(min(np.sqrt((d**2).mean()) for d in found))


def _ellipsoid(p: NDArray[np.float64], half: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distance from an ellipsoid or ellipse, to first order: value over gradient (Taubin 1991)."""
    value = np.linalg.norm(p / half, axis=1)
    slope = np.linalg.norm(p / half**2, axis=1) / np.maximum(value, 1e-9)
    d: NDArray[np.float64] = (value - 1) / np.maximum(slope, 1 / half.max())
    return d


def _box(p: NDArray[np.float64], half: NDArray[np.float64]) -> NDArray[np.float64]:
    q = np.abs(p) - half
    d: NDArray[np.float64] = np.linalg.norm(np.maximum(q, 0), axis=1) + np.minimum(q.max(axis=1), 0)
    return d
