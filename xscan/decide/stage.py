"""Evidence becomes a decision with its reasons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from xscan.decide.config import DecideConfig
from xscan.decide.evidence import Evidence
from xscan.decide.risk import risk_of
from xscan.decide.rules import RULES
from xscan.model import (
    Decision,
    Declaration,
    DeclarationCheck,
    Finding,
    Quantities,
    Scan,
    Segmentation,
    Signature,
    TemplateLibrary,
    TemplateMatch,
    Verdict,
)

__all__ = ["decide", "verdict_of"]

DEFAULT = DecideConfig()


def decide(
    scan: Scan,
    quantities: Quantities,
    segmentation: Segmentation,
    signatures: Mapping[int, Signature],
    matches: tuple[TemplateMatch, ...],
    library: TemplateLibrary | None,
    declaration: Declaration | None,
    check: DeclarationCheck | None,
    *,
    config: DecideConfig = DEFAULT,
) -> Decision:
    """Ask every rule family and weigh what they say.

    Returns
    -------
    the verdict, the risk and the findings, worst first

    Raises
    ------
    InputError
        Where a written rule has a mistake; the text names its place.
    """
    evidence = Evidence(scan, quantities, segmentation, signatures, matches, library, declaration, check)
    found = [f for name, rule in RULES.items() if name not in config.off for f in rule(evidence, config)]
    findings = tuple(sorted(_once(found), key=lambda f: (-f.severity, f.kind, f.line or 0, f.object_ids, f.message)))
    return Decision(verdict_of(findings, config), risk_of(findings, config, declaration), findings)


def verdict_of(findings: Iterable[Finding], config: DecideConfig = DEFAULT) -> Verdict:
    """`clear` where no finding needs an officer; `detain` for a grave one of the kinds that the config names."""
    grave = [f for f in findings if f.severity >= config.officer_from]
    if any(f.kind in config.detain_kinds and f.severity >= config.detain_from for f in grave):
        return "detain"
    return "inspect" if grave else "clear"


def _once(found: Iterable[Finding]) -> list[Finding]:
    """Of findings of one kind about the same objects and line, keep the gravest."""
    best: dict[object, Finding] = {}
    for f in found:
        about = (f.kind, f.object_ids, f.line, f.template_id)
        key: object = about if f.object_ids or f.line is not None else (*about, f.message)
        if key not in best or f.severity > best[key].severity:
            best[key] = f
    return list(best.values())
