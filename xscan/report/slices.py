"""Plane pictures of the scan in operators' colours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xscan.model import Volume
from xscan.report.colours import Image
from xscan.report.ink import ink_slice
from xscan.report.scene import Scene, Window, part

__all__ = ["plane", "slice_picture"]


def plane(window: Window, axis: int, index: int) -> Window:
    """Return the box cut down to one plane."""
    cut = list(window)
    cut[axis] = slice(index, index + 1)
    return cut[0], cut[1], cut[2]


def slice_picture(scene: Scene, window: Window, axis: int, index: int) -> Image:
    """Return the picture (rows, columns, 3) of one plane of a box, in the order of the axes that are left.

    The class is told from a mean over three planes and 3 by 3 voxels, the darkness from the plane itself.
    """
    q = scene.quantities
    attenuation = np.squeeze(part(q.attenuation, plane(window, axis, index)), axis)
    rho_e = photo = None
    if q.rho_e is not None and q.photo is not None:
        rho_e, photo = (_calm(v, window, axis, index) for v in (q.rho_e, q.photo))
    return ink_slice(attenuation, rho_e, photo, q.photo_exponent, q.noise_mhu)


def _calm(volume: Volume, window: Window, axis: int, index: int) -> NDArray[np.floating]:
    from scipy.ndimage import uniform_filter

    thick = list(window)
    thick[axis] = slice(max(0, index - 1), min(volume.grid.shape[axis], index + 2))
    values = part(volume, (thick[0], thick[1], thick[2])).mean(axis=axis)
    return np.asarray(uniform_filter(values, 3, mode="nearest"))
