"""Which things belong to which lines: one integer programme over all of them, solved by HiGHS (scipy)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from xscan.declaration.alike import alike, beside, broken_log_ratio, clusters, encloses, part_log_ratio
from xscan.declaration.config import DeclarationConfig
from xscan.declaration.equal import Given, equal_groups
from xscan.declaration.expect import Expectation
from xscan.declaration.fit import likeness, material_fit, material_log_ratio, piece_log_ratio, shape_log_ratio
from xscan.declaration.lexicon import Kind
from xscan.declaration.lines import Asked
from xscan.declaration.mute import silent_stdout
from xscan.declaration.things import CONTENTS, Thing

__all__ = ["assign", "packaging_like"]

MERGED = math.log(0.2)  # log probability that pieces of a line touch so that they were not told apart
MERGED_TOLERANCE = 0.12  # relative; how near the mass of merged pieces must be to a whole number of units
LEAST_PIECE = 0.15  # of a unit's mass; less is a crumb, not a piece
ENCLOSED_PART = 2.0  # gain, beside the cost of a fragment, of what lies within the box of an article of many parts
COMPLETES = 0.7  # log ratio from which the masses say that it makes a piece whole
OTHER_PART = 1.0  # cost, beside that of a fragment, of a part of other make that was not seen to be joined
NESTED = math.log(0.02)  # log probability that a declared article lies inside another, not packed in it
# log probability that what lies inside is a part: natural contents, a listed material, any other in a composite …
ABSORBED = {
    "contents": math.log(0.9),
    "powered": math.log(0.4),
    "composite": math.log(0.12),
    "odd": math.log(0.05),
    "container": math.log(0.08),
}
POWERED = 0.5  # of a unit's mass in parts inside, from which on they are what makes the article
LISTED = 0.3  # fit from which a part is of a material that the article is known to have
FOREIGN = 2.0  # cost of a part that is most of its unit's mass and of a material that the article rarely has
HEAVY = -2.5  # log probability, beside that, of parts that are more of a unit's mass than its kind of article holds
DEVIATION = ((1.0, 0.5), (1.0, 1.5), (1.0, 2.5), (100.0, 3.5))  # widths and slopes of chords of d²/2, d in sigma
PER_PIECE = math.log(2)  # cost of each further surplus, missing or undeclared piece: one more is half as likely
FAR = 40.0  # sigma; a body that outweighs a line by more is as wrong as can be, and the solver likes small numbers
ALONG = 0.3  # cost of leaving over what lies inside a body that is left over
PARTED = 2.0  # cost of giving equal bodies to different lines
UNLIKE, UNLIKE_SET = 3.2, 0.7  # cost of pieces of one line that are of different make, and of those of a set
LEAST_GAIN = -6.0  # pairs that gain less can never be best


@dataclass(frozen=True)
class _Choice:
    thing: int
    line: int
    pieces: int  # -1: absorbed as a part of the thing around it
    gain: float
    parts: frozenset[int] = frozenset()  # ids of things inside it that are taken as its parts
    surplus: bool = False  # beyond the declared quantity
    free: float = 0.0  # what it gains more where the line's declared weight is wrong


def packaging_like(thing: Thing, foreign_g: float) -> bool:
    """Whether a thing may be what others are packed in: light against what it holds, of a packing material."""
    return bool(thing.foreign) and thing.kind in PACKING and thing.weight < 0.6 * foreign_g


PACKING = frozenset({"paper", "plastic", "textile", "wood", "unknown"})


def assign(
    things: Sequence[Thing], lines: Sequence[Asked], kinds: Mapping[str, Kind], config: DeclarationConfig
) -> tuple[Given, ...]:
    """Assign things to lines so that the whole is most probable; things may stay over and lines unfilled, at a cost.

    Every term is minus a log probability: material and mass of each piece against those of any body, the line's
    declared mass against the sum of what it is given, and the priors of the config for a body of no line, a wrong
    quantity (all of a line missing is one), a wrong weight, and merged or broken pieces.
    """
    choices = _choices(things, lines, kinds, config)
    if not choices:
        return tuple(Given((), ()) for _ in lines)
    taken = _solve(choices, things, lines, config)
    out = []
    for j in range(len(lines)):
        mine = [c for c in taken if c.line == j]
        out.append(
            Given(
                tuple((things[c.thing], c.pieces) for c in mine if c.pieces >= 0),
                tuple(things[c.thing] for c in mine if c.pieces < 0),
            )
        )
    return tuple(out)


def _choices(
    things: Sequence[Thing], lines: Sequence[Asked], kinds: Mapping[str, Kind], config: DeclarationConfig
) -> list[_Choice]:
    by_id = {t.id: t for t in things}
    out: list[_Choice] = []
    for i, t in enumerate(things):
        twin = _twin_g(t, things)
        for j, a in enumerate(lines):
            e = a.expectation
            like = likeness(t, e, kinds)
            fits = material_log_ratio(like, e.sure) + shape_log_ratio(t, a.item.hs_code)
            outer = by_id.get(t.inside) if t.inside is not None else None
            nested = NESTED if outer is not None and not packaging_like(outer, _held(outer, by_id)) else 0.0
            for parts in (frozenset[int](), *_part_sets(t, e, by_id, kinds)):
                full = None if t.mass_g is None else t.mass_g + sum(_mass_inside(by_id[f], by_id) for f in parts)
                for pieces, gain, free in _as_pieces(full, a, twin, config):
                    if pieces > 0 or not (parts or nested):
                        out.append(_Choice(i, j, pieces, fits + gain + nested, parts=parts, free=max(0.0, free - gain)))
                if a.countable and not nested:  # a surplus piece inside other goods is hidden there, not miscounted
                    more = piece_log_ratio(full, a.unit_g, e.unit_g, narrow=True)
                    out.append(_Choice(i, j, 1, fits + more + nested, parts=parts, surplus=True))
            if outer is not None and (role := _role(t, e, kinds)):
                part = max(fits + _as_part(t, outer, role, e, like, things, kinds), LEAST_GAIN + 1e-3)
                out.append(_Choice(i, j, -1, part, parts=frozenset(t.foreign)))
    return [c for c in out if c.gain > LEAST_GAIN]


def _as_part(
    t: Thing,
    outer: Thing,
    role: str,
    e: Expectation,
    like: float | None,
    things: Sequence[Thing],
    kinds: Mapping[str, Kind],
) -> float:
    """Log probability that what lies inside a piece belongs to it, by its role, its share and the piece's equals."""
    able = material_fit(t, e, kinds)
    if role == "composite":
        unlisted = able is not None and able < LISTED
        role = "odd" if unlisted else "powered" if e.inner >= POWERED or not e.kinds else role
    part = ABSORBED[role] + part_log_ratio(t, outer, things)
    if role == "contents":
        return part
    if t.weight > 0.5 * outer.weight and like is not None and like < 0.5:
        part -= FOREIGN
    if e.kinds and t.whole_g and outer.whole_g:
        part += HEAVY * min(1.0, max(0.0, (t.whole_g / outer.whole_g - e.inner) / 0.2))
    return part


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
    """Sets of things inside that may be its parts: its natural contents, and everything."""
    able = [f for f in t.foreign if f in by_id and _role(by_id[f], e, kinds)]
    natural = frozenset(f for f in able if _role(by_id[f], e, kinds) == "contents")
    every = frozenset(able)
    return [s for s in dict.fromkeys((natural, every)) if s]


