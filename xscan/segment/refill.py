"""Metal is given the voxels back that stood beside a lone bright one.

Starved rays and hardening leave single voxels of metal at twice what the rest shows, beside which that rest passes for
blur. It is left out until bodies are parted, since what is bounded too tightly touches less.
"""

from __future__ import annotations

import numpy as np

from xscan.segment.artefact import METAL
from xscan.segment.config import SegmentConfig
from xscan.segment.geometry import F32, Bool, Labels32

__all__ = ["refill"]

PLATEAU = 3.0  # voxels, standard deviation, over which the height of metal is averaged
LEAST_SHARE = 1e-3  # of metal in that, from which it tells
METAL_EDGE = 0.9  # of that mean, or seven tenths of a blurred ridge, where a sheet has its own width again


def _height(values: F32, config: SegmentConfig) -> F32:
    """Height of the body near by: the highest within the reach of blur, of metal the mean of what is no edge."""
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
    """Grow metal into what stands as high as it does around there.

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
