"""Bodies of no line, and bodies inside others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Make = Callable[..., Any]


@pytest.mark.parametrize(
    ("holder_g", "kind", "mass", "stopped"),
    [(500, "plastic", 9, False), (500, "liquid", 9, True), (500, "plastic", 26, True), (100, "plastic", 9, True)],
)
def test_a_light_piece_that_lies_against_something_heavy_may_be_its_cap(
    holder_g: float,
    kind: str,
    mass: float,
    stopped: bool,
    parcel: Make,
    thing: Make,
    lines: Make,
    line: Make,
    said: Make,
    kinds: Make,
) -> None:
    made = parcel([thing("glass", holder_g), thing(kind, mass)], lines(line("confirmed"), undeclared=(2,)), said())
    assert ("undeclared-object" in kinds(made.decide())) is stopped


def test_hidden_bodies(parcel: Make, thing: Make, lines: Make, line: Make, said: Make, kinds: Make) -> None:
    knife = thing("metal", 90, (150, 20, 3), parent=1)
    d = parcel([thing("textile", 200), knife], lines(line("confirmed"), undeclared=(2,)), said("shirt")).decide()
    assert {"hidden-object", "undeclared-object"} <= kinds(d)
    unsaid = parcel([thing("glass", 300), thing("metal", 50, parent=1)]).decide()
    assert "hidden-object" in kinds(unsaid)
    bottle = parcel([thing("glass", 300), thing("liquid", 200, parent=1)]).decide()
    assert bottle.verdict == "clear"


def test_a_sheet_of_paper_and_crumbs_stop_nothing(
    parcel: Make, thing: Make, lines: Make, line: Make, said: Make, kinds: Make
) -> None:
    sheet = thing("paper", 12, (210, 148, 1))
    d = parcel([thing("plastic", 50), sheet], lines(line("confirmed"), undeclared=(2,)), said()).decide()
    assert d.verdict == "clear"
    assert "undeclared-object" in kinds(d, 0.1)
