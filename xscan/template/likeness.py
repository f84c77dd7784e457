"""How far templates are from each other and from their own mirror images."""

from __future__ import annotations

import numpy as np

from xscan.template.body import Body
from xscan.template.fit import fit_whole
from xscan.template.prepared import Prepared, mirrored
from xscan.template.telling import LEAST_SHARE

__all__ = ["apart_mm", "as_body", "handed_mm"]


def as_body(p: Prepared) -> Body:
    """A template as if it lay in a scan without blur or noise."""
    reach = np.full(3, 1e6)
    inside, spacing = p.distance.values < 0, float(p.distance.spacing[0])
    return Body(
        *((), inside, (0, 0, 0), p.points, p.normals, p.shape, spacing, -reach, reach, False, None),
        measure=lambda: p.distance,
        torn=lambda: False,
    )


def apart_mm(p: Prepared, body: Body, max_scale: float) -> float:
    """Root mean square distance, mm, of a template from a body in its best pose, scaled copies allowed."""
    fit = fit_whole(p, body, max_scale)
    return float(np.sqrt((fit.template_mm**2).mean() / 2 + (fit.body_mm**2).mean() / 2))


def handed_mm(p: Prepared) -> float:
    """How far a template is from its mirror image, mm: near 0 for what has no left and right.

    It is what patches of the surface differ by on as much of it as two shapes must differ in to be told apart: a fin
    that is bent to one side gives a figure no left and right that a scan could tell.
    """
    q = mirrored(p)
    deviation = fit_whole(q, as_body(p), 0.02).template_mm
    patches = np.abs(deviation[q.around[: len(deviation)]].mean(axis=1))
    return float(np.quantile(patches, 1 - LEAST_SHARE))
