"""Matter beside denser matter is given back to the body that it belongs to.

The half-height rule takes the blurred skirt of a dense body away, and with it the rim of anything lighter that
touches it. What continues a body at its own value, where the body has that value itself, is that rim.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xscan.segment.config import SegmentConfig
from xscan.segment.geometry import F32, Bool, Labels32

__all__ = ["medians", "regrow"]


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
