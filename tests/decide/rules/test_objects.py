"""Bodies of no line, and bodies inside others."""

from __future__ import annotations

from types import SimpleNamespace

import pytest


@pytest.mark.parametrize(
    ("holder_g", "kind", "mass", "stopped"),
    [(500, "plastic", 9, False), (500, "liquid", 9, True), (500, "plastic", 26, True), (100, "plastic", 9, True)],
)
def test_a_light_piece_that_lies_against_something_heavy_may_be_its_cap(
    holder_g: float, kind: str, mass: float, stopped: bool, make: SimpleNamespace
) -> None:
    made = make.parcel(
        [make.thing("glass", holder_g), make.thing(kind, mass)],
        make.lines(make.line("confirmed"), undeclared=(2,)),
        make.said(),
    )
    assert ("undeclared-object" in make.kinds(made.decide())) is stopped


def test_hidden_bodies(make: SimpleNamespace) -> None:
    knife = make.thing("metal", 90, (150, 20, 3), parent=1)
    d = make.parcel(
        [make.thing("textile", 200), knife], make.lines(make.line("confirmed"), undeclared=(2,)), make.said("shirt")
    ).decide()
    assert {"hidden-object", "undeclared-object"} <= make.kinds(d)
    unsaid = make.parcel([make.thing("glass", 300), make.thing("metal", 50, parent=1)]).decide()
    assert "hidden-object" in make.kinds(unsaid)
    bottle = make.parcel([make.thing("glass", 300), make.thing("liquid", 200, parent=1)]).decide()
    assert bottle.verdict == "clear"


def test_a_sheet_of_paper_and_crumbs_stop_nothing(make: SimpleNamespace) -> None:
    sheet = make.thing("paper", 12, (210, 148, 1))
    d = make.parcel(
        [make.thing("plastic", 50), sheet], make.lines(make.line("confirmed"), undeclared=(2,)), make.said()
    ).decide()
    assert d.verdict == "clear"
    assert "undeclared-object" in make.kinds(d, 0.1)
