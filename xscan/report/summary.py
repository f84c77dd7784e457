"""The few lines that an operator reads on the terminal."""

from __future__ import annotations

import textwrap

from xscan.model import Analysis
from xscan.report.text import clean, with_sigma

__all__ = ["summary"]

WIDTH = 96
REASONS = 8


def summary(analysis: Analysis) -> str:
    """Return the decision, its reasons, counts and masses as short plain text, without a final newline."""
    decision = analysis.decision
    lines = [f"{decision.verdict.upper()}  risk {decision.risk:.2f}"]
    findings = sorted(decision.findings, key=lambda f: -f.severity)
    for number, f in enumerate(findings[:REASONS], 1):
        text = f"{clean(f.message)} [{clean(f.kind)}, severity {f.severity:.2f}]"
        lines += textwrap.wrap(text, WIDTH, initial_indent=f"{number:3}. ", subsequent_indent="     ")
    if len(findings) > REASONS:
        lines.append(f"     and {len(findings) - REASONS} more in the report")
    if not findings:
        lines.append("     nothing that needs an officer was found")
    lines.append(_counts(analysis))
    mass = _mass(analysis)
    if mass:
        lines.append(mass)
    return "\n".join(lines)


def _counts(analysis: Analysis) -> str:
    objects = analysis.segmentation.objects
    inside = sum(o.parent is not None for o in objects if o.role == "goods")
    goods = len(analysis.segmentation.goods)
    text = f"objects: {goods} goods" + (f" ({inside} inside another)" if inside else "")
    packaging = sum(o.role == "packaging" for o in objects)
    if packaging:
        text += f", {packaging} packaging"
    if analysis.library is not None:
        text += f"; {len(analysis.matches)} template match{'' if len(analysis.matches) == 1 else 'es'}"
    if analysis.check is not None:
        confirmed = sum(c.status == "confirmed" for c in analysis.check.lines)
        text += f"; {confirmed} of {len(analysis.check.lines)} declared lines confirmed"
    return text


def _mass(analysis: Analysis) -> str:
    roots = [o for o in analysis.segmentation.goods if o.parent is None]
    masses = [s.mass_g for o in roots if (s := analysis.signatures.get(o.id)) is not None and s.mass_g is not None]
    if not masses:
        return ""
    total, sigma = sum(m.value for m in masses), sum(m.sigma**2 for m in masses) ** 0.5
    check = analysis.check
    if check is not None and check.estimated_g is not None:
        total, sigma = check.estimated_g, sigma if check.estimated_sigma_g is None else check.estimated_sigma_g
    text = f"mass: {with_sigma(total, sigma, 'g')} measured"
    if check is not None and check.declared_g is not None:
        text += f", {check.declared_g:.4g} g declared"
    return text
