"""X-ray spectra with few parameters, and what a water-corrected scanner makes of a thin sample.

The tube is Kramers' continuum (Phil. Mag. 46 (1923) 836) with the K lines of tungsten, whose yield grows as
(U − 1)^1.63 (Green and Cosslett, J. Phys. D 1 (1968) 425), behind aluminium; the detector integrates energy.
Whatever differs from a real tube (anode angle, scintillator, copper) acts on the beam as more or less
aluminium would, which is why that thickness is fitted and not believed.
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
# energy keV and relative yield of Kα1, Kα2, Kβ1+3, Kβ2 of tungsten (X-ray Data Booklet)
K_LINES = ((59.318, 1.0), (57.981, 0.576), (67.2, 0.33), (69.07, 0.08))
K_YIELD = 20.0  # photons of Kα1 at U = 2, in units of Kramers' continuum per keV at half the tube voltage

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Beam:
    """The effective spectrum of one channel.

    Parameters
    ----------
    kvp : tube voltage, kV
    filter_mm : effective aluminium, mm
    scatter : scattered over unattenuated signal that reaches the detector
    lines : yield of the K lines, 1 as of a plain tungsten tube (detectors and targets differ)
    """

    kvp: float
    filter_mm: float
    scatter: float = 0.0
    lines: float = 1.0

    @cached_property
    def energy_kev(self) -> Array:
        """Centres of the energy bins."""
        return np.arange(LOWEST_KEV + STEP_KEV / 2, self.kvp, STEP_KEV)

    @cached_property
    def weights(self) -> Array:
        """Share of the detector's signal by energy bin, of sum 1, with nothing in the beam."""
        energy = self.energy_kev
        photons = np.clip(self.kvp / energy - 1, 0, None) * STEP_KEV
        if self.kvp > K_EDGE_KEV:
            for line, share in K_LINES:
                nearest = int(np.argmin(np.abs(energy - line)))
                photons[nearest] += self.lines * K_YIELD * share * (self.kvp / K_EDGE_KEV - 1) ** 1.63
        signal = photons * energy * np.exp(-lac("Al", 2.699, energy) * self.filter_mm / 10)
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
        logarithm = -np.log((transmission + self.scatter) / (1 + self.scatter))
        return np.interp(logarithm, curve, length)

    def response(self, sections: Array, context_cm: float = 0.0) -> Array:
        """What a thin sample reads, as LAC over that of water, per unit of its electron density.

        Parameters
        ----------
        sections : cross-sections per mole of electrons by energy bin, cm²/mol, of shape (..., bins)
        context_cm : water that the rays also cross
        """
        hard = self.weights * np.exp(-self.water * context_cm)
        signal = hard.sum() + self.scatter
        seen = self.water_equivalent_cm(np.array(hard.sum()))
        after_water = self.weights * np.exp(-self.water * seen)
        slope = (after_water @ self.water) / after_water.sum()
        ratio: Array = sections @ hard / signal / slope
        return ratio


def water_lac(beam: Beam) -> float:
    """LAC of water, 1/cm, that a scanner of that beam would show (a thin sample's)."""
    return float(beam.weights @ beam.water)
