"""Metal, and the streaks that it throws through its slices."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xscan.segment.geometry import F32, Labels32

__all__ = ["METAL", "edge_support", "metal_slices", "streak_level"]

METAL = 4000.0  # MHU; aluminium, the lightest common metal, shows about 2300 and throws no streaks worth the name
EDGE_WIDTH = 5  # voxels; an edge blurred over three is crossed by it


def metal_slices(values: F32, least: int = 3) -> NDArray[np.bool_]:
    """Slices (z,) with at least `least` voxels of metal, and their neighbours."""
    has = (values > METAL).sum(axis=(1, 2)) >= least
    return np.asarray(has | np.roll(has, 1) | np.roll(has, -1))


def edge_support(labels: Labels32, count: int, values: F32) -> NDArray[np.float64]:
    """Share of each label's surface that is an edge: within an edge's width, values differ by a factor of two.

    A body ends in an edge, to lighter or to denser matter; the glow around metal fades.
    """
    from scipy import ndimage as ndi

    surface = (labels > 0) & (ndi.minimum_filter(labels, size=3, mode="constant") != labels)
    low = ndi.minimum_filter(values, size=EDGE_WIDTH)
    high = ndi.maximum_filter(values, size=EDGE_WIDTH)
    highest = ndi.maximum_filter(labels, size=3)
    lowest = ndi.minimum_filter(labels - np.uint32(1), size=3)  # 0 wraps to the top, so that it is never the lowest
    sharp = surface & ((low < 0.5 * high) | (highest != labels) | (lowest != labels - np.uint32(1)))
    whole = np.bincount(labels[surface], minlength=count + 1)
    share: NDArray[np.float64] = np.bincount(labels[sharp], minlength=count + 1) / np.maximum(whole, 1)
    return share


def streak_level(values: F32) -> NDArray[np.float64]:
    """How far artefacts reach in each slice (z,): twice the usual depth of what lies below air.

    Nothing real is lighter than air, so that the negative side of a slice is artefact and noise alone, and what
    streaks and hardening take on one side they add on the other. The twentieth part that goes deepest counts.
    """
    out = np.zeros(len(values))
    for z, plane in enumerate(values):
        below = plane[plane < 0]
        if below.size:
            out[z] = -2.0 * float(np.quantile(below, 0.05))
    return out
