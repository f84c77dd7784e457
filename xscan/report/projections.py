"""The parcel as an X-ray machine would show it: sums along the three axes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xscan.model import Quantities, Volume
from xscan.report.colours import Image
from xscan.report.ink import WATER_LAC, ink_rays

__all__ = ["projections"]


def projections(quantities: Quantities) -> tuple[Image, Image, Image]:
    """Return pictures along z, y and x, each (rows, columns, 3) in the order of the axes that are left."""
    depth = _sums(quantities.attenuation)
    rho_e = photo = None
    if quantities.rho_e is not None and quantities.photo is not None:
        rho_e, photo = _sums(quantities.rho_e), _sums(quantities.photo)
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


def _sums(volume: Volume) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Sums along z, y, x, float64, by slab."""
    nz, ny, nx = volume.grid.shape
    along_z, along_y, along_x = np.zeros((ny, nx)), np.zeros((nz, nx)), np.zeros((nz, ny))
    for z, values in volume.slabs():
        along_z += values.sum(axis=0, dtype=np.float64)
        along_y[z] = values.sum(axis=1)
        along_x[z] = values.sum(axis=2)
    return along_z, along_y, along_x
