"""Effective atomic number by the LLNL definition (Azevedo et al., IEEE Trans. Nucl. Sci. 63 (2016) 341)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from xscan.physics.attenuation import electrons_per_gram
from xscan.physics.composition import Composition, mass_fractions
from xscan.physics.elements import atomic_mass, atomic_number, mass_attenuation

__all__ = ["z_e", "z_e_many"]

PATH_G_CM2 = 2.5  # areal density that the weight of an energy stands for


def z_e(composition: Composition) -> float:
    """Effective atomic number: the Z, linear between elements, whose cross-section per electron fits best.

    It minimises Σ w(E) [σ_material(E) − σ_Z(E)]² over 10 to 100 keV, w = exp(−2·2.5 g/cm²·µ(E)/ρ).
    """
    return float(z_e_many([composition])[0])


@cache
def _grid() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Attenuation per gram and per mole of electrons, of every element (92) at every energy (91)."""
    energy = np.linspace(10.0, 100.0, 91)
    every = np.arange(1, 93)
    per_gram = mass_attenuation(every, energy)
    electrons = np.array([z / atomic_mass(int(z)) for z in every])
    return per_gram, per_gram / electrons[:, None]


def z_e_many(compositions: Sequence[Composition]) -> NDArray[np.float64]:
    """Effective atomic number of each material."""
    per_gram, sections = _grid()
    step = np.diff(sections, axis=0)
    result = np.empty(len(compositions))
    for i, composition in enumerate(compositions):
        share = np.zeros(92)
        for symbol, weight in mass_fractions(composition):
            share[atomic_number(symbol) - 1] = weight
        attenuation = share @ per_gram
        weight_of_energy = np.exp(-2 * PATH_G_CM2 * attenuation)
        # between two elements the misfit is a parabola in Z: its lowest point, kept inside, of every pair
        away = attenuation / electrons_per_gram(composition) - sections[:-1]
        along = np.clip((away * step) @ weight_of_energy / ((step * step) @ weight_of_energy), 0.0, 1.0)
        misfit = (away - along[:, None] * step) ** 2 @ weight_of_energy
        best = int(np.argmin(misfit))
        result[i] = 1 + best + along[best]
    return result
