"""Tableware, bottles, jars, cosmetics."""

from __future__ import annotations

from xscan.simulate.goods.base import (
    LYING,
    UP,
    Good,
    Kind,
    Random,
    at,
    block,
    bottle,
    cut,
    part,
    pipe,
    ring,
    round_,
    union,
)

__all__ = ["KINDS"]


def _mug(rng: Random) -> Good:
    r, h, wall = rng.uniform(34, 42), rng.uniform(80, 105), rng.uniform(3.8, 5.0)
    inside = at(round_(r - wall, h, edge=4), (0, 0, wall + 1))
    handle = cut(at(ring(h * 0.24, 5.5), (r - 1, 0, 0), (90, 0, 0)), round_(r - wall, h))
    return Good("mug", (part(cut(union(round_(r, h, edge=2), handle), inside), "ceramic"),), (UP, LYING))


def _plate(rng: Random) -> Good:
    r = rng.uniform(70, 105)
    dish = cut(round_(r * 0.6, 20, r), at(round_(r * 0.6, 20, r), (0, 0, 5)))
    return Good("plate", (part(dish, "stoneware"),), (UP, (70.0, 0.0, 0.0)))


def _bowl(rng: Random) -> Good:
    r = rng.uniform(45, 70)
    wall = rng.uniform(2.5, 3.5)
    return Good(
        "bowl",
        (
            part(
                cut(round_(r * 0.55, 50, r), at(round_(r * 0.55, 50, r), (0, 0, wall + 1))),
                "wood" if rng.random() < 0.3 else "glass",
            ),
        ),
    )


def _tumbler(rng: Random) -> Good:
    r, h = rng.uniform(30, 38), rng.uniform(80, 120)
    glass = cut(round_(r * 0.85, h, r), at(round_(r * 0.85 - 2.5, h, r - 2.5), (0, 0, 7)))
    return Good("tumbler", (part(glass, "glass"),), (UP, LYING))


def _vase(rng: Random) -> Good:
    r, h, wall = rng.uniform(35, 50), rng.uniform(110, 160), 4.0
    outer = union(
        at(round_(r * 0.6, h * 0.5, r), (0, 0, -h / 4)), at(round_(r, h * 0.5, r * 0.45), (0, 0, h / 4)), blend=6
    )
    inner = union(
        at(round_(r * 0.6 - wall, h * 0.5, r - wall), (0, 0, -h / 4 + 5)),
        at(round_(r - wall, h * 0.5 + 8, r * 0.45 - wall), (0, 0, h / 4 + 4)),
        blend=6,
    )
    return Good("vase", (part(cut(outer, inner), "ceramic"),), (UP, LYING))


def _teapot(rng: Random) -> Good:
    r, wall = rng.uniform(48, 58), 4.5
    body = at(round_(r * 0.7, r * 1.3, r * 0.75, edge=r * 0.35), (0, 0, 0))
    spout = at(round_(11, r * 1.1, 6), (r * 1.05, 0, 6), (0, 38, 0))
    handle = cut(at(ring(r * 0.42, 6), (-r * 0.9, 0, 0), (90, 0, 0)), round_(r * 0.7, r * 3))
    lid = union(at(round_(r * 0.45, 7, edge=2), (0, 0, r * 0.66)), at(round_(8, 14, edge=4), (0, 0, r * 0.66 + 8)))
    parts = (part(handle, "ceramic"), part(body, "ceramic", wall), part(spout, "ceramic", 3.0), part(lid, "ceramic"))
    return Good("teapot", parts, room=((0, 0, -2), (r * 0.8, r * 0.8, r * 0.8)))


def _perfume(rng: Random) -> Good:
    r, h = rng.uniform(17, 24), rng.uniform(70, 100)
    return Good("perfume", bottle(r, h, 8, rng.uniform(2.5, 3.5), "glass", "perfume", 0.72), (UP, LYING))


def _shampoo(rng: Random) -> Good:
    return Good(
        "shampoo", bottle(rng.uniform(26, 34), rng.uniform(140, 180), 11, 1.5, "pe", "shampoo", 0.76), (UP, LYING)
    )


def _water_bottle(rng: Random) -> Good:
    return Good(
        "water_bottle", bottle(rng.uniform(30, 34), rng.uniform(170, 210), 13, 1.0, "pet", "water", 0.78), (LYING, UP)
    )


def _wine(rng: Random) -> Good:
    return Good("wine", bottle(rng.uniform(34, 38), rng.uniform(210, 240), 14, 3.2, "glass", "spirit", 0.74), (LYING,))


