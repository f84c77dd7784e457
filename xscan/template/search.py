"""The global search: rough poses of a template in a body, none overlooked for want of a good start."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xscan.template.body import Body
from xscan.template.poses import Poses
from xscan.template.prepared import Prepared
from xscan.template.rotations import axis_aligned, spiral

__all__ = ["Coarse", "coarse_field", "distinct", "rough_scores", "whole_poses"]

_CAP_MM = 10.0
_BLOCK = 2048


class Coarse:
    """The unsigned distance from a body's skin on a coarse grid, up to 10 mm, for scoring poses by the thousand.

    Parameters
    ----------
    body : whose skin
    """

    def __init__(self, body: Body) -> None:
        f = body.distance
        self.step = float(max(2.0, f.spacing.max(), body.shape.size / 24))
        extent = (np.array(f.values.shape[::-1]) - 1) * f.spacing
        n = np.ceil(extent / self.step).astype(int) + 1
        axes = [f.origin[k] + self.step * np.arange(n[k]) for k in range(3)]
        z, y, x = np.meshgrid(axes[2], axes[1], axes[0], indexing="ij")
        values = np.abs(f.value(np.stack([x, y, z], axis=-1)))
        padded = np.pad(np.minimum(values, _CAP_MM), 1, constant_values=_CAP_MM)
        self.values = np.ascontiguousarray(padded, dtype=np.float32)
        self.origin = f.origin - self.step

    def mean(self, y: NDArray[np.float32]) -> NDArray[np.float32]:
        """Mean capped distance (k,) of points (k, n, 3), scan mm."""
        nz, ny, nx = self.values.shape
        g = (y - self.origin.astype(np.float32)) * np.float32(1 / self.step) + np.float32(0.5)
        g = np.clip(g, 0, np.array([nx - 0.5, ny - 0.5, nz - 0.5], dtype=np.float32)).astype(np.int32)
        flat = (g[..., 2] * ny + g[..., 1]) * nx + g[..., 0]
        out: NDArray[np.float32] = self.values.reshape(-1)[flat].mean(axis=1)
        return out


def coarse_field(body: Body) -> Coarse:
    """Make the coarse field of a body."""
    return Coarse(body)


def rough_scores(
    rotation: NDArray[np.float64], place: NDArray[np.float64], x: NDArray[np.float64], field: Coarse
) -> NDArray[np.float32]:
    """Mean distance (k,), mm, of template points (n, 3) from the skin in each pose."""
    points = x.astype(np.float32)
    scores = np.empty(len(rotation), dtype=np.float32)
    for a in range(0, len(rotation), _BLOCK):
        b = slice(a, a + _BLOCK)
        y = points @ rotation[b].astype(np.float32).transpose(0, 2, 1) + place[b, None, :].astype(np.float32)
        scores[b] = field.mean(y)
    return scores


def whole_poses(prepared: Prepared, body: Body, field: Coarse, *, keep: int) -> Poses:
    """Poses in which the template fills the whole body: its centroid on the body's, in every orientation."""
    aligned = body.shape.axes @ axis_aligned() @ prepared.shape.axes.T
    rotation = np.concatenate([aligned, spiral(2000)])
    place = np.broadcast_to(body.shape.centre, (len(rotation), 3))
    scores = rough_scores(rotation, place, prepared.points[:64], field)
    best = distinct(rotation, place, scores, prepared.shape.size, keep)
    return Poses.at(rotation[best], place[best])


def distinct(
    rotation: NDArray[np.float64],
    place: NDArray[np.float64],
    scores: NDArray[np.float32],
    size: float,
    keep: int,
) -> NDArray[np.int64]:
    """Indices of the best poses, leaving out those that lie beside a better one."""
    order = np.argsort(scores, kind="stable")[: 40 * keep]
    chosen: list[int] = []
    for i in order:
        if len(chosen) == keep:
            break
        if chosen:
            c = np.array(chosen)
            turn = np.linalg.norm(rotation[c] - rotation[i], axis=(1, 2)) / np.sqrt(2)
            shift = np.linalg.norm(place[c] - place[i], axis=1)
            if ((turn < 0.3) & (shift < 0.25 * size)).any():
                continue
        chosen.append(int(i))
    return np.array(chosen, dtype=np.int64)
