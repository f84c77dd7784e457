"""Electronics, cells, tools, cables, jewellery."""

from __future__ import annotations

from xscan.simulate.goods.base import LYING, UP, Good, Kind, Random, at, block, cut, part, pipe, ring, round_, union

__all__ = ["KINDS"]


def _phone(rng: Random) -> Good:
    x, y = rng.uniform(68, 78), rng.uniform(140, 165)
    parts = (
        part(block(x, y, 8.5, 3), "al", 1.2),
        part(at(block(x - 6, y - 6, 2), (0, 0, 2.2)), "glass"),
        part(at(block(x - 14, y * 0.5, 4), (0, -y * 0.15, -1)), "liion"),
        part(at(block(x - 14, y * 0.25, 3), (0, y * 0.28, -1)), "pcb"),
    )
    return Good("phone", parts, (UP, (90.0, 0.0, 0.0)))


def _power_bank(rng: Random) -> Good:
    x, y, z = rng.uniform(62, 72), rng.uniform(110, 145), rng.uniform(14, 22)
    parts = (
        part(block(x, y, z, 4), "abs", 1.8),
        part(at(block(x - 10, y * 0.7, z - 6), (0, -y * 0.08, 0)), "liion"),
        part(at(block(x - 12, y * 0.16, 4), (0, y * 0.37, 0)), "pcb"),
    )
    return Good("power_bank", parts)


def _charger(rng: Random) -> Good:
    parts = (
        part(block(rng.uniform(40, 52), 40, 28, 5), "abs", 2.2),
        part(at(round_(8, 18), (4, 0, 0), (90, 0, 0)), "copper"),
        part(at(block(34, 32, 2), (0, 0, -9)), "pcb"),
        part(at(block(2, 5, 18), (29, 8, 0), (0, 90, 0)), "brass"),
        part(at(block(2, 5, 18), (29, -8, 0), (0, 90, 0)), "brass"),
    )
    return Good("charger", parts, ())


