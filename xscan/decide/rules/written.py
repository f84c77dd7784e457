"""Rules that are data: conditions in TOML files become findings."""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping
from typing import Any

from xscan.decide.config import DecideConfig
from xscan.decide.evidence import Evidence
from xscan.decide.fields import subjects
from xscan.decide.ruleset import WrittenRule, load_rules
from xscan.language import Language, by_language, in_language, word
from xscan.model import Finding

__all__ = ["written_rules"]

KINDS = frozenset({"object.kind", "object.inside"})  # fields that hold a kind of material


def written_rules(evidence: Evidence, config: DecideConfig) -> Iterable[Finding]:
    """Ask every rule of every subject that it is for."""
    for rule in load_rules(config.rule_sets, config.rules_file):
        if rule.id in config.off:
            continue
        held = [(ids, line, f) for ids, line, f in subjects(evidence, rule.each) if rule.when(f)]
        if rule.together and held:
            ids = tuple(sorted({i for some, _, _ in held for i in some}))
            lines = {line for _, line, _ in held}
            yield _finding(rule, ids, lines.pop() if len(lines) == 1 else None, held[0][2], len(held))
        elif not rule.together:
            for ids, line, values in held:
                yield _finding(rule, ids, line, values, 1)


def _finding(
    rule: WrittenRule, ids: tuple[int, ...], line: int | None, values: Mapping[str, Any], count: int
) -> Finding:
    evidence: dict[str, Any] = {"rule": rule.id, "source": rule.source}
    evidence |= {k: v for k, v in values.items() if v is not None and k in rule.when.text}
    filled = {**values, "count": count}
    message = by_language({language: _filled(text, filled, language) for language, text in rule.message.items()})
    return Finding(rule.kind, rule.severity, message, ids, line, values.get("template.id"), evidence)


def _filled(message: str, values: Mapping[str, Any], language: Language) -> str:
    """Fill the fields in; what is unknown, or does not take the format, is written plainly."""
    out = []
    for text, field, spec, _ in string.Formatter().parse(message):
        out.append(text)
        if field is not None:
            value = values.get(field)
            if value is None or field in KINDS:
                value = in_language(word("kind", value or "unknown"), language)
            try:
                out.append(format(value, spec or ""))
            except (ValueError, TypeError):
                out.append(str(value))
    return "".join(out)
