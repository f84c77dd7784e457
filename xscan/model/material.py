"""A material as the physics sees it."""

from __future__ import annotations

from dataclasses import dataclass

from xscan.model.checks import non_empty

__all__ = ["Material"]


@dataclass(frozen=True)
class Material:
    """One row of the table of materials.

    Parameters
    ----------
    name : e.g. "polyvinyl chloride"
    kind : class that a declaration can be held against: plastic, paper, textile, leather, wood, rubber, glass,
        ceramic, stone, liquid, cream, food, powder, metal, light-metal, battery, electronics, explosive-like, …
    composition : mass fraction by element symbol, sums to 1
    density_g_cm3 : lowest and highest density met in goods (packed powders, cloth and stacked paper reach low)
    rho_e_per_density : mol e⁻/g, Σ wᵢZᵢ/Aᵢ
    z_e : effective atomic number (LLNL definition, Azevedo et al. 2016)
    source : where composition and density come from
    """

    name: str
    kind: str
    composition: tuple[tuple[str, float], ...]
    density_g_cm3: tuple[float, float]
    rho_e_per_density: float
    z_e: float
    source: str = ""

    def __post_init__(self) -> None:
        non_empty("name", self.name)
        non_empty("kind", self.kind)
        low, high = self.density_g_cm3
        if not 0 < low <= high:
            raise ValueError(f"material {self.name}: expected 0 < lowest <= highest density, got {self.density_g_cm3}")
        total = sum(w for _, w in self.composition)
        if abs(total - 1) > 1e-3:
            raise ValueError(f"material {self.name}: expected mass fractions that sum to 1, got {total:.4f}")
