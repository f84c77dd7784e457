"""Pieces that come apart in a scan: two bodies that lie together and weigh as one piece of an article of many parts.

The handle of a screwdriver outweighs its blade, the winding of a charger its shell: neither is a splinter of the other.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from xscan.declaration.alike import beside
from xscan.declaration.expect import Expectation
from xscan.declaration.fit import likeness
from xscan.declaration.lexicon import Kind
from xscan.declaration.lines import Asked
from xscan.declaration.things import Thing

__all__ = ["joints_of"]

SIGMAS = 2.0  # of the mass of both, within which they may be one piece
PIECES = 0.10  # relative spread of the masses of pieces of one line
LEAST = 0.1  # of a unit's mass: what is lighter is a splinter, which a heavier piece takes with it


def joints_of(
    t: Thing, things: Sequence[Thing], a: Asked, e: Expectation, kinds: Mapping[str, Kind]
) -> Iterator[Thing]:
    """Bodies beside a thing, of which each makes one piece of the line with it, as neither does by itself.

    `e` is what the line expects of the whole. Of such a pair the one that looks more like the goods is the piece.
    """
    unit = a.unit_g
    if not unit or not a.countable or not e.composite or t.mass_g is None or t.inside is not None:
        return
    for u in things:
        if u.id == t.id or u.inside is not None or u.mass_g is None or not beside(t, u):
            continue
        whole = t.mass_g + u.mass_g
        error = math.hypot(t.sigma_g, u.sigma_g) / whole
        spread = math.hypot(PIECES, math.hypot(error, a.sigma_g / (a.mass_g or unit)))
        both, heavier = (math.log(m / unit) for m in (whole, max(t.mass_g, u.mass_g)))
        if abs(both) > SIGMAS * spread or heavier > -spread or min(t.mass_g, u.mass_g) < LEAST * unit:
            continue
        mine, other = (likeness(x, e, kinds) or 0.0 for x in (t, u))
        if (mine, t.mass_g, -t.id) > (other, u.mass_g, -u.id):
            yield u
