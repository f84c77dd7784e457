"""Which materials an object may be made of, from electron density, z_e and the table."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xscan.model import Material, MaterialShare

__all__ = ["Evidence", "MaterialTable", "Naming", "together"]

Array = NDArray[np.float64]

UNKNOWN = "unknown"
# an unknown material may have any z_e and density, even in their logarithms, over these ranges
LOG_Z_SPAN = float(np.log(60.0 / 4.0))
LOG_DENSITY_SPAN = float(np.log(22.0 / 0.01))
UNKNOWN_PRIOR = 1.0  # as likely, before looking, as any one row of the table
UNKNOWN_ELECTRONS = (0.51, 0.03)  # mol e⁻/g and sigma over the table, where z_e is not known
UNKNOWN_Z_WIDTH = 0.1  # relative: so far in z_e materials have about the electrons per gram of one another
# what cannot stand as a thin wall by itself
NO_WALL = frozenset({"liquid", "cream", "powder", "food", "foam", "explosive-like", "plant"})
NO_WALL_PRIOR = 0.05
# walls of such things are seldom thinner, mm; how seldom falls off over this share of it
THINNEST_MM = {"ceramic": 2.5, "stone": 5.0, "mineral": 5.0, "animal": 2.5}
THINNEST_REL = 0.3
Z_WIDTH = 0.02  # relative: make by make, one material's z_e differs by about this


@dataclass(frozen=True)
class Evidence:
    """What was measured; NaN is "not known".

    Parameters
    ----------
    rho_e, rho_e_sigma : mol e⁻/cm³, of the material itself
    rho_e_least : the material's own electron density is at least about this (thin walls never reach it)
    wall_electrons : mol e⁻/cm² through a wall; NaN for what is no wall
    z_e, z_e_sigma : effective atomic number
    """

    rho_e: float
    rho_e_sigma: float
    rho_e_least: float
    z_e: float
    z_e_sigma: float
    wall_electrons: float = math.nan


@dataclass(frozen=True)
class Naming:
    """Candidates with their beliefs (sum 1, with unknown), and what they say of the object.

    Parameters
    ----------
    electrons_per_gram, electrons_sigma : mol e⁻/g over the belief
    density, density_sigma : g/cm³ over the belief, for objects that do not show their own
    """

    shares: tuple[MaterialShare, ...]
    electrons_per_gram: float
    electrons_sigma: float
    density: float
    density_sigma: float


class MaterialTable:
    """The table as arrays, made once for all objects."""

    def __init__(self, materials: Sequence[Material], rare_kinds: Mapping[str, float]) -> None:
        self.materials = tuple(materials)
        self.z_e = np.array([m.z_e for m in materials])
        self.electrons = np.array([m.rho_e_per_density for m in materials])
        self.lowest = np.array([m.density_g_cm3[0] for m in materials])
        self.highest = np.array([m.density_g_cm3[1] for m in materials])
        self.prior = np.array([rare_kinds.get(m.kind, 1.0) for m in materials])
        self.wall_prior = np.array([NO_WALL_PRIOR if m.kind in NO_WALL else 1.0 for m in materials])
        self.thinnest = np.array([THINNEST_MM.get(m.kind, 0.0) for m in materials])

    def name(self, e: Evidence, candidates: int) -> Naming:
        """Rank the table by how well it explains the evidence."""
        belief = self.prior.copy()
        unknown = UNKNOWN_PRIOR
        if np.isfinite(e.z_e):
            sigma = np.hypot(max(e.z_e_sigma, 1e-3), Z_WIDTH * self.z_e)
            belief = belief * np.exp(-0.5 * ((e.z_e - self.z_e) / sigma) ** 2) / sigma
            unknown *= 1 / (LOG_Z_SPAN * max(e.z_e, 1.0))
        if np.isfinite(e.rho_e):
            belief = belief * self._density_fit(e.rho_e / self.electrons, max(e.rho_e_sigma, 1e-4) / self.electrons)
            unknown *= 1 / (LOG_DENSITY_SPAN * max(e.rho_e, 0.01) / UNKNOWN_ELECTRONS[0])
        elif np.isfinite(e.rho_e_least):
            # only a lower limit is known: what cannot be as dense as was seen is out
            short = np.clip(e.rho_e_least / self.electrons - self.highest, 0, None) / (0.05 * self.highest)
            belief = belief * np.exp(-0.5 * short**2) * self.wall_prior
            if e.wall_electrons > 0:
                wall = 10 * e.wall_electrons / (self.electrons * (self.lowest + self.highest) / 2)
                thin = np.log(np.maximum(self.thinnest / wall, 1.0)) / THINNEST_REL
                belief = belief * np.exp(-0.5 * thin**2)
        total = float(belief.sum()) + unknown
        belief, unknown = belief / total, unknown / total
        return self._naming(belief, unknown, self._electrons_near(e.z_e), candidates)

    def _electrons_near(self, z_e: float) -> tuple[float, float]:
        """Electrons per gram of something unknown, and sigma: as of what has about its z_e."""
        if not z_e > 0:
            return UNKNOWN_ELECTRONS
        away = (np.log(self.z_e / z_e) / UNKNOWN_Z_WIDTH) ** 2
        weight = np.exp(-0.5 * (away - away.min()))
        mean = float(weight @ self.electrons / weight.sum())
        return mean, math.hypot(
            UNKNOWN_ELECTRONS[1], float(np.sqrt(weight @ (self.electrons - mean) ** 2 / weight.sum()))
        )

    def _density_fit(self, density: Array, sigma: Array) -> Array:
        """Likelihood of a density under an even spread from lowest to highest, blurred by sigma."""
        outside = np.maximum(np.maximum(self.lowest - density, density - self.highest), 0) / sigma
        fit: Array = np.exp(-0.5 * outside**2) / (self.highest - self.lowest + 2.507 * sigma)
        return fit

    def _naming(self, belief: Array, unknown: float, other: tuple[float, float], candidates: int) -> Naming:
        order = np.argsort(-belief, kind="stable")[:candidates]
        shares = [
            MaterialShare(self.materials[i].name, self.materials[i].kind, float(min(belief[i], 1.0))) for i in order
        ]
        shares.append(MaterialShare(UNKNOWN, UNKNOWN, float(min(unknown, 1.0))))
        shares = [s for s in shares if s.fraction >= 0.005]
        shares.sort(key=lambda s: -s.fraction)
        values = np.append(self.electrons, other[0])
        weights = np.append(belief, unknown)
        electrons = float(weights @ values)
        spread = float(weights @ (values - electrons) ** 2) + unknown * other[1] ** 2
        known = float(belief.sum())
        middle = (self.lowest + self.highest) / 2
        half = (self.highest - self.lowest) / np.sqrt(12)
        density = float(belief @ middle) / known if known > 0 else float("nan")
        width = float(belief @ ((middle - density) ** 2 + half**2)) / known if known > 0 else float("nan")
        return Naming(tuple(shares), electrons, float(np.sqrt(spread)), density, float(np.sqrt(width)))


def together(core: Naming, rim: Naming, core_electrons: float, candidates: int) -> Naming:
    """The naming of an object whose inside and wall differ; `core_electrons` is the inside's share of electrons."""
    parts = ((core, core_electrons), (rim, 1 - core_electrons))
    masses = [share / n.electrons_per_gram for n, share in parts]
    total = sum(masses)
    belief: dict[tuple[str, str], float] = {}
    for (naming, _), mass in zip(parts, masses, strict=True):
        for s in naming.shares:
            belief[s.name, s.kind] = belief.get((s.name, s.kind), 0.0) + s.fraction * mass / total
    shares = sorted((MaterialShare(*key, min(f, 1.0)) for key, f in belief.items()), key=lambda s: -s.fraction)
    sigma = math.hypot(*(n.electrons_sigma * m / total for (n, _), m in zip(parts, masses, strict=True)))
    return Naming(tuple(shares[: candidates + 1]), 1 / total, sigma, core.density, core.density_sigma)
