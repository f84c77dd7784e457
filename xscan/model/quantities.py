"""What calibration makes of a scan: volumes whose sums over a region mean something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from xscan.model.grid import Grid
from xscan.model.unit import Unit
from xscan.model.volume import Volume

__all__ = ["Quantities"]


@dataclass(frozen=True, eq=False, repr=False)
class Quantities:
    """Calibrated volumes on one grid.

    Every volume is additive: a voxel half filled shows half the value (only `photo` and `rho_e` together give
    z_e, as ``(photo / rho_e) ** (1 / photo_exponent)``), so that integrals over blurred edges keep their meaning.

    Parameters
    ----------
    attenuation : what objects are found on; MHU (air 0, water 1000) or, where no scale is known, `arbitrary`
        scaled so that air is near 0 and the bulk of the bright voxels near 1000
    rho_e : electron density, mol e⁻/cm³; only where two energies or the scanner give it
    photo : ``rho_e * z_e ** photo_exponent``, only where z_e can be known
    photo_exponent : of z_e in `photo`
    density : g/cm³, only where the scanner itself delivers density
    basis : what the numbers rest on
    kvp : tube voltages, where known, as text for reports: "100/160 kVp"
    rho_e_rel, z_e_rel : relative systematic uncertainty (one sigma) of the calibration
    noise_mhu : standard deviation of `attenuation` in air, from the scan itself
    notes : sentences a report should carry, e.g. that the nominal water scale was used
    corrected : how far a correction for beam hardening moved `rho_e`, as a share, float32 (z, y, x) of coarse voxels
    corrected_voxels : voxels of `grid` that make a coarse one, along z, y, x
    streaks : how much a correction of metal's streaks moved `attenuation`, MHU, float32 (z, y, x) of coarse voxels
    streaks_voxels : voxels of `grid` that make one of those, along z, y, x
    """

    attenuation: Volume
    basis: Literal["calibrated", "nominal", "scanner", "single-energy", "none"]
    rho_e: Volume | None = None
    photo: Volume | None = None
    photo_exponent: float = 3.0
    density: Volume | None = None
    kvp: str = ""
    rho_e_rel: float = 0.0
    z_e_rel: float = 0.0
    noise_mhu: float = 0.0
    notes: tuple[str, ...] = ()
    corrected: NDArray[np.float32] | None = None
    corrected_voxels: tuple[int, int, int] = (1, 1, 1)
    streaks: NDArray[np.float32] | None = None
    streaks_voxels: tuple[int, int, int] = (1, 1, 1)

    def __post_init__(self) -> None:
        for name in ("rho_e", "photo", "density"):
            volume = getattr(self, name)
            if volume is not None and volume.grid != self.grid:
                raise ValueError(f"{name}: expected {self.grid!r}, got {volume.grid!r}")
        if self.attenuation.unit not in (Unit.MHU, Unit.ARBITRARY):
            raise ValueError(f"attenuation: expected MHU or arbitrary, got {self.attenuation.unit}")

    @property
    def grid(self) -> Grid:
        """The grid of every volume."""
        return self.attenuation.grid

    @property
    def has_scale(self) -> bool:
        """Whether values have a physical scale at all."""
        return self.attenuation.unit is not Unit.ARBITRARY

    def __repr__(self) -> str:
        names = [n for n in ("attenuation", "rho_e", "photo", "density") if getattr(self, n) is not None]
        return f"Quantities({', '.join(names)}; {self.basis}; {self.grid!r}, noise {self.noise_mhu:.3g})"
