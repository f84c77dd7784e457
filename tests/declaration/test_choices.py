"""What lies inside goods, splinters of them, and bodies that weigh as several do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from xscan.declaration.alike import beside_log_ratio
from xscan.declaration.assign import assign
from xscan.declaration.choices import choices_of
from xscan.declaration.config import DeclarationConfig
from xscan.declaration.equal import Given
from xscan.declaration.expect import expect
from xscan.declaration.fit import likeness, powered_log_ratio
from xscan.declaration.judge import judge
from xscan.declaration.lexicon import load_lexicon
from xscan.declaration.lines import asked_of
from xscan.declaration.things import Part, Thing
from xscan.model import DeclaredItem

CONFIG = DeclarationConfig()
KINDS = load_lexicon().kinds
PHONES = DeclaredItem(1, "headphones", 1, hs_code="851830", net_weight_kg=0.2)
SOAP = DeclaredItem(1, "soap bars", 1, hs_code="340111", net_weight_kg=0.12)


def body(i: int, mass_g: float, density: float, z_e: float, kind: str, **more: object) -> Thing:
    part = Part(i, kind, 1.0, (density, 0.03 * density), (z_e, 0.03 * z_e), {kind: 1.0})
    own = (density, z_e)
    sigma, volume = 0.05 * mass_g, 1000 * mass_g / density
    thing = Thing(i, (i,), (part,), mass_g, sigma, volume, kind=kind, own=own, whole=own, whole_g=mass_g)
    return replace(thing, **{"outer_mm3": volume, **more})


def test_one_thing_inside_may_be_a_part_and_the_other_hidden() -> None:
    shell = body(1, 160, 1.05, 5.8, "plastic", foreign=(2, 3))
    things = (
        replace(shell, whole_g=460.0, outer_mm3=340_000.0),
        body(2, 260, 7.9, 26.0, "metal", inside=1),
        body(3, 40, 1.9, 15.0, "electronics", inside=1),
    )
    best = assign(things, [asked_of(PHONES, CONFIG)], KINDS, CONFIG)[0].given[0]
    assert [t.id for t, _ in best.things] == [1]
    assert [t.id for t in best.absorbed] == [3]


def test_a_bottle_told_apart_from_what_fills_it_is_no_solid_body() -> None:
    perfume = expect(DeclaredItem(1, "perfume", 1, hs_code="330300"))
    glass, liquid = body(1, 90, 2.5, 11.5, "glass"), body(2, 70, 0.85, 6.8, "liquid", inside=1)
    alone, filled = likeness(glass, perfume, KINDS), likeness(glass, perfume, KINDS, [liquid])
    assert alone is not None
    assert filled is not None
    assert filled > 5 * alone


def test_a_splinter_is_not_judged_by_its_bulk() -> None:
    flask = asked_of(DeclaredItem(1, "vacuum flask", 1, hs_code="961700", net_weight_kg=0.21), CONFIG)
    box = ((0, 0, 0), (9, 9, 9))
    shell = body(1, 175, 7.9, 26.0, "metal", bbox=box, outer_mm3=119_000.0)
    piece = body(2, 36, 7.9, 26.0, "metal", bbox=box)
    (given,) = assign((shell, piece), [flask], KINDS, CONFIG)[0].given
    assert sorted((t.id, n) for t, n in given.things) == [(1, 1), (2, 0)]


def test_electronics_hold_something_of_a_high_z_e() -> None:
    mouse = expect(DeclaredItem(1, "computer mouse", 1, hs_code="847160"))
    shell, board = body(1, 70, 1.05, 5.8, "plastic"), body(2, 30, 1.9, 15.0, "electronics", inside=1)
    assert powered_log_ratio(shell, [], mouse) < -1
    assert powered_log_ratio(shell, [board], mouse) == 0
    assert powered_log_ratio(shell, [], expect(SOAP)) == 0


def test_what_breaks_from_another_lies_beside_it_unless_all_do() -> None:
    box, far = ((0, 0, 0), (9, 9, 9)), [((0, 0, 50 * k), (9, 9, 50 * k + 9)) for k in range(9)]
    piece = body(99, 20, 1.0, 7.3, "cream", bbox=box)
    apart = [body(k, 100, 1.0, 7.3, "cream", bbox=b) for k, b in enumerate(far)]
    packed = [replace(t, bbox=box) for t in apart]
    assert beside_log_ratio(piece, [*apart, piece]) > 1.5
    assert beside_log_ratio(piece, [*packed, piece]) == 0


@pytest.mark.parametrize(("mass_g", "told"), [(240, True), (185, False)])
def test_what_weighs_as_two_may_be_two(mass_g: float, told: bool) -> None:
    lump = body(1, mass_g, 1.0, 7.3, "cream")
    j = judge(asked_of(SOAP, CONFIG), Given(((lump, 1),), ()), [], KINDS, CONFIG)
    assert j.p_weight > 0.5
    assert (j.p_quantity > 0.5) is told
    assert any("240 g is what 2 of 120 g weigh" in r for r in j.reasons) is told


def test_of_equal_bodies_none_is_left_for_a_stranger() -> None:
    three = DeclaredItem(1, "soap bars", 3, hs_code="340111", net_weight_kg=0.325)
    things = (
        body(1, 136, 0.79, 7.2, "powder"),
        *(body(k, m, 1.0, 7.3, "cream", group=3) for k, m in ((2, 103), (3, 98), (4, 97.5))),
    )
    best = assign(things, [asked_of(three, CONFIG)], KINDS, CONFIG)[0].given[0]
    assert {2, 3, 4} <= {t.id for t, _ in best.things}


def test_fragments_of_nothing_cost_no_column() -> None:
    lines = [asked_of(SOAP, CONFIG)]
    things = (body(1, 118, 1.0, 7.3, "cream"), body(2, 20, 1.0, 7.3, "cream"))
    assert any(c.pieces == 0 for c in choices_of(things, lines, KINDS, CONFIG))
    (given,) = assign(things, lines, KINDS, CONFIG)[0].given
    assert [(t.id, n) for t, n in given.things] == [(1, 1)]
