"""A two-dimensional X-ray image (DX)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xscan.model.unit import Unit
from xscan.model.volume import StoredArray

__all__ = ["Projection"]


@dataclass(frozen=True, eq=False, repr=False)
class Projection:
    """Values of a DX image (y, x): ``value = stored * slope + intercept``, in `unit`.

    Parameters
    ----------
    stored : array-like (y, x)
    pixel_size_mm : mm along y, x, at the detector
    """

    stored: StoredArray
    pixel_size_mm: tuple[float, float]
    unit: Unit = Unit.ARBITRARY
    slope: float = 1.0
    intercept: float = 0.0

    def __post_init__(self) -> None:
        if len(self.stored.shape) != 2:
            raise ValueError(f"stored: expected two dimensions, got shape {tuple(self.stored.shape)}")
        if len(self.pixel_size_mm) != 2 or not all(np.isfinite(s) and s > 0 for s in self.pixel_size_mm):
            raise ValueError(f"pixel_size_mm: expected two positive numbers, got {self.pixel_size_mm!r}")
        object.__setattr__(self, "unit", Unit(self.unit))

    @property
    def shape(self) -> tuple[int, int]:
        """Pixels along y, x."""
        y, x = self.stored.shape
        return y, x

    def array(self) -> NDArray[np.float32]:
        """Values, float32."""
        return np.asarray(self.stored[...], dtype=np.float32) * np.float32(self.slope) + np.float32(self.intercept)

    def __repr__(self) -> str:
        y, x = self.shape
        return (
            f"Projection({y}×{x} pixels of {self.pixel_size_mm[0]:g}×{self.pixel_size_mm[1]:g} mm, {self.unit.value})"
        )
