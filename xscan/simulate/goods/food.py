"""Food, tobacco, and what must not be sent."""

from __future__ import annotations

from xscan.simulate.goods.base import LYING, UP, Good, Kind, Random, at, block, part, round_, union

__all__ = ["HIDDEN", "KINDS"]


def _chocolate(rng: Random) -> Good:
    return Good(
        "chocolate", (part(block(rng.uniform(70, 90), rng.uniform(140, 170), rng.uniform(9, 16), 2), "chocolate"),)
    )


def _coffee(rng: Random) -> Good:
    return Good(
        "coffee",
        (part(block(rng.uniform(70, 90), rng.uniform(50, 65), rng.uniform(140, 170), 10), "coffee"),),
        (LYING, UP),
    )


def _tea(rng: Random) -> Good:
    return Good("tea", (part(block(120, 75, rng.uniform(60, 80)), "card", 1.2, "tea"),))


def _rice(rng: Random) -> Good:
    return Good("rice", (part(block(rng.uniform(90, 120), rng.uniform(140, 170), rng.uniform(35, 50), 15), "rice"),))


def _cigarettes(rng: Random) -> Good:
    return Good("cigarettes", (part(block(88, 56, 23), "card", 0.8, "tobacco"),))


def _powder_bag(rng: Random) -> Good:
    return Good("powder", (part(block(rng.uniform(60, 90), rng.uniform(60, 90), rng.uniform(16, 26), 8), "powder"),))


def _banknotes(rng: Random) -> Good:
    return Good("banknotes", (part(block(150, 72, rng.uniform(10, 30)), "banknote"),))


def _knife(rng: Random) -> Good:
    blade = at(block(rng.uniform(100, 140), 24, 2.6), (60, 0, 0))
    return Good("knife", (part(blade, "stainless"), part(at(block(105, 24, 16, 5), (-55, 0, 0)), "wood")))


def _pistol(rng: Random) -> Good:
    slide = at(block(170, 25, 28, 2), (10, 0, 30))
    grip = at(block(42, 27, 100, 5), (-50, 0, -30), (0, -12, 0))
    frame = at(block(120, 22, 14, 3), (-5, 0, 12))
    barrel = at(round_(7.5, 30), (100, 0, 32), (0, 90, 0))
    return Good("pistol", (part(union(slide, frame, barrel), "steel"), part(grip, "nylon")), ((90.0, 0.0, 0.0),))


def _sheet_explosive(rng: Random) -> Good:
    return Good(
        "explosive", (part(block(rng.uniform(90, 130), rng.uniform(60, 90), rng.uniform(14, 22), 2), "explosive"),)
    )


KINDS = {
    "chocolate": Kind(_chocolate, ("chocolate bars", "Schokolade"), "180632", ("glass mosaic",), most=5),
    "coffee": Kind(_coffee, ("ground coffee", "roasted coffee"), "090121", most=3),
    "tea": Kind(_tea, ("tea", "black tea in boxes"), "090230", most=3),
    "rice": Kind(_rice, ("rice",), "100630", ("down pillow",), most=2),
    "cigarettes": Kind(_cigarettes, ("cigarettes",), "240220", most=10, contraband=True),
    "powder": Kind(_powder_bag, ("chemical powder",), "293999", most=3, contraband=True),
    "banknotes": Kind(_banknotes, ("banknotes",), "490700", most=4, contraband=True),
    "knife": Kind(_knife, ("knife",), "821192", metal=True, most=1, contraband=True),
    "pistol": Kind(_pistol, ("pistol",), "930200", metal=True, most=1, contraband=True),
    "explosive": Kind(_sheet_explosive, ("explosive",), "360200", most=2, contraband=True),
}
# what is hidden inside other things: (kind, size mm x, y, z, material)
HIDDEN = (
    ("powder", "powder"),
    ("banknotes", "banknote"),
    ("gold", "gold"),
    ("explosive", "explosive"),
)