def _mass_inside(t: Thing, by_id: Mapping[int, Thing]) -> float:
    return (t.mass_g or 0.0) + sum(_mass_inside(by_id[f], by_id) for f in t.foreign if f in by_id)


def _held(t: Thing, by_id: Mapping[int, Thing]) -> float:
    """Mass of the foreign things inside a thing, and inside those."""
    return sum(by_id[f].weight + _held(by_id[f], by_id) for f in t.foreign if f in by_id)


def _alone(things: Sequence[Thing], config: DeclarationConfig) -> list[float]:
    """Cost of leaving each thing over: full from the least mass on, nothing below half of it; little for packing."""
    by_id = {t.id: t for t in things}
    out = []
    for t in things:
        cost = -math.log(config.prior_undeclared)
        if config.min_mass_g:
            cost *= min(1.0, max(0.0, 2 * t.weight / config.min_mass_g - 1))
        out.append(0.2 * cost if packaging_like(t, _held(t, by_id)) else cost)
    return out


def _twin_g(t: Thing, things: Sequence[Thing]) -> float | None:
    """Mass of the heaviest body like it that is hardly more than half of it: what one piece may weigh."""
    lighter = (o for o in things if o.mass_g and o.mass_g < 0.6 * t.weight and o.inside == t.inside)
    return max((o.mass_g for o in lighter if o.mass_g and alike(o, t)), default=None)


