"""What the check says of a line becomes a finding."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("missing", "missing-item"),
        ("quantity", "quantity-mismatch"),
        ("material", "material-mismatch"),
        ("weight", "weight-mismatch"),
    ],
)
def test_each_status_has_its_finding(status: str, kind: str, make: SimpleNamespace) -> None:
    d = make.parcel([make.thing("plastic", 50)], make.lines(make.line(status)), make.said()).decide()
    assert make.kinds(d) == {kind}
    assert d.verdict == "inspect"
    assert d.findings[0].line == 1


def test_a_wrong_quantity_and_weight_are_two_findings(make: SimpleNamespace) -> None:
    check = make.lines(make.line("quantity", p_quantity=0.99, p_weight=0.95, p_material=0.1))
    assert make.kinds(make.parcel([make.thing("glass", 168)], check, make.said()).decide()) == {
        "quantity-mismatch",
        "weight-mismatch",
    }


def test_what_a_rival_explanation_says_is_told_and_stops_nothing(make: SimpleNamespace) -> None:
    check = make.lines(make.line("confirmed", p_weight=0.3, why_weight="declared 0.5 kg, measured 0.4 kg"))
    d = make.parcel(
        [make.thing("plastic", 50), make.thing("metal", 90)], replace(check, doubted={2: 0.2, 1: 0.1}), make.said()
    ).decide()
    assert d.verdict == "clear"
    minor = {(f.kind, f.object_ids): f for f in d.findings}
    assert minor["undeclared-object", (2,)].severity == pytest.approx(0.2)
    assert ("undeclared-object", (1,)) not in minor
    weight = next(f for f in d.findings if f.kind == "weight-mismatch")
    assert weight.severity == pytest.approx(0.3)
    assert "may be of another weight: declared 0.5 kg, measured 0.4 kg" in weight.message
