"""Bodies that no line explains, and bodies inside others."""

from __future__ import annotations

from collections.abc import Iterable

from xscan.decide.config import DecideConfig
from xscan.decide.evidence import CONTENTS, Evidence
from xscan.decide.messages import say
from xscan.model import Finding

__all__ = ["hidden_objects", "undeclared_objects"]

# What it would cost to let a body of such a material pass undeclared.
CONSEQUENCE = {
    "battery": 0.95,
    "metal": 0.85,
    "electronics": 0.85,
    "liquid": 0.85,
    "powder": 0.85,
    "explosive-like": 0.95,
    "unknown": 0.75,
}
USUAL = 0.75
SHEET_MM = 6.0  # a thinner light body of paper or film is an invoice, a bag, a flap of packing
LIGHT_G = 40.0
FOAM = 0.12  # g/cm³; below it, packing
STREAK = (0.5, 0.45)  # beside metal and this light, g/cm³: more likely a streak than a body


def undeclared_objects(evidence: Evidence, config: DecideConfig) -> Iterable[Finding]:
    """Bodies that belong to no line; equal ones in one finding."""
    groups: dict[tuple[str, int], list[int]] = {}
    for i in sorted(evidence.undeclared & set(evidence.goods)):
        group = evidence.goods[i].group
        groups.setdefault(("group", group) if group is not None else ("object", i), []).append(i)
    for ids in groups.values():
        first = ids[0]
        key = "undeclared" if len(ids) == 1 else "undeclared-equal"
        message = say(key, object=first, count=len(ids), body=evidence.body(first))
        masses = [evidence.mass_g(i) for i in ids]
        yield Finding(
            "undeclared-object",
            max(_severity(evidence, i, config) for i in ids),
            message,
            tuple(ids),
            evidence={"count": len(ids), "mass_g": masses, "kind": evidence.kind(first)},
        )


def _severity(evidence: Evidence, i: int, config: DecideConfig) -> float:
    kind, weight = evidence.kind(i), evidence.weight(i)
    severity = CONSEQUENCE.get(kind, USUAL)
    s = evidence.signatures.get(i)
    density = s.density.value if s and s.density else None
    thin = evidence.size_mm(i)[2] < SHEET_MM
    packing = kind in ("paper", "plastic", "textile", "unknown") and weight < LIGHT_G
    if packing and (thin or (density is not None and density < FOAM)):
        return 0.35
    if s and s.metal_near > STREAK[0] and density is not None and density < STREAK[1]:
        return 0.35
    # close to what can be told from noise and crumbs, doubt grows
    return severity if weight >= 2 * config.min_mass_g else 0.5 + (severity - 0.5) * 0.5


def hidden_objects(evidence: Evidence, config: DecideConfig) -> Iterable[Finding]:
    """Bodies inside goods: with a declaration those that no line explains, without one all but natural contents."""
    for i in sorted(evidence.goods):
        outer = evidence.outer(i)
        if outer is None or evidence.weight(i) < config.min_mass_g:
            continue
        natural = evidence.kind(i) in CONTENTS and evidence.kind(outer) not in ("textile", "stone")
        if evidence.check is not None:
            if i not in evidence.undeclared:
                continue
            severity = 0.9
        elif natural:
            continue
        else:
            severity = 0.55
        yield Finding(
            "hidden-object",
            severity,
            say("hidden", object=i, outer=outer, body=evidence.body(i)),
            (i,),
            evidence={"inside": outer, "kind": evidence.kind(i), "mass_g": evidence.mass_g(i)},
        )
