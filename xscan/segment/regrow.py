"""Matter beside denser matter is given back to the body that it belongs to.

The half-height rule takes the blurred skirt of a dense body away, and with it the rim of anything lighter that
touches it. What continues a body at its own value, where the body has that value itself, is that rim.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xscan.segment.artefact import METAL
from xscan.segment.config import SegmentConfig
from xscan.segment.geometry import F32, Bool, Labels32

__all__ = ["medians", "refill", "regrow"]

PLATEAU = 3.0  # voxels, standard deviation, over which the height of metal is averaged
LEAST_SHARE = 1e-3  # of metal in that, from which it tells
METAL_EDGE = 0.9  # of that mean, or seven tenths of a blurred ridge, where a sheet has its own width again


def medians(labels: Labels32, count: int, values: F32) -> NDArray[np.float64]:
    """Median value of every label, 0 for label 0."""
    at = labels > 0
    ids, v = labels[at], values[at]
    # narrow numbers are sorted by their digits
    v = v[np.argsort(ids.astype(np.min_scalar_type(count)), kind="stable")]
    ends = np.cumsum(np.bincount(ids, minlength=count + 1))
    out = np.zeros(count + 1)
    for k in range(1, count + 1):
        own = v[ends[k - 1] : ends[k]]
        if own.size:
            out[k] = np.partition(own, own.size // 2)[own.size // 2]
    return out


def regrow(labels: Labels32, count: int, values: F32, faint: Bool, config: SegmentConfig) -> None:
    """Grow labels in place, by the reach of blur, into `faint` voxels of their own value.

    Parameters
    ----------
    labels : uint32 (z, y, x), changed
    count : number of labels
    values : attenuation
    faint : voxels above the floor that belong to no label
    config : settings
    """

    from xscan_kernels import maximum_filter

    middle = medians(labels, count, values).astype(np.float32)
    own_value = np.abs(values - middle[labels]) <= config.alike * middle[labels]
    for _ in range(config.blur_voxels + 1):
        near = maximum_filter(np.where(own_value, labels, np.uint32(0)), 3)
        take = faint & (labels == 0) & (near > 0)
        at = np.nonzero(take)
        own, v = near[at], values[at]
        fits = np.abs(v - middle[own]) <= config.alike * middle[own]
        grown = tuple(a[fits] for a in at)
        labels[grown] = own[fits]
        own_value[grown] = True


def _height(values: F32, config: SegmentConfig) -> F32:
    """Height of the body near by, at every voxel (z, y, x): the highest value within the reach of blur.

    Starved rays and hardening leave single voxels of metal at twice what the rest shows, beside which that rest would
    pass for blur. So metal is no higher than the mean of what stands above an edge's height around it.

    Parameters
    ----------
    values : attenuation (z, y, x)
    config : settings
    """
    from xscan_kernels import maximum_filter
    from xscan_kernels.filtering import gaussian

    highest: F32 = maximum_filter(values, 2 * config.blur_voxels + 1)
    hot = highest > METAL
    held = (values >= np.float32(config.edge_fraction) * highest) & (values > METAL)
    around = (PLATEAU, PLATEAU, PLATEAU)
    share = gaussian(held.astype(np.float32), around)
    hot &= share > LEAST_SHARE
    total = gaussian(np.where(held, values, np.float32(0)), around)
    usual = np.maximum(total / np.maximum(share, np.float32(LEAST_SHARE)), np.float32(METAL))
    np.minimum(highest, usual, out=highest, where=hot)
    return highest


def refill(labels: Labels32, packed: Bool, values: F32, config: SegmentConfig) -> Labels32:
    """Give metal the voxels back that stood beside a lone bright one.

    They are left out until bodies are parted, since what is bounded too tightly touches less.

    Parameters
    ----------
    labels : uint32 (z, y, x)
    packed : mask (z, y, x) of where goods can be
    values : attenuation
    config : settings

    Returns
    -------
    uint32 (z, y, x)
        The labels, each grown by the reach of blur at most.
    """
    from xscan_kernels import maximum_filter

    if not (values > METAL).any():
        return labels
    top = _height(values, config)
    level = np.float32(config.edge_fraction * METAL) + np.float32(METAL_EDGE) * (top - np.float32(METAL))
    open_ = packed & (labels == 0) & (top >= METAL) & (values > level)
    out = labels.copy()
    for _ in range(config.blur_voxels + 1):
        near = maximum_filter(np.where(values > METAL, out, np.uint32(0)), 3)
        at = open_ & (out == 0)
        out[at] = near[at]
    return out
