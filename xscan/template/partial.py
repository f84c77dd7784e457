"""Poses of a template that is only a part of a body: seeds on the skin, each with a template point laid upon it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from xscan.template.body import Body
from xscan.template.poses import Poses
from xscan.template.prepared import Prepared
from xscan.template.probes import PROBED, probes
from xscan.template.search import distinct, rough_scores
from xscan.template.surface import spread

if TYPE_CHECKING:
    from scipy.spatial import cKDTree

__all__ = ["SEEN_SHARE", "Seeds", "contained", "part_poses", "seeds_of"]

_TWISTS = 16
_SEEDS = 16  # on a template's share of the body: half may be hidden, and some must not lie on a plain place
_MATCHES = 8  # template points of the likest probes tried on each seed
SEEN_SHARE = 0.4  # of a template that reaches beyond the scan: less of it proves nothing
_FAR_MM = 10.0  # of the first look: points farther off are equally wrong


@dataclass(frozen=True, eq=False)
class Seeds:
    """Points far from each other on a body's skin, frames whose third column is the normal, and probes."""

    points: NDArray[np.float64]
    frames: NDArray[np.float64]
    probes: NDArray[np.float64]


def seeds_of(body: Body) -> Seeds:
    """One seed for every 200 mm² or so: a copy in the body has several, whichever part of it is hidden."""
    chosen = spread(body.points, int(np.clip(body.shape.area / 200, 48, 96)))
    q, m = body.points[chosen], body.normals[chosen]
    return Seeds(q, _frames(m), probes(body.distance, q, m))


def contained(own: NDArray[np.floating], tree: cKDTree, body: Body) -> bool:
    """Whether nearly every point of a template has a point of like probes on the body.

    Parameters
    ----------
    own : (n, 6) probes of the template
    tree : holds those of the body
    """
    limit = 0.3 * body.voxel_mm + 0.4
    apart, _ = tree.query(own)
    apart = np.minimum(apart / np.sqrt(own.shape[1]), 3 * limit)
    if body.clipped:
        apart = np.sort(apart)[: round(SEEN_SHARE * len(apart))]
    return float(apart.mean()) < limit


def part_poses(prepared: Prepared, body: Body, seeds: Seeds, *, keep: int) -> Poses:
    """Rough poses in which a point of the template lies on a seed of the skin, normal on normal.

    Parameters
    ----------
    keep : how many poses are returned
    """
    from xscan_kernels import lay_points

    # the seeds lie the farthest from each other first: a leading part of them covers the body as well
    few = int(np.clip(_SEEDS * body.shape.area / prepared.shape.area, _SEEDS, len(seeds.points)))
    seeds = Seeds(seeds.points[:few], seeds.frames[:few], seeds.probes[:few])
    unlike = np.abs(seeds.probes[:, None, :] - prepared.probes[None]).mean(axis=2)
    near = np.argsort(unlike, axis=1, kind="stable")[:, :_MATCHES]
    points, frames = prepared.points[:PROBED], _frames(prepared.normals[:PROBED])
    # a dozen far points throw out most of them at a fifth of the price
    losses = lay_points(
        body.distance.grid,
        prepared.points[:12],
        seeds.points,
        seeds.frames,
        points,
        frames,
        near,
        twists=_TWISTS,
        cap_mm=_FAR_MM,
    )
    kept = np.sort(np.argsort(losses, axis=None, kind="stable")[: max(30 * keep, losses.size // 20)])
    seed, nth, twist = np.unravel_index(kept, losses.shape)
    point = near[seed, nth]
    rotation = seeds.frames[seed] @ _twisted(twist * 2 * np.pi / _TWISTS) @ frames[point].transpose(0, 2, 1)
    place = seeds.points[seed] - (rotation @ points[point][..., None])[..., 0]
    scores = rough_scores(rotation, place, prepared.points[:64], body)
    best = distinct(rotation, place, scores, prepared.shape.size, keep)
    return Poses.at(rotation[best], place[best])


def _twisted(angle: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turns (k, 3, 3) about the third axis."""
    c, s = np.cos(angle), np.sin(angle)
    out = np.zeros((len(angle), 3, 3))
    out[:, 0, 0], out[:, 0, 1], out[:, 1, 0], out[:, 1, 1], out[:, 2, 2] = c, -s, s, c, 1
    return out


def _frames(normals: NDArray[np.float64]) -> NDArray[np.float64]:
    """Right-handed frames (n, 3, 3) whose third column is the normal."""
    n = normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    aside = np.where(np.abs(n[:, :1]) < 0.8, [[1.0, 0.0, 0.0]], [[0.0, 1.0, 0.0]])
    u = np.cross(aside, n)
    u /= np.linalg.norm(u, axis=1, keepdims=True)
    return np.stack([u, np.cross(n, u), n], axis=2)
