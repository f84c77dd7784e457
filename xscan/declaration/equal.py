"""Bodies that are equal to one another: pieces of one kind."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from xscan.declaration.alike import alike, beside
from xscan.declaration.config import DeclarationConfig
from xscan.declaration.lines import Asked
from xscan.declaration.things import Thing

__all__ = ["Given", "equal", "equal_groups", "rejoin", "trim"]


EQUAL_SIGMAS = 2.0


@dataclass(frozen=True)
class Given:
    """What one line was given: (thing, pieces it counts for; 0 is a fragment), and things absorbed as parts."""

    things: tuple[tuple[Thing, int], ...]
    absorbed: tuple[Thing, ...]


def equal(a: Thing, b: Thing, config: DeclarationConfig) -> bool:
    """Whether two bodies are pieces of one kind: grouped so by segmentation, or of one make and mass."""
    if a.group is not None and a.group == b.group:
        return True
    return any(_near(x, y, a, b, config) for x in _masses(a) for y in _masses(b)) and alike(a, b)


def _masses(t: Thing) -> tuple[float, ...]:
    """Mass of a body alone, and with what lies inside: the same goods may have been told apart from it or not."""
    return (t.weight,) if t.whole_g is None or t.whole_g <= t.weight else (t.weight, t.whole_g)


def _near(x: float, y: float, a: Thing, b: Thing, config: DeclarationConfig) -> bool:
    """Whether masses differ by no more than equal bodies may, or than two standard deviations of what was measured."""
    spread = math.hypot(x * a.sigma_g / (a.weight or 1.0), y * b.sigma_g / (b.weight or 1.0))
    return abs(x - y) <= max(config.equal_mass * max(x, y), EQUAL_SIGMAS * spread)


def equal_groups(things: Sequence[Thing], config: DeclarationConfig) -> list[list[int]]:
    """Indices of things that are equal, as segmentation grouped them, else by make and mass; singles alone."""
    groups: list[list[int]] = []
    for i, t in enumerate(things):
        for g in groups:
            first = things[g[0]]
            same = t.group is not None and t.group == first.group
            near = abs(t.weight - first.weight) < 0.6 * config.equal_mass * first.weight
            if same or (None in (t.group, first.group) and near and alike(t, first)):
                g.append(i)
                break
        else:
            groups.append([i])
    return groups


def trim(given: Given, asked: Asked, config: DeclarationConfig) -> tuple[Given, tuple[Thing, ...]]:
    """Where a line got more bodies than declared, keep those nearest to one another; unlike ones are no surplus.

    Returns
    -------
    what the line keeps, and what it gives back
    """
    things = list(given.things)
    most = asked.item.quantity * asked.pieces[1]
    if not asked.countable or sum(k for _, k in things) <= most:
        return given, ()
    full = {t.id: t.weight + sum(p.weight for p in given.absorbed if p.inside == t.id) for t, _ in things}
    singles = sorted((t for t, k in things if k == 1), key=lambda t: (full[t.id], t.id))
    keep = min(int(most), len(singles))
    unit = asked.unit_g or (full[singles[len(singles) // 2].id] if singles else 0.0)
    # the window of `keep` bodies, by mass, that is most alike and nearest to the declared unit
    spans = [singles[i : i + keep] for i in range(len(singles) - keep + 1)] or [singles]

    def unlike(span: list[Thing]) -> float:
        logs = [math.log(max(full[t.id], 1e-3)) for t in span]
        return max(logs) - min(logs) + 0.5 * abs(sum(logs) / len(logs) - math.log(max(unit, 1e-3)))

    core = min(spans, key=unlike)
    ids = {t.id for t in core}
    left = [t for t, k in things if k == 1 and t.id not in ids and not any(equal(t, c, config) for c in core)]
    gone = {t.id for t in left}
    kept = [(t, k) for t, k in things if t.id not in gone]
    if left and _completes(left, kept, asked, config):
        return replace(given, things=(*kept, *((t, 0) for t in left))), ()
    return replace(given, things=tuple(kept)), tuple(left)


def _completes(left: list[Thing], kept: list[tuple[Thing, int]], asked: Asked, config: DeclarationConfig) -> bool:
    """Whether lighter bodies make up what the others lack of the declared mass: then they broke from them."""
    if not asked.mass_g or any(t.mass_g is None for t in [*left, *(t for t, _ in kept)]):
        return False
    if max(t.weight for t in left) > min(t.weight for t, _ in kept):
        return False
    some = sum(t.weight for t, _ in kept)
    whole = some + sum(t.weight for t in left)
    spread = math.hypot(config.mass_floor, asked.sigma_g / asked.mass_g)
    lacking, complete = (math.log(m / asked.mass_g) / spread for m in (some, whole))
    return abs(complete) < 1.5 and lacking < -1.5


def _mended_by(t: Thing, pieces: Sequence[Thing], config: DeclarationConfig) -> Thing | None:
    """Return the piece that `t` broke from: the one that with it is equal to the others, and without it is not."""
    for p in sorted(pieces, key=lambda o: (o.weight, o.id)):
        others = sorted(o.weight for o in pieces if o.id != p.id)
        if not others or not alike(p, t) or not beside(p, t) or p.weight < t.weight:
            continue
        usual = others[len(others) // 2]
        if abs(p.weight + t.weight - usual) <= config.equal_mass * usual < usual - p.weight + 0.5 * t.weight:
            return p
    return None


def rejoin(
    given: Sequence[Given], things: Sequence[Thing], lines: Sequence[Asked], config: DeclarationConfig
) -> tuple[Given, ...]:
    """Give bodies that were left over to the line that they belong to after all.

    What is equal to all pieces of a line is its surplus, not a stranger; what makes a light piece equal to the
    others broke from it.
    """
    used = {t.id for g in given for t, _ in g.things} | {t.id for g in given for t in g.absorbed}
    out = list(given)
    mended: set[int] = set()
    for t in things:
        if t.id in used or t.inside is not None or t.weight < config.min_mass_g:
            continue
        for j, g in enumerate(out):
            if not lines[j].countable:
                continue
            twins = [o for o, pieces in g.things if pieces == 1]
            whole = _mended_by(t, [o for o in twins if o.id not in mended], config)
            if whole is not None or (twins and all(equal(t, o, config) for o in twins)):
                # what its equals hold as parts, it holds as parts too
                parts = {p.kind for p in g.absorbed}
                more = tuple(p for p in things if p.inside == t.id and p.id not in used and p.kind in parts)
                out[j] = Given((*g.things, (t, 0 if whole is not None else 1)), (*g.absorbed, *more))
                used |= {t.id, *(p.id for p in more)}
                mended |= {whole.id} if whole is not None else set()
                break
    return tuple(out)
