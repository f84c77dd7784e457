"""Which things belong to which lines: one integer programme over all of them, solved by HiGHS (scipy)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from xscan.declaration.config import DeclarationConfig
from xscan.declaration.fit import material_fit, material_log_ratio, piece_log_ratio, shape_log_ratio
from xscan.declaration.lexicon import Kind
from xscan.declaration.lines import Asked
from xscan.declaration.things import Thing

__all__ = ["Given", "assign", "packaging_like"]

MERGED = math.log(0.1)  # log probability that pieces of a line touch so that they were not told apart
MERGED_TOLERANCE = 0.12  # relative; how near the mass of merged pieces must be to a whole number of units
ABSORBED = {"composite": math.log(0.4), "container": math.log(0.15)}
DEVIATION = 0.8  # cost of each sigma that a line's mass is off: the chord of d²/2 at about 1.6 sigma
PER_PIECE = 0.05  # cost of each surplus or missing piece beyond what the line's own cost says
LEAST_GAIN = -6.0  # pairs that gain less can never be best


@dataclass(frozen=True)
class Given:
    """What one line was given: (thing, pieces it counts for; 0 is a fragment), and things absorbed as parts."""

    things: tuple[tuple[Thing, int], ...]
    absorbed: tuple[Thing, ...]


@dataclass(frozen=True)
class _Choice:
    thing: int
    line: int
    pieces: int  # -1: absorbed as a part of the thing around it
    gain: float


def packaging_like(thing: Thing, foreign_g: float) -> bool:
    """Whether a thing may be what others are packed in: light against what it holds, of a packing material."""
    return bool(thing.foreign) and thing.kind in PACKING and thing.weight < 0.6 * foreign_g


PACKING = frozenset({"paper", "plastic", "textile", "wood", "unknown"})


def assign(
    things: Sequence[Thing], lines: Sequence[Asked], kinds: Mapping[str, Kind], config: DeclarationConfig
) -> tuple[Given, ...]:
    """Assign things to lines so that the whole is most probable; things may stay over and lines unfilled, at a cost.

    Every term is minus a log probability: material and mass of each piece against those of any body, the line's
    declared mass against the sum of what it is given, and the priors of the config for a body of no line, a missing
    line, a wrong quantity, a wrong weight, and merged or broken pieces.
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
        held = sum(by_id[f].weight for f in t.foreign if f in by_id)
        # a body below the least mass, or one that may be packing, may stay over at little cost
        alone = -math.log(config.prior_undeclared) * min(1.0, t.weight / config.min_mass_g if config.min_mass_g else 1)
        if packaging_like(t, held):
            alone *= 0.2
        for j, a in enumerate(lines):
            e = a.expectation
            fits = alone + material_log_ratio(material_fit(t, e, kinds), e.sure) + shape_log_ratio(t, a.item.hs_code)
            for pieces, gain in _as_pieces(t, a, config):
                out.append(_Choice(i, j, pieces, fits + gain))
            role = "composite" if e.composite else "container" if e.container else ""
            if t.inside is not None and role and e.kinds:
                bulky = t.weight > 0.5 * by_id[t.inside].weight if t.inside in by_id else False
                out.append(_Choice(i, j, -1, fits + ABSORBED[role] - (2.0 if bulky else 0.0)))
    return [c for c in out if c.gain > LEAST_GAIN]


def _as_pieces(t: Thing, a: Asked, config: DeclarationConfig) -> list[tuple[int, float]]:
    """Ways a thing can count for a line: (pieces, log probability)."""
    usual = a.expectation.unit_g
    if not a.countable:
        return [(1, 0.0)]
    out = [(0, math.log(config.prior_fragment))]
    units = [u for u in {a.unit_g, a.unit_g and a.unit_g / a.pieces[1], a.unit_g and a.unit_g / a.pieces[0]} if u]
    singles = [piece_log_ratio(t.mass_g, u, usual) for u in units] or [piece_log_ratio(t.mass_g, None, usual)]
    out.append((1, max(singles)))
    if a.unit_g and t.mass_g:
        ratio = t.mass_g / a.unit_g
        count = round(ratio)
        if 2 <= count <= a.item.quantity and abs(ratio / count - 1) < MERGED_TOLERANCE:
            out.append((count, MERGED + piece_log_ratio(t.mass_g / count, a.unit_g, None)))
    return out


