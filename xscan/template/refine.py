"""Poses made exact: Gauss-Newton on the distance fields of both sides at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xscan.template.body import Body
from xscan.template.poses import Poses
from xscan.template.prepared import Prepared
from xscan.template.rotations import exponential

__all__ = ["refine"]

_DOF = 10  # place 3, rotation 3, scale 3, offset 1


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
    x = prepared.points[:points]
    q = body.points[:: max(1, len(body.points) // points)]
    limit = 0.75 * body.voxel_mm
    r, s, t, b = poses.rotation.copy(), poses.scale.copy(), poses.place.copy(), poses.offset.copy()
    # prior precision of the three scales and the offset, in the units of the mean squared residual (mm²)
    free = max_scale > 0
    noise = (0.5 * body.voxel_mm) ** 2
    prior = np.zeros(_DOF)
    prior[6:9] = 0.02 * noise / max(max_scale / 2, 1e-3) ** 2 if free else 1e12
    prior[9] = 0.02 * noise / (0.5 * limit) ** 2 if free else 1e12
    prior[:6] = 1e-9
    for step in range(steps):
        width = reach_mm[0] * (reach_mm[1] / reach_mm[0]) ** (step / max(1, steps - 1))
        current = Poses(r, s, t, b)
        h, g = _forward(current, x, body, width)
        if both:
            h2, g2 = _backward(current, q, prepared, width)
            h, g = h + h2, g + g2
        state = np.concatenate([np.zeros((len(r), 6)), s - 1, b[:, None]], axis=1)
        h = h + np.diag(prior)
        delta = -np.linalg.solve(h, (g + prior * state)[..., None])[..., 0]
        t = t + np.clip(delta[:, :3], -8, 8)
        turn = delta[:, 3:6]
        size = np.linalg.norm(turn, axis=1, keepdims=True)
        r = exponential(turn * np.minimum(1, 0.35 / np.maximum(size, 1e-9))) @ r
        if free:
            s = np.clip(s + delta[:, 6:9], 1 - max_scale, 1 + max_scale)
            b = np.clip(b + delta[:, 9], -limit, limit)
    return Poses(r, s, t, b)


def _weights(residual: NDArray[np.float64], width: float) -> NDArray[np.float64]:
    w: NDArray[np.float64] = 1 / (residual.shape[1] * (1 + (residual / width) ** 2) ** 2)
    return w


def _normal(j: NDArray[np.float64], r: NDArray[np.float64], width: float) -> tuple[NDArray[np.float64], ...]:
    weighted = j * _weights(r, width)[..., None]
    return weighted.transpose(0, 2, 1) @ j, (weighted * r[..., None]).sum(axis=1)


def _forward(poses: Poses, x: NDArray[np.float64], body: Body, width: float) -> tuple[NDArray[np.float64], ...]:
    """Normal equations of the template's points in the body's field."""
    y = poses.forward(x)
    value, gradient = body.distance.sample(y)
    g = gradient.astype(np.float64)
    arm = y - poses.place[:, None, :]
    along = g @ poses.rotation
    residual = value.astype(np.float64) + poses.offset[:, None]
    # beyond the scan's box nothing was seen, so nothing can be missing there
    seen = np.all((y >= body.low) & (y <= body.high), axis=2)
    j = np.concatenate([g, np.cross(arm, g), along * x[None], np.ones((*residual.shape, 1))], axis=2)
    j *= seen[..., None]
    return _normal(j, residual, width)


def _backward(
    poses: Poses, q: NDArray[np.float64], prepared: Prepared, width: float
) -> tuple[NDArray[np.float64], ...]:
    """Normal equations of the body's points in the template's field."""
    x = poses.backward(q)
    value, gradient = prepared.distance.sample(x)
    g = gradient.astype(np.float64)
    world = (g / poses.scale[:, None, :]) @ poses.rotation.transpose(0, 2, 1)
    arm = q[None] - poses.place[:, None, :]
    residual = value.astype(np.float64) - poses.offset[:, None]
    j = np.concatenate(
        [-world, -np.cross(arm, world), -g * x / poses.scale[:, None, :], -np.ones((*residual.shape, 1))], axis=2
    )
    return _normal(j, residual, width)
