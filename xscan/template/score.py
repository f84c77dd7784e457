"""From deviations to a probability."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xscan.template.body import Body
from xscan.template.fit import Fit

__all__ = ["Evidence", "evidence_of", "probability"]


@dataclass(frozen=True)
class Evidence:
    """What speaks for a fit.

    Parameters
    ----------
    blur_mm : what a true copy may deviate by: voxels and point spread together, one sigma
    rms_mm : of the deviations of both sides, less offset
    p95_mm : 95th percentile of their sizes, the worse of both sides
    coverage : share of the template's surface on which the body's skin lies
    explained : share of the body's surface for which the template answers and on which it lies
    scale : largest departure of a scale from 1
    """

    blur_mm: float
    rms_mm: float
    p95_mm: float
    coverage: float
    explained: float
    scale: float


def evidence_of(fit: Fit, body: Body, psf_voxels: float) -> Evidence:
    """Reduce a fit to evidence."""
    voxel = body.voxel_mm
    blur = float(np.hypot(0.3 * voxel, 0.3 * psf_voxels * voxel))
    near = 3 * blur
    there, back = np.abs(fit.template_mm[fit.seen]), np.abs(fit.body_mm[fit.explained])
    if there.size == 0 or back.size == 0:
        return Evidence(blur, np.inf, np.inf, 0.0, 0.0, 0.0)
    rms = float(np.sqrt((there**2).mean() / 2 + (back**2).mean() / 2))
    p95 = max(float(np.percentile(there, 95)), float(np.percentile(back, 95)))
    coverage = float((np.abs(fit.template_mm) < near)[fit.seen].sum() / len(fit.template_mm))
    explained = float((back < near).mean())
    return Evidence(blur, rms, p95, coverage, explained, float(np.abs(fit.poses.scale - 1).max()))


def probability(e: Evidence) -> float:
    """Probability, 0..1, that the body is the template."""
    if not np.isfinite(e.rms_mm):
        return 0.0
    odds = 6.0 * np.log(3.0 * e.blur_mm / max(e.rms_mm, 1e-6)) - 30.0 * max(0.0, 0.85 - e.coverage)
    return float(1 / (1 + np.exp(-np.clip(odds, -30, 30))))
