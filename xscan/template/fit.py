"""One template held against one body: the best pose, and how well it fits there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xscan.template.body import Body
from xscan.template.partial import Seeds, part_poses
from xscan.template.poses import Poses
from xscan.template.prepared import Prepared
from xscan.template.refine import refine
from xscan.template.search import whole_poses

__all__ = ["Fit", "fit_part", "fit_whole", "measure", "polish"]

_CAP_MM = 8.0


@dataclass(frozen=True, eq=False)
class Fit:
    """A posed template, measured.

    Parameters
    ----------
    poses : one pose
    template_mm : (n,) signed distance of the template's points from the body's skin, less the offset; mm;
        positive where the template stands out of the body
    body_mm : (m,) signed distance of the body's points from the template's surface, less the offset; mm;
        positive where the body stands out
    seen : bool (n,) the template's points within the scan
    explained : bool (m,) the body's points that the template has to answer for
    """

    poses: Poses
    template_mm: NDArray[np.float64]
    body_mm: NDArray[np.float64]
    seen: NDArray[np.bool_]
    explained: NDArray[np.bool_]

    @property
    def cost(self) -> float:
        """Mean capped distance of both sides, mm: what poses of one template are ranked by."""
        there = np.minimum(np.abs(self.template_mm[self.seen]), _CAP_MM)
        back = np.minimum(np.abs(self.body_mm[self.explained]), _CAP_MM)
        return float((there.mean() if there.size else _CAP_MM) + (back.mean() if back.size else _CAP_MM))


def fit_whole(prepared: Prepared, body: Body, max_scale: float) -> Fit:
    """Find the best pose of a template that fills a body."""
    rough = whole_poses(prepared, body, keep=24)
    better = refine(rough, prepared, body, points=96, steps=8, reach_mm=(8, 3), max_scale=0, both=True)
    costs = np.array([f.cost for f in measure(better, prepared, body, points=192)])
    best = np.argsort(costs, kind="stable")[:4]
    return polish(better.take(best), prepared, body, max_scale, both=True)


def fit_part(prepared: Prepared, own: NDArray[np.float64], body: Body, seeds: Seeds, max_scale: float) -> Fit:
    """Find the best pose of a template that is a part of a body; `own` are the template's probes."""
    rough = part_poses(prepared, own, body, seeds, keep=40)
    better = refine(rough, prepared, body, points=96, steps=8, reach_mm=(8, 3), max_scale=0, both=False)
    costs = np.array([f.cost for f in measure(better, prepared, body, points=192, whole=False)])
    best = np.argsort(costs, kind="stable")[:5]
    return polish(better.take(best), prepared, body, max_scale, both=False)


def polish(poses: Poses, prepared: Prepared, body: Body, max_scale: float, *, both: bool) -> Fit:
    """Refine a few poses to the end, scale and offset free, and return the best."""
    reach = (4.0, max(0.8, body.voxel_mm))
    poses = refine(poses, prepared, body, points=300, steps=8, reach_mm=reach, max_scale=max_scale, both=both)
    costs = np.array([f.cost for f in measure(poses, prepared, body, points=300, whole=both)])
    first = poses.take(np.argsort(costs, kind="stable")[:1])
    first = refine(
        first, prepared, body, points=1000, steps=5, reach_mm=(reach[1], reach[1]), max_scale=max_scale, both=both
    )
    return measure(first, prepared, body, points=2000, whole=both)[0]


def measure(poses: Poses, prepared: Prepared, body: Body, *, points: int, whole: bool = True) -> list[Fit]:
    """Measure each pose on `points` points of either side.

    Where the template explains only a part (`whole` false), it answers for the body's points that lie near its
    own surface or in its inside, not for what else the body consists of.
    """
    x = prepared.points[:points]
    q = body.points[:: max(1, len(body.points) // points)]
    y = poses.forward(x)
    out = body.distance.value(y) + poses.offset[:, None]
    back = prepared.distance.value(poses.backward(q)) - poses.offset[:, None]
    seen = np.all((y >= body.low) & (y <= body.high), axis=2)
    mine = np.ones_like(back, dtype=bool) if whole else back < 1.5 * body.voxel_mm
    return [
        Fit(poses.take(slice(k, k + 1)), out[k].astype(np.float64), back[k].astype(np.float64), seen[k], mine[k])
        for k in range(len(poses))
    ]
