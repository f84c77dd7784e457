"""What a scanner's numbers mean: found from reference rods, kept as a readable file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from xscan.model.checks import frozen_mapping

__all__ = ["Calibration", "Rod", "RodResidual"]


@dataclass(frozen=True)
class Rod:
    """A reference rod; it lies along z. Lengths mm, centre (z, y, x)."""

    material: str
    formula: str
    density_g_cm3: float
    centre_mm: tuple[float, float, float]
    radius_mm: float
    length_mm: float


@dataclass(frozen=True)
class RodResidual:
    """What the calibration makes of one rod, with all rods and with that rod left out of the fit.

    Relative errors, e.g. 0.01 is 1 %; `None` where it could not be told.
    """

    material: str
    measured: Mapping[str, float]
    rho_e_true: float
    z_e_true: float
    rho_e_error: float | None
    z_e_error: float | None
    rho_e_error_left_out: float | None
    z_e_error_left_out: float | None
    warning: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "measured", frozen_mapping(self.measured))


@dataclass(frozen=True)
class Calibration:
    """A map from stored channels to physics, as `physics` found it.

    Parameters
    ----------
    model : name of the model that `parameters` belong to
    channels : names that the scan must have, e.g. ("low", "high")
    units : unit of each channel that it was found on
    kvp : tube voltage by channel, where known; another scan's must agree
    scanner : text, where known; another scan's must agree
    parameters : numbers by name
    valid : (lowest, highest) of each quantity, by name, that the rods cover
    rho_e_rel, z_e_rel : relative uncertainty (one sigma), from the rods left out
    residuals : one a rod
    source : what it was found from (path and sha256)
    """

    model: str
    channels: tuple[str, ...]
    units: Mapping[str, str]
    kvp: Mapping[str, float]
    parameters: Mapping[str, float]
    valid: Mapping[str, tuple[float, float]]
    rho_e_rel: float
    z_e_rel: float
    residuals: tuple[RodResidual, ...] = ()
    scanner: str | None = None
    source: str = ""
    notes: tuple[str, ...] = field(default_factory=tuple)

    def __post_init__(self) -> None:
        for name in ("units", "kvp", "parameters", "valid"):
            object.__setattr__(self, name, frozen_mapping(getattr(self, name)))
