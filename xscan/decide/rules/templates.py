"""Protected shapes, known copies and prohibited articles."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from xscan.decide.config import DecideConfig
from xscan.decide.evidence import Evidence
from xscan.decide.messages import say
from xscan.language import word
from xscan.model import Finding, Template, TemplateMatch

__all__ = ["template_matches"]

ALONE = 1.25  # longest edge over the template's diagonal above which a body is more than the article
UNITS = {"mass_g": " g", "density_g_cm3": " g/cm³", "z_e": "", "wall_mm": " mm"}


def template_matches(evidence: Evidence, config: DecideConfig) -> Iterable[Finding]:
    """One finding a template for all its matches of one outcome, so that ten equal toys are one sentence."""
    if evidence.library is None:
        return
    grouped: dict[tuple[str, str], list[TemplateMatch]] = {}
    for m in evidence.matches:
        grouped.setdefault((m.template_id, m.right_status), []).append(m)
    for (template_id, _), group in grouped.items():
        template = evidence.library.template(template_id)
        yield from _of_purpose(template, max(group, key=lambda m: m.score), _ids(group))
        for m in group:
            if not _holds_more(evidence, template, m):
                yield from _deviation(template, m, config)


def _holds_more(evidence: Evidence, template: Template, m: TemplateMatch) -> bool:
    """Whether the article is only a part of the body that it was found in: what is weighed is not it alone."""
    diagonal = math.hypot(*template.mesh.size_mm)
    return any(evidence.size_mm(i)[0] > ALONE * diagonal for i in m.object_ids if i in evidence.goods)


def _ids(group: list[TemplateMatch]) -> tuple[int, ...]:
    return tuple(sorted({i for m in group for i in m.object_ids}))


def _of_purpose(template: Template, m: TemplateMatch, ids: tuple[int, ...]) -> Iterator[Finding]:
    evidence = {
        "score": m.score,
        "right_status": m.right_status,
        "alternatives": list(m.alternatives),
        "holder": template.right.holder if template.right else "",
        "contact": template.right.contact if template.right else "",
    }

    def finding(kind: str, severity: float, key: str) -> Finding:
        message = say(key, name=template.name, score=m.score, reason=m.right_reason)
        return Finding(kind, severity, message, ids, None, template.id, evidence)

    # a score of 0.5 is as likely right as wrong: from there on an officer looks
    grave = m.score if m.score < 0.5 else 0.5 + 0.9 * (m.score - 0.5)
    if template.purpose == "prohibited":
        yield finding("prohibited", min(1.0, grave + 0.05), "template-prohibited")
    elif m.right_status == "authorised":
        return
    elif template.purpose == "known-counterfeit":
        yield finding("template-match", grave, "template-known")
    elif m.right_status == "not-authorised":
        yield finding("template-match", grave, "template-right")
    elif m.right_status == "expired":
        yield finding("right-expired", 0.4 * m.score, "right-expired")
    else:
        yield finding("template-match", 0.6 * m.score, "template-no-record")


def _deviation(template: Template, m: TemplateMatch, config: DecideConfig) -> Iterator[Finding]:
    """An article of an authorised sender that is not made as the genuine one is."""
    for name, entry in m.genuine_check.items():
        held: Mapping[str, Any] = entry
        measured, sigma, limits = held.get("measured"), held.get("sigma"), held.get("range")
        if held.get("status") != "outside" or measured is None or limits is None:
            continue
        low, high = float(limits[0]), float(limits[1])
        spread = max(float(sigma or 0.0), config.genuine_rel * float(measured))
        beyond = max(low - measured, measured - high)
        far = beyond / spread if spread > 0 else 0.0
        severity = 0.6 if far >= config.genuine_sigma else 0.3
        what, unit = word("quantity", name), UNITS.get(name, "")
        values = {
            "what": what,
            "measured": f"{measured:.3g}{unit}",
            "low": f"{low:g}",
            "high": f"{high:g}",
            "unit": unit,
        }
        yield Finding(
            "genuine-deviation",
            severity * max(m.score, 0.85),
            say("genuine", name=template.name, **values),
            m.object_ids,
            None,
            template.id,
            {"quantity": name, "measured": measured, "sigma": spread, "range": [low, high], "sigmas": far},
        )
