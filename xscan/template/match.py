"""Which templates lie in the scan, and how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from xscan.model import (
    Pose,
    Progress,
    Quantities,
    Segmentation,
    Signature,
    Template,
    TemplateLibrary,
    TemplateMatch,
    silent,
)
from xscan.template.body import Body, body_of
from xscan.template.candidates import could_be
from xscan.template.config import TemplateConfig
from xscan.template.fit import Fit, fit_whole
from xscan.template.genuine import genuine_check
from xscan.template.prepared import Prepared, mirrored, prepare
from xscan.template.rights import right_check
from xscan.template.score import Evidence, evidence_of, probability
from xscan.template.search import coarse_field

__all__ = ["match"]


@dataclass(frozen=True, eq=False)
class _Found:
    template: Template
    prepared: Prepared
    fit: Fit
    evidence: Evidence
    score: float


def match(
    segmentation: Segmentation,
    quantities: Quantities,
    library: TemplateLibrary,
    signatures: Mapping[int, Signature],
    *,
    consignor_id: str = "",
    acquired: datetime | None = None,
    config: TemplateConfig | None = None,
    progress: Progress = silent,
) -> tuple[TemplateMatch, ...]:
    """Seek every template in every object that is goods.

    Parameters
    ----------
    segmentation, quantities : on one grid; attenuation gives surfaces between voxels
    library : the templates
    signatures : by object id; for the comparison with the genuine article
    consignor_id : who sends, for the check of rights
    acquired : when the scan was made; without it expiry is not judged

    Returns
    -------
    tuple of TemplateMatch
        by object id; those of at least `config.min_score`.
    """
    config = config or TemplateConfig()
    prepared: dict[str, Prepared] = {}
    for n, template in enumerate(library.templates):
        progress(0.3 * n / len(library.templates), f"template {template.id}")
        prepared[template.id] = prepare(template.mesh, config)
    goods = segmentation.goods
    matches: list[TemplateMatch] = []
    for n, o in enumerate(goods):
        progress(0.3 + 0.7 * n / len(goods), f"object {o.id}")
        longest = max((b - a) * s for a, b, s in zip(*o.bbox, segmentation.grid.voxel_size_mm, strict=True))
        if o.voxels < config.min_voxels or longest < config.min_size_mm:
            continue
        body = body_of(segmentation, quantities, [o])
        if body is None:
            continue
        found = _seek(body, library, prepared, config)
        if found:
            matches.append(_report(found, body, segmentation, signatures, consignor_id, acquired))
    progress(1.0)
    return tuple(matches)


def _seek(
    body: Body, library: TemplateLibrary, prepared: Mapping[str, Prepared], config: TemplateConfig
) -> list[_Found]:
    """The templates that the whole body could be, best first."""
    ranked = could_be(body.shape, prepared, body.voxel_mm, config)
    if not ranked:
        return []
    field = coarse_field(body)
    hands = (False, True) if config.mirrored else (False,)
    for hand in hands:
        found = []
        for identity in ranked:
            p = mirrored(prepared[identity]) if hand else prepared[identity]
            fit = fit_whole(p, body, field, config.max_scale)
            evidence = evidence_of(fit, body, config.psf_voxels)
            score = probability(evidence)
            if score >= config.min_score:
                found.append(_Found(library.template(identity), p, fit, evidence, score))
        if found:
            return sorted(found, key=lambda f: (f.evidence.rms_mm, f.template.id))
    return []


def _report(
    found: list[_Found],
    body: Body,
    segmentation: Segmentation,
    signatures: Mapping[int, Signature],
    consignor_id: str,
    acquired: datetime | None,
) -> TemplateMatch:
    best = found[0]
    fit, p = best.fit, best.prepared
    status, reason = right_check(best.template, consignor_id, acquired)
    # measured, not less the offset: positive where the body stands out of the template
    deviation = -(fit.template_mm - float(fit.poses.offset[0]))
    objects = [segmentation.object(i) for i in body.object_ids]
    return TemplateMatch(
        template_id=best.template.id,
        object_ids=body.object_ids,
        score=best.score,
        pose=Pose(fit.poses.matrix(0, p.centre, p.flip)),
        deviation_rms_mm=float(np.sqrt((deviation[fit.seen] ** 2).mean())),
        deviation_p95_mm=float(np.percentile(np.abs(deviation[fit.seen]), 95)),
        coverage=best.evidence.coverage,
        genuine_check=genuine_check(best.template.genuine, objects, signatures, whole=True),
        right_status=status,
        right_reason=reason,
        alternatives=tuple(f.template.id for f in found[1:]),
        points=(p.points[: len(deviation)] * p.flip) + p.centre,
        deviation_mm=deviation,
    )
