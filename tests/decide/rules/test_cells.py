"""Suspected lithium cells: named by what a scan shows, and held against what is declared."""

from __future__ import annotations

from types import SimpleNamespace

import pytest


def test_undeclared_cells_are_dangerous_goods_with_count_and_size_but_no_energy(make: SimpleNamespace) -> None:
    cell = make.thing("battery", 47, (65, 18.3, 18.3), group=1, outer_mm3=17_100)
    d = make.parcel(
        [make.thing("plastic", 16), cell, cell],
        make.lines(make.line("confirmed"), undeclared=(2, 3)),
        make.said("toys"),
    ).decide()
    assert {"dangerous-goods", "undeclared-object"} <= make.kinds(d)
    (finding,) = [f for f in d.findings if f.kind == "dangerous-goods"]
    assert finding.object_ids == (2, 3)
    assert finding.evidence["form"] == "18650"
    assert "Wh" not in finding.message
    assert d.verdict == "detain"


def test_declared_cells_are_told_but_not_stopped_except_loose_in_the_post(make: SimpleNamespace) -> None:
    cell = make.thing("battery", 47, (65, 18.3, 18.3), outer_mm3=17_100)
    check = make.lines(make.line("confirmed", article="battery"))
    assert make.parcel([cell], check, make.said("lithium battery", hs_code="850760")).decide().verdict == "clear"
    post = make.parcel([cell], check, make.said("lithium battery", "postal", hs_code="850760")).decide()
    assert "dangerous-goods" in make.kinds(post)


def test_the_cell_of_a_declared_torch_stops_nothing(make: SimpleNamespace) -> None:
    cell = make.thing("battery", 47, (65, 18.3, 18.3), outer_mm3=17_100)
    torch = make.lines(make.line("confirmed", runs_on_cells=1.0))
    d = make.parcel([cell], torch, make.said("torch", hs_code="851310")).decide()
    assert d.verdict == "clear"
    (finding,) = [f for f in d.findings if f.kind == "dangerous-goods"]
    assert "in goods of line 1, which run on cells" in finding.message


@pytest.mark.parametrize("kind", ["metal", "plastic", "glass"])
def test_rods_of_other_stuff_are_no_cells(kind: str, make: SimpleNamespace) -> None:
    density = make.matter[kind][0]
    rod = make.thing(kind, 17.1 * density, (65, 18.3, 18.3), outer_mm3=17_100)
    d = make.parcel([rod], make.lines(make.line("confirmed")), make.said("rod")).decide()
    assert "dangerous-goods" not in make.kinds(d, 0.0)
