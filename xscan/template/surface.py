"""Points spread over surfaces, the same every time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["sample_triangles", "spread"]

# the plastic number's powers: the additive sequence of lowest discrepancy in two dimensions (Roberts 2018)
_R2 = np.array([0.7548776662466927, 0.5698402909980532])


def sample_triangles(
    vertices: NDArray[np.float64], faces: NDArray[np.int64], n: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """`n` points (n, 3), evenly by area, and the unit normals (n, 3) of the faces they lie on."""
    a, b, c = vertices[faces[:, 0]], vertices[faces[:, 1]], vertices[faces[:, 2]]
    cross = np.cross(b - a, c - a)
    area = np.linalg.norm(cross, axis=1)
    share = np.cumsum(area)
    face = np.searchsorted(share, (np.arange(n) + 0.5) / n * share[-1], side="right").clip(0, len(faces) - 1)
    u, v = (np.arange(n)[:, None] * _R2 % 1.0).T
    over = u + v > 1
    u[over], v[over] = 1 - u[over], 1 - v[over]
    points = a[face] + u[:, None] * (b - a)[face] + v[:, None] * (c - a)[face]
    normals = cross[face] / np.maximum(area[face], 1e-30)[:, None]
    return points, normals


def spread(points: NDArray[np.float64], n: int) -> NDArray[np.int64]:
    """Indices of `n` points that lie far from each other: each is the farthest from those before it."""
    n = min(n, len(points))
    chosen = np.zeros(n, dtype=np.int64)
    if n == 0:
        return chosen
    p = points.astype(np.float32)
    chosen[0] = int(np.argmax(((p - p.mean(axis=0)) ** 2).sum(axis=1)))
    nearest = ((p - p[chosen[0]]) ** 2).sum(axis=1)
    for k in range(1, n):
        chosen[k] = int(np.argmax(nearest))
        np.minimum(nearest, ((p - p[chosen[k]]) ** 2).sum(axis=1), out=nearest)
    return chosen
