"""The templates of one body: first as its whole, then as its parts."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from xscan.template.body import Body
from xscan.template.candidates import Index
from xscan.template.config import TemplateConfig
from xscan.template.fit import Fit, fit_part, fit_whole, measure
from xscan.template.partial import SEEN_SHARE, contained, seeds_of
from xscan.template.prepared import MEASURED, Prepared, mirrored
from xscan.template.probes import probes
from xscan.template.score import Evidence, blur_mm, evidence_of, probability
from xscan.template.telling import DECISIVE, log_odds

__all__ = ["LOOKED_AT", "Found", "covered", "seek_part", "seek_torn", "seek_whole"]

_CONVEX = 0.92  # solidity beyond which a body is one thing
_MOST_OF_IT = 0.75  # share of the skin of one thing that a template must answer for, where the rest is out of view
_ON_IT = 0.5  # share of a part's surface that must lie on or in another for the two to be in one place
LOOKED_AT = 3  # templates whose probes are compared one by one, for each whose pose is sought


@dataclass(frozen=True, eq=False)
class Found:
    """A template found in a body, with the ids of those that fit it as well."""

    template_id: str
    prepared: Prepared
    body: Body
    fit: Fit
    evidence: Evidence
    score: float
    whole: bool
    alternatives: tuple[str, ...] = ()


def seek_whole(body: Body, index: Index, config: TemplateConfig) -> Found | None:
    """The template that the whole body is, or `None`."""
    ranked = index.could_be(body.shape, body.voxel_mm)[: config.candidates]
    for hand in _hands(config):
        found = []
        for identity in ranked:
            if p := _of_hand(index, identity, hand, body, config):
                found.append(_found(identity, p, body, fit_whole(p, body, config.max_scale), True, config))
        if best := _best(found, config):
            return best
    return None


def seek_torn(body: Body, index: Index, config: TemplateConfig) -> Found | None:
    """The template whose shell a patched body is, or `None`; crumbs that hang on it and inner skin are not its own."""
    for hand in _hands(config):
        found = []
        for identity in index.could_be(body.shape, body.voxel_mm)[: config.candidates]:
            if p := _of_hand(index, identity, hand, body, config):
                rough = fit_whole(p, body, config.max_scale)
                fit = measure(rough.poses, p, body, points=MEASURED, whole=False)
                found.append(_found(identity, p, body, fit, False, config))
        if best := _best(found, config):
            return best
    return None


def seek_part(body: Body, index: Index, config: TemplateConfig) -> Found | None:
    """The template that best explains a part of the body, or `None`."""
    one_thing = body.solidity > _CONVEX
    if one_thing and not body.clipped:
        return None
    from scipy.spatial import cKDTree

    seen = probes(body.distance, body.points, body.normals)
    tree = cKDTree(seen)
    share = SEEN_SHARE if body.clipped else 1.0
    ranked = index.could_hold(body.shape, seen, body.voxel_mm, share)[: LOOKED_AT * config.partial_candidates]
    likely = [i for i in ranked if contained(index.probes_of(i), tree, body)][: config.partial_candidates]
    if not likely:
        return None
    seeds = seeds_of(body)
    for hand in _hands(config):
        found = []
        for identity in likely:
            if p := _of_hand(index, identity, hand, body, config):
                fit = fit_part(p, body, seeds, config.max_scale)
                if not one_thing or fit.explained.mean() > _MOST_OF_IT:
                    found.append(_found(identity, p, body, fit, False, config))
        if best := _best(found, config):
            return best
    return None


def _hands(config: TemplateConfig) -> tuple[bool, ...]:
    """Whether the template is turned over: as it is first, then its mirror image."""
    return (False, True) if config.mirrored else (False,)


def _of_hand(index: Index, identity: str, hand: bool, body: Body, config: TemplateConfig) -> Prepared | None:
    """A template or its mirror image; `None` where the two are the same for the scan."""
    if not hand:
        return index.prepared(identity)
    return mirrored(index.prepared(identity)) if index.has_hand(identity, blur_mm(body.voxel_mm, config)) else None


def covered(found: Found) -> NDArray[np.bool_]:
    """Voxels of the body (its array) that the posed template explains: up to one voxel outside of it."""
    body, poses = found.body, found.fit.poses
    spacing = body.distance.spacing
    # of the body's own array: the field of a body that the scan cuts off is wider
    origin = (np.array(body.window[::-1]) + 0.5) * spacing
    posed = poses.forward(found.prepared.points)[0]
    low, high = posed.min(axis=0) - 2 * spacing, posed.max(axis=0) + 2 * spacing
    first = np.maximum(0, np.floor((low - origin) / spacing)).astype(int)
    last = np.minimum(np.array(body.inside.shape[::-1]), np.ceil((high - origin) / spacing) + 1)
    box = tuple(slice(int(a), int(b)) for a, b in zip(first[::-1], last[::-1], strict=True))
    out = np.zeros_like(body.inside)
    cells = np.argwhere(np.ones(out[box].shape, dtype=bool))[:, ::-1] + first
    local = poses.backward(cells * spacing + origin)[0]
    near = found.prepared.distance.value(local) < poses.offset[0] + body.voxel_mm
    out[box] = near.reshape(out[box].shape)
    return out


def _found(identity: str, p: Prepared, body: Body, fit: Fit, whole: bool, config: TemplateConfig) -> Found:
    evidence = evidence_of(fit, body, p, config, whole=whole)
    score = probability(evidence, whole=whole, mirrored=bool(p.flip[0] < 0))
    return Found(identity, p, body, fit, evidence, score, whole)


def _best(found: list[Found], config: TemplateConfig) -> Found | None:
    """The likely one that fits best; others that the scan does not tell from it become alternatives."""
    likely = sorted((f for f in found if f.score >= config.min_score), key=lambda f: (f.evidence.rms_mm, f.template_id))
    if not likely:
        return None
    first, *rest = likely
    alike = (f for f in rest if _same_place(f, first) and not _ruled_out(f, first))
    return replace(first, alternatives=tuple(f.template_id for f in alike))


def _same_place(other: Found, first: Found) -> bool:
    """Whether most of the other's surface lies on or in the first one: what lies beside it is another thing."""
    if first.whole:
        return True
    skin = other.fit.poses.forward(other.prepared.points[: len(other.fit.template_mm)])[0]
    depth = first.prepared.distance.value(first.fit.poses.backward(skin)[0])
    return bool((depth < 2 * first.body.voxel_mm).mean() > _ON_IT)


def _ruled_out(other: Found, first: Found) -> bool:
    pair = (first.prepared, first.fit), (other.prepared, other.fit)
    return log_odds(*pair, first.evidence, first.body.voxel_mm) > DECISIVE
