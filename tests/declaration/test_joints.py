"""Pieces of many materials that come apart in a scan, and bodies whose masses are ill known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from xscan.declaration.assign import assign
from xscan.declaration.check import _without_strangers
from xscan.declaration.config import DeclarationConfig
from xscan.declaration.equal import Given
from xscan.declaration.joints import joints_of
from xscan.declaration.judge import judge
from xscan.declaration.lexicon import load_lexicon
from xscan.declaration.lines import asked_of
from xscan.declaration.things import Part, Thing
from xscan.model import DeclaredItem

CONFIG = DeclarationConfig()
KINDS = load_lexicon().kinds
SCREWDRIVERS = DeclaredItem(1, "screwdriver", 2, hs_code="820540", net_weight_kg=0.12)
BOOK = DeclaredItem(1, "book", 1, hs_code="490199", net_weight_kg=0.12)
WATCHES = DeclaredItem(1, "wrist watch, steel", 2, hs_code="910211", net_weight_kg=0.346)


def body(i: int, mass_g: float, kind: str, x: int, sigma_g: float = 0.0, inside: int | None = None) -> Thing:
    density, z_e = {"metal": (7.6, 26.0), "plastic": (0.92, 5.4), "paper": (0.8, 7.0), "food": (1.0, 7.4)}[kind]
    part = Part(i, kind, 1.0, (density, 0.03 * density), (z_e, 0.03 * z_e), {kind: 1.0})
    volume, own, box = 1000 * mass_g / density, (density, z_e), ((0, 0, x), (9, 9, x + 9))
    return Thing(
        i, (i,), (part,), mass_g, max(sigma_g, 0.05 * mass_g), volume,
        kind=kind, own=own, whole=own, whole_g=mass_g, bbox=box, inside=inside, outer_mm3=volume,
    )  # fmt: skip


def given(things: Sequence[Thing], *items: DeclaredItem) -> list[Given]:
    lines = [asked_of(i, CONFIG) for i in items]
    return list(assign(things, lines, KINDS, CONFIG)[0].given)


def test_a_handle_heavier_than_its_blade_makes_one_piece_with_it() -> None:
    things = [body(1, 40, "plastic", 0), body(2, 19, "metal", 10), body(3, 41, "plastic", 50), body(4, 18, "metal", 60)]
    (line,) = given(things, SCREWDRIVERS)
    assert [(t.id, k) for t, k in line.things] == [(2, 1), (4, 1)]
    assert sorted((t.id, t.inside, t.joined) for t in line.absorbed) == [(1, 2, True), (3, 4, True)]
    judged = judge(asked_of(SCREWDRIVERS, CONFIG), line, [], KINDS, CONFIG)
    assert judged.counted == 2
    assert max(judged.p_quantity, judged.p_weight, judged.p_material) < 0.5
    assert any("objects 2 and 1 together weigh as one piece" in str(r) for r in judged.reasons)


def test_no_joint_of_bodies_that_lie_apart_or_in_goods_of_one_material() -> None:
    blade, near, far = body(2, 19, "metal", 10), body(1, 40, "plastic", 0), body(1, 40, "plastic", 90)
    asked = asked_of(SCREWDRIVERS, CONFIG)
    assert [u.id for u in joints_of(blade, [blade, near], asked, asked.expectation, KINDS)] == [1]
    assert list(joints_of(blade, [blade, far], asked, asked.expectation, KINDS)) == []
    book = asked_of(BOOK, CONFIG)
    one, two = body(1, 60, "paper", 0), body(2, 61, "paper", 10)
    assert list(joints_of(one, [one, two], book, book.expectation, KINDS)) == []


def test_metal_whose_mass_is_ill_known_is_not_another_weight() -> None:
    """Two watches that touch, of which rays that found no way through show 285 ± 60 g of 346."""
    (line,) = given([body(1, 285, "metal", 0, sigma_g=60)], WATCHES)
    assert [(t.id, k) for t, k in line.things] == [(1, 2)]
    judged = judge(asked_of(WATCHES, CONFIG), line, [], KINDS, CONFIG)
    assert max(judged.p_quantity, judged.p_weight) < 0.5


def test_what_is_neither_of_a_lines_material_nor_of_its_weight_is_not_of_it() -> None:
    """A slab of plastic explosive beside a declaration of trousers: the trousers are missing, and the slab is told."""
    trousers = DeclaredItem(1, "trousers", 2, hs_code="620342", net_weight_kg=1.147)
    asked, slab = asked_of(trousers, CONFIG), body(5, 234, "plastic", 0)
    judged = judge(asked, Given(((slab, 1),), ()), [], KINDS, CONFIG)
    assert min(judged.p_material, judged.p_weight) >= 0.5
    assert _without_strangers(judged).things == []
    told = replace(judged, p_weight=0.2)
    assert _without_strangers(told) is told
