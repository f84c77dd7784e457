"""What a material does to X-rays: LAC, electron density, cross-section per electron."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xscan.physics.composition import Composition, mass_fractions
from xscan.physics.elements import Part, atomic_mass, atomic_number, mass_attenuation

__all__ = ["electron_cross_section", "electrons_per_gram", "element_cross_sections", "lac", "rho_e"]


def electrons_per_gram(composition: Composition) -> float:
    """Σ wᵢZᵢ/Aᵢ, mol e⁻/g."""
    total = 0.0
    for symbol, weight in mass_fractions(composition):
        z = atomic_number(symbol)
        total += weight * z / atomic_mass(z)
    return total


def rho_e(composition: Composition, density: float) -> float:
    """Electron density, mol e⁻/cm³, at a density in g/cm³."""
    return density * electrons_per_gram(composition)


def lac(composition: Composition, density: float, energy_kev: ArrayLike, part: Part = "total") -> NDArray[np.float64]:
    """Linear attenuation coefficient, 1/cm, at each energy (keV), of a material of `density` g/cm³."""
    total = np.zeros(np.shape(energy_kev))
    for symbol, weight in mass_fractions(composition):
        total = total + weight * mass_attenuation(atomic_number(symbol), energy_kev, part)
    return density * total


def electron_cross_section(composition: Composition, energy_kev: ArrayLike) -> NDArray[np.float64]:
    """Attenuation per mole of electrons, cm²/mol."""
    section: NDArray[np.float64] = lac(composition, 1.0, energy_kev) / electrons_per_gram(composition)
    return section


def element_cross_sections(numbers: ArrayLike, energy_kev: ArrayLike) -> NDArray[np.float64]:
    """Attenuation per mole of electrons, cm²/mol, of shape (*numbers, *energy), of atoms whose Z need not be whole.

    Between elements the cross-section is interpolated linearly, as the definition of z_e does.
    """
    energy = np.atleast_1d(np.asarray(energy_kev, dtype=np.float64))
    every = np.arange(1, 93)
    per_gram = np.array([z / atomic_mass(int(z)) for z in every])
    sections = mass_attenuation(every, energy) / per_gram[:, None]
    x = np.clip(np.asarray(numbers, dtype=np.float64), 1, 92)
    below = np.clip(x.astype(int), 1, 91)
    share = (x - below)[..., None]
    between: NDArray[np.float64] = sections[below - 1] * (1 - share) + sections[below] * share
    return between
