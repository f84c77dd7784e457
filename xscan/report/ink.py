"""From attenuation and z_e to darkness and colour."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xscan.report.colours import Image, paint

__all__ = ["THIN", "WATER_LAC", "darkness_of_voxel", "ink_alone", "ink_rays", "ink_slice"]

WATER_LAC = 0.2  # 1/cm at the effective energies of 100 to 160 kVp
LAYER_CM = 2.8  # a slice is inked as if it were so thick: water mid-tone, aluminium dark, iron black
STARVED = -np.log(0.01)  # optical depth of 1 % transmission
FAINT = -np.log(0.98)  # optical depth that is shown as nothing: noise of a ray through air
THIN = 60.0  # MHU; of thinner matter in a slice z_e is noise
CLASSLESS = -np.log(0.95)  # optical depth of 95 % transmission: too thin to tell a class


def darkness_of_voxel(attenuation: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return darkness 0..1 of attenuation in MHU (water 1000)."""
    depth = np.clip(attenuation, 0, None) * (WATER_LAC * LAYER_CM / 1000)
    return np.asarray(1 - np.exp(-depth))


def _darkness_of_ray(depth: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return darkness 0..1 of optical depth; 1 where less than 1 % passes."""
    return np.asarray(np.clip((depth - FAINT) / (STARVED - FAINT), 0, 1) ** 0.55)


def ink_slice(
    attenuation: NDArray[np.floating],
    rho_e: NDArray[np.floating] | None,
    photo: NDArray[np.floating] | None,
    exponent: float,
    noise: float,
) -> Image:
    """Return the picture of one slice (y, x, 3); grey where z_e cannot be known.

    Parameters
    ----------
    attenuation : MHU, or scaled so that the bulk is near 1000
    rho_e, photo : as in `Quantities`, smoothed
    noise : standard deviation of attenuation; below three times that no class is told
    """
    shown = np.where(attenuation > 2 * noise, attenuation, 0)
    z_e = None
    if rho_e is not None and photo is not None:
        z_e = _z_e(rho_e, photo, exponent)
        z_e[attenuation < max(THIN, 3 * noise)] = np.nan
    return paint(darkness_of_voxel(shown), z_e)


def ink_rays(
    depth: NDArray[np.floating],
    rho_e: NDArray[np.floating] | None,
    photo: NDArray[np.floating] | None,
    exponent: float,
) -> Image:
    """Return the picture of rays (y, x, 3) from their optical depth and the sums of rho_e and photo along them."""
    z_e = None
    if rho_e is not None and photo is not None:
        z_e = _z_e(rho_e, photo, exponent)
        z_e[depth < CLASSLESS] = np.nan
    picture = paint(_darkness_of_ray(depth), z_e)
    picture[depth > STARVED] = 0
    return picture


def ink_alone(
    attenuation: NDArray[np.floating],
    rho_e: NDArray[np.floating] | None,
    photo: NDArray[np.floating] | None,
    exponent: float,
) -> Image:
    """Return the picture of sums through one object (y, x, 3), with the contrast stretched to what it needs."""
    thickest = float(np.percentile(attenuation[attenuation > 0], 98)) if (attenuation > 0).any() else 1.0
    z_e = None if rho_e is None or photo is None else _z_e(rho_e, photo, exponent)
    return paint(np.clip(attenuation / thickest, 0, 1) ** 0.8 * 0.75, z_e)


def _z_e(rho_e: NDArray[np.floating], photo: NDArray[np.floating], exponent: float) -> NDArray[np.floating]:
    with np.errstate(divide="ignore", invalid="ignore"):
        z_e = (np.clip(photo, 0, None) / rho_e) ** (1 / exponent)
    z_e[~(rho_e > 0)] = np.nan
    return np.asarray(z_e)
