"""What scatter a scanner's own correction leaves in its readings.

Scatter is born where a beam is partly absorbed, in proportion to T·(−ln T), and spreads widely (Ohnesorge, Flohr and
Klingenbeck-Regn, Eur. Radiol. 9 (1999) 563).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["with_scatter"]

Array = NDArray[np.float64]

REACH_MM = 60.0  # sigma: readings of rods change by 0.1 % between 30 and 120 mm


def with_scatter(transmission: Array, share: float, element_mm: float) -> Array:
    """Add scatter to signals of parallel rays (..., detector elements), 1 where nothing is in the beam."""
    if not share:
        return transmission
    from scipy.ndimage import gaussian_filter1d

    born = transmission * -np.log(np.maximum(transmission, 1e-12))
    spread: Array = gaussian_filter1d(born, REACH_MM / element_mm, axis=-1, mode="constant", truncate=3.0)
    return transmission + share * spread
