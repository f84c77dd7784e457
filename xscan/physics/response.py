"""From two channels to electron density and z_e: additive maps with the true cross-sections behind them.

A voxel that is partly air shows a share of both channels, so that their ratio, and with it z_e, stays. Every map
here is therefore homogeneous (twice the channels, twice the result): a linear part, and a factor near 1 that
depends on the ratio alone and makes up for what a power law of Z cannot say.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xscan.physics.attenuation import electron_cross_section, element_cross_sections
from xscan.physics.spectrum import Beam
from xscan.physics.zeff import z_e_many

__all__ = ["DualMap", "dual_map", "linear_response"]

Array = NDArray[np.float64]

Z_GRID = np.round(np.arange(4.5, 40.01, 0.1), 3)
Z_FITTED = (5.0, 30.0)  # where the power law is asked to hold
# what light goods are: hydrogen, which they hold and their neighbours among the elements do not, makes the z_e of their
# ratio up to 1 % too low; from fluorine on there is nothing to mend
LIGHT = ("C2H4", "C8H8", "C6H11NO", "C5H8O2", "H2O", "C2F4")
EXPONENTS = np.round(np.arange(2.4, 4.01, 0.05), 2)


@dataclass(frozen=True, eq=False)
class DualMap:
    """Map of water-scaled channels (water 1) to electron density (mol/cm³) and photo.

    Parameters
    ----------
    rho_e, photo : coefficients of (low, high)
    exponent : p of photo = rho_e · z_e^p
    ratio : low over high, rising
    rho_e_factor, photo_factor, z_e : at `ratio`
    """

    rho_e: tuple[float, float]
    photo: tuple[float, float]
    exponent: float
    ratio: Array
    rho_e_factor: Array
    photo_factor: Array
    z_e: Array

    def invert(self, low: float, high: float) -> tuple[float, float]:
        """Electron density and z_e of a pair of channels."""
        ratio = low / high
        electrons = (self.rho_e[0] * low + self.rho_e[1] * high) * np.interp(ratio, self.ratio, self.rho_e_factor)
        return float(electrons), float(np.interp(ratio, self.ratio, self.z_e))


def linear_response(beam: Beam, context_cm: float) -> Array:
    """What the elements of `Z_GRID` read per unit of electron density, water 1."""
    return beam.response(element_cross_sections(Z_GRID, beam.energy_kev), context_cm)


def dual_map(low: Beam, high: Beam, context_cm: float) -> DualMap:
    """The map of two beams.

    Raises
    ------
    ValueError : the two beams are too alike to tell z_e
    """
    a, b = linear_response(low, context_cm), linear_response(high, context_cm)
    rising = _rising(a / b)
    z, a, b = Z_GRID[:rising], a[:rising], b[:rising]
    if z.size < 50:
        raise ValueError("channels: low and high are too alike to tell atomic numbers apart")
    inside = (z >= Z_FITTED[0]) & (z <= Z_FITTED[1])
    weight = 1 / z[inside]  # goods are mostly light
    system = np.stack([a, b], axis=1)
    electrons = np.linalg.lstsq(system[inside] * weight[:, None], weight, rcond=None)[0]
    best: tuple[float, float, Array] | None = None
    for p in EXPONENTS:
        relative = system / (z**p)[:, None]
        photo, *_ = np.linalg.lstsq(relative[inside] * weight[:, None], weight, rcond=None)
        misfit = float(np.abs((relative[inside] @ photo - 1) * weight).max())
        if best is None or misfit < best[0]:
            best = misfit, float(p), photo
    assert best is not None
    _, exponent, photo = best
    number = z * _hydrogen(low, high, context_cm, a / b, z)
    return DualMap(
        rho_e=(float(electrons[0]), float(electrons[1])),
        photo=(float(photo[0]), float(photo[1])),
        exponent=exponent,
        ratio=a / b,
        rho_e_factor=1 / (system @ electrons),
        photo_factor=number**exponent / (system @ photo),
        z_e=number,
    )


def _hydrogen(low: Beam, high: Beam, context_cm: float, ratio: Array, z: Array) -> Array:
    """z_e of light compounds over that of the element that has their ratio of channels, for every `z`."""
    one, two = (
        np.array([float(beam.response(electron_cross_section(c, beam.energy_kev), context_cm)) for c in LIGHT])
        for beam in (low, high)
    )
    seen = np.interp(one / two, ratio, z)
    factor: Array = np.interp(z, seen, z_e_many(LIGHT) / seen, right=1.0)
    return factor


def _rising(ratio: Array) -> int:
    """Number of leading entries along which the ratio rises clearly."""
    stops = np.flatnonzero(np.diff(ratio) < 1e-4 * ratio[:-1])
    return int(stops[0]) + 1 if stops.size else ratio.size
