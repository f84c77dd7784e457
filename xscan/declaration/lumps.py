"""Goods of several lines that touch are one body in a scan: which pieces of which lines may a body be?"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, product

from xscan.declaration.config import DeclarationConfig
from xscan.declaration.expect import Expectation
from xscan.declaration.fit import normal_pdf
from xscan.declaration.lexicon import Kind
from xscan.declaration.lines import Asked
from xscan.declaration.things import Thing

__all__ = ["lumps_of"]

Shares = tuple[tuple[int, int, float], ...]
LUMP = math.log(0.05)  # log probability that goods of two lines touch so that they were not told apart
MORE = math.log(0.5)  # beside it, of each line more, and of pieces of one line among them
MOST_LINES, MOST_PIECES, KEPT = 4, 6, 4
SIGMAS = 2.0  # of the mass of the pieces together, within which a body may be they
BLUR_Z = 1.15  # the same of its Z_e
BLUR = 1.2  # factor by which a body's density may be off beside what its mixture of materials spans
SPREAD = 1 / math.log(1000)  # density of the log of any body's mass, as for single pieces


def lumps_of(
    t: Thing, lines: Sequence[Asked], kinds: Mapping[str, Kind], config: DeclarationConfig
) -> list[tuple[Shares, float]]:
    """Sets of pieces of two lines or more whose masses and materials a body may have, likeliest first.

    Returns
    -------
    ((line, pieces, their share of the body's mass, g), …) and the log probability of each set
    """
    if t.mass_g is None or t.inside is not None:
        return []
    weighed = [(j, a) for j, a in enumerate(lines) if a.countable and a.unit_g and a.unit_g >= config.min_mass_g]
    found: list[tuple[Shares, float]] = []
    for size in range(2, min(MOST_LINES, len(weighed)) + 1):
        for some in combinations(weighed, size):
            for counts in _counts(t.mass_g, [a for _, a in some]):
                units = [n * (a.unit_g or 0.0) for n, (_, a) in zip(counts, some, strict=True)]
                said = sum(units)
                # what is declared of each line errs by itself, what is measured of the body errs once
                spread = math.hypot(
                    config.mass_floor,
                    math.hypot(*(u * a.sigma_g / (a.mass_g or 1.0) for u, (_, a) in zip(units, some, strict=True)))
                    / said,
                )
                off = math.log(t.mass_g / said)
                if abs(off) <= SIGMAS * spread and _able(t, [a.expectation for _, a in some], units, kinds):
                    more = size - 2 + sum(n > 1 for n in counts)
                    gain = LUMP + MORE * more + math.log(normal_pdf(off, spread) / SPREAD)
                    shares = tuple(
                        (j, n, t.mass_g * u / said) for n, u, (j, _) in zip(counts, units, some, strict=True)
                    )
                    found.append((shares, min(gain, 0.0)))
    return sorted(found, key=lambda f: (-f[1], f[0]))[:KEPT]


def _counts(mass_g: float, some: Sequence[Asked]) -> Iterator[tuple[int, ...]]:
    """Numbers of pieces of each line, at most what is declared, that are not plainly too heavy together."""
    ranges = [range(1, min(int(a.item.quantity), MOST_PIECES) + 1) for a in some]
    for counts in product(*ranges):
        if sum(n * (a.unit_g or 0.0) for n, a in zip(counts, some, strict=True)) < 1.5 * mass_g:
            yield counts


def _able(t: Thing, some: Sequence[Expectation], grams: Sequence[float], kinds: Mapping[str, Kind]) -> bool:
    """Whether a body's density and Z_e lie within what such a mixture of the lines' materials spans."""
    whole = t.whole or t.own
    boxes = [[b for kind in e.kinds if kind in kinds for b in kinds[kind].boxes] for e in some]
    if whole is None or not all(boxes):
        return True
    density, z_e = whole
    light, dense = (
        sum(grams) / sum(g / pick(b[side] for b in of) for g, of in zip(grams, boxes, strict=True))
        for side, pick in ((0, min), (1, max))
    )
    low, high = (
        (sum(g * pick(b[side] for b in of) ** 3 for g, of in zip(grams, boxes, strict=True)) / sum(grams)) ** (1 / 3)
        for side, pick in ((2, min), (3, max))
    )  # a mixture's Z_e is the cubic mean over its electrons (Mayneord 1937), which are nearly as its mass
    return light / BLUR <= density <= dense * BLUR and low / BLUR_Z <= z_e <= high * BLUR_Z
