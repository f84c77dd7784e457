"""Where voxels lie: geometry apart from the numbers it carries."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xscan.model.checks import finite_triple, frozen_array

__all__ = ["Grid"]


@dataclass(frozen=True, eq=False, repr=False)
class Grid:
    """A regular grid of voxels.

    Positions inside a scan (scan mm) are offsets from the outer corner of voxel (0, 0, 0), in (z, y, x):
    ``(index + 0.5) * voxel_size``. `origin_mm` and `direction` place that scan frame in the world of the
    scanner and are carried, not used, by the stages.

    Parameters
    ----------
    shape : voxels along z, y, x
    voxel_size_mm : mm along z, y, x
    origin_mm : world position (x, y, z), mm, of the centre of voxel (0, 0, 0)
    direction : 3 by 3, columns are the world unit vectors of the x, y and z axis of the array; right-handed,
        so that a scan is never its own mirror image (readers flip an axis where a file is left-handed)
    """

    shape: tuple[int, int, int]
    voxel_size_mm: tuple[float, float, float]
    origin_mm: tuple[float, float, float] = (0.0, 0.0, 0.0)
    direction: NDArray[np.float64] = field(default_factory=lambda: np.eye(3))

    def __post_init__(self) -> None:
        if len(self.shape) != 3 or any(int(n) != n or n < 1 for n in self.shape):
            raise ValueError(f"shape: expected three whole numbers of at least 1, got {self.shape!r}")
        set_ = object.__setattr__
        set_(self, "shape", tuple(int(n) for n in self.shape))
        set_(self, "voxel_size_mm", finite_triple("voxel_size_mm", self.voxel_size_mm, positive=True))
        set_(self, "origin_mm", finite_triple("origin_mm", self.origin_mm))
        direction = frozen_array("direction", self.direction, (3, 3))
        if not np.allclose(direction.T @ direction, np.eye(3), atol=1e-3):
            raise ValueError("direction: expected orthonormal columns; shear (gantry tilt) must be resampled first")
        if np.linalg.det(direction) < 0:
            raise ValueError("direction: expected a right-handed frame, got a mirrored one; flip one axis first")
        set_(self, "direction", direction)

    @property
    def voxel_count(self) -> int:
        """Number of voxels."""
        z, y, x = self.shape
        return z * y * x

    @property
    def voxel_volume_mm3(self) -> float:
        """Volume of one voxel, mm³."""
        z, y, x = self.voxel_size_mm
        return z * y * x

    @property
    def extent_mm(self) -> tuple[float, float, float]:
        """Lengths of the whole grid along z, y, x, mm."""
        z, y, x = (n * s for n, s in zip(self.shape, self.voxel_size_mm, strict=True))
        return z, y, x

    def position_mm(self, index: ArrayLike) -> NDArray[np.float64]:
        """Scan position (z, y, x), mm, of voxel indices ``(..., 3)``; whole indices are voxel centres."""
        position: NDArray[np.float64] = (np.asarray(index, dtype=np.float64) + 0.5) * np.asarray(self.voxel_size_mm)
        return position

    def index(self, position_mm: ArrayLike) -> NDArray[np.float64]:
        """Voxel indices (real numbers) of scan positions ``(..., 3)`` in (z, y, x), mm."""
        index: NDArray[np.float64] = np.asarray(position_mm, dtype=np.float64) / np.asarray(self.voxel_size_mm) - 0.5
        return index

    def world_mm(self, position_mm: ArrayLike) -> NDArray[np.float64]:
        """World position (x, y, z), mm, of scan positions ``(..., 3)`` in (z, y, x), mm."""
        offset = np.asarray(position_mm, dtype=np.float64) - 0.5 * np.asarray(self.voxel_size_mm)
        world: NDArray[np.float64] = np.asarray(self.origin_mm) + offset[..., ::-1] @ self.direction.T
        return world

    def binned(self, factor: int) -> Grid:
        """Return the grid whose voxels are `factor`³ of these; voxels that do not fill one are cut off."""
        sizes = np.asarray(self.voxel_size_mm)
        first = self.world_mm(sizes * factor / 2)
        return Grid(
            tuple(max(1, n // factor) for n in self.shape),  # type: ignore[arg-type]
            tuple(sizes * factor),
            tuple(first),
            self.direction,
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Grid):
            return NotImplemented
        return (
            self.shape == other.shape
            and np.allclose(self.voxel_size_mm, other.voxel_size_mm, rtol=1e-6)
            and np.allclose(self.origin_mm, other.origin_mm, atol=1e-3)
            and np.allclose(self.direction, other.direction, atol=1e-5)
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        n = "×".join(map(str, self.shape))
        s = "×".join(f"{v:g}" for v in self.voxel_size_mm)
        return f"Grid({n} voxels of {s} mm)"
