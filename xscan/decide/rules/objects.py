"""Bodies that no line explains, and bodies inside others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

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
USUAL, HIDDEN = 0.75, 0.9
NOTED = 0.15  # probability from which it is told that a body may belong to no line
SHEET_MM = 6.0  # a thinner light body of paper or film is an invoice, a bag, a flap of packing
LIGHT_G = 40.0
FOAM = 0.12  # g/cm³; below it, packing
PIECE_G, PIECE_SHARE = 25.0, 0.08  # lighter, and less of what it lies against: more likely a cap or a handle of that
GRAVE = frozenset({"liquid", "powder", "explosive-like"})  # of which little may be much
POLYOLEFIN_Z = 6.0  # polyethylene and polypropylene have 5.5, ethanol 6.4, water 7.4
ORGANIC = (1.6, 10.0)  # most g/cm³ and Z_e of plastic, paper, wood, leather: which of them it is, little matter hides
STREAK = (0.5, 0.45)  # beside metal and this light, g/cm³: more likely a streak than a body


def undeclared_objects(evidence: Evidence, config: DecideConfig) -> Iterable[Finding]:
    """Bodies that belong to no line; equal ones in one finding. Those that may belong to none make a minor one."""
    groups: dict[tuple[str, int, bool], list[int]] = {}
    doubted = {i for i, p in _doubts(evidence).items() if p >= NOTED}
    for i in sorted((evidence.undeclared | doubted) & set(evidence.goods)):
        group, told = evidence.goods[i].group, i in evidence.undeclared
        groups.setdefault(("group", group, told) if group is not None else ("object", i, told), []).append(i)
    for (_, _, told), ids in groups.items():
        first = ids[0]
        key = "doubt-undeclared" if not told else "undeclared" if len(ids) == 1 else "undeclared-equal"
        message = say(key, object=first, count=len(ids), body=evidence.body(first))
        masses = [evidence.mass_g(i) for i in ids]
        yield Finding(
            "undeclared-object",
            max(_weighed(_severity(evidence, i, config), i, evidence) for i in ids),
            message,
            tuple(ids),
            evidence={"count": len(ids), "mass_g": masses, "kind": evidence.kind(first)},
        )


def _doubts(evidence: Evidence) -> Mapping[int, float]:
    return evidence.check.doubted if evidence.check else {}


def _weighed(severity: float, i: int, evidence: Evidence) -> float:
    """A severity by how likely it is that no line explains the body: below one half, never above that."""
    p = _doubts(evidence).get(i, 1.0)
    return 0.5 + (severity - 0.5) * p if min(severity, p) >= 0.5 else min(severity, p)


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
    if (
        weight < PIECE_G
        and (kind not in GRAVE or _polyolefin(evidence, i))
        and _organic(evidence, i)
        and _lies_against(evidence, i, weight / PIECE_SHARE)
    ):
        return 0.4
    # close to what can be told from noise and crumbs, doubt grows
    return severity if weight >= 2 * config.min_mass_g else 0.5 + (severity - 0.5) * 0.5


def _polyolefin(evidence: Evidence, i: int) -> bool:
    """Whether what is taken for a liquid has the low Z_e of the plastics that caps are made of."""
    s = evidence.signatures.get(i)
    return evidence.kind(i) == "liquid" and s is not None and s.z_e is not None and s.z_e.value < POLYOLEFIN_Z


def _organic(evidence: Evidence, i: int) -> bool:
    """Whether what was measured of a body is as of organic matter, whatever kind it is taken for."""
    s = evidence.signatures.get(i)
    if s is None or s.density is None or s.z_e is None:
        return evidence.kind(i) == "unknown"
    return s.density.value < ORGANIC[0] and s.z_e.value < ORGANIC[1]


def _lies_against(evidence: Evidence, i: int, least_g: float) -> bool:
    """Whether the box of something at least so heavy comes within two voxels of a body's."""
    (z0, y0, x0), (z1, y1, x1) = evidence.goods[i].bbox
    for k, other in evidence.goods.items():
        first, last = other.bbox
        apart = max(first[0] - z1, z0 - last[0], first[1] - y1, y0 - last[1], first[2] - x1, x0 - last[2])
        if k != i and apart <= 2 and evidence.weight(k) >= least_g:
            return True
    return False


def hidden_objects(evidence: Evidence, config: DecideConfig) -> Iterable[Finding]:
    """Bodies inside goods: with a declaration those that no line explains, without one all but natural contents."""
    for i in sorted(evidence.goods):
        outer = evidence.outer(i)
        if outer is None or evidence.weight(i) < config.min_mass_g:
            continue
        natural = evidence.kind(i) in CONTENTS and evidence.kind(outer) not in ("textile", "stone")
        key = "hidden"
        if evidence.check is not None:
            told = i in evidence.undeclared
            if not told and _doubts(evidence).get(i, 0.0) < NOTED:
                continue
            key, severity = key if told else "doubt-hidden", _weighed(HIDDEN, i, evidence)
        elif natural:
            continue
        else:
            severity = 0.55
        yield Finding(
            "hidden-object",
            severity,
            say(key, object=i, outer=outer, body=evidence.body(i)),
            (i,),
            evidence={"inside": outer, "kind": evidence.kind(i), "mass_g": evidence.mass_g(i)},
        )
