"""Poses of a template that is only a part of a body: seeds on the skin, each with a template point laid upon it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xscan.template.body import Body
from xscan.template.config import TemplateConfig
from xscan.template.field import Field
from xscan.template.poses import Poses
from xscan.template.prepared import Prepared
from xscan.template.search import distinct, rough_scores
from xscan.template.surface import spread

__all__ = ["Seeds", "could_contain", "part_poses", "probes", "seeds_of"]

# how far along the normal the distance field is probed, mm: inward for thickness, outward for hollows
_INWARD = (3.0, 6.0, 12.0, 20.0)
_OUTWARD = (4.0, 10.0)
_CAP_MM = 12.0
_TWISTS = 24
_MATCHES = 12  # template points of the likest probes tried on each seed
_CONVEX = 0.92
_TEMPLATE_POINTS = 256


def probes(field: Field, points: NDArray[np.float64], normals: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distances (n, 6), mm, read along the normal of each point: the same however the body lies.

    Thickness, curvature and what lies opposite all show in them, and touching bodies change only those that
    point at the contact.
    """
    along = np.array([-a for a in _INWARD] + list(_OUTWARD))
    at = points[:, None, :] + along[None, :, None] * normals[:, None, :]
    return np.clip(field.value(at).astype(np.float64), -_CAP_MM, _CAP_MM)


@dataclass(frozen=True, eq=False)
class Seeds:
    """Points far from each other on a body's skin, their normals and probes."""

    points: NDArray[np.float64]
    normals: NDArray[np.float64]
    probes: NDArray[np.float64]


def seeds_of(body: Body) -> Seeds:
    """One seed for every 150 mm² or so: a copy in the body has several, whichever part of it is hidden."""
    chosen = spread(body.points, int(np.clip(body.shape.area / 150, 48, 128)))
    q, m = body.points[chosen], body.normals[chosen]
    return Seeds(q, m, probes(body.distance, q, m))


def could_contain(
    body: Body, prepared: Mapping[str, Prepared], config: TemplateConfig
) -> list[tuple[str, NDArray[np.float64]]]:
    """Templates of which the body may contain a copy, likeliest first, each with its probes.

    Nearly every point of a contained template has a point of like probes on the body; the mean distance to the
    nearest such point says how well that holds.
    """
    from scipy.spatial import cKDTree

    if _solidity(body) > _CONVEX:
        return []
    tree = cKDTree(probes(body.distance, body.points, body.normals))
    limit = 0.3 * body.voxel_mm + 0.4
    found = []
    for identity in sorted(prepared):
        p = prepared[identity]
        if p.shape.volume * (1 - config.max_scale) ** 3 > body.shape.volume + body.voxel_mm * body.shape.area:
            continue
        own = probes(p.distance, p.points[:_TEMPLATE_POINTS], p.normals[:_TEMPLATE_POINTS])
        apart, _ = tree.query(own)
        unlike = float(np.minimum(apart / np.sqrt(own.shape[1]), 3 * limit).mean())
        if unlike < limit:
            # the probes of plain shapes are found everywhere: those of rich ones prove more
            found.append((unlike / float(np.sqrt(own.var(axis=0).mean()) + 0.1), identity, own))
    found.sort(key=lambda f: f[:2])
    return [(identity, own) for _, identity, own in found[: config.partial_candidates]]


def _solidity(body: Body) -> float:
    """Volume over that of the convex hull: near 1 for one convex thing, which has no parts."""
    from scipy.spatial import ConvexHull, QhullError

    try:
        return body.shape.volume / float(ConvexHull(body.points).volume)
    except QhullError:
        return 1.0


def part_poses(prepared: Prepared, own: NDArray[np.float64], body: Body, seeds: Seeds, *, keep: int) -> Poses:
    """Rough poses in which a point of the template lies on a seed of the skin, normal on normal.

    Parameters
    ----------
    own : probes of the template's first points
    keep : how many poses are returned
    """
    q, m = seeds.points, seeds.normals
    unlike = np.abs(seeds.probes[:, None, :] - own[None]).mean(axis=2)
    near = np.argsort(unlike, axis=1, kind="stable")[:, :_MATCHES]
    seed = np.repeat(np.arange(len(q)), near.shape[1])
    point = near.reshape(-1)
    angle = np.arange(_TWISTS) * 2 * np.pi / _TWISTS
    c, s = np.cos(angle), np.sin(angle)
    twist = np.zeros((_TWISTS, 3, 3))
    twist[:, 0, 0], twist[:, 0, 1], twist[:, 1, 0], twist[:, 1, 1], twist[:, 2, 2] = c, -s, s, c, 1
    to = _frames(m)[seed]
    back = _frames(prepared.normals[:_TEMPLATE_POINTS])[point].transpose(0, 2, 1)
    rotation = (to[:, None] @ twist[None] @ back[:, None]).reshape(-1, 3, 3)
    moved = (rotation @ np.repeat(prepared.points[point], _TWISTS, axis=0)[..., None])[..., 0]
    place = np.repeat(q[seed], _TWISTS, axis=0) - moved
    # a dozen far points throw out most of them at a fifth of the price
    first = rough_scores(rotation, place, prepared.points[:12], body)
    kept = np.sort(np.argsort(first, kind="stable")[: max(40 * keep, len(first) // 20)])
    rotation, place = rotation[kept], place[kept]
    scores = rough_scores(rotation, place, prepared.points[:64], body)
    best = distinct(rotation, place, scores, prepared.shape.size, keep)
    return Poses.at(rotation[best], place[best])


def _frames(normals: NDArray[np.float64]) -> NDArray[np.float64]:
    """Right-handed frames (n, 3, 3) whose third column is the normal."""
    n = normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    aside = np.where(np.abs(n[:, :1]) < 0.8, [[1.0, 0.0, 0.0]], [[0.0, 1.0, 0.0]])
    u = np.cross(aside, n)
    u /= np.linalg.norm(u, axis=1, keepdims=True)
    return np.stack([u, np.cross(n, u), n], axis=2)
