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
ALONE = math.log(0.2)  # log probability that a mixture with them looks like the goods of one line
MOST_LINES, MOST_PIECES, KEPT = 4, 6, 4
SIGMAS = 2.0  # of the mass of the pieces together, within which a body may be they
LEAST_REST = 0.15  # of a lump, the least that goods of a line without a weight are taken to be
RARE, PART = 0.3, 0.25  # weight up to which a kind is rare, and the part of goods that such kinds may be
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
    known = [(j, a) for j, a in enumerate(lines) if a.countable and (not a.unit_g or a.unit_g >= config.min_mass_g)]
    found: dict[bool, list[tuple[Shares, float]]] = {True: [], False: []}  # by whether every line tells its weight
    for size in range(2, min(MOST_LINES, len(known)) + 1):
        for some in combinations(known, size):
            silent = sum(not a.unit_g for _, a in some)
            if silent <= 1:
                found[not silent] += _of(t, some, kinds)
    return [f for some in found.values() for f in sorted(some, key=lambda f: (-f[1], f[0]))[:KEPT]]


def _of(t: Thing, some: Sequence[tuple[int, Asked]], kinds: Mapping[str, Kind]) -> Iterator[tuple[Shares, float]]:
    """Numbers of pieces of these lines that a body may be; of one line without a weight, one piece weighs the rest."""
    mass = t.mass_g or 0.0
    for counts in _counts(mass, [a for _, a in some]):
        units = [n * (a.unit_g or 0.0) for n, (_, a) in zip(counts, some, strict=True)]
        gain = LUMP + MORE * (len(some) - 2 + sum(n > 1 for n in counts))
        rest = mass - sum(units)
        weighed = 0.0 not in units
        if not weighed:
            open_ = units.index(0.0)
            if counts[open_] > 1 or rest < LEAST_REST * mass or not _usual(rest, some[open_][1]):
                continue
            units[open_] = rest
            # what may as well be that line's goods alone shows nothing of the others
            gain += ALONE if _able(t, [some[open_][1].expectation], [mass], kinds) else 0.0
        said = sum(units)
        # what is declared of each line errs by itself, what is measured of the body errs once
        declared = (u * a.sigma_g / (a.mass_g or 1.0) for u, (_, a) in zip(units, some, strict=True))
        spread = math.hypot(t.error, math.hypot(*declared) / said)
        off = math.log(mass / said)
        if abs(off) <= SIGMAS * spread and _able(t, [a.expectation for _, a in some], units, kinds):
            gain += math.log(normal_pdf(off, spread) / SPREAD) if weighed else 0.0
            shares = tuple((j, n, mass * u / said) for n, u, (j, _) in zip(counts, units, some, strict=True))
            yield shares, min(gain, 0.0)


def _usual(grams: float, a: Asked) -> bool:
    """Whether one piece of a line may weigh so much, as such goods usually do."""
    usual = a.expectation.unit_g
    return usual is None or usual[0] <= grams <= usual[1]


def _counts(mass_g: float, some: Sequence[Asked]) -> Iterator[tuple[int, ...]]:
    """Numbers of pieces of each line, at most what is declared, that are not plainly too heavy together."""
    ranges = [range(1, min(int(a.item.quantity), MOST_PIECES) + 1) for a in some]
    for counts in product(*ranges):
        if sum(n * (a.unit_g or 0.0) for n, a in zip(counts, some, strict=True)) < 1.5 * mass_g:
            yield counts


def _able(t: Thing, some: Sequence[Expectation], grams: Sequence[float], kinds: Mapping[str, Kind]) -> bool:
    """Whether a body's density and Z_e lie within what such a mixture of the lines' materials spans."""
    whole = t.whole or t.own
    spans = [_span(e, kinds) for e in some]
    if whole is None or not all(spans):
        return True
    density, z_e = whole
    light, dense = (_dense([(g, s[n]) for g, s in zip(grams, spans, strict=True)]) for n in (0, 1))
    low, high = (_heavy([(g, s[n]) for g, s in zip(grams, spans, strict=True)]) for n in (2, 3))
    return light / BLUR <= density <= dense * BLUR and low / BLUR_Z <= z_e <= high * BLUR_Z


def _span(e: Expectation, kinds: Mapping[str, Kind]) -> tuple[float, ...]:
    """Least and greatest density, and Z_e, of a line's goods: rare kinds are a part of them; empty where none is known.

    Coffee may come in a tin, but a body of steel is no coffee.
    """
    known = {k: w for k, w in e.kinds.items() if k in kinds}
    usual = [b for k, w in known.items() if w > RARE for b in kinds[k].boxes]
    every = [b for k in known for b in kinds[k].boxes]
    if not every:
        return ()
    bounds = []
    for side, (pick, mix) in enumerate(((min, _dense), (max, _dense), (min, _heavy), (max, _heavy))):
        most, rare = (pick(b[side] for b in boxes) for boxes in (usual or every, every))
        bounds.append(mix([(1 - PART, most), (PART, rare)]))
    return tuple(bounds)


def _dense(of: Sequence[tuple[float, float]]) -> float:
    """Density of a mixture of (mass, density)."""
    return sum(g for g, _ in of) / sum(g / d for g, d in of)


def _heavy(of: Sequence[tuple[float, float]]) -> float:
    """Z_e of a mixture of (mass, Z_e).

    The cubic mean over its electrons (Mayneord 1937), which are nearly as its mass.
    """
    return float((sum(g * z**3 for g, z in of) / sum(g for g, _ in of)) ** (1 / 3))
