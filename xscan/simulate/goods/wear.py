"""Paper, clothes, shoes, bags."""

from __future__ import annotations

from xscan.simulate.goods.base import LYING, UP, Good, Kind, Random, at, block, cut, part, ring, round_, union

__all__ = ["KINDS"]


def _book(rng: Random) -> Good:
    return Good(
        "book", (part(block(rng.uniform(110, 160), rng.uniform(150, 210), rng.uniform(14, 40)), "paper"),), (UP,)
    )


def _hollow_book(rng: Random) -> Good:
    x, y, z = rng.uniform(130, 160), rng.uniform(170, 210), rng.uniform(36, 48)
    hole = (x - 44, y - 50, z - 14)
    return Good("book", (part(cut(block(x, y, z), block(*hole)), "paper"),), (UP,), room=((0, 0, 0), hole))


def _magazine(rng: Random) -> Good:
    return Good("magazine", (part(block(150, 205, rng.uniform(6, 14)), "paper"),), (UP,))


def _box_of_cards(rng: Random) -> Good:
    return Good("cards", (part(block(64, 90, rng.uniform(18, 30)), "card"),))


def _shirt(rng: Random) -> Good:
    return Good(
        "shirt", (part(block(rng.uniform(130, 190), rng.uniform(170, 220), rng.uniform(22, 40), 10), "cotton"),)
    )


def _jeans(rng: Random) -> Good:
    x = rng.uniform(140, 180)
    cloth = part(block(x, rng.uniform(170, 210), rng.uniform(35, 55), 12), "denim")
    return Good("jeans", (cloth, part(at(round_(8.5, 3), (x / 3, 20, 8)), "brass")))


def _sweater(rng: Random) -> Good:
    return Good(
        "sweater", (part(block(rng.uniform(150, 200), rng.uniform(170, 220), rng.uniform(40, 65), 18), "wool"),)
    )


def _fleece(rng: Random) -> Good:
    return Good(
        "jacket", (part(block(rng.uniform(150, 200), rng.uniform(170, 220), rng.uniform(40, 70), 18), "polyester"),)
    )


def _socks(rng: Random) -> Good:
    return Good("socks", (part(block(90, 60, 40, 18), "cotton"),), ())


def _shoe(rng: Random) -> Good:
    length = rng.uniform(210, 250)
    sole = part(at(block(length, 84, 22, 10), (0, 0, -30)), "epdm")
    upper = union(
        at(block(length - 8, 78, 45, 20), (0, 0, -2)),
        at(block(length * 0.45, 74, 70, 20), (-length * 0.25, 0, 25)),
        blend=10,
    )
    opening = at(block(length * 0.33, 48, 60, 16), (-length * 0.27, 0, 60))
    leather = part(cut(upper, opening), "leather", 3.0)
    return Good("shoe", (sole, leather), (UP, (90.0, 0.0, 0.0)), room=((length * 0.15, 0, 0), (60, 50, 30)))


def _belt(rng: Random) -> Good:
    r = rng.uniform(36, 48)
    coil = union(*[cut(round_(r - 6 * i, 34), round_(r - 6 * i - 3.5, 36)) for i in range(3)])
    buckle = part(at(cut(block(44, 5, 38, 1), block(32, 7, 26)), (0, r + 3, 0)), "zinc")
    return Good("belt", (part(coil, "leather"), buckle), (UP, LYING))


def _wallet(rng: Random) -> Good:
    return Good("wallet", (part(block(110, 90, rng.uniform(14, 22), 4), "leather"),))


def _pillow(rng: Random) -> Good:
    return Good("pillow", (part(block(170, 170, rng.uniform(60, 90), 28), "stuffing"),))


def _teddy(rng: Random) -> Good:
    from xscan.simulate.figures import FIGURES
    from xscan.simulate.shapes import Placed

    plush = Placed(shape=FIGURES["cat"](), scale=float(rng.uniform(1.3, 1.7)))
    return Good("plush", (part(plush, "polyester", 4.0, "stuffing"),), ())


def _yoga_ring(rng: Random) -> Good:
    return Good("foam_ring", (part(ring(rng.uniform(50, 70), rng.uniform(10, 16)), "eva_foam"),))


KINDS = {
    "book": Kind(_book, ("book", "printed book", "Buch", "书籍"), "490199", ("glass tiles",), most=3),
    "magazine": Kind(_magazine, ("magazine", "brochure"), "490290", most=4),
    "cards": Kind(_box_of_cards, ("playing cards",), "950440", most=6),
    "shirt": Kind(_shirt, ("t-shirt", "cotton t-shirt"), "610910", ("steel brackets",), most=3),
    "jeans": Kind(_jeans, ("jeans, cotton", "trousers"), "620342", most=2),
    "sweater": Kind(_sweater, ("sweater, wool", "pullover"), "611011", most=2),
    "jacket": Kind(_fleece, ("fleece jacket, polyester",), "610130", most=1),
    "socks": Kind(_socks, ("socks, cotton",), "611595", most=6),
    "shoe": Kind(_shoe, ("shoe", "sneaker, leather"), "640399", ("cotton hats",), most=2),
    "belt": Kind(_belt, ("leather belt",), "420330", metal=True, most=2),
    "wallet": Kind(_wallet, ("wallet, leather", "purse"), "420231", ("crystal glass figure",), most=3),
    "pillow": Kind(_pillow, ("cushion", "pillow"), "940490", most=1),
    "plush": Kind(_teddy, ("plush toy",), "950300", most=2),
    "foam_ring": Kind(_yoga_ring, ("foam ring", "sports foam"), "392690", most=2),
}
HOLLOW_BOOK = Kind(_hollow_book, ("book", "printed book"), "490199", most=1)
