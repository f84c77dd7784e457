"""X-ray spectra of tungsten tubes, and what an energy-integrating detector makes of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xscan.errors import MissingLibraryError
from xscan.simulate.materials import SceneMaterial, attenuation
from xscan.simulate.scanner import Beam, Scanner

__all__ = ["Detected", "detected", "fluence"]

TUNGSTEN = SceneMaterial(mix={"W": 1.0}, density=19.3)
GADOX = SceneMaterial(mix={"Gd2O2S": 1.0}, density=7.3)
# Thomson-Whiddington constant, keV² cm²/g: how deep electrons of an energy reach (Birch and Marshall 1979)
STOPPING = 6.0e5
K_EDGE_KEV = 69.525
# K lines of tungsten: energy keV, share of all K photons (Deslattes et al. 2003; Salem et al. 1974)
K_LINES = ((59.32, 0.50), (57.98, 0.29), (67.24, 0.165), (69.07, 0.045))
K_YIELD = 0.11  # K photons per photon of the continuum, for each unit of (U - 1)^1.63: fitted to spekpy, 80 to 200 kV


def _elements(filters_mm: dict[str, float], energy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Optical thickness of filters of pure elements."""
    from xscan.physics.attenuation import lac

    density = {
        "Al": 2.70,
        "Cu": 8.96,
        "Sn": 7.29,
        "Fe": 7.87,
        "Ti": 4.51,
        "Ag": 10.49,
        "W": 19.3,
        "Be": 1.85,
        "Pb": 11.34,
    }
    total = np.zeros_like(energy)
    for symbol, thickness in filters_mm.items():
        total = total + lac(symbol, density[symbol], energy) * thickness / 10.0
    return total


def fluence(beam: Beam, scanner: Scanner, energy_kev: NDArray[np.float64]) -> NDArray[np.float64]:
    """Photons per keV at each energy, of sum 1 (energies evenly spaced).

    Kramers' continuum, absorbed in the target over the depth that Thomson-Whiddington's law gives, with
    tungsten's K lines; then filtered. Or the spekpy library (Poludniowski et al. 2021), where asked for.
    """
    if scanner.spectrum == "spekpy":
        return _spekpy(beam, scanner, energy_kev)
    e0 = beam.kvp
    rest = np.maximum(e0 - energy_kev, 0)
    depth = np.maximum(e0**2 - energy_kev**2, 0) / (4 * STOPPING) * 10 / TUNGSTEN.density  # mm, mean
    path = depth / np.tan(np.radians(scanner.anode_angle_deg))
    photons = rest / energy_kev * np.exp(-attenuation(TUNGSTEN, energy_kev) * path)
    if e0 > K_EDGE_KEV:
        lines = photons.sum() * K_YIELD * (e0 / K_EDGE_KEV - 1) ** 1.63
        width = float(energy_kev[1] - energy_kev[0])
        for at, share in K_LINES:
            near = np.maximum(1 - np.abs(energy_kev - at) / width, 0)
            photons = photons + lines * share * near / max(near.sum(), 1e-12)
    photons = photons * np.exp(-_elements(beam.filters_mm, energy_kev))
    total: NDArray[np.float64] = photons / photons.sum()
    return total


def _spekpy(beam: Beam, scanner: Scanner, energy_kev: NDArray[np.float64]) -> NDArray[np.float64]:
    try:
        import spekpy
    except ImportError:
        raise MissingLibraryError("spectrum = 'spekpy' needs spekpy: pip install 'xscan[spectra]'") from None
    tube = spekpy.Spek(kvp=beam.kvp, th=scanner.anode_angle_deg, dk=0.5)
    tube.multi_filter(list(beam.filters_mm.items()))
    at, photons = tube.get_spectrum()
    found = np.interp(energy_kev, at, photons, left=0, right=0)
    total: NDArray[np.float64] = found / found.sum()
    return total


@dataclass(frozen=True, eq=False)
class Detected:
    """A beam as the detector weighs it: `weights` of sum 1 in signal, `variance` of one quantum's signal."""

    energy_kev: NDArray[np.float64]
    weights: NDArray[np.float64]
    variance: NDArray[np.float64]

    def transmission(self, lac_per_mm: NDArray[np.float64], length_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """Signal behind each length of one material, share of the signal in air."""
        passed: NDArray[np.float64] = np.exp(-np.multiply.outer(length_mm, lac_per_mm)) @ self.weights
        return passed

    def nodes(
        self, lac_per_mm: NDArray[np.float64], count: int
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Gather the energies into `count` nodes: LAC (count, materials), weights and variances (count,).

        A node holds neighbouring energies; its LAC is their weighted mean. Nodes lie densest where attenuation
        changes fast and signal is left behind nothing, 3 cm and 30 cm of water: by the cube root law of optimal
        quantisation (Panter and Dite 1951), over the logarithm of aluminium's attenuation.
        """
        water = attenuation(SceneMaterial(mix={"H2O": 1.0}, density=1.0), self.energy_kev)
        aluminium = np.log(attenuation(SceneMaterial(mix={"Al": 1.0}, density=2.7), self.energy_kev))
        signal = np.zeros_like(self.energy_kev)
        for depth in (0.0, 30.0, 300.0):
            left = self.weights * np.exp(-water * depth)
            signal += left / left.sum()
        share = np.cbrt(signal * np.gradient(aluminium) ** 2)
        group = np.minimum((np.cumsum(share) - share / 2) / share.sum() * count, count - 1e-9).astype(int)
        table = np.zeros((count, lac_per_mm.shape[1]))
        weights, variance = np.zeros(count), np.zeros(count)
        np.add.at(weights, group, self.weights)
        np.add.at(variance, group, self.variance)
        np.add.at(table, group, self.weights[:, None] * lac_per_mm)
        used = weights > 0
        return table[used] / weights[used, None], weights[used], variance[used]


def detected(beam: Beam, scanner: Scanner) -> Detected:
    """The beam weighed by what a scintillator absorbs of each photon and by that photon's energy."""
    energy = np.arange(10.5, beam.kvp, 1.0)
    absorbed = 1 - np.exp(-attenuation(GADOX, energy) * scanner.scintillator_mm)
    quanta = fluence(beam, scanner, energy) * absorbed
    quanta /= quanta.sum()
    mean = float((quanta * energy).sum())
    keep = quanta > 1e-9
    return Detected(energy[keep], (quanta * energy / mean)[keep], (quanta * energy**2 / mean**2)[keep])
