"""The density signature of an object: what it weighs and what it is made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xscan.model.checks import in_unit_interval
from xscan.model.measure import Measure

__all__ = ["MaterialShare", "Signature"]


@dataclass(frozen=True)
class MaterialShare:
    """One candidate material and how much of the object's mass, or of the belief, it has (0..1)."""

    name: str
    kind: str
    fraction: float

    def __post_init__(self) -> None:
        in_unit_interval("fraction", self.fraction)


@dataclass(frozen=True, eq=False)
class Signature:
    """What integrating the calibrated volumes over one object gives; `None` is "cannot be known".

    Parameters
    ----------
    object_id : the object
    volume_mm3 : of its own material (not of what it encloses)
    mass_g : of its own voxels plus those of the parts inside it (CONTRACT.md)
    own_mass_g : of its own voxels alone
    density : g/cm³, of its own material
    rho_e : mol e⁻/cm³
    z_e : LLNL definition
    attenuation : mean in MHU, or arbitrary
    material : name of the most likely material, or "unknown"
    kind : its class, or "unknown"
    materials : candidates, most likely first
    metal_near : 0..1, how far streaks of metal may have touched it
    histogram : counts over `histogram_edges` of attenuation in its own voxels
    """

    object_id: int
    volume_mm3: Measure
    mass_g: Measure | None
    own_mass_g: Measure | None
    density: Measure | None
    rho_e: Measure | None
    z_e: Measure | None
    attenuation: Measure
    material: str = "unknown"
    kind: str = "unknown"
    materials: tuple[MaterialShare, ...] = ()
    metal_near: float = 0.0
    histogram: NDArray[np.int64] | None = None
    histogram_edges: NDArray[np.float64] | None = None
