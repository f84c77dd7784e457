"""Which of several templates that all fit a body it is: told only where the whole of what differs says so."""

from __future__ import annotations

import numpy as np

from xscan.template.fit import Fit
from xscan.template.prepared import MEASURED, PATCH, Prepared
from xscan.template.score import Evidence

__all__ = ["DECISIVE", "LEAST_SHARE", "log_odds"]

DECISIVE = float(np.log(1e4))  # log odds from which one template rules out another: one error in 10,000 pairs
# blurs that patches of a true copy are off by at most: the skin of a thin wall lies farther out than that of a solid
# shaft beside it, and edges are rounded
_ERROR = 0.5
_MOST = 1.0  # log odds that one patch may give: thin parts are lost to blur, and a patch of streaks is no evidence
LEAST_SHARE = DECISIVE * PATCH / (_MOST * MEASURED)  # of the surface that two shapes must differ in
_CAP = 1.5  # voxels: deviations and differences beyond count as that


def log_odds(first: tuple[Prepared, Fit], other: tuple[Prepared, Fit], evidence: Evidence, voxel_mm: float) -> float:
    """Log odds that the body is the first of two fitted templates rather than the other.

    Where the skins of the two differ by d, a body that is the first one deviates from it by nothing, and one that is
    the other by d, each with the error of a patch's mean (Gauss; a patch is a sixtieth of the surface, as of
    `Prepared.around`). Patches are summed, none of them beyond `_MOST`: two designs that differ in less than a
    seventh of their surface, as screwdrivers do that differ at the tip, are never told apart. Those that differ
    everywhere are, from half an error on: sqrt(2 ln 1e4 / 60) of half a blur, a seventeenth of a voxel.

    Parameters
    ----------
    evidence : of the first: how far the mean of a patch is off
    """
    error = max(evidence.coherent_mm, _ERROR * evidence.blur_mm)
    ours = _summed(*first, *other, error, voxel_mm)
    theirs = _summed(*other, *first, error, voxel_mm)
    return (ours - theirs) / 2


def _summed(p: Prepared, fit: Fit, q: Prepared, rival: Fit, error: float, voxel_mm: float) -> float:
    """Log odds for `fit` against `rival` over the points of the former."""
    n = len(fit.template_mm)
    skin = fit.poses.forward(p.points[:n])[0]
    apart = q.distance.value(rival.poses.backward(skin)[0]) + float(fit.poses.offset[0] - rival.poses.offset[0])
    seen = fit.seen & (np.abs(fit.template_mm) < 2 * _CAP * voxel_mm)
    most = _CAP * voxel_mm
    off, differ = (p.averaged(np.clip(d, -most, most), seen)[0] for d in (fit.template_mm, apart))
    odds = differ * (differ / 2 - off) / error**2
    return float(np.clip(odds[seen], -_MOST, _MOST).sum() / PATCH)
