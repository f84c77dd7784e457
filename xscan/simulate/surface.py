"""The surface of a shape as a triangle mesh."""

from __future__ import annotations

import numpy as np

from xscan.model import Mesh
from xscan.simulate.shapes import Shape, bounds, distance

__all__ = ["surface_of"]


def surface_of(shape: Shape, pitch: float = 0.8) -> Mesh:
    """Mesh of a shape's surface by marching cubes."""
    from skimage.measure import marching_cubes

    low, high = bounds(shape)
    low, high = low - 2 * pitch, high + 2 * pitch
    axes = [np.arange(a, b + pitch, pitch, dtype=np.float32) for a, b in zip(low, high, strict=True)]
    x, y, z = axes[0][:, None, None], axes[1][None, :, None], axes[2][None, None, :]
    field = distance(shape, (x, y, z))
    vertices, faces, _, _ = marching_cubes(field, 0.0, spacing=(pitch,) * 3, gradient_direction="descent")
    return Mesh(vertices.astype(np.float64) + [a[0] for a in axes], faces.astype(np.int64))