def _as_pieces(
    mass_g: float | None, a: Asked, twin_g: float | None, config: DeclarationConfig
) -> list[tuple[int, float, float]]:
    """Ways a thing can count for a line: (pieces, log probability, and that where the declared weight is wrong)."""
    usual = a.expectation.unit_g
    if not a.countable:
        return [(1, 0.0, 0.0)]
    broken = math.log(config.prior_fragment)
    out = [(0, broken, broken)]
    units = [u for u in {a.unit_g, a.unit_g and a.unit_g / a.pieces[1], a.unit_g and a.unit_g / a.pieces[0]} if u]
    if not units or mass_g is None or mass_g >= LEAST_PIECE * min(units):
        anyhow = piece_log_ratio(mass_g, None, usual)
        singles = [piece_log_ratio(mass_g, u, usual) for u in units] or [anyhow]
        out.append((1, max(singles), anyhow))
    merged: dict[int, tuple[float, float]] = {}
    for unit in (a.unit_g, twin_g):
        if unit and mass_g:
            count = round(mass_g / unit)
            near = unit * count * (1 - MERGED_TOLERANCE) < mass_g < unit * count * (1 + MERGED_TOLERANCE)
            if 2 <= count <= a.item.quantity * a.pieces[1] and near:
                gain = MERGED + piece_log_ratio(mass_g / count, a.unit_g or unit, None)
                anyhow = MERGED + piece_log_ratio(mass_g / count, twin_g, usual) if twin_g else LEAST_GAIN
                merged[count] = max((gain, anyhow), merged.get(count, (gain, anyhow)))
    return [*out, *((n, gain, anyhow) for n, (gain, anyhow) in sorted(merged.items()))]


