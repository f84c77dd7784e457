"""One template held against one body: the best pose, and how well it fits there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xscan.template.body import Body
from xscan.template.partial import Seeds, part_poses
from xscan.template.poses import Poses
from xscan.template.prepared import MEASURED, Prepared
from xscan.template.refine import costs, mine_mm, refine
from xscan.template.search import whole_poses

__all__ = ["Fit", "fit_part", "fit_whole", "measure"]


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


def fit_whole(prepared: Prepared, body: Body, max_scale: float) -> Fit:
    """Find the best pose of a template that fills a body."""
    return _best(whole_poses(prepared, body, keep=24), prepared, body, max_scale, whole=True)


def fit_part(prepared: Prepared, body: Body, seeds: Seeds, max_scale: float) -> Fit:
    """Find the best pose of a template that is a part of a body."""
    return _best(part_poses(prepared, body, seeds, keep=24), prepared, body, max_scale, whole=False)


def _best(rough: Poses, prepared: Prepared, body: Body, max_scale: float, *, whole: bool) -> Fit:
    """Refine rough poses at true size, then the best few to the end, scale and offset free."""
    poses = refine(rough, prepared, body, points=96, steps=8, reach_mm=(8, 3), max_scale=0, both=whole)
    cost = costs(poses, prepared, body, points=192, whole=whole)
    order = np.argsort(cost, kind="stable")
    poses = poses.take(order[: 4 if whole else 5])
    turned = _turned(poses)
    ties = costs(turned, prepared, body, points=192, whole=whole) < 1.1 * cost[order[0]] + 0.1 * body.voxel_mm
    poses = poses.joined(turned.take(np.flatnonzero(ties)))
    reach = max(0.8, body.voxel_mm)
    poses = refine(poses, prepared, body, points=300, steps=8, reach_mm=(4, reach), max_scale=max_scale, both=whole)
    cost = costs(poses, prepared, body, points=300, whole=whole)
    poses = poses.take(np.argsort(cost, kind="stable")[:1])
    poses = refine(
        poses, prepared, body, points=1000, steps=5, reach_mm=(reach, reach), max_scale=max_scale, both=whole
    )
    return measure(poses, prepared, body, points=MEASURED, whole=whole)


def _turned(poses: Poses) -> Poses:
    """The first of some poses, an eighth of a turn farther about each of the template's axes.

    A round shape lies as well in all turns about its axis, until it is stretched across: and from halfway between the
    directions of the stretch nothing leads to either.
    """
    c = np.sqrt(0.5)
    eighths = np.array(
        [[[1, 0, 0], [0, c, -c], [0, c, c]], [[c, 0, c], [0, 1, 0], [-c, 0, c]], [[c, -c, 0], [c, c, 0], [0, 0, 1]]]
    )
    return Poses.at(poses.rotation[0] @ eighths, poses.place[0])


def measure(poses: Poses, prepared: Prepared, body: Body, *, points: int, whole: bool = True) -> Fit:
    """Measure the first of some poses on `points` points of either side."""
    first = poses.take(slice(0, 1))
    every = slice(None, None, max(1, len(body.points) // points))
    y = first.forward(prepared.points[:points])[0]
    offset = first.offset[0]
    out = body.distance.value(y).astype(np.float64) + offset
    value, gradient = prepared.distance.sample(first.backward(body.points[every])[0])
    back = value.astype(np.float64) - offset
    seen = ~body.unseen(y, out)
    # skin deep within the template that looks inward is the inner side of a wall whose cavity could not be filled
    outward = (gradient / first.scale[0]) @ first.rotation[0].T
    inner = back < -0.75 * body.voxel_mm
    if body.bare is None:
        # of a torn shell what lies within may be the rim of a patch as well
        inner &= np.einsum("ij,ij->i", outward, body.facing[every]) < 0
    mine = ~inner if whole else ~inner & (back < mine_mm(body))
    return Fit(first, out, back, seen, mine)
