"""Rule families: each turns evidence into findings. A new one is one new file and one line here."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from xscan.decide.config import DecideConfig
from xscan.decide.evidence import Evidence
from xscan.decide.rules.cells import lithium_cells
from xscan.decide.rules.lines import declared_lines
from xscan.decide.rules.objects import hidden_objects, undeclared_objects
from xscan.decide.rules.outliers import density_outliers
from xscan.decide.rules.quality import scan_quality
from xscan.decide.rules.templates import template_matches
from xscan.decide.rules.vague import vague_descriptions
from xscan.decide.rules.written import written_rules
from xscan.model import Finding

__all__ = ["RULES", "Rule"]

Rule = Callable[[Evidence, DecideConfig], Iterable[Finding]]

RULES: dict[str, Rule] = {
    "templates": template_matches,
    "cells": lithium_cells,
    "undeclared": undeclared_objects,
    "hidden": hidden_objects,
    "lines": declared_lines,
    "vague": vague_descriptions,
    "outliers": density_outliers,
    "quality": scan_quality,
    "written": written_rules,
}
