"""X-ray spectra with few parameters, and what a water-corrected scanner makes of a thin sample.

The tube is Kramers' continuum (Phil. Mag. 46 (1923) 836), weakened on its way out of the target from the depth that
Thomson-Whiddington's law gives, with the K lines of tungsten, whose yield grows as (U − 1)^1.63 (Green and Cosslett,
J. Phys. D 1 (1968) 425), behind aluminium. The detector integrates energy, with an efficiency that is a power of it.
Whatever differs from a real tube (anode angle, copper, scintillator) acts on the beam much as more or less aluminium
and another power would, which is why both are fitted and not believed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from xscan.physics.attenuation import lac

__all__ = ["Beam", "water_lac"]

WATER_DENSITY = 0.998
LOWEST_KEV = 12.0
STEP_KEV = 2.0
K_EDGE_KEV = 69.525
GROUP_WIDTH = 0.08
LEAST_WEIGHT = 1e-5
STOPPING = 6.0e5  # Thomson-Whiddington constant, keV² cm²/g (Birch and Marshall, Phys. Med. Biol. 24 (1979) 505)
ANODE_DEG = 14.0
TUNGSTEN_DENSITY = 19.3
# energy keV and share of all K photons of Kα1, Kα2, Kβ1+3, Kβ2 of tungsten (X-ray Data Booklet)
K_LINES = ((59.32, 0.50), (57.98, 0.29), (67.24, 0.165), (69.07, 0.045))
K_YIELD = 0.11  # K photons per photon of the continuum at U = 2, of thick tungsten targets at 80 to 200 kV
TILT_KEV = 60.0

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Beam:
    """The effective spectrum of one channel.

    Parameters
    ----------
    kvp : tube voltage, kV
    filter_mm : effective aluminium, mm
    scatter : share of what is taken out of the beam that reaches the detector elsewhere (`physics.scatter`)
    tilt : power of energy that the detector's efficiency follows
    """

    kvp: float
    filter_mm: float
    scatter: float = 0.0
    tilt: float = 0.0

    @cached_property
    def energy_kev(self) -> Array:
        """Centres of the energy bins."""
        return np.arange(LOWEST_KEV + STEP_KEV / 2, self.kvp, STEP_KEV)

    @cached_property
    def weights(self) -> Array:
        """Share of the detector's signal by energy bin, of sum 1, with nothing in the beam."""
        energy = self.energy_kev
        depth = np.maximum(self.kvp**2 - energy**2, 0) / (4 * STOPPING * TUNGSTEN_DENSITY)  # cm, mean
        out = lac("W", TUNGSTEN_DENSITY, energy) * depth / np.tan(np.radians(ANODE_DEG))
        photons = np.clip(self.kvp / energy - 1, 0, None) * np.exp(-out)
        if self.kvp > K_EDGE_KEV:
            lines = photons.sum() * K_YIELD * (self.kvp / K_EDGE_KEV - 1) ** 1.63
            for line, share in K_LINES:
                near = np.maximum(1 - np.abs(energy - line) / STEP_KEV, 0)
                photons = photons + lines * share * near
        signal = photons * energy * (energy / TILT_KEV) ** self.tilt
        signal *= np.exp(-lac("Al", 2.699, energy) * self.filter_mm / 10)
        weights: Array = signal / signal.sum()
        return weights

    def gathered(self) -> tuple[Array, Array]:
        """Mean energies and weights of groups of bins about 8 % wide, within which matter attenuates alike."""
        group = (np.log(self.energy_kev / LOWEST_KEV) / GROUP_WIDTH).astype(np.intp)
        weight = np.bincount(group, self.weights)
        energy = np.bincount(group, self.weights * self.energy_kev)
        kept = weight > LEAST_WEIGHT
        means: Array = energy[kept] / weight[kept]
        return means, weight[kept] / weight[kept].sum()

    @cached_property
    def water(self) -> Array:
        """LAC of water by energy bin, 1/cm."""
        return lac("H2O", WATER_DENSITY, self.energy_kev)

    @cached_property
    def _water_curve(self) -> tuple[Array, Array]:
        length: Array = np.concatenate([np.linspace(0, 50, 126), np.linspace(51, 400, 175)])
        curve: Array = -np.log(np.exp(-np.outer(length, self.water)) @ self.weights)
        return length, curve

    def water_equivalent_cm(self, transmission: Array) -> Array:
        """Length of water, cm, that a scanner's water correction reads from a signal (1: nothing in the beam)."""
        length, curve = self._water_curve
        return np.interp(-np.log(transmission), curve, length)

    def response(self, sections: Array, context_cm: float = 0.0) -> Array:
        """What a thin sample reads, as LAC over that of water, per unit of its electron density.

        Parameters
        ----------
        sections : cross-sections per mole of electrons by energy bin, cm²/mol, of shape (..., bins)
        context_cm : water that the rays also cross
        """
        hard = self.weights * np.exp(-self.water * context_cm)
        ratio: Array = (sections @ hard) / (hard @ self.water)
        return ratio


def water_lac(beam: Beam) -> float:
    """LAC of water, 1/cm, that a scanner of that beam would show (a thin sample's)."""
    return float(beam.weights @ beam.water)
