"""Rules written in TOML, shipped and of a user."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from xscan.decide import DecideConfig
from xscan.language import in_language


def test_a_stack_like_banknotes(make: SimpleNamespace) -> None:
    stack = make.thing("paper", 98, (156, 77, 10), outer_mm3=115_000)
    d = make.parcel(
        [make.thing("plastic", 50), stack], make.lines(make.line("confirmed"), undeclared=(2,)), make.said()
    ).decide()
    assert "currency-like" in make.kinds(d)


def test_metal_in_textile_is_hidden(make: SimpleNamespace) -> None:
    things = [make.thing("textile", 300, (200, 150, 60)), make.thing("metal", 60, (80, 20, 5), parent=1)]
    d = make.parcel(things, make.lines(make.line("confirmed"), undeclared=(2,)), make.said("towel")).decide()
    mine = [f for f in d.findings if f.kind == "hidden-object"]
    assert mine
    assert mine[0].severity >= 0.9
    assert "metal" in mine[0].message


def test_undeclared_liquid_is_told_with_its_volume(make: SimpleNamespace) -> None:
    d = make.parcel(
        [
            make.thing("plastic", 50),
            make.thing("glass", 150, (120, 60, 60)),
            make.thing("liquid", 100, (90, 50, 50), parent=2),
        ],
        make.lines(make.line("confirmed"), undeclared=(2,)),
        make.said(),
    ).decide()
    assert any("100 mL" in f.message and f.severity >= 0.5 for f in d.findings)


@pytest.mark.parametrize(
    ("value", "currency", "article", "told"),
    [
        (1, "USD", "phone", True),
        (60, "USD", "phone", False),
        (1, "USD", "phone_case", False),
        (1, "CNY", "phone", False),
        (40_000, "EUR", "tshirt", True),
    ],
)
def test_a_value_is_held_against_the_mass(
    value: float, currency: str, article: str, told: bool, make: SimpleNamespace
) -> None:
    declaration = make.said("an article", value=value, currency=currency)
    d = make.parcel(
        [make.thing("plastic", 200)], make.lines(make.line("confirmed", article=article)), declaration
    ).decide()
    assert ("value-implausible" in make.kinds(d, 0.1)) is told
    assert d.verdict == "clear"


def test_a_users_rule_speaks_and_a_silenced_family_does_not(tmp_path: Path, make: SimpleNamespace) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(
        '[[rule]]\nid = "big"\nwhen = "object.length_mm > 50"\nkind = "big-thing"\nseverity = 0.6\n'
        'message.en = "{object.id} is {object.length_mm:.0f} mm long, {object.wall_mm} thick"\n'
        'message.zh = "{object.id}长{object.length_mm:.0f} mm，厚{object.wall_mm}，{object.kind}"\n'
    )
    d = make.parcel([make.thing("plastic", 50)], config=DecideConfig(rules_file=str(path))).decide()
    (finding,) = [f for f in d.findings if f.kind == "big-thing"]
    assert finding.message == "1 is 60 mm long, unknown thick"
    assert in_language(finding.message, "zh") == "1长60 mm，厚不明，塑料"
    assert finding.evidence["rule"] == "big"
    quiet = DecideConfig(rules_file=str(path), off=("big", "undeclared"))
    assert "big-thing" not in make.kinds(make.parcel([make.thing("plastic", 50)], config=quiet).decide(), 0.0)
