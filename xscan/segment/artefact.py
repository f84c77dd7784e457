"""Metal, and the streaks that it throws through its slices."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xscan.segment.geometry import F32, Labels32

__all__ = ["METAL", "edge_support", "metal_slices", "streak_level"]

METAL = 4000.0  # MHU; aluminium, the lightest common metal, shows about 2300 and throws no streaks worth the name
RIM = 0.75  # of a body's median that it reaches within an edge's width of its surface
GLOW = 500.0  # MHU; brighter than any glow that is not part of the metal's own blur
EDGE_WIDTH = 5  # voxels; an edge blurred over three is crossed by it


def metal_slices(values: F32, least: int = 3) -> NDArray[np.bool_]:
    """Slices (z,) with at least `least` voxels of metal, and their neighbours."""
    has = (values > METAL).sum(axis=(1, 2)) >= least
    return np.asarray(has | np.roll(has, 1) | np.roll(has, -1))


def edge_support(labels: Labels32, count: int, values: F32, middle: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of each label's surface that is an edge.

    There, within an edge's width, values differ by a factor of two and rise to most of the label's own median. A
    body ends so, to lighter or to denser matter; the glow around metal has no height at its rim.

    Parameters
    ----------
    labels : uint32 (z, y, x)
    count : number of labels
    values : attenuation
    middle : (count + 1,) median value of each label
    """
    from scipy import ndimage as ndi

    surface = (labels > 0) & (ndi.minimum_filter(labels, size=3, mode="constant") != labels)
    at = np.nonzero(surface)
    own = labels[at]
    low = ndi.minimum_filter(values, size=EDGE_WIDTH)[at]
    high = ndi.maximum_filter(values * (labels > 0), size=EDGE_WIDTH)[at]
    highest = ndi.maximum_filter(labels, size=3)[at]
    lowest = ndi.minimum_filter(labels - np.uint32(1), size=3)[at]  # 0 wraps to the top: never the lowest
    rises = high >= RIM * np.minimum(middle, GLOW)[own]
    sharp = ((low < 0.5 * high) & rises) | (highest != own) | (lowest != own - np.uint32(1))
    whole = np.bincount(own, minlength=count + 1)
    share: NDArray[np.float64] = np.bincount(own[sharp], minlength=count + 1) / np.maximum(whole, 1)
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
