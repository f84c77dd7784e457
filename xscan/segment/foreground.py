"""Matter told from air and from the blurred skirts of brighter matter."""

from __future__ import annotations

import numpy as np

from xscan.segment.artefact import METAL
from xscan.segment.config import SegmentConfig
from xscan.segment.geometry import F32, Bool

__all__ = ["floor_of", "foreground"]


def floor_of(has_scale: bool, noise: float, config: SegmentConfig) -> float:
    """Least attenuation of goods: a physical floor, or the noise where that is higher."""
    return max(config.floor_mhu if has_scale else config.arbitrary_floor, config.floor_sigma * noise)


def foreground(values: F32, floor: float, config: SegmentConfig) -> Bool:
    """Voxels above the floor and above a share of the highest value near by.

    The edge of a body blurred by any symmetric point spread lies at half of its height, for a thin wall at
    half of the height that is left of it; so the threshold follows the local maximum instead of being one number.
    """
    from scipy import ndimage as ndi

    highest = ndi.maximum_filter(values, size=2 * config.blur_voxels + 1, mode="nearest")
    level = np.float32(config.edge_fraction) * np.minimum(highest, np.float32(METAL))
    # sheet metal is thinner than blur is wide: at half of its height it would look twice as thick as it is
    level += np.float32(config.metal_edge_fraction) * np.maximum(highest - np.float32(METAL), 0)
    np.maximum(level, np.float32(floor), out=level)
    return np.asarray(values > level)
