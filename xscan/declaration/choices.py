"""Ways in which each thing can count for each line, with the log probability of each."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from xscan.declaration.alike import alike, part_log_ratio
from xscan.declaration.config import DeclarationConfig
from xscan.declaration.expect import Expectation
from xscan.declaration.fit import (
    FILLED,
    likeness,
    material_fit,
    material_log_ratio,
    piece_log_ratio,
    powered_log_ratio,
    shape_log_ratio,
)
from xscan.declaration.joints import joints_of
from xscan.declaration.lexicon import Kind
from xscan.declaration.lines import Asked
from xscan.declaration.lumps import lumps_of
from xscan.declaration.things import CONTENTS, Thing

__all__ = ["PER_PIECE", "Choice", "choices_of", "costs_alone", "packaging_like"]

MERGED = math.log(0.2)  # log probability that pieces of a line touch so that they were not told apart
MERGED_TOLERANCE = 0.2  # relative; how near the mass of merged pieces must be to a whole number of units
LEAST_PIECE = 0.15  # of a unit's mass; less is a crumb, not a piece
NESTED = math.log(0.02)  # log probability that a declared article lies inside another, not packed in it
# log probability that what lies inside is a part: natural contents, a listed material, any other in a composite …
ABSORBED = {
    "contents": math.log(0.9),
    "powered": math.log(0.4),
    "composite": math.log(0.12),
    "odd": math.log(0.05),
    "container": math.log(0.08),
}
LEAST_FILL, RATTLES = 0.25, math.log(0.1)  # of the room in it, contents fill more; rarely a nearly empty one is sent
EMPTIED = math.log(0.05)  # log probability that what fills a bottle is not what the line says is in it
POWERED = 0.5  # of a unit's mass in parts inside, from which on they are what makes the article
LISTED = 0.3  # fit from which a part is of a material that the article is known to have
FOREIGN = 2.0  # cost of a part that is most of its unit's mass and of a material that the article rarely has
HEAVY = -2.5  # log probability, beside that, of parts that are more of a unit's mass than its kind of article holds
# shares of pieces, among those of a line, that weigh what is declared: of pieces beyond the declared quantity, of
# lines of one size, of assorted ones; those of a line of one piece may be either
EQUAL_SURPLUS, EQUAL_SAME, EQUAL_ODD = 0.7, 0.9, 0.0
PER_PIECE = math.log(2)  # cost of each further surplus, missing or undeclared piece: one more is half as likely
FEW_PARTS = 3  # inside one body, of which every set is tried
LEAST_GAIN = -6.0  # pairs that gain less can never be best


@dataclass(frozen=True)
class Choice:
    """One way in which a thing can count for a line; things and lines by index, gains as log probabilities.

    Parameters
    ----------
    pieces : that it counts for; 0: a fragment of one; -1: absorbed as a part of the thing around it
    parts : ids of things inside it that are taken as its parts
    surplus : whether it is beyond the declared quantity
    free : what it gains more where the line's declared weight is wrong
    odd : what it gains more where the line's pieces are of several sizes
    unlike : what it gains more where the line's goods are of another material
    shares : (line, pieces, g of its mass) where it is goods of several lines that touch; `line` is the first of them
    once : share of its cost that equal parts of the line's pieces bear together: what one toy car holds, all hold
    """

    thing: int
    line: int
    pieces: int
    gain: float
    parts: frozenset[int] = frozenset()
    surplus: bool = False
    free: float = 0.0
    odd: float = 0.0
    unlike: float = 0.0
    once: float = 0.0
    shares: tuple[tuple[int, int, float], ...] = ()


def packaging_like(thing: Thing, foreign_g: float) -> bool:
    """Whether a thing may be what others are packed in: light against what it holds, of a packing material."""
    return bool(thing.foreign) and thing.kind in PACKING and thing.weight < 0.6 * foreign_g


PACKING = frozenset({"paper", "plastic", "textile", "wood", "unknown"})


def choices_of(
    things: Sequence[Thing], lines: Sequence[Asked], kinds: Mapping[str, Kind], config: DeclarationConfig
) -> list[Choice]:
    """Every way that is not hopeless: as pieces, as a fragment, as one too many, as a part of the thing around it."""
    by_id = {t.id: t for t in things}
    out: list[Choice] = []
    for i, t in enumerate(things):
        twin = _twin_g(t, things, config)
        # of the spread of pieces the least uncertainty of a mass is a part already
        error = math.sqrt(max(0.0, t.error**2 - config.mass_floor**2))
        for j, a in enumerate(lines):
            e = a.expectation
            outer = by_id.get(t.inside) if t.inside is not None else None
            nested = NESTED if outer is not None and not packaging_like(outer, _held(outer, by_id)) else 0.0
            natural = _natural(t, e, by_id, kinds)
            # of a splinter of a bottle neither its bulk tells nor that it holds nothing
            splinter = material_log_ratio(likeness(t, replace(e, bulk=None, container=False), kinds), e.sure)
            for parts in (frozenset[int](), *_part_sets(t, e, by_id, kinds)):
                inside = [by_id[f] for f in sorted(parts)]
                material = material_log_ratio(likeness(t, e, kinds, inside), e.sure) + powered_log_ratio(t, inside, e)
                fits, unlike = material + shape_log_ratio(t, a.item.hs_code), max(0.0, -material)
                without = EMPTIED if natural and not natural <= parts else 0.0
                full = None if t.mass_g is None else t.mass_g + sum(_mass_inside(by_id[f], by_id) for f in parts)
                for pieces, gain, free, odd in _as_pieces(full, error, a, twin, config):
                    if pieces > 0 or not (parts or nested):
                        more, other = max(0.0, free - gain), max(0.0, odd - gain)
                        total = fits + gain + nested + without + (0.0 if pieces else max(0.0, splinter - material))
                        out.append(Choice(i, j, pieces, total, parts, free=more, odd=other, unlike=unlike))
                if a.countable and not nested:  # a surplus piece inside other goods is hidden there, not miscounted
                    more = piece_log_ratio(full, a.unit_g, e.unit_g, equal=EQUAL_SURPLUS, error=error)
                    out.append(Choice(i, j, 1, fits + more + nested + without, parts, surplus=True, unlike=unlike))
            if outer is not None and (role := _role(t, e, kinds)):
                of_part = replace(e, bulk=None)  # how heavy an article is for its size says nothing of its parts
                seems = likeness(t, of_part, kinds)
                part, once = _as_part(t, outer, role, of_part, seems, things, kinds)
                part += material_log_ratio(seems, e.sure) + shape_log_ratio(t, a.item.hs_code)
                part = max(part, LEAST_GAIN + 1e-3)
                out.append(Choice(i, j, -1, part, parts=frozenset(t.foreign), once=min(once, max(0.0, -part))))
        out += [Choice(i, shares[0][0], 0, gain, shares=shares) for shares, gain in lumps_of(t, lines, kinds, config)]
        out += _filled_lumps(i, [by_id[f] for f in t.foreign if f in by_id], things, lines, kinds, config)
    out += _joined(things, lines, kinds, config)
    return [c for c in out if c.gain + max(c.free, c.odd) > _least(c, things, config)]


def _joined(
    things: Sequence[Thing], lines: Sequence[Asked], kinds: Mapping[str, Kind], config: DeclarationConfig
) -> list[Choice]:
    """Bodies as one piece together with another beside them, and each of these others as the part of a piece."""
    out = []
    broken = math.log(config.prior_fragment)
    for j, a in enumerate(lines):
        e = replace(a.expectation, bulk=None)  # of what came apart the bulk is not known
        parts: set[int] = set()
        for i, t in enumerate(things):
            for u in joints_of(t, things, a, e, kinds):
                whole = (t.mass_g or 0.0) + (u.mass_g or 0.0)
                error = math.sqrt(max(0.0, t.sigma_g**2 + u.sigma_g**2 - (config.mass_floor * whole) ** 2)) / whole
                gain = material_log_ratio(likeness(t, e, kinds, [u]), e.sure)
                gain += piece_log_ratio(whole, a.unit_g, e.unit_g, error=error)
                out.append(Choice(i, j, 1, gain, frozenset({u.id})))
                parts.add(u.id)
        for i, t in enumerate(things):
            if t.id in parts:
                gain = broken + material_log_ratio(likeness(t, e, kinds), e.sure)
                out.append(Choice(i, j, -1, max(gain, LEAST_GAIN + 1e-3), once=-broken))
    return out


def _filled_lumps(
    i: int,
    inside: Sequence[Thing],
    things: Sequence[Thing],
    lines: Sequence[Asked],
    kinds: Mapping[str, Kind],
    config: DeclarationConfig,
) -> list[Choice]:
    """As goods of several lines that touch, one of which holds what lies inside the body as its parts."""
    t, out = things[i], []
    if not inside or t.mass_g is None or any(u.mass_g is None for u in inside):
        return []
    held = sum(u.mass_g or 0.0 for u in inside)
    full = replace(t, mass_g=t.mass_g + held, sigma_g=math.hypot(t.sigma_g, *(u.sigma_g for u in inside)))
    for shares, gain in lumps_of(full, lines, kinds, config):
        for j, _, grams in shares:
            if grams > held and all(_role(u, lines[j].expectation, kinds) for u in inside):
                own = tuple((k, n, g - held if k == j else g) for k, n, g in shares)
                out.append(Choice(i, j, 0, gain, frozenset(u.id for u in inside), shares=own))
    return out


def _least(c: Choice, things: Sequence[Thing], config: DeclarationConfig) -> float:
    """Gain below which a choice can never be best: leaving the thing over would be as likely, or likelier."""
    if c.surplus:
        return -PER_PIECE
    return LEAST_GAIN if things[c.thing].weight >= config.min_mass_g else 0.5 * LEAST_GAIN


def _as_part(
    t: Thing,
    outer: Thing,
    role: str,
    e: Expectation,
    like: float | None,
    things: Sequence[Thing],
    kinds: Mapping[str, Kind],
) -> tuple[float, float]:
    """Log probability that what lies inside a piece belongs to it, by its role, its share and the piece's equals.

    With it, how much of that cost is of the kind of article, not of the piece.
    """
    able = material_fit(t, e, kinds)
    if role == "composite":
        unlisted = able is not None and able < LISTED
        role = "odd" if unlisted else "powered" if e.inner >= POWERED or not e.kinds else role
    siblings = part_log_ratio(t, outer, things)
    if role == "contents":
        return ABSORBED[role] + siblings + (RATTLES if _rattles(t, outer) else 0.0), 0.0
    part = ABSORBED[role]
    if t.weight > 0.5 * outer.weight and like is not None and like < 0.5:
        part -= FOREIGN
    if e.kinds and t.whole_g and outer.whole_g:
        part += HEAVY * min(1.0, max(0.0, (t.whole_g / outer.whole_g - e.inner) / 0.2))
    return part + siblings, -part


def _rattles(t: Thing, outer: Thing) -> bool:
    """Whether most of the room around a thing is empty: contents fill what holds them, or nearly."""
    room = outer.outer_mm3 - outer.volume_mm3
    return t.volume_mm3 < LEAST_FILL * room


def _role(t: Thing, e: Expectation, kinds: Mapping[str, Kind]) -> str:
    """As what a line would take a thing that lies inside one of its pieces, or "" where it would not."""
    contents = {k: w for k, w in e.kinds.items() if k in CONTENTS and w >= 0.3}
    if not e.kinds:
        return "contents" if t.kind in CONTENTS else "composite"
    if e.container and contents:
        # liquids, creams and foods look alike in a scan: it need only be able to be the contents
        able = material_fit(t, replace(e, kinds=contents, container=False, composite=False), kinds)
        if able is not None and able >= 0.3:
            return "contents"
    return "composite" if e.composite else "container" if e.container else ""


def _part_sets(t: Thing, e: Expectation, by_id: Mapping[int, Thing], kinds: Mapping[str, Kind]) -> list[frozenset[int]]:
    """Sets of things inside that may be its parts.

    All of them where they are few; else its natural contents, everything, and everything but one of the heaviest:
    what was put into goods lies beside the parts that they were made with.
    """
    every = sorted((f for f in t.foreign if f in by_id and _role(by_id[f], e, kinds)), key=lambda f: -by_id[f].weight)
    if len(every) <= FEW_PARTS:
        return [frozenset(s) for n in range(1, len(every) + 1) for s in combinations(every, n)]
    contents = frozenset(f for f in every if _role(by_id[f], e, kinds) == "contents")
    but_one = (frozenset(every) - {f} for f in every[:FEW_PARTS])
    return [s for s in dict.fromkeys((contents, frozenset(every), *but_one)) if s]


def _natural(t: Thing, e: Expectation, by_id: Mapping[int, Thing], kinds: Mapping[str, Kind]) -> frozenset[int]:
    """What fills a container of a line that is mostly contents: a bottle of wine holds wine."""
    if not (e.container and any(e.kinds.get(k, 0.0) >= FILLED for k in CONTENTS)):
        return frozenset()
    return frozenset(f for f in t.foreign if f in by_id and _role(by_id[f], e, kinds) == "contents")


def _mass_inside(t: Thing, by_id: Mapping[int, Thing]) -> float:
    return (t.mass_g or 0.0) + sum(_mass_inside(by_id[f], by_id) for f in t.foreign if f in by_id)


def _held(t: Thing, by_id: Mapping[int, Thing]) -> float:
    """Mass of the foreign things inside a thing, and inside those."""
    return sum(by_id[f].weight + _held(by_id[f], by_id) for f in t.foreign if f in by_id)


def costs_alone(things: Sequence[Thing], config: DeclarationConfig) -> list[float]:
    """Cost of leaving each thing over: full from the least mass on, nothing below half of it; little for packing."""
    by_id = {t.id: t for t in things}
    out = []
    for t in things:
        cost = -math.log(config.prior_undeclared)
        if config.min_mass_g:
            cost *= min(1.0, max(0.0, 2 * t.weight / config.min_mass_g - 1))
        out.append(0.2 * cost if packaging_like(t, _held(t, by_id)) else cost)
    return out


def _twin_g(t: Thing, things: Sequence[Thing], config: DeclarationConfig) -> float | None:
    """Mass of the heaviest body like it that is hardly more than half of it: what one piece may weigh."""
    least = config.min_mass_g  # a crumb is no measure of what a piece weighs
    lighter = (o for o in things if least <= (o.mass_g or 0.0) < 0.6 * t.weight and o.inside == t.inside)
    return max((o.mass_g for o in lighter if o.mass_g and alike(o, t)), default=None)


def _as_pieces(
    mass_g: float | None, error: float, a: Asked, twin_g: float | None, config: DeclarationConfig
) -> list[tuple[int, float, float, float]]:
    """Ways a thing can count for a line.

    Returns
    -------
    (pieces, log probability, that where the declared weight is wrong, and that where pieces are of several sizes)
    """
    usual = a.expectation.unit_g
    if not a.countable:
        return [(1, 0.0, 0.0, 0.0)]
    broken = math.log(config.prior_fragment)
    out = [(0, broken, broken, broken)]
    units = [u for u in {a.unit_g, a.unit_g and a.unit_g / a.pieces[1], a.unit_g and a.unit_g / a.pieces[0]} if u]
    if not units or mass_g is None or mass_g >= LEAST_PIECE * min(units):
        anyhow = piece_log_ratio(mass_g, None, usual, error=error)
        one = a.item.quantity == 1 or a.is_set or a.pieces != (1, 1)  # there is no other piece to be equal to
        same, odd = (
            max((piece_log_ratio(mass_g, u, usual, equal=share, error=error) for u in units), default=anyhow)
            for share in ((None, None) if one else (EQUAL_SAME, EQUAL_ODD))
        )
        out.append((1, same, anyhow, odd))
    merged: dict[int, tuple[float, float]] = {}
    for unit in (a.unit_g, twin_g):
        if unit and mass_g:
            tolerance = max(MERGED_TOLERANCE, 2 * error)
            for count in sorted({round(mass_g / unit), math.ceil(mass_g / unit)}):
                whole = not units or mass_g >= LEAST_PIECE * count * min(units)
                near = unit * count * (1 - tolerance) < mass_g < unit * count * (1 + tolerance)
                if 2 <= count <= a.item.quantity * a.pieces[1] and whole and near:
                    each = mass_g / count
                    gain = MERGED + piece_log_ratio(each, a.unit_g or unit, None, error=error)
                    anyhow = MERGED + piece_log_ratio(each, twin_g, usual, error=error) if twin_g else LEAST_GAIN
                    merged[count] = max((gain, anyhow), merged.get(count, (gain, anyhow)))
    return [*out, *((n, gain, anyhow, gain) for n, (gain, anyhow) in sorted(merged.items()))]
