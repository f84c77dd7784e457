"""Suspected lithium cells: named by what a scan shows, and held against what is declared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

Make = Callable[..., Any]


def test_undeclared_cells_are_dangerous_goods_with_count_and_size_but_no_energy(
    parcel: Make, thing: Make, lines: Make, line: Make, said: Make, kinds: Make
) -> None:
    cell = thing("battery", 47, (65, 18.3, 18.3), group=1, outer_mm3=17_100)
    d = parcel([thing("plastic", 16), cell, cell], lines(line("confirmed"), undeclared=(2, 3)), said("toys")).decide()
    assert {"dangerous-goods", "undeclared-object"} <= kinds(d)
    (finding,) = [f for f in d.findings if f.kind == "dangerous-goods"]
    assert finding.object_ids == (2, 3)
    assert finding.evidence["form"] == "18650"
    assert "Wh" not in finding.message
    assert d.verdict == "detain"


def test_declared_cells_are_told_but_not_stopped_except_loose_in_the_post(
    parcel: Make, thing: Make, lines: Make, line: Make, said: Make, kinds: Make
) -> None:
    cell = thing("battery", 47, (65, 18.3, 18.3), outer_mm3=17_100)
    check = lines(line("confirmed", article="battery"))
    assert parcel([cell], check, said("lithium battery", hs_code="850760")).decide().verdict == "clear"
    post = parcel([cell], check, said("lithium battery", "postal", hs_code="850760")).decide()
    assert "dangerous-goods" in kinds(post)


def test_the_cell_of_a_declared_torch_stops_nothing(
    parcel: Make, thing: Make, lines: Make, line: Make, said: Make
) -> None:
    cell = thing("battery", 47, (65, 18.3, 18.3), outer_mm3=17_100)
    torch = lines(line("confirmed", runs_on_cells=1.0))
    d = parcel([cell], torch, said("torch", hs_code="851310")).decide()
    assert d.verdict == "clear"
    (finding,) = [f for f in d.findings if f.kind == "dangerous-goods"]
    assert "in goods of line 1, which run on cells" in finding.message


@pytest.mark.parametrize("kind", ["metal", "plastic", "glass"])
def test_rods_of_other_stuff_are_no_cells(
    kind: str,
    parcel: Make,
    thing: Make,
    lines: Make,
    line: Make,
    said: Make,
    kinds: Make,
    matter: Mapping[str, tuple[float, float]],
) -> None:
    density = matter[kind][0]
    rod = thing(kind, 17.1 * density, (65, 18.3, 18.3), outer_mm3=17_100)
    d = parcel([rod], lines(line("confirmed")), said("rod")).decide()
    assert "dangerous-goods" not in kinds(d, 0.0)
