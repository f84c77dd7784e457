"""A number at every place: a grid of values that is read between its points, with its gradient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from xscan_kernels import FieldGrid

__all__ = ["Field"]


@dataclass(frozen=True, eq=False)
class Field:
    """Signed distance (mm, negative inside) on a grid.

    Parameters
    ----------
    values : float32 (z, y, x)
    origin : position (x, y, z), mm, of values[0, 0, 0]
    spacing : distance of neighbours along x, y, z, mm
    """

    values: NDArray[np.float32]
    origin: NDArray[np.float64]
    spacing: NDArray[np.float64]

    @property
    def grid(self) -> FieldGrid:
        """The same, as kernels take it."""
        from xscan_kernels import FieldGrid

        return FieldGrid(self.values, self.origin, self.spacing)

    def index(self, points: NDArray[np.floating]) -> NDArray[np.float32]:
        """Grid coordinates (x, y, z) of points (..., 3), mm."""
        scale = (1.0 / self.spacing).astype(np.float32)
        shift = (self.origin / self.spacing).astype(np.float32)
        out: NDArray[np.float32] = points.astype(np.float32, copy=False) * scale - shift
        return out

    def sample(self, points: NDArray[np.floating]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Values (...) and gradients (..., 3) per mm at points (..., 3) in x, y, z, mm.

        Outside of the grid the distance from its border is added, so that a search started too far away
        still finds its way back.
        """
        nz, ny, nx = self.values.shape
        g = self.index(points)
        top = np.array([nx - 1.001, ny - 1.001, nz - 1.001], dtype=np.float32)
        inner = np.clip(g, 0, top)
        cell = inner.astype(np.int64)
        f = inner - cell
        flat = (cell[..., 2] * ny + cell[..., 1]) * nx + cell[..., 0]
        v = self.values.reshape(-1)
        c000, c001 = v[flat], v[flat + 1]
        c010, c011 = v[flat + nx], v[flat + nx + 1]
        flat = flat + nx * ny
        c100, c101 = v[flat], v[flat + 1]
        c110, c111 = v[flat + nx], v[flat + nx + 1]
        fx, fy, fz = f[..., 0], f[..., 1], f[..., 2]
        c00, c01 = c000 + fx * (c001 - c000), c010 + fx * (c011 - c010)
        c10, c11 = c100 + fx * (c101 - c100), c110 + fx * (c111 - c110)
        c0, c1 = c00 + fy * (c01 - c00), c10 + fy * (c11 - c10)
        value = c0 + fz * (c1 - c0)
        dx0 = (c001 - c000) + fy * ((c011 - c010) - (c001 - c000))
        dx1 = (c101 - c100) + fy * ((c111 - c110) - (c101 - c100))
        gradient = np.stack([dx0 + fz * (dx1 - dx0), (c01 - c00) + fz * ((c11 - c10) - (c01 - c00)), c1 - c0], axis=-1)
        gradient /= self.spacing.astype(np.float32)
        beyond = (g - inner) * self.spacing.astype(np.float32)
        far = np.sqrt((beyond * beyond).sum(axis=-1))
        out = far > 0
        if out.any():
            value = value + far
            gradient[out] = beyond[out] / far[out][:, None]
        return value, gradient

    def value(self, points: NDArray[np.floating]) -> NDArray[np.float32]:
        """Values alone (see `sample`)."""
        return self.sample(points)[0]