def _jar(rng: Random) -> Good:
    r, h = rng.uniform(25, 36), rng.uniform(45, 80)
    filling = str(rng.choice(["honey", "sauce", "cream"]))
    glass = part(round_(r, h, edge=4), "glass", 3.0)
    inside = part(at(round_(r - 3, h * 0.82, edge=3), (0, 0, -h * 0.09 + 1.5)), filling)
    lid = part(
        at(round_(r - 1, 9, edge=1), (0, 0, h / 2 + 2)),
        "steel" if filling != "cream" else "pp",
        0.7 if filling != "cream" else 1.6,
    )
    return Good("jar", (glass, inside, lid), (UP, LYING))


def _soap(rng: Random) -> Good:
    return Good("soap", (part(block(rng.uniform(60, 90), rng.uniform(40, 55), rng.uniform(22, 32), 8), "soap"),))


def _candle(rng: Random) -> Good:
    return Good("candle", (part(round_(rng.uniform(25, 40), rng.uniform(60, 110), edge=3), "paraffin"),), (UP, LYING))


def _toothpaste(rng: Random) -> Good:
    r, length = rng.uniform(16, 20), rng.uniform(110, 150)
    tube = part(at(block(2 * r, 1.5 * r, length, 9), (0, 0, 0)), "pe", 0.9, "toothpaste")
    return Good("toothpaste", (tube, part(at(round_(9, 16, edge=1), (0, 0, length / 2 + 6)), "pp")), (LYING,))


def _pan(rng: Random) -> Good:
    r = rng.uniform(70, 90)
    dish = cut(round_(r * 0.85, 40, r), at(round_(r * 0.85 - 3, 40, r - 3), (0, 0, 4)))
    grip = at(block(110, 20, 12, 5), (r + 45, 0, 8))
    return Good("pan", (part(dish, "al"), part(grip, "abs")))


def _spoon(rng: Random) -> Good:
    length = rng.uniform(150, 200)
    bowl_ = at(round_(18, 4, edge=1.5), (length / 2, 0, 0))
    return Good("spoon", (part(union(block(length, 8, 3, 1), bowl_, blend=4), "stainless"),))


def _bulb(rng: Random) -> Good:
    r = rng.uniform(28, 32)
    globe = part(at(round_(r * 0.8, 50, r, edge=16), (0, 0, 20)), "pc", 1.6)
    sink = part(at(round_(14, 36, 20), (0, 0, -22)), "al", 2.0)
    board = part(at(round_(18, 3), (0, 0, -3)), "pcb")
    return Good("bulb", (globe, sink, board, part(at(pipe(13, 11.8, 22), (0, 0, -46)), "brass")), (LYING, UP))


KINDS = {
    "mug": Kind(
        _mug,
        ("ceramic mug", "coffee cup, porcelain", "tasse en céramique"),
        "691200",
        ("plastic cup", "travel mug, steel"),
    ),
    "plate": Kind(_plate, ("stoneware plate", "dinner plate"), "691200", ("bamboo plate",)),
    "bowl": Kind(_bowl, ("bowl", "salad bowl"), "701349"),
    "tumbler": Kind(_tumbler, ("drinking glass", "glass tumbler"), "701337", ("acrylic tumbler, plastic",), most=6),
    "vase": Kind(_vase, ("ceramic vase", "decorative vase"), "691390", ("paper lantern",), most=2),
    "teapot": Kind(_teapot, ("teapot, ceramic", "porcelain teapot"), "691110", most=1),
    "perfume": Kind(_perfume, ("perfume", "eau de toilette"), "330300", ("wooden dolls",), most=6),
    "shampoo": Kind(_shampoo, ("shampoo", "hair shampoo 300 ml"), "330510", most=3),
    "water_bottle": Kind(_water_bottle, ("mineral water", "drinking water in bottles"), "220110", most=3),
    "wine": Kind(_wine, ("bottle of liqueur", "spirits"), "220870", most=2),
    "jar": Kind(_jar, ("preserves in glass jar", "jar of spread"), "210390", most=4),
    "soap": Kind(_soap, ("toilet soap", "soap bars", "Seife"), "340111", ("silver bars",), most=6),
    "candle": Kind(_candle, ("candle", "scented candles"), "340600", ("stone paperweight",), most=4),
    "toothpaste": Kind(_toothpaste, ("toothpaste",), "330610", most=4),
    "pan": Kind(_pan, ("frying pan, aluminium",), "761510", metal=True, most=1),
    "spoon": Kind(_spoon, ("spoons, stainless steel", "cutlery"), "821599", ("plastic spoons",), metal=True, most=6),
    "bulb": Kind(_bulb, ("LED bulb", "LED lamp E27"), "853952", metal=True, most=4),
}
