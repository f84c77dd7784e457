"""The beams of a scan that nobody has calibrated, told by the commonest matter in it.

Parcels hold much that is light and organic (cardboard, paper, cloth, plastics), of z_e between 6 and 7.5. By how much
the low channel attenuates it more than the high one tells how hard the high beam is, which scanners differ in most:
some filter it with copper or tin, some not at all.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xscan.physics.attenuation import element_cross_sections
from xscan.physics.spectrum import Beam

__all__ = ["hardness_of_high", "light_ratio"]

ORGANIC_Z = 7.0
LIGHT = (0.02, 0.25)  # 1/cm in the high channel, of matter from card to solid plastic
LEAST_VOXELS = 500
FILTERS_MM = np.geomspace(2.0, 200.0, 60)

Values = NDArray[np.float32]


def light_ratio(low: Values, high: Values, least: float) -> float | None:
    """Commonest ratio of low to high (both 1/cm) among light voxels of at least `least`; None where few are light.

    The mode is found by halving the sorted sample (Robertson and Cryer, J. Am. Stat. Assoc. 69 (1974) 1012).
    """
    light = (high > max(LIGHT[0], least)) & (high < LIGHT[1])
    if light.sum() < LEAST_VOXELS:
        return None
    ratio = np.sort((low[light] / high[light]).astype(np.float64))
    while ratio.size > LEAST_VOXELS // 5:
        half = ratio.size // 2
        start = int(np.argmin(ratio[half:] - ratio[: ratio.size - half]))
        ratio = ratio[start : start + half]
    return float(np.median(ratio))


def hardness_of_high(low: Beam, kvp_high: float, ratio: float) -> Beam | None:
    """The high beam behind which organic matter shows that ratio; None where none does."""
    sections = [element_cross_sections([ORGANIC_Z], b.energy_kev)[0] for b in (low, Beam(kvp_high, 1.0))]
    seen = float(low.weights @ sections[0])
    ratios = np.array([seen / float(Beam(kvp_high, f).weights @ sections[1]) for f in FILTERS_MM])
    if not ratios[0] <= ratio <= ratios[-1]:
        return None
    return Beam(kvp_high, float(np.interp(ratio, ratios, FILTERS_MM)))
