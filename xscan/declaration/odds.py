"""Probabilities that a line is wrong, each from a likelihood under honesty and one under the contrary."""

from __future__ import annotations

import math

from xscan.declaration.fit import ANY_FIT, normal_pdf

__all__ = ["ANY_WEIGHT", "honest", "material_probability", "quantity_probability", "weight_probability"]

# An honest deviation: mostly as the uncertainties say, now and then twice as large (a wrong scale, wet goods).
OUTLIER_SHARE, OUTLIER_WIDTH = 0.02, 2.2
# A wrong weight may be anything within a factor of ten either way.
ANY_WEIGHT = 1 / (2 * math.log(10))
# Factor by which the mass of thin shells may be seen too low where none of what is seen is sure.
MOST_LOST = 4.0
# How often an honest line's bodies are miscounted: broken or merged bodies, and, far rarer, into equal ones.
MISCOUNT, MISCOUNT_EQUAL, MISCOUNT_EQUAL_ODD = 0.10, 2e-4, 1e-4
# Fit below which it no longer counts how badly a material fits.
LEAST_FIT = 0.002
# Of honest lines that are made otherwise than expected, the share that would show such a material.
OTHERWISE = 0.4


def honest(log_ratio: float, relative_sigma: float) -> float:
    """Density of log(measured / declared) under honesty."""
    return (1 - OUTLIER_SHARE) * normal_pdf(log_ratio, relative_sigma) + OUTLIER_SHARE * normal_pdf(
        log_ratio, OUTLIER_WIDTH * relative_sigma
    )


def weight_probability(
    measured: float,
    sigma: float,
    declared: float,
    declared_sigma: float,
    prior: float,
    *,
    lossy: float = 0.0,
    faint: float = 1.0,
) -> float:
    """Probability that a declared weight is wrong, given the measured one (any unit, the same for all).

    Parameters
    ----------
    lossy : probability that part of the goods was not seen, if all that is seen were `faint`
    faint : share of what is seen that lies in thin shells of light matter, which fade in a scan; where a share of a
        thing has faded, about as much of it again may not be seen at all
    """
    if declared <= 0:
        return 0.0
    if measured <= 0:
        return 1.0
    spread = math.hypot(sigma / measured, declared_sigma / declared)
    ratio = math.log(measured / declared)
    most = math.log(min(MOST_LOST, max(1 - faint, 1e-6) ** -2))
    lossy *= faint
    unseen = 1 / most if -most <= ratio <= 0 < most else 0.0
    right = (1 - prior) * ((1 - lossy) * honest(ratio, max(spread, 1e-3)) + lossy * unseen)
    return prior * ANY_WEIGHT / (prior * ANY_WEIGHT + right)


def quantity_probability(
    counted: int,
    least: float,
    most: float,
    *,
    equal: bool,
    masses: tuple[float, float, float] | None,
    prior: float,
) -> float:
    """Probability that a declared quantity is wrong, given the bodies counted.

    Parameters
    ----------
    least, most : bodies that the declared quantity allows
    equal : whether the counted bodies are equal: an error of segmentation rarely makes equal bodies
    masses : (measured mass of the line, declared mass, relative sigma of their ratio), or `None`
    """
    if least <= counted <= most:
        return 0.02
    nearest = least if counted < least else most
    odd = counted % nearest != 0 and nearest % counted != 0 if counted and nearest >= 1 else False
    miscount = (MISCOUNT_EQUAL_ODD if odd else MISCOUNT_EQUAL) if equal and counted > 1 else MISCOUNT
    if masses is None:
        # without weights equal bodies still tell; unequal ones may be pieces of one
        return 0.85 if equal and counted > most else 0.6
    measured, declared, sigma = masses
    as_said = math.log(measured / declared)
    as_counted = as_said - math.log(counted / nearest)
    wrong = prior * (0.5 * honest(as_counted, sigma) + 0.5 * ANY_WEIGHT)
    return wrong / (wrong + miscount * honest(as_said, sigma))


def material_probability(fit: float | None, sure: float, prior: float) -> float:
    """Probability that a line's goods are of another material than an honest line's would be."""
    if fit is None:
        return 0.0
    right = (1 - prior) * (sure * max(fit, LEAST_FIT) + (1 - sure) * OTHERWISE * ANY_FIT)
    return prior * ANY_FIT / (prior * ANY_FIT + right)
