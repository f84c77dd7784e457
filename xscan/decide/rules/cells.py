"""Suspected lithium cells: how many, how large, and whether a line names them or what runs on them.

Never their energy: no scan shows it.
"""

from __future__ import annotations

from collections.abc import Iterable

from xscan.decide.cells import SURE, cell_form, other_name
from xscan.decide.config import DecideConfig
from xscan.decide.evidence import Evidence
from xscan.decide.messages import say
from xscan.model import Finding, LineCheck

__all__ = ["lithium_cells"]


def lithium_cells(evidence: Evidence, config: DecideConfig) -> Iterable[Finding]:
    """One finding a form: how many, how large, and whether a line names them or what runs on them."""
    wording = {line.line: _said_of_cells(evidence, line) for line in (evidence.check.lines if evidence.check else ())}
    found: dict[tuple[str, int | None], list[tuple[int, float]]] = {}
    for i in sorted(evidence.goods):
        form, belief = cell_form(evidence, i)
        if belief >= SURE:
            line = evidence.line_of.get(i)
            owner = line.line if line is not None and wording[line.line] else None
            found.setdefault((form, owner), []).append((i, belief))
    for (form, declared), cells in found.items():
        ids = tuple(i for i, _ in cells)
        belief = max(p for _, p in cells)
        length, width, height = evidence.size_mm(ids[0])
        size = f"{width:.0f} × {length:.0f} mm" if form != "pouch" else f"{height:.0f} × {width:.0f} × {length:.0f} mm"
        where = (
            say("cells-unsaid")
            if evidence.check is None
            else say(f"cells-{wording[declared]}", line=declared)
            if declared is not None
            else say("cells-undeclared")
        )
        severity = 0.3 if declared is not None else 0.5 + 0.45 * belief
        yield Finding(
            "dangerous-goods",
            severity,
            say("cells", count=len(ids), form=form, size=size, where=where),
            ids,
            declared,
            evidence={
                "form": form,
                "count": len(ids),
                "belief": belief,
                "volume_mm3": [round(evidence.outer_mm3(i), 1) for i in ids],
                "mass_g": [evidence.mass_g(i) for i in ids],
                "same_form": other_name(form),
            },
        )


def _said_of_cells(evidence: Evidence, line: LineCheck) -> str:
    """Whether a line is of cells ("declared"), of goods that run on them ("in-goods"), or of neither ("")."""
    item = evidence.items.get(line.line)
    if "battery" in str(line.evidence.get("article", "")) or (item and item.hs_code[:4] in ("8506", "8507")):
        return "declared"
    return "in-goods" if line.evidence.get("runs_on_cells") else ""
