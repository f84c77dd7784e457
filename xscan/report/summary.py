"""The few lines that an operator reads on the terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import reduce

from xscan.language import Language, in_language, text, word
from xscan.model import Analysis
from xscan.report.text import clean, with_sigma

__all__ = ["summary"]

WIDTH = 96
REASONS = 8


def summary(analysis: Analysis, language: Language = "en") -> str:
    """Return the decision, its reasons, counts and masses as short plain text, without a final newline."""
    decision = analysis.decision

    def say(key: str, **values: object) -> str:
        return text(f"summary-{key}", values, language)

    verdict = text(f"verdict-{decision.verdict}", None, language).upper()
    lines = [say("head", verdict=verdict, risk=f"{decision.risk:.2f}")]
    findings = sorted(decision.findings, key=lambda f: -f.severity)
    for number, f in enumerate(findings[:REASONS], 1):
        told = say(
            "finding",
            message=clean(in_language(f.message, language)),
            kind=clean(in_language(word("finding", f.kind), language)),
            severity=f"{f.severity:.2f}",
        )
        lines += _wrapped(told, f"{number:3}. ")
    if len(findings) > REASONS:
        lines.append("     " + say("more", count=len(findings) - REASONS))
    if not findings:
        lines.append("     " + say("nothing"))
    lines.append(reduce(lambda a, b: say("then", first=a, second=b), _counts(analysis, language)))
    mass = _mass(analysis, language)
    if mass:
        lines.append(mass)
    return "\n".join(lines)


def _counts(analysis: Analysis, language: Language) -> Iterator[str]:
    objects = analysis.segmentation.objects
    inside = sum(o.parent is not None for o in objects if o.role == "goods")
    goods = len(analysis.segmentation.goods)
    first = text(f"summary-objects{'-inside' if inside else ''}", {"goods": goods, "inside": inside}, language)
    packaging = sum(o.role == "packaging" for o in objects)
    if packaging:
        also = text("summary-packaging", {"count": packaging}, language)
        first = text("summary-join", {"first": first, "second": also}, language)
    yield first
    if analysis.library is not None:
        yield text("summary-matches", {"count": len(analysis.matches)}, language)
    if analysis.check is not None:
        confirmed = sum(c.status == "confirmed" for c in analysis.check.lines)
        yield text("summary-confirmed", {"confirmed": confirmed, "lines": len(analysis.check.lines)}, language)


def _mass(analysis: Analysis, language: Language) -> str:
    roots = [o for o in analysis.segmentation.goods if o.parent is None]
    masses = [s.mass_g for o in roots if (s := analysis.signatures.get(o.id)) is not None and s.mass_g is not None]
    if not masses:
        return ""
    total, sigma = sum(m.value for m in masses), sum(m.sigma**2 for m in masses) ** 0.5
    check = analysis.check
    if check is not None and check.estimated_g is not None:
        total, sigma = check.estimated_g, sigma if check.estimated_sigma_g is None else check.estimated_sigma_g
    measured = with_sigma(total, sigma, "g")
    if check is None or check.declared_g is None:
        return text("summary-mass", {"measured": measured}, language)
    values = {"measured": measured, "declared": f"{check.declared_g:.4g} g"}
    return text("summary-mass-declared", values, language)


def _wrapped(told: str, head: str) -> list[str]:
    """Break a text into lines of `WIDTH` cells of a terminal; a Chinese character takes two, and may end a line."""
    lines, line, width = [], head, len(head)
    for piece in _pieces(told):
        cells = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in piece)
        if width + cells > WIDTH and line.strip():
            lines.append(line.rstrip())
            line, width, piece = " " * len(head), len(head), piece.lstrip()
            cells = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in piece)
        line, width = line + piece, width + cells
    return [*lines, line.rstrip()]


def _pieces(told: str) -> Iterator[str]:
    """What may not be broken: words with the blank before them, and single wide characters."""
    piece = ""
    for c in told:
        wide = unicodedata.east_asian_width(c) in "WF"
        # a closing mark stays with what it closes
        if piece and (c == " " or (wide and unicodedata.category(c) not in ("Po", "Pe", "Pf"))):
            yield piece
            piece = ""
        piece += c
    if piece:
        yield piece
