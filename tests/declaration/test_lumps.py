"""Goods of several lines in one body, and explanations that rival one another."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from xscan.declaration.assign import assign
from xscan.declaration.config import DeclarationConfig
from xscan.declaration.lexicon import load_lexicon
from xscan.declaration.lines import asked_of
from xscan.declaration.lumps import lumps_of
from xscan.declaration.rivals import Story, together_of
from xscan.declaration.things import Part, Thing, share_of
from xscan.model import DeclaredItem

CONFIG = DeclarationConfig()
BOOKS = DeclaredItem(1, "books", 2, net_weight_kg=1.1)
CANDLES = DeclaredItem(2, "candles", 3, net_weight_kg=0.9)
TOOLS = DeclaredItem(3, "steel weights", 1, net_weight_kg=0.5)


def body(mass_g: float, density: float, z_e: float, **more: object) -> Thing:
    part = Part(1, "paper", 1.0, (density, 0.03), (z_e, 0.2), {"paper": 1.0})
    own = (density, z_e)
    return Thing(1, (1,), (part,), mass_g, 0.05 * mass_g, 1000 * mass_g / density, own=own, whole=own, **more)


def lumps(thing: Thing, *items: DeclaredItem) -> list[tuple[tuple[int, int], ...]]:
    lines = [asked_of(i, CONFIG) for i in items]
    return [
        tuple((line, n) for line, n, _ in shares) for shares, _ in lumps_of(thing, lines, load_lexicon().kinds, CONFIG)
    ]


def test_a_body_may_be_pieces_of_two_lines_whose_masses_add_up() -> None:
    assert ((0, 2), (1, 1)) in lumps(body(1400, 0.85, 6.5), BOOKS, CANDLES)  # 1100 + 300
    assert lumps(body(10, 0.85, 6.5), BOOKS, CANDLES) == []  # lighter than any two pieces


def test_shares_add_up_to_the_body_and_tell_no_material() -> None:
    lines = [asked_of(i, CONFIG) for i in (BOOKS, CANDLES)]
    thing = body(1400, 0.85, 6.5)
    for shares, gain in lumps_of(thing, lines, load_lexicon().kinds, CONFIG):
        assert sum(g for _, _, g in shares) == pytest.approx(1400)
        assert gain < 0
    part = share_of(thing, 300.0)
    assert (part.mass_g, part.parts, part.shared) == (300.0, (), True)


def test_a_body_of_another_material_is_no_lump_of_theirs() -> None:
    assert lumps(body(1600, 19.0, 79.0), BOOKS, TOOLS) == []


def test_one_line_without_a_weight_may_be_the_rest_of_a_lump() -> None:
    silent = DeclaredItem(2, "candles", 3)
    assert ((0, 1), (1, 1)) in lumps(body(850, 0.85, 6.5), BOOKS, silent)  # 550 + what a candle may weigh
    assert lumps(body(560, 0.85, 6.5), BOOKS, silent) == []  # nothing is left for it
    assert lumps(body(850, 0.85, 6.5), replace(BOOKS, net_weight_kg=None), silent) == []


def test_a_body_of_steel_is_no_coffee_though_coffee_may_come_in_tins() -> None:
    coffee = DeclaredItem(2, "roasted coffee", 1, hs_code="090121", net_weight_kg=0.25)
    ring = DeclaredItem(1, "ring", 1, net_weight_kg=0.045)
    assert lumps(body(290, 6.1, 26.0), ring, coffee) == []


def test_a_lump_may_hold_what_is_a_part_of_one_of_its_goods() -> None:
    """The board of a mouse lies within a can and the mouse, which were not told apart."""
    cola = DeclaredItem(1, "cola", 1, hs_code="220210", net_weight_kg=0.41)
    mouse = DeclaredItem(2, "computer mouse", 1, hs_code="847160", net_weight_kg=0.054)
    lump = replace(body(455, 1.05, 8.3), foreign=(2,), whole_g=467.0)
    board = replace(body(12, 1.5, 18.0), id=2, inside=1, kind="electronics", whole_g=12.0)
    best = assign([lump, board], [asked_of(i, CONFIG) for i in (cola, mouse)], load_lexicon().kinds, CONFIG)[0]
    assert [t.id for t in best.given[1].absorbed] == [2]
    masses = [sum(t.weight for t in (*(t for t, _ in g.things), *g.absorbed)) for g in best.given]
    assert sum(masses) == pytest.approx(467)


def test_what_lies_inside_another_is_no_lump() -> None:
    assert lumps(body(1400, 0.85, 6.5, inside=7), BOOKS, CANDLES) == []


def test_several_wrong_stories_do_not_make_a_parcel_honest() -> None:
    """Each is unlikely by itself; that one of them holds is not."""
    stories = [Story([], (i,), 0.3) for i in (4, 5, 6)] + [Story([], (), 0.1)]
    shown = together_of(stories)
    assert shown.undeclared == (4,)
    assert math.isclose(shown.doubted[4], 0.9)
    assert math.isclose(shown.doubted[5], 0.3)


def test_an_honest_story_that_outweighs_the_others_is_shown() -> None:
    shown = together_of([Story([], (4,), 0.45), Story([], (), 0.55)])
    assert shown.undeclared == ()
    assert math.isclose(shown.doubted[4], 0.45)


def test_a_solver_that_finds_nothing_leaves_everything_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xscan.declaration.assign.explanations_of", lambda *_: [])
    lines = [asked_of(BOOKS, CONFIG)]
    (only,) = assign([body(550, 0.8, 7.0)], lines, load_lexicon().kinds, CONFIG)
    assert only.probability == 1.0
    assert only.given[0].things == ()
