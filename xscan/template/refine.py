"""Poses made exact: Gauss-Newton on the distance fields of both sides at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xscan.template.body import Body
from xscan.template.poses import Poses
from xscan.template.prepared import Prepared

__all__ = ["CAP_MM", "costs", "mine_mm", "refine"]

CAP_MM = 8.0  # a point farther off than this says only that it is off


def refine(
    poses: Poses,
    prepared: Prepared,
    body: Body,
    *,
    points: int,
    steps: int,
    reach_mm: tuple[float, float],
    max_scale: float,
    both: bool,
) -> Poses:
    """Improve poses.

    Template points are drawn to the body's skin along the body's distance field and, where `both`, the body's
    points to the template's. Robust weights (Geman-McClure) of width `reach_mm`, falling from the first to the
    second, let go of what belongs to neither. Scale and offset are held near 1 and 0 as strongly as the size of
    what is allowed says, since a small change of size, of offset and of place explain nearly the same.

    Parameters
    ----------
    points : how many of each side
    steps : of Gauss-Newton
    max_scale : largest departure of the scale from 1 along each axis; 0 keeps it
    both : whether all of the body is expected to be explained
    """
    from xscan_kernels import refine_poses

    limit = 0.75 * body.voxel_mm
    # prior precision of the three scales and the offset, in the units of the mean squared residual (mm²)
    noise = (0.5 * body.voxel_mm) ** 2
    prior = np.full(10, 1e-9)
    prior[6:9] = 0.02 * noise / max(max_scale / 2, 1e-3) ** 2
    prior[9] = 0.02 * noise / (0.5 * limit) ** 2
    found = refine_poses(
        body.distance.grid,
        (body.low, body.high),
        prepared.points[:points],
        prepared.distance.grid,
        _thinned(body, points) if both else np.zeros((0, 3)),
        (poses.rotation, poses.scale, poses.place, poses.offset),
        widths_mm=np.geomspace(*reach_mm, steps).tolist(),
        prior=prior,
        max_scale=max_scale,
        max_offset_mm=limit,
    )
    return Poses(*found)


def costs(poses: Poses, prepared: Prepared, body: Body, *, points: int, whole: bool) -> NDArray[np.float64]:
    """Mean capped distance (k,), mm, of both sides together: what poses of one template are ranked by.

    Where the template explains only a part (`whole` false), it answers for the body's points that lie near its
    own surface or in its inside, not for what else the body consists of.
    """
    from xscan_kernels import pose_costs

    return pose_costs(
        body.distance.grid,
        (body.low, body.high),
        prepared.points[:points],
        prepared.distance.grid,
        _thinned(body, points),
        (poses.rotation, poses.scale, poses.place, poses.offset),
        cap_mm=CAP_MM,
        mine_mm=np.inf if whole else mine_mm(body),
    )


def mine_mm(body: Body) -> float:
    """How far outside of a template, mm, the body's skin may lie for the template to answer for it."""
    return 1.5 * body.voxel_mm


def _thinned(body: Body, points: int) -> NDArray[np.float64]:
    return body.points[:: max(1, len(body.points) // points)]
