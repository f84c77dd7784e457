"""The parcel as an X-ray machine would show it: sums along the three axes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xscan.model import Quantities
from xscan.report.colours import Image
from xscan.report.ink import WATER_LAC, ink_rays

__all__ = ["projections"]

Sums = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]
SOLID = 100.0  # MHU; the class of a ray comes from what is denser, not from streaks in the air beside it


def projections(quantities: Quantities) -> tuple[Image, Image, Image]:
    """Return pictures along z, y and x, each (rows, columns, 3) in the order of the axes that are left."""
    depth = _sums(quantities.grid.shape)
    rho_e = photo = None
    if quantities.rho_e is not None and quantities.photo is not None:
        rho_e, photo = _sums(quantities.grid.shape), _sums(quantities.grid.shape)
    for z, attenuation in quantities.attenuation.slabs():
        _add(depth, z, attenuation)
        if quantities.rho_e is not None and quantities.photo is not None and rho_e and photo:
            solid = attenuation > SOLID
            _add(rho_e, z, quantities.rho_e.read(z) * solid)
            _add(photo, z, quantities.photo.read(z) * solid)
    pictures = []
    for axis, size in enumerate(quantities.grid.voxel_size_mm):
        optical = depth[axis] * (WATER_LAC / 1000 * size / 10)
        pictures.append(
            ink_rays(
                optical,
                None if rho_e is None else rho_e[axis],
                None if photo is None else photo[axis],
                quantities.photo_exponent,
            )
        )
    return pictures[0], pictures[1], pictures[2]


def _sums(shape: tuple[int, int, int]) -> Sums:
    nz, ny, nx = shape
    return np.zeros((ny, nx)), np.zeros((nz, nx)), np.zeros((nz, ny))


def _add(sums: Sums, z: slice, values: NDArray[np.float32]) -> None:
    """Add the planes `z` to the sums along z, y, x."""
    along_z, along_y, along_x = sums
    along_z += values.sum(axis=0, dtype=np.float64)
    along_y[z] = values.sum(axis=1)
    along_x[z] = values.sum(axis=2)
