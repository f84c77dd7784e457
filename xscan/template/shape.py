"""Measures of a solid that do not depend on how it lies, nor on what is inside it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Shape", "shape_of"]

RADII = 16


@dataclass(frozen=True, eq=False)
class Shape:
    """Measures of one filled solid.

    Parameters
    ----------
    volume : mm³
    area : mm²
    centre : centroid (x, y, z), mm
    axes : columns are the principal axes, longest first, right-handed
    spreads : standard deviations of the volume along them, mm
    radii : quantiles of the distance of the surface from the centre, mm (16,)
    """

    volume: float
    area: float
    centre: NDArray[np.float64]
    axes: NDArray[np.float64]
    spreads: NDArray[np.float64]
    radii: NDArray[np.float64]

    @property
    def size(self) -> float:
        """Radius of the surface, mean square, mm: the length that errors of pose are measured by."""
        return float(np.sqrt((self.radii**2).mean()))


def shape_of(
    inside: NDArray[np.bool_], origin: NDArray[np.float64], spacing: NDArray[np.float64], points: NDArray[np.float64]
) -> Shape:
    """Measure a voxelised solid.

    Parameters
    ----------
    inside : bool (z, y, x)
    origin : position (x, y, z), mm, of voxel (0, 0, 0)
    spacing : of voxels along x, y, z, mm
    points : (n, 3) evenly over its surface
    """
    cells = np.argwhere(inside)[:, ::-1] * spacing + origin
    centre = cells.mean(axis=0)
    covariance = np.cov((cells - centre).T) + np.diag(spacing**2 / 12)
    values, axes = np.linalg.eigh(covariance)
    axes = axes[:, ::-1].copy()
    if np.linalg.det(axes) < 0:
        axes[:, 2] *= -1
    radii = np.quantile(np.linalg.norm(points - centre, axis=1), (np.arange(RADII) + 0.5) / RADII)
    volume = float(len(cells) * np.prod(spacing))
    return Shape(volume, _area(inside, spacing), centre, axes, np.sqrt(np.maximum(values[::-1], 1e-9)), radii)


def _area(inside: NDArray[np.bool_], spacing: NDArray[np.float64]) -> float:
    """Area of the skin by Cauchy's formula: two thirds of the faces of its voxels, summed over three axes."""
    x, y, z = spacing
    faces = (y * x, z * x, z * y)
    total = sum(f * np.count_nonzero(np.diff(inside.astype(np.int8), axis=k)) for k, f in enumerate(faces))
    return float(total * 2 / 3)
