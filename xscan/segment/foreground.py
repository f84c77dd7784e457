"""Matter told from air and from the blurred skirts of brighter matter."""

from __future__ import annotations

import numpy as np

from xscan.segment.artefact import METAL
from xscan.segment.config import SegmentConfig
from xscan.segment.geometry import F32, Bool, components

__all__ = ["floor_of", "foreground", "thin_metal"]

# lines along the axes and the diagonals between two of them
ACROSS = ((1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 0), (1, -1, 0), (1, 0, 1), (1, 0, -1), (0, 1, 1), (0, 1, -1))
NOT_SKIRT = 0.4  # of the highest voxel beside it, that the ridge of thin metal reaches; a blurred cube keeps its volume


def floor_of(has_scale: bool, noise: float, config: SegmentConfig) -> float:
    """Least attenuation of goods: a physical floor, or the noise where that is higher."""
    return max(config.floor_mhu if has_scale else config.arbitrary_floor, config.floor_sigma * noise)


def foreground(values: F32, floor: float, config: SegmentConfig) -> Bool:
    """Voxels above the floor and above a share of the highest value near by.

    The edge of a body blurred by any symmetric point spread lies at half of its height, for a thin wall at
    half of the height that is left of it; so the threshold follows the local maximum instead of being one number.
    Metal that is thinner than blur is wide falls below half of what is near by wherever it becomes thinner still: there
    it goes on along its ridge.
    """
    from xscan_kernels import maximum_filter

    highest: F32 = maximum_filter(values, 2 * config.blur_voxels + 1)
    level = np.float32(config.edge_fraction) * np.minimum(highest, np.float32(METAL))
    # sheet metal is thinner than blur is wide: at half of its height it would look twice as thick as it is
    level += np.float32(config.metal_edge_fraction) * np.maximum(highest - np.float32(METAL), 0)
    np.maximum(level, np.float32(floor), out=level)
    found = values > level
    return found | thin_metal(values, found, config.edge_fraction**2 * highest, config)


def thin_metal(values: F32, body: Bool, least: F32 | float, config: SegmentConfig) -> Bool:
    """Which voxels are on the ridge of metal that is thinner than blur is wide.

    Such a voxel is the highest on some line across it, and values fall to an edge's height on both sides of it within
    the reach of blur. In the blurred skirt of something thicker they fall on one side alone; around its edges and
    corners they do on both, but there a voxel is right beside what is much higher.

    Parameters
    ----------
    values : attenuation (z, y, x)
    body : voxels that are held already; what only hugs them is noise on their skirt
    least : that a ridge reaches
    config : settings
    """
    from xscan_kernels import maximum_filter

    found = np.zeros(values.shape, bool)
    reach = config.blur_voxels
    at = np.nonzero(~body & (values > np.maximum(METAL / 2, least)))
    if not at[0].size:
        return found
    room = np.pad(values, reach, mode="edge")
    own = values[at]
    ridge = np.zeros(len(own), bool)
    for line in ACROSS:
        beside, ends = (
            np.maximum(*(room[tuple(a + reach + way * k for a, k in zip(at, line, strict=True))] for way in (-by, by)))
            for by in (1, reach)
        )
        ridge |= (beside <= own) & (ends <= np.float32(config.edge_fraction) * own)
    ridge &= own >= np.float32(NOT_SKIRT) * maximum_filter(values, 3)[at]
    if not ridge.any():
        return found
    found[tuple(a[ridge] for a in at)] = True
    return _leading(found, body, reach)


def _leading(found: Bool, body: Bool, reach: int) -> Bool:
    """Pieces of ridge that lead further from a body than blur reaches, or from one body to another."""
    from xscan_kernels import maximum_filter

    ridges, count = components(found, 26)
    held = maximum_filter(components(body, 26)[0], 3)
    place = np.nonzero(found)
    piece, touched = ridges[place], held[place]
    leads = np.zeros(count + 1, bool)
    leads[piece[~maximum_filter(body, 2 * reach + 1)[place]]] = True
    first, last = np.full(count + 1, np.iinfo(held.dtype).max, held.dtype), np.zeros(count + 1, held.dtype)
    np.minimum.at(first, piece[touched > 0], touched[touched > 0])
    np.maximum.at(last, piece, touched)
    leads |= last > first
    return np.asarray(leads[ridges])