def _solve(
    choices: list[_Choice], things: Sequence[Thing], lines: Sequence[Asked], config: DeclarationConfig
) -> list[_Choice]:
    """Build and solve the programme."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import coo_array

    p = _Programme()
    # the later of two equal things is left over, so that the answer never depends on the solver's mood
    taken = [p.column(-c.gain + 1e-7 * (c.thing + c.line)) for c in choices]
    _whole_things(p, taken, choices, things, config)
    makes = clusters(things)
    for j, a in enumerate(lines):
        mine = {v: c for v, c in zip(taken, choices, strict=True) if c.line == j}
        _one_line(p, mine, a, things, config)
        _one_make(p, mine, a, makes)
    data = [(r, v, w) for r, (row, _, _) in enumerate(p.rows) for v, w in row.items() if w]
    matrix = coo_array(
        ([w for _, _, w in data], ([r for r, _, _ in data], [v for _, v, _ in data])), shape=(len(p.rows), len(p.cost))
    ).tocsc()
    with silent_stdout():
        result = milp(
            np.array(p.cost),
            integrality=np.array(p.whole, dtype=np.int64),
            bounds=Bounds(np.zeros(len(p.cost)), np.array(p.upper)),
            constraints=LinearConstraint(matrix, [lo for _, lo, _ in p.rows], [hi for _, _, hi in p.rows]),
            options={"node_limit": config.nodes, "mip_rel_gap": 1e-6, "presolve": False},
        )
    if result.x is None:  # never seen: leaving everything over is always allowed
        return []
    return [c for c, v in zip(choices, taken, strict=True) if result.x[v] > 0.5]


class _Programme:
    """Columns with their costs and rows with their bounds, as they are added."""

    def __init__(self) -> None:
        self.cost: list[float] = []
        self.upper: list[float] = []
        self.whole: list[int] = []
        self.rows: list[tuple[dict[int, float], float, float]] = []

    def column(self, cost: float, upper: float = 1.0, *, whole: bool = True) -> int:
        """Add a variable from 0 to `upper`; return its index."""
        self.cost.append(cost)
        self.upper.append(upper)
        self.whole.append(int(whole))
        return len(self.cost) - 1

    def row(self, coefficients: dict[int, float], low: float = -np.inf, high: float = np.inf) -> None:
        """Add a constraint on a sum."""
        self.rows.append((coefficients, low, high))


def _whole_things(
    p: _Programme, taken: list[int], choices: list[_Choice], things: Sequence[Thing], config: DeclarationConfig
) -> None:
    """Each thing goes to one line or stays over; equal things stay together; parts follow what holds them."""
    alone = _alone(things, config)
    index = {t.id: i for i, t in enumerate(things)}
    left = {i: p.column(min(PER_PIECE, alone[i])) for i in range(len(things))}
    for group in equal_groups(things, config):
        first = p.column(max(0.0, max(alone[i] for i in group) - PER_PIECE))
        for i in group:
            mine = {v: 1.0 for v, c in zip(taken, choices, strict=True) if c.thing == i}
            outer = index.get(things[i].inside or 0)
            if outer is not None:  # what lies in a body that is left over is left with it
                along = p.column(min(ALONG, alone[i]))
                mine[along] = 1.0
                p.row({along: 1.0, left[outer]: -1.0}, high=0)
            p.row({**mine, left[i]: 1.0}, 1, 1)
            p.row({left[i]: 1.0, first: -1.0}, high=0)
        if len(group) > 1:
            for v, c in zip(taken, choices, strict=True):
                if c.thing in group and c.pieces > 1:  # of equal bodies, one is not two pieces while another is none
                    for i in group:
                        if i != c.thing:
                            p.row({v: 1.0, left[i]: 1.0}, high=1)
            some: dict[int, int] = {}
            for v, c in zip(taken, choices, strict=True):
                if c.thing in group and c.pieces >= 0:
                    y = some.setdefault(c.line, -1)
                    if y < 0:
                        y = some[c.line] = p.column(PARTED)
                    p.row({v: 1.0, y: -1.0}, high=0)
    for v, c in zip(taken, choices, strict=True):
        if c.pieces < 0:
            outer = index.get(things[c.thing].inside or 0, -1)
            hosts = {
                h: -1.0
                for h, d in zip(taken, choices, strict=True)
                if d.thing == outer and d.line == c.line and things[c.thing].id in d.parts
            }
            p.row({v: 1.0, **hosts}, 0, 0)


def _one_line(
    p: _Programme, mine: dict[int, _Choice], a: Asked, things: Sequence[Thing], config: DeclarationConfig
) -> None:
    """Count and mass of one line, each right or wrong at the cost of its prior."""
    count = {v: float(c.pieces) for v, c in mine.items() if c.pieces > 0 and not c.surplus}
    more = [v for v, c in mine.items() if c.surplus]
    big = sum(count.values()) + 1
    least, most = (a.item.quantity * n for n in a.pieces)
    if not a.countable:
        least, most = 1.0, big
    wrong_count = -math.log(config.prior_quantity)
    short = p.column(PER_PIECE, least, whole=False)
    some_over, some_short = p.column(wrong_count - PER_PIECE), p.column(wrong_count - PER_PIECE)
    p.row(count, high=most)
    p.row({**count, short: 1.0}, low=least)
    for v in more:
        p.cost[v] += PER_PIECE
        p.row({v: 1.0, some_over: -1.0}, high=0)
    p.row({short: 1.0, some_short: -least}, high=0)
    for v, c in mine.items():
        if c.pieces == 0:  # a fragment needs a larger piece beside it: of its own make, or any of a composite
            broken = things[c.thing]
            hosts = {
                h: -1.0
                for h, d in mine.items()
                if d.pieces > 0 and things[d.thing].weight >= broken.weight and d.thing != c.thing
                if beside(things[d.thing], broken) and (a.expectation.composite or alike(things[d.thing], broken))
            }
            p.row({v: 1.0, **hosts}, high=0)
            whole = {mine[h].thing: things[mine[h].thing] for h in hosts}
            usual = sorted(t.weight for t in whole.values())
            unit = a.unit_g or (usual[len(usual) // 2] if len(usual) > 1 else None)
            completes = broken_log_ratio(broken, whole.values(), unit)
            p.cost[v] -= min(0.0, completes)
            if a.expectation.composite and completes > COMPLETES and any(encloses(h, broken) for h in whole.values()):
                p.cost[v] -= ENCLOSED_PART
            elif not any(alike(h, broken) for h in whole.values()):
                p.cost[v] += OTHER_PART
    if a.mass_g and all(things[c.thing].mass_g is not None for c in mine.values()):
        sigma = math.hypot(a.sigma_g, config.mass_floor * a.mass_g)  # the unit of these rows, for the solver's sake
        masses = {v: min(FAR, (things[c.thing].mass_g or 0.0) / sigma) for v, c in mine.items()}
        large = math.ceil(sum(masses.values()) + a.mass_g / sigma)
        wrong = p.column(-math.log(config.prior_weight))
        off = [p.column(slope, width, whole=False) for width, slope in DEVIATION]
        free = (some_over, some_short, wrong)
        p.row({**masses, **dict.fromkeys(off, -1.0), **dict.fromkeys(free, -large)}, high=a.mass_g / sigma)
        p.row({**masses, **dict.fromkeys(off, 1.0), **dict.fromkeys(free, large)}, low=a.mass_g / sigma)
        for v, c in mine.items():
            if c.free > 0:
                then = p.column(-c.free)
                p.row({then: 1.0, v: -1.0}, high=0)
                p.row({then: 1.0, wrong: -1.0}, high=0)


def _one_make(p: _Programme, mine: dict[int, _Choice], a: Asked, makes: list[list[int]]) -> None:
    """Pieces of one line are of one make; each further make among them costs."""
    used: dict[int, float] = {}
    for make in makes:
        held = [v for v, c in mine.items() if c.thing in make and c.pieces > 0]
        if held:
            some = p.column(0.0)
            used[some] = 1.0
            for v in held:
                p.row({v: 1.0, some: -1.0}, high=0)
    if len(used) > 1:
        more = p.column(UNLIKE_SET if a.is_set else UNLIKE, len(used), whole=False)
        p.row({**used, more: -1.0}, high=1)
