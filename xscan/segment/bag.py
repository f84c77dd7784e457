"""A bag or padded envelope: a thin soft wall around everything else, where there is no carton."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xscan.segment.bodies import Bodies
from xscan.segment.config import SegmentConfig
from xscan.segment.geometry import F32, Bool
from xscan.segment.measure import wall_mm
from xscan.segment.nest import ENCLOSED, hidden
from xscan.segment.regrow import medians

__all__ = ["find_bag"]

WALL_MM = 6.0  # thickest; padded envelopes have 3 to 5 mm


def find_bag(
    bodies: Bodies, values: F32, voxel_mm: Sequence[float], config: SegmentConfig
) -> tuple[Bodies, Bool] | None:
    """Tell a bag from the goods in it.

    Parameters
    ----------
    bodies : what was found, goods and perhaps their bag
    values : attenuation (z, y, x)
    voxel_mm : voxel size
    config : settings

    Returns
    -------
    tuple of bodies and mask or None
        The bodies without the bag, and the bag's voxels (z, y, x).
    """
    count = len(bodies.scores)
    if count < 2:
        return None
    middle = medians(bodies.labels, count, values)
    sizes = np.bincount(bodies.labels.ravel(), minlength=count + 1)[1:]
    for k in sorted(bodies.scores, key=lambda k: (-int(sizes[k - 1]), k)):
        own = bodies.labels == k
        rest = (bodies.labels > 0) & ~own
        if middle[k] < config.soft_mhu and float(hidden(own)[rest].mean(dtype=np.float64)) >= ENCLOSED:
            return bodies.without([k]) if wall_mm(own, voxel_mm)[0] <= WALL_MM else None
    return None
