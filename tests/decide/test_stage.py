"""From evidence to a verdict and a risk."""

from __future__ import annotations

from types import SimpleNamespace

from xscan.decide import risk_of, verdict_of
from xscan.model import Finding


def test_an_honest_parcel_is_clear_and_of_little_risk(make: SimpleNamespace) -> None:
    d = make.parcel([make.thing("plastic", 50)], make.lines(make.line("confirmed")), make.said()).decide()
    assert d.verdict == "clear"
    assert d.risk < 0.1
    assert make.kinds(d) == set()


def test_risk_counts_a_cause_once_and_grows_with_causes() -> None:
    a = Finding("weight-mismatch", 0.8, "a", (1,), 1)
    b = Finding("quantity-mismatch", 0.8, "b", (1,), 1)
    c = Finding("undeclared-object", 0.8, "c", (2,))
    assert risk_of([]) < 0.03
    assert risk_of([a, b]) == risk_of([a])
    assert risk_of([a, c]) > risk_of([a])
    assert verdict_of([a]) == "inspect"
    assert verdict_of([Finding("scan-quality", 0.49, "x")]) == "clear"


def test_the_same_evidence_gives_the_same_decision(make: SimpleNamespace) -> None:
    made = make.parcel(
        [make.thing("textile", 200), make.thing("metal", 90, parent=1)],
        make.lines(make.line("confirmed"), undeclared=(2,)),
        make.said(),
    )
    one, two = made.decide(), made.decide()
    assert [(f.kind, f.severity, f.message) for f in one.findings] == [
        (f.kind, f.severity, f.message) for f in two.findings
    ]
    assert [f.severity for f in one.findings] == sorted((f.severity for f in one.findings), reverse=True)