def _cable(rng: Random) -> Good:
    r = rng.uniform(32, 45)
    turns = [at(ring(r + 5 * (i % 2), 2.6), (0, 0, 5.2 * (i // 2))) for i in range(4)]
    cores = [at(ring(r + 5 * (i % 2), 1.1), (0, 0, 5.2 * (i // 2))) for i in range(4)]
    return Good("cable", (part(union(*turns), "pvc"), part(union(*cores), "copper")))


def _headphones(rng: Random) -> Good:
    bow = cut(at(ring(70, 7), (0, 0, 0), (90, 0, 0)), at(block(200, 40, 100), (0, 0, -62)))
    cups = [at(round_(32, 24, edge=8), (s * 70, 0, -22), (0, 90, 0)) for s in (-1, 1)]
    magnets = [at(round_(10, 5), (s * 70, 0, -22), (0, 90, 0)) for s in (-1, 1)]
    parts = (part(bow, "abs"), *[part(c, "abs", 2.5) for c in cups], *[part(m, "magnet") for m in magnets])
    return Good("headphones", parts, ((90.0, 0.0, 0.0),))


def _mouse(rng: Random) -> Good:
    parts = (part(block(62, rng.uniform(100, 115), 36, 15), "abs", 2.2), part(at(block(40, 70, 2), (0, 0, -10)), "pcb"))
    return Good("mouse", parts)


def _cell(rng: Random) -> Good:
    return Good("cell", (part(round_(9.1, 65, edge=1), "steel", 0.7, "liion"),), (LYING, UP))


def _battery_pack(rng: Random) -> Good:
    cans = [
        part(at(round_(9.1, 65, edge=1), (18.6 * i - 18.6, 18.6 * j - 9.3, 0)), "steel", 0.7, "liion")
        for i in range(3)
        for j in range(2)
    ]
    return Good("battery_pack", tuple(cans), (LYING, UP))


def _torch(rng: Random) -> Good:
    r = rng.uniform(12, 16)
    parts = (
        part(union(round_(r, 110), at(round_(r, 30, r * 1.5), (0, 0, 60))), "al", 2.0),
        part(at(round_(7, 50), (0, 0, -22)), "alkaline"),
        part(at(round_(r * 1.3, 3), (0, 0, 74)), "glass"),
    )
    return Good("torch", parts, (LYING,))


def _hammer(rng: Random) -> Good:
    length = rng.uniform(200, 240)
    head = at(union(block(24, 96, 24, 3), at(round_(14, 20), (0, 44, 0), (90, 0, 0))), (length / 2 - 14, 0, 0))
    return Good("hammer", (part(at(round_(13, length, 11), (0, 0, 0), (0, 90, 0)), "wood"), part(head, "steel")))


def _wrench(rng: Random) -> Good:
    length = rng.uniform(140, 200)
    jaw = cut(round_(17, 9), at(block(18, 13, 12), (12, 0, 0)))
    shape = union(block(length, 14, 6, 1), at(jaw, (length / 2, 0, 0)), at(pipe(14, 8, 9), (-length / 2, 0, 0)))
    return Good("wrench", (part(shape, "steel"),))


def _screwdriver(rng: Random) -> Good:
    blade = rng.uniform(70, 110)
    parts = (
        part(at(round_(3.2, blade + 40), (0, 0, blade / 2 - 20)), "steel"),
        part(at(round_(13, 90, 11, edge=5), (0, 0, -45)), "pp"),
    )
    return Good("screwdriver", parts, (LYING,))


def _scissors(rng: Random) -> Good:
    parts = (
        part(at(block(100, 12, 3), (45, 3, 1.5), (0, 0, 6)), "stainless"),
        part(at(block(100, 12, 3), (45, -3, -1.5), (0, 0, -6)), "stainless"),
        part(union(at(ring(16, 4.5), (-25, 17, 0)), at(ring(16, 4.5), (-25, -17, 0))), "abs"),
    )
    return Good("scissors", parts)


def _lock(rng: Random) -> Good:
    shackle = cut(at(ring(16, 4), (0, 0, 20), (90, 0, 0)), at(block(60, 20, 30), (0, 0, 5)))
    return Good("padlock", (part(at(block(46, 20, 40, 4), (0, 0, 0)), "brass"), part(shackle, "steel")), ())


def _can(rng: Random) -> Good:
    return Good("can", (part(round_(33, rng.uniform(100, 125), edge=4), "al", 0.6, "soda"),), (UP, LYING))


def _tin(rng: Random) -> Good:
    return Good(
        "tin", (part(round_(rng.uniform(34, 50), rng.uniform(45, 110), edge=1), "steel", 0.6, "sauce"),), (UP, LYING)
    )


def _watch(rng: Random) -> Good:
    strap = cut(at(round_(30, 20), (0, 0, 0), (0, 90, 0)), at(round_(26.5, 22), (0, 0, 0), (0, 90, 0)))
    return Good(
        "watch", (part(strap, "stainless"), part(at(round_(19, 9, edge=1), (0, 0, 31)), "stainless")), (UP, LYING)
    )


def _jewel_box(rng: Random) -> Good:
    parts = (
        part(block(58, 58, 42, 3), "wood", 5.0),
        part(block(46, 46, 30), "pu_foam"),
        part(at(ring(9.5, 1.4), (0, 0, 4), (90, 0, 0)), "gold"),
    )
    return Good("ring_box", parts)


def _toy_car(rng: Random) -> Good:
    body = union(at(block(74, 32, 14, 4), (0, 0, 0)), at(block(40, 28, 14, 5), (-4, 0, 12)), blend=3)
    wheels = [part(at(round_(8, 6), (x, y, -7), (90, 0, 0)), "epdm") for x in (-24, 24) for y in (-16, 16)]
    return Good("toy_car", (part(body, "zinc", 1.8), *wheels), ())


def _bricks(rng: Random) -> Good:
    shapes = [
        at(block(16, 32, 10, 0.5), (18 * (i % 3) - 18, 34 * ((i // 3) % 2) - 17, 11 * (i // 6) - 5)) for i in range(12)
    ]
    return Good("bricks", (part(block(70, 90, 40, 2), "card", 1.5), *[part(s, "abs", 1.6) for s in shapes]), room=None)


def _puzzle(rng: Random) -> Good:
    return Good("wood_puzzle", (part(block(80, 80, rng.uniform(30, 60)), "wood"),))


KINDS = {
    "phone": Kind(_phone, ("mobile phone", "smartphone"), "851713", ("plastic phone cover",), metal=True, most=3),
    "power_bank": Kind(_power_bank, ("power bank", "lithium ion battery pack"), "850760", ("soap",), most=2),
    "charger": Kind(_charger, ("USB charger", "power adapter"), "850440", metal=True, most=3),
    "cable": Kind(_cable, ("USB cable", "charging cable"), "854442", metal=True, most=3),
    "headphones": Kind(_headphones, ("headphones",), "851830", most=1),
    "mouse": Kind(_mouse, ("computer mouse",), "847160", most=2),
    "cell": Kind(
        _cell, ("lithium-ion cell 18650",), "850760", ("cosmetics samples",), metal=True, most=6, contraband=True
    ),
    "battery_pack": Kind(_battery_pack, ("lithium-ion battery",), "850760", metal=True, most=1, contraband=True),
    "torch": Kind(_torch, ("torch, aluminium", "flashlight"), "851310", metal=True, most=2),
    "hammer": Kind(_hammer, ("hammer", "Hammer mit Holzstiel"), "820520", metal=True, most=1),
    "wrench": Kind(_wrench, ("spanner, steel", "wrench"), "820411", ("plastic hooks",), metal=True, most=3),
    "screwdriver": Kind(_screwdriver, ("screwdriver",), "820540", metal=True, most=4),
    "scissors": Kind(_scissors, ("scissors",), "821300", metal=True, most=2),
    "padlock": Kind(_lock, ("padlock, brass",), "830110", ("wooden toy",), metal=True, most=3),
    "can": Kind(_can, ("soft drink in cans", "cola"), "220210", most=4),
    "tin": Kind(_tin, ("canned food", "tomato sauce, tinned"), "200290", metal=True, most=3),
    "watch": Kind(_watch, ("wrist watch, steel",), "910211", ("rubber bracelet",), metal=True, most=2),
    "ring_box": Kind(_jewel_box, ("gold ring", "jewellery"), "711319", metal=True, most=1),
    "toy_car": Kind(_toy_car, ("toy car, die-cast", "model car"), "950300", metal=True, most=4),
    "bricks": Kind(_bricks, ("building bricks, plastic",), "950300", most=2),
    "wood_puzzle": Kind(_puzzle, ("wooden puzzle",), "950300", ("steel weights",), most=3),
}
