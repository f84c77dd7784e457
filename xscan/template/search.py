"""The global search: rough poses of a template in a body, none overlooked for want of a good start."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xscan.template.body import Body
from xscan.template.poses import Poses
from xscan.template.prepared import Prepared
from xscan.template.rotations import axis_aligned, spiral

__all__ = ["distinct", "rough_scores", "whole_poses"]

_CAP_MM = 10.0


def rough_scores(
    rotation: NDArray[np.float64], place: NDArray[np.float64], x: NDArray[np.float64], body: Body
) -> NDArray[np.float64]:
    """Root mean square capped distance (k,), mm, of template points (n, 3) from the skin in each pose."""
    from xscan_kernels import pose_scores

    poses = np.zeros((len(rotation), 4, 4))
    poses[:, :3, :3], poses[:, :3, 3], poses[:, 3, 3] = rotation, place, 1
    f = body.distance
    loss = pose_scores(f.values, f.origin[::-1], f.spacing[::-1], x, poses, truncate_mm=_CAP_MM).loss
    return np.sqrt(loss)


def whole_poses(prepared: Prepared, body: Body, *, keep: int) -> Poses:
    """Poses in which the template fills the whole body: its centroid on the body's, in every orientation."""
    aligned = body.shape.axes @ axis_aligned() @ prepared.shape.axes.T
    rotation = np.concatenate([aligned, spiral(2000)])
    # a few far points throw out most of them at a fifth of the price
    first = rough_scores(rotation, body.shape.centre, prepared.points[:12], body)
    rotation = rotation[np.sort(np.argsort(first, kind="stable")[:400])]
    place = np.broadcast_to(body.shape.centre, (len(rotation), 3))
    scores = rough_scores(rotation, place, prepared.points[:64], body)
    best = distinct(rotation, place, scores, prepared.shape.size, keep)
    return Poses.at(rotation[best], place[best])


def distinct(
    rotation: NDArray[np.float64],
    place: NDArray[np.float64],
    scores: NDArray[np.float64],
    size: float,
    keep: int,
) -> NDArray[np.int64]:
    """Indices of the best poses, leaving out those that lie beside a better one."""
    left = np.argsort(scores, kind="stable")[: 20 * keep]
    chosen: list[int] = []
    while left.size and len(chosen) < keep:
        best = left[0]
        chosen.append(int(best))
        turn = np.sqrt(((rotation[left] - rotation[best]) ** 2).sum(axis=(1, 2)) / 2)
        shift = np.sqrt(((place[left] - place[best]) ** 2).sum(axis=1))
        left = left[(turn >= 0.3) | (shift >= 0.25 * size)]
    return np.array(chosen, dtype=np.int64)
