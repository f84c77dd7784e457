"""What a surface looks like from one of its points: distances read along the normal."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xscan.template.field import Field

__all__ = ["PROBED", "probes"]

PROBED = 256  # points of a template, far from each other, that are probed
# how far along the normal, mm: inward for thickness, outward for hollows
_INWARD = (3.0, 6.0, 12.0, 20.0)
_OUTWARD = (4.0, 10.0)
_CAP_MM = 12.0


def probes(field: Field, points: NDArray[np.float64], normals: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distances (n, 6), mm, read along the normal of each point: the same however the body lies, mirrored too.

    Thickness, curvature and what lies opposite all show in them, and touching bodies change only those that
    point at the contact.
    """
    along = np.array([-a for a in _INWARD] + list(_OUTWARD))
    at = points[:, None, :] + along[None, :, None] * normals[:, None, :]
    return np.clip(field.value(at).astype(np.float64), -_CAP_MM, _CAP_MM)
