"""Which things belong to which lines: the most probable explanation of a parcel, and those that rival it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from xscan.declaration.choices import Choice, choices_of
from xscan.declaration.config import DeclarationConfig
from xscan.declaration.equal import Given
from xscan.declaration.lexicon import Kind
from xscan.declaration.lines import Asked
from xscan.declaration.programme import explanations_of
from xscan.declaration.things import Thing, share_of

__all__ = ["Explanation", "assign"]


@dataclass(frozen=True)
class Explanation:
    """What each line is given, and the probability (0..1) that this is how the parcel came to be."""

    given: tuple[Given, ...]
    probability: float


def assign(
    things: Sequence[Thing], lines: Sequence[Asked], kinds: Mapping[str, Kind], config: DeclarationConfig
) -> tuple[Explanation, ...]:
    """Assign things to lines so that the whole is most probable; things may stay over and lines unfilled, at a cost.

    Every term is minus a log probability: material and mass of each piece against those of any body, the line's
    declared mass against the sum of what it is given, and the priors of the config for a body of no line, a wrong
    quantity (all of a line missing is one), a wrong weight, and merged or broken pieces. Rivals say something else
    of a line or leave other things over; their probabilities go as the exponentials of their costs.

    Returns
    -------
    explanations, the most probable first
    """
    choices = choices_of(things, lines, kinds, config)
    answers = explanations_of(choices, things, lines, config) if choices else []
    if not answers:  # nothing fits any line, or the solver ran out of nodes: everything is left over
        return (Explanation(tuple(Given((), ()) for _ in lines), 1.0),)
    out: list[tuple[tuple[Given, ...], float]] = []
    for taken, cost in answers:
        given = []
        for j in range(len(lines)):
            mine = [c for c in taken if c.line == j and not c.shares]
            lumps = [(things[c.thing], s) for c in taken for s in c.shares if s[0] == j]
            given.append(
                Given(
                    (
                        *((things[c.thing], c.pieces) for c in mine if c.pieces >= 0),
                        *((share_of(t, grams), pieces) for t, (_, pieces, grams) in lumps),
                    ),
                    tuple(_part(things[c.thing], mine, things) for c in mine if c.pieces < 0),
                )
            )
        # one and the same assignment is one explanation, though its line's weight be called right or wrong
        if all(tuple(given) != known for known, _ in out):
            out.append((tuple(given), math.exp(-cost)))
    total = sum(weight for _, weight in out)
    return tuple(Explanation(given, weight / total) for given, weight in out)


def _part(t: Thing, mine: Sequence[Choice], things: Sequence[Thing]) -> Thing:
    """A body that is a part of a piece, as lying in it: what came apart beside it too."""
    if t.inside is not None:
        return t
    return replace(t, joined=True, inside=next(things[c.thing].id for c in mine if t.id in c.parts and c.pieces > 0))