def _solve(
    choices: list[_Choice], things: Sequence[Thing], lines: Sequence[Asked], config: DeclarationConfig
) -> list[_Choice]:
    """Build and solve the programme; columns are the choices, then six for every line."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import coo_array

    n, m = len(choices), len(lines)
    surplus, some_over, short, some_short, wrong, off = (n + k * m for k in range(6))
    cost = np.zeros(n + 6 * m)
    upper = np.ones(n + 6 * m)
    whole = np.ones(n + 6 * m, dtype=np.int64)
    # the later of two equal things is left over, so that the answer never depends on the solver's mood
    cost[:n] = [-c.gain + 1e-7 * c.thing + 1e-7 * c.line for c in choices]
    rows: list[tuple[dict[int, float], float, float]] = []

    for i in range(len(things)):
        mine = {k: 1.0 for k, c in enumerate(choices) if c.thing == i}
        if mine:
            rows.append((mine, 0, 1))
    index = {t.id: i for i, t in enumerate(things)}
    for k, c in enumerate(choices):
        if c.pieces < 0:  # a part goes only where the thing around it goes
            outer = index.get(things[c.thing].inside or 0, -1)
            hosts = {h: -1.0 for h, d in enumerate(choices) if d.thing == outer and d.line == c.line and d.pieces != 0}
            rows.append(({k: 1.0, **hosts}, -np.inf, 0))
    for j, a in enumerate(lines):
        ours = {k: c for k, c in enumerate(choices) if c.line == j}
        count = {k: float(c.pieces) for k, c in ours.items() if c.pieces > 0}
        big = float(sum(c.pieces for c in ours.values() if c.pieces > 0) + 1)
        least, most = (a.item.quantity * p for p in a.pieces)
        if not a.countable:
            least, most = 1.0, big
        upper[surplus + j], upper[short + j] = big, least
        whole[surplus + j] = whole[short + j] = whole[off + j] = 0
        cost[[surplus + j, short + j]] = PER_PIECE
        cost[some_over + j] = cost[some_short + j] = -math.log(config.prior_quantity)
        cost[wrong + j] = -math.log(config.prior_weight)
        rows.append(({**count, surplus + j: -1.0}, -np.inf, most))
        rows.append(({**count, short + j: 1.0}, least, np.inf))
        rows.append(({surplus + j: 1.0, some_over + j: -big}, -np.inf, 0))
        rows.append(({short + j: 1.0, some_short + j: -least}, -np.inf, 0))
        fragments = {k: 1.0 for k, c in ours.items() if c.pieces == 0}
        if fragments:  # a fragment needs a piece that it broke from
            rows.append(({**fragments, **{k: -float(len(fragments)) for k in count}}, -np.inf, 0))
        upper[off + j] = 1e3
        if a.mass_g:
            masses = {k: things[c.thing].mass_g or 0.0 for k, c in ours.items()}
            sigma = math.hypot(a.sigma_g, config.mass_floor * a.mass_g)
            large = sum(masses.values()) + a.mass_g
            free = {some_over + j: large, some_short + j: large, wrong + j: large}
            cost[off + j] = DEVIATION
            if all(things[c.thing].mass_g is not None for c in ours.values()):
                below = {v: -w for v, w in free.items()}
                rows.append(({**masses, off + j: -sigma, **below}, -np.inf, a.mass_g))
                rows.append(({**masses, off + j: sigma, **free}, a.mass_g, np.inf))
    data = [(r, v, w) for r, (row, _, _) in enumerate(rows) for v, w in row.items() if w]
    matrix = coo_array(
        ([w for _, _, w in data], ([r for r, _, _ in data], [v for _, v, _ in data])), shape=(len(rows), len(cost))
    ).tocsc()
    result = milp(
        cost,
        integrality=whole,
        bounds=Bounds(np.zeros_like(cost), upper),
        constraints=LinearConstraint(matrix, [lo for _, lo, _ in rows], [hi for _, _, hi in rows]),
        options={"node_limit": config.nodes, "mip_rel_gap": 1e-6},
    )
    if result.x is None:  # never seen: leaving everything over is always allowed
        return []
    return [c for c, v in zip(choices, result.x[:n], strict=True) if v > 0.5]
