"""A measured number never goes without its uncertainty and unit."""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["Measure"]


@dataclass(frozen=True)
class Measure:
    """A value with its standard uncertainty (one sigma) and unit."""

    value: float
    sigma: float
    unit: str

    def __post_init__(self) -> None:
        if not math.isfinite(self.value) or not math.isfinite(self.sigma) or self.sigma < 0:
            raise ValueError(f"measure: expected finite value and sigma of at least 0, got {self.value} ± {self.sigma}")

    def __str__(self) -> str:
        return f"{self.value:.4g} ± {self.sigma:.2g} {self.unit}"
