"""The integer programme over all things and lines, solved by HiGHS (scipy): the best explanation and its rivals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from xscan.declaration.alike import alike, beside, beside_log_ratio, broken_log_ratio, clusters, encloses
from xscan.declaration.choices import PER_PIECE, Choice, costs_alone
from xscan.declaration.config import DeclarationConfig
from xscan.declaration.equal import equal_groups
from xscan.declaration.lines import Asked
from xscan.declaration.mute import silent_stdout
from xscan.declaration.things import Thing

__all__ = ["explanations_of"]

ENCLOSED_PART = 2.0  # gain, beside the cost of a fragment, of what lies within the box of an article of many parts
COMPLETES = 0.7  # log ratio from which the masses say that it makes a piece whole
OTHER_PART = 1.0  # cost, beside that of a fragment, of a part of other make that was not seen to be joined
DEVIATION = ((1.0, 0.5), (1.0, 1.5), (1.0, 2.5), (100.0, 3.5))  # widths and slopes of chords of d²/2, d in sigma
ILL_KNOWN = 0.5  # of the sigma of a line: a body whose mass is less well known may err by itself
FAR = 40.0  # sigma; a body that outweighs a line by more is as wrong as can be, and the solver likes small numbers
ALONG = 0.3  # cost of leaving over what lies inside a body that is left over
PARTED, PARTED_MASS = 2.0, 0.7  # cost of giving equal bodies to different lines, and of those equal in mass alone
LITTLE = 0.3  # a gain of less is not worth a column
SMALL = 450  # columns; of a larger programme no rival is asked for, of one half as large one, and so on
RIVAL = math.log(12)  # an explanation that is less likely than the best by more is none
OTHER_MATERIAL = -math.log(0.03)  # cost of a line whose goods are of another material than it would have
MISFIT, ODD_MAKE = 1.5, 2.0  # log ratio from which a material misfits, and the cost of it beside a make that fits
ASSORTED = math.log(3)  # cost of a line's pieces being of several sizes: three lines of four are of one
UNLIKE, UNLIKE_SET = 3.2, 0.7  # cost of pieces of one line that are of different make, and of those of a set


def explanations_of(
    choices: list[Choice], things: Sequence[Thing], lines: Sequence[Asked], config: DeclarationConfig
) -> list[tuple[list[Choice], float]]:
    """Build the programme and solve it again and again, each time without what was found before.

    Two answers are one explanation where they say the same of every line (its count, weight and material right or
    wrong) and leave the same bodies over.

    Returns
    -------
    for each explanation, the best first, the choices taken and what it costs more than the best, at most `RIVAL`
    """
    p = _Programme()
    choices = _possible(choices, things, lines)
    # the later of two equal things is left over, so that the answer never depends on the solver's mood
    taken = [p.column(-c.gain + 1e-7 * (c.thing + c.line)) for c in choices]
    _whole_things(p, taken, choices, things, config)
    makes = clusters(things)
    for j, a in enumerate(lines):
        mine = _of_line(j, taken, choices)
        _one_line(p, mine, a, things, config)
        _one_make(p, mine, a, makes)
        _one_material(p, mine)
        _one_part(p, mine, makes)
    out: list[tuple[list[Choice], float]] = []
    least = 0.0
    most = min(config.explanations, 1 + SMALL // len(p.cost))
    while len(out) < most:
        answer = p.solve(config.nodes)
        if answer is None:
            break
        x, cost = answer
        least = cost if not out else least
        if cost > least + RIVAL:
            break
        out.append(([c for c, v in zip(choices, taken, strict=True) if x[v] > 0.5], max(0.0, cost - least)))
        p.never_again(x)
    return out


def _possible(choices: Sequence[Choice], things: Sequence[Thing], lines: Sequence[Asked]) -> list[Choice]:
    """Choices that some row does not forbid: a fragment beside nothing that it could be of, a part of nothing.

    Of a line that cannot get more pieces than it declares none is one too many either: to say so would cost as much
    as a wrong weight, and gain no more. The optimum stays what it was, with a third of the columns gone.
    """
    by_line = [_of_line(j, list(range(len(choices))), list(choices)) for j in range(len(lines))]
    held = {(c.line, i) for c in choices for i in c.parts}
    gone: set[int] = set()
    for j, a in enumerate(lines):
        mine = by_line[j]
        most: dict[int, int] = {}
        for c in mine.values():
            most[c.thing] = max(most.get(c.thing, 0), c.pieces)
        enough = a.countable and sum(most.values()) <= a.item.quantity * a.pieces[1]
        base = {(c.thing, c.parts) for c in mine.values() if c.pieces == 1 and not c.surplus}
        for v, c in mine.items():
            if c.shares:
                continue
            lone = c.pieces == 0 and not _hosts(c, mine, a, things)
            loose = c.pieces < 0 and (j, things[c.thing].id) not in held
            if lone or loose or (c.surplus and enough and (c.thing, c.parts) in base):
                gone.add(v)
    return [c for v, c in enumerate(choices) if v not in gone]


def _hosts(c: Choice, mine: dict[int, Choice], a: Asked, things: Sequence[Thing]) -> list[int]:
    """Pieces that a fragment may be of: larger and beside it, of its make, or any of goods of several materials."""
    broken = things[c.thing]
    many = a.expectation.composite or a.expectation.container  # the glass of a bottle that its wine is seen with
    return [
        h
        for h, d in mine.items()
        if d.pieces > 0 and things[d.thing].weight >= broken.weight and d.thing != c.thing
        if beside(things[d.thing], broken) and (many or d.shares or alike(things[d.thing], broken))
    ]


def _of_line(j: int, taken: list[int], choices: list[Choice]) -> dict[int, Choice]:
    """Columns of one line; of a body of several lines' goods, the pieces that are this line's."""
    out = {}
    for v, c in zip(taken, choices, strict=True):
        if c.shares:
            mine = next((s for s in c.shares if s[0] == j), None)
            if mine is not None:
                out[v] = replace(c, line=j, pieces=mine[1], shares=(mine,))
        elif c.line == j:
            out[v] = c
    return out


class _Programme:
    """Columns with their costs and rows with their bounds, as they are added."""

    def __init__(self) -> None:
        self.cost: list[float] = []
        self.upper: list[float] = []
        self.whole: list[int] = []
        self.rows: list[tuple[dict[int, float], float, float]] = []
        self.telling: list[int] = []  # what makes an explanation another one

    def column(self, cost: float, upper: float = 1.0, *, whole: bool = True, tells: bool = False) -> int:
        """Add a variable from 0 to `upper`; return its index."""
        self.cost.append(cost)
        self.upper.append(upper)
        self.whole.append(int(whole))
        if tells:
            self.telling.append(len(self.cost) - 1)
        return len(self.cost) - 1

    def solve(self, nodes: int) -> tuple[NDArray[np.float64], float] | None:
        """Values of the variables at the least cost, and that cost; `None` where nothing meets every row."""
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import coo_array

        data = [(r, v, w) for r, (row, _, _) in enumerate(self.rows) for v, w in row.items() if w]
        matrix = coo_array(
            ([w for _, _, w in data], ([r for r, _, _ in data], [v for _, v, _ in data])),
            shape=(len(self.rows), len(self.cost)),
        ).tocsc()
        with silent_stdout():
            result = milp(
                np.array(self.cost),
                integrality=np.array(self.whole, dtype=np.int64),
                bounds=Bounds(np.zeros(len(self.cost)), np.array(self.upper)),
                constraints=LinearConstraint(matrix, [lo for _, lo, _ in self.rows], [hi for _, _, hi in self.rows]),
                options={"node_limit": nodes, "mip_rel_gap": 1e-6, "presolve": False},
            )
        return None if result.x is None else (result.x, float(result.fun))

    def never_again(self, x: NDArray[np.float64]) -> None:
        """Forbid the explanation that an answer gave."""
        told = {v: 1.0 if x[v] > 0.5 else -1.0 for v in self.telling}
        self.row(told, high=sum(w for w in told.values() if w > 0) - 1)

    def gain_where(self, switches: dict[int, dict[int, float]]) -> None:
        """Let columns gain more where a switch is on; where several are, each column gains by one of them."""
        gained: dict[int, dict[int, float]] = {}
        for switch, gains in switches.items():
            for v, gain in gains.items():
                if gain > LITTLE:
                    then = self.column(-gain)
                    self.row({then: 1.0, switch: -1.0}, high=0)
                    gained.setdefault(v, {})[then] = 1.0
        for v, thens in gained.items():
            self.row({**thens, v: -1.0}, high=0)

    def row(self, coefficients: dict[int, float], low: float = -np.inf, high: float = np.inf) -> None:
        """Add a constraint on a sum."""
        self.rows.append((coefficients, low, high))


def _whole_things(
    p: _Programme, taken: list[int], choices: list[Choice], things: Sequence[Thing], config: DeclarationConfig
) -> None:
    """Each thing goes to one line or stays over; equal things stay together; parts follow what holds them."""
    alone = costs_alone(things, config)
    index = {t.id: i for i, t in enumerate(things)}
    left = {i: p.column(min(PER_PIECE, alone[i])) for i in range(len(things))}
    for group in equal_groups(things, config):
        cost = max(alone[i] for i in group) - PER_PIECE
        first = p.column(max(0.0, cost), tells=cost > 0)
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
                if (
                    c.thing in group and c.pieces > 1 and not c.shares
                ):  # of equal bodies, one is not two pieces while another is none
                    for i in group:
                        if i != c.thing:
                            p.row({v: 1.0, left[i]: 1.0}, high=1)
            same = len({things[i].group for i in group}) == 1 and things[group[0]].group is not None
            held: dict[int, dict[int, dict[int, float]]] = {}
            for v, c in zip(taken, choices, strict=True):
                if c.thing in group and c.pieces >= 0 and not c.shares:
                    held.setdefault(c.line, {}).setdefault(c.thing, {})[v] = 1.0
            over = {i: {left[i]: 1.0} for i in group}
            for each in (*held.values(), over) if held else ():
                y = p.column(PARTED if same else PARTED_MASS)
                for ways in each.values():
                    p.row({**ways, y: -1.0}, high=0)
    for v, c in zip(taken, choices, strict=True):
        if c.pieces < 0:
            hosts = {
                h: -1.0
                for h, d in zip(taken, choices, strict=True)
                if d.pieces >= 0 and d.line == c.line and things[c.thing].id in d.parts
            }
            p.row({v: 1.0, **hosts}, 0, 0)


def _one_line(
    p: _Programme, mine: dict[int, Choice], a: Asked, things: Sequence[Thing], config: DeclarationConfig
) -> None:
    """Count and mass of one line, each right or wrong at the cost of its prior."""
    count = {v: float(c.pieces) for v, c in mine.items() if c.pieces > 0 and not c.surplus}
    more = [v for v, c in mine.items() if c.surplus]
    big = sum(count.values()) + 1
    least, most = (a.item.quantity * n for n in a.pieces)
    if not a.countable:
        least, most = 1.0, big
    wrong_count = -math.log(config.prior_quantity)
    short = p.column(PER_PIECE, least)
    some_over, some_short = (p.column(wrong_count - PER_PIECE, tells=True) for _ in range(2))
    p.row(count, high=most)
    p.row({**count, short: 1.0}, low=least)
    for v in more:
        p.cost[v] += PER_PIECE
        p.row({v: 1.0, some_over: -1.0}, high=0)
    p.row({short: 1.0, some_short: -least}, high=0)
    # a count is wrong only where pieces are too many or too few: it is no cheap excuse for a wrong weight
    p.row({some_over: 1.0, **dict.fromkeys(more, -1.0)}, high=0)
    p.row({some_short: 1.0, short: -1.0}, high=0)
    for v, c in mine.items():
        if c.pieces == 0:  # a fragment needs a larger piece beside it
            broken = things[c.thing]
            hosts = dict.fromkeys(_hosts(c, mine, a, things), -1.0)
            p.row({v: 1.0, **hosts}, high=0)
            whole = {mine[h].thing: things[mine[h].thing] for h in hosts if not mine[h].shares}
            if not whole:
                continue
            usual = sorted(t.weight for t in whole.values())
            unit = a.unit_g or (usual[len(usual) // 2] if len(usual) > 1 else None)
            if any(alike(h, broken) for h in whole.values()):
                p.cost[v] -= beside_log_ratio(broken, things)
            completes = broken_log_ratio(broken, whole.values(), unit)
            p.cost[v] -= completes
            if a.expectation.composite and completes > COMPLETES and any(encloses(h, broken) for h in whole.values()):
                p.cost[v] -= ENCLOSED_PART
            elif not any(alike(h, broken) for h in whole.values()):
                p.cost[v] += OTHER_PART
    if a.mass_g and all(things[c.thing].mass_g is not None for c in mine.values()):
        sigma = math.hypot(a.sigma_g, config.mass_floor * a.mass_g)  # the unit of these rows, for the solver's sake
        masses = {
            v: min(FAR, (c.shares[0][2] if c.shares else things[c.thing].mass_g or 0.0) / sigma)
            for v, c in mine.items()
        }
        said = a.mass_g / sigma
        errors = _errors(p, mine, things, sigma, config)
        heaviest: dict[int, float] = {}
        for v, m in masses.items():
            heaviest[mine[v].thing] = max(m, heaviest.get(mine[v].thing, 0.0))
        beyond = max(0.0, sum(heaviest.values()) - said)
        wrong = p.column(-math.log(config.prior_weight), tells=True)
        assorted = p.column(ASSORTED)
        off = [p.column(slope, width, whole=False) for width, slope in DEVIATION]
        free = (some_over, some_short, wrong)
        p.row({**masses, **dict.fromkeys(off, -1.0), **_signed(errors, -1), **dict.fromkeys(free, -beyond)}, high=said)
        p.row({**masses, **dict.fromkeys(off, 1.0), **errors, **dict.fromkeys(free, said)}, low=said)
        p.gain_where({wrong: {v: c.free for v, c in mine.items()}, assorted: {v: c.odd for v, c in mine.items()}})


def _errors(
    p: _Programme, mine: dict[int, Choice], things: Sequence[Thing], sigma: float, config: DeclarationConfig
) -> dict[int, float]:
    """Columns by which the mass of each body that is ill known may be off, at the cost of so large an error.

    With the line's own deviation they cost least what both variances together do: the masses of thick metal and of
    what streaks cross are known far less well than the line's weight. Returned with what one of them is of `sigma`.
    """
    out: dict[int, float] = {}
    for i in sorted({c.thing for c in mine.values()}):
        t = things[i]
        error = math.sqrt(max(0.0, t.sigma_g**2 - (config.mass_floor * t.weight) ** 2)) / sigma
        if error < ILL_KNOWN:
            continue
        columns = [p.column(slope, width, whole=False) for width, slope in DEVIATION[:-1]]
        p.row({**dict.fromkeys(columns, 1.0), **{v: -len(columns) for v, c in mine.items() if c.thing == i}}, high=0)
        out |= dict.fromkeys(columns, error)
    return out


def _signed(row: dict[int, float], sign: float) -> dict[int, float]:
    return {v: sign * w for v, w in row.items()}


def _one_make(p: _Programme, mine: dict[int, Choice], a: Asked, makes: list[list[int]]) -> None:
    """Pieces of one line are of one make; each further make among them costs.

    A make that does not fit the line's material costs more beside one that does: a line may be made otherwise than
    expected, but hardly in part.
    """
    used: dict[int, float] = {}
    fits: dict[int, bool] = {}
    for make in makes:
        held: dict[int, dict[int, float]] = {}
        unlike = 0.0
        for v, c in mine.items():
            if c.thing in make and c.pieces > 0 and not c.shares:
                held.setdefault(c.thing, {})[v] = 1.0
                unlike = max(unlike, c.unlike)
        if held:
            some = p.column(0.0)
            used[some] = 1.0
            fits[some] = unlike < MISFIT
            for ways in held.values():
                p.row({**ways, some: -1.0}, high=0)
    if len(used) > 1:
        more = p.column(UNLIKE_SET if a.is_set else UNLIKE, len(used))
        p.row({**used, more: -1.0}, high=1)
    fitting = [some for some in used if fits[some]]
    for some in used:
        if not fits[some] and fitting and not a.is_set:
            odd = p.column(ODD_MAKE)
            for other in fitting:
                p.row({some: 1.0, other: 1.0, odd: -1.0}, high=1)


def _one_material(p: _Programme, mine: dict[int, Choice]) -> None:
    """Goods of another material than said are so all together: that is told once, not with each piece."""
    unlike = {v: c.unlike for v, c in mine.items() if c.unlike > 1 and c.pieces > 0 and not c.surplus}
    if len({mine[v].thing for v in unlike}) > 1:
        p.gain_where({p.column(OTHER_MATERIAL, tells=True): unlike})


def _one_part(p: _Programme, mine: dict[int, Choice], makes: list[list[int]]) -> None:
    """Parts of one make inside several pieces of a line are told once, and little with each piece."""
    for make in makes:
        parts = {v: c.once for v, c in mine.items() if c.thing in make and c.once > PER_PIECE}
        if len(parts) > 1:
            some = p.column(min(parts.values()) - PER_PIECE)
            for v in parts:
                p.cost[v] -= min(parts.values()) - PER_PIECE
                p.row({v: 1.0, some: -1.0}, high=0)
