"""What the declaration check says of each line, and of the whole parcel's mass."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from functools import reduce

from xscan.decide.config import DecideConfig
from xscan.decide.evidence import Evidence
from xscan.decide.messages import say
from xscan.language import Said, said, word
from xscan.model import Finding, LineCheck

__all__ = ["declared_lines"]

KINDS = {
    "missing": "missing-item",
    "quantity": "quantity-mismatch",
    "material": "material-mismatch",
    "weight": "weight-mismatch",
}
# What it would cost to let it pass, beside an undeclared article (1).
CONSEQUENCE = {"missing": 0.8, "quantity": 0.95, "material": 1.0, "weight": 0.85}
NOTED = 0.15  # probability from which it is told that something may be wrong
TOTAL_SIGMAS = 4.0  # of the parcel's mass from what is declared, where no line shows it
TOTAL_REL = 0.2  # and at least this share


def declared_lines(evidence: Evidence, config: DecideConfig) -> Iterable[Finding]:
    """Every way in which a line is more likely wrong than right is a finding; what may be so, a minor one."""
    check, declaration = evidence.check, evidence.declaration
    if check is None or declaration is None:
        return
    told = False
    for line in check.lines:
        for status, kind in KINDS.items():
            p = _probability(line, status)
            if p < NOTED:
                continue
            sure = p >= 0.5
            told |= sure
            item = evidence.items.get(line.line)
            message = say(
                status if sure else f"doubt-{status}",
                line=line.line,
                description=_short(item.description if item else ""),
                reason=_reason(line, status),
            )
            yield Finding(
                kind,
                0.5 + (p - 0.5) * CONSEQUENCE[status] if sure else p,
                message,
                line.object_ids,
                line.line,
                None,
                {"probability": p, "counted": line.counted, "estimated_mass_g": line.estimated_mass_g}
                | {name: value for name, value in line.evidence.items() if not name.startswith("why_")},
            )
    for note in declaration.notes:
        units = isinstance(note, Said) and note.key == "declaration-note-weights"
        kind, severity = ("weight-mismatch", 0.35) if units else ("declaration-form", 0.15)
        yield Finding(kind, severity, note, line=_line_in(note), evidence={})
    if not told and not evidence.undeclared:
        yield from _totals(evidence, config)


def _probability(line: LineCheck, status: str) -> float:
    p = line.evidence.get(f"p_{status}")
    if isinstance(p, (int, float)):
        return float(p)
    return line.probability if line.status == status else 0.0


def _reason(line: LineCheck, status: str) -> str:
    """The reason that the check gives for this status; else its first two, or the status itself."""
    why = line.evidence.get(f"why_{status}")
    if isinstance(why, str):
        return why
    if not line.reasons:
        return word("status", line.status)
    return reduce(lambda a, b: said("declaration-both", first=a, second=b), line.reasons[:2])


def _totals(evidence: Evidence, config: DecideConfig) -> Iterator[Finding]:
    check, declaration = evidence.check, evidence.declaration
    assert check is not None
    assert declaration is not None
    found, sigma = check.estimated_g, check.estimated_sigma_g or 0.0
    if found is None:
        return
    # light pieces that nobody asked for are crumbs, folds of film and rests of streaks, not goods that a line lacks
    used = evidence.line_of
    loose = (i for i in evidence.goods if i not in used and evidence.outer(i) is None)
    found -= sum(g for g in map(evidence.weight, loose) if g < config.min_mass_g)
    if check.declared_g:
        spread = math.hypot(sigma, 0.06 * check.declared_g)
        far = abs(found - check.declared_g)
        if far > TOTAL_SIGMAS * spread and far > TOTAL_REL * check.declared_g:
            kilos = {"measured": found / 1000, "sigma": sigma / 1000, "declared": check.declared_g / 1000}
            yield Finding("weight-mismatch", 0.6, say("weight-total", **kilos), evidence=kilos)
    gross = declaration.gross_weight_kg
    if gross and found - 3 * sigma > 1000 * gross * 1.1:
        kilos = {"measured": found / 1000, "declared": gross}
        yield Finding("weight-mismatch", 0.55, say("weight-gross", **kilos), evidence=kilos)


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"


def _line_in(note: str) -> int | None:
    line = note.values.get("line") if isinstance(note, Said) else None
    return line if isinstance(line, int) else None
