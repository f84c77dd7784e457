"""Whether bodies are made of one thing, and what the equals of a body say of the parts that it is given."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import combinations

from xscan.declaration.fit import normal_pdf
from xscan.declaration.things import Thing

__all__ = [
    "alike",
    "beside",
    "beside_log_ratio",
    "broken_log_ratio",
    "clusters",
    "encloses",
    "part_log_ratio",
    "siblings",
]

# Relative spread of density (cavities, packing, partial volume) and of Z_e among pieces of one kind, and beside metal.
DENSITY, Z_E, METAL_Z = 0.25, 0.10, 0.25
FAR, FAR_OF_KIND = 2.0, 3.0  # distance from which bodies are unlike; those of one kind of material may differ more
SIZE = 0.08  # relative difference of outer volume within which bodies of one material may be equal but for their parts
MASS = 0.08  # relative spread of the masses of equal bodies as measured
STRAY = 0.1  # share of equal bodies that differ by more, by any factor within ten
GOODS = 0.5  # of the mass of a body, from which another beside it is hardly a piece of it
GAP = 3  # voxels between the boxes of bodies that may be joined
LEAST, MOST = -4.0, 2.0  # bounds of what siblings can say, log probability


def alike(a: Thing, b: Thing) -> bool:
    """Whether two bodies may be of one make: equal, or near in density and Z_e, with or without what lies inside."""
    if a.group is not None and a.group == b.group:
        return True
    if a.template_id is not None and a.template_id == b.template_id:
        return True
    same = a.kind == b.kind != "unknown"
    thin = max((p.thin for t in (a, b) for p in t.parts), default=0.0)
    metal = max((p.metal_near for t in (a, b) for p in t.parts), default=0.0)
    least = math.inf
    for one, other in ((a.own, b.own), (a.whole, b.whole)):
        if one is not None and other is not None:
            density = math.log(one[0] / other[0]) / (DENSITY * (1 + thin))
            z_e = math.log(one[1] / other[1]) / (Z_E + METAL_Z * metal)
            least = min(least, math.hypot(density, z_e))
    if least == math.inf:
        return same or "unknown" in (a.kind, b.kind)
    return least < (FAR_OF_KIND if same else FAR)


def beside(a: Thing, b: Thing) -> bool:
    """Whether the boxes of two bodies lie within `GAP` voxels of one another, so that they may be joined."""
    if a.bbox is None or b.bbox is None:
        return False
    (low, high), (other_low, other_high) = a.bbox, b.bbox
    edges = zip(low, high, other_low, other_high, strict=True)
    return all(lo - other_hi <= GAP and other_lo - hi <= GAP for lo, hi, other_lo, other_hi in edges)


def encloses(outer: Thing, inner: Thing) -> bool:
    """Whether the box of one body, but for a voxel, holds that of another."""
    if outer.bbox is None or inner.bbox is None:
        return False
    (low, high), (inner_low, inner_high) = outer.bbox, inner.bbox
    return all(a <= b + 1 for a, b in zip(low, inner_low, strict=True)) and all(
        a >= b - 1 for a, b in zip(high, inner_high, strict=True)
    )


def clusters(things: Sequence[Thing]) -> list[list[int]]:
    """Indices of things that are alike, each held against the first of its cluster (the heaviest)."""
    out: list[list[int]] = []
    for i, t in enumerate(things):
        mine = next((c for c in out if alike(t, things[c[0]])), None)
        if mine is None:
            out.append([i])
        else:
            mine.append(i)
    return out


def siblings(host: Thing, things: Iterable[Thing]) -> list[Thing]:
    """Bodies that look like a host from outside: of its group, or of its material and outer volume."""
    return [
        t
        for t in things
        if t.id != host.id
        and t.inside == host.inside
        and (
            (host.group is not None and t.group == host.group)
            or (alike(t, host) and abs(t.outer_mm3 - host.outer_mm3) <= SIZE * max(t.outer_mm3, host.outer_mm3))
        )
    ]


def part_log_ratio(part: Thing, host: Thing, things: Iterable[Thing]) -> float:
    """Log of P(mass of the host | the part belongs in it) over P(it | the part is foreign), as its equals weigh.

    Equal shells that all hold as much were made so; one that outweighs its equals by what lies inside it holds
    something that they do not.
    """
    others = sorted(t.whole_g for t in siblings(host, things) if t.whole_g)
    if not others or host.whole_g is None or part.whole_g is None or host.whole_g <= part.whole_g:
        return 0.0
    usual = others[len(others) // 2]
    return _bounded(math.log(host.whole_g / usual), math.log((host.whole_g - part.whole_g) / usual))


def broken_log_ratio(fragment: Thing, hosts: Iterable[Thing], unit_g: float | None) -> float:
    """Log of P(masses | the fragment is of one of the hosts) over P(they | it is not).

    `unit_g` is what one piece should weigh: the declared unit; without it nothing is known.
    """
    if not unit_g or fragment.whole_g is None:
        return 0.0
    best = LEAST
    for host in hosts:
        if host.whole_g and host.id != fragment.id:
            whole, rest = (math.log(m / unit_g) for m in (host.whole_g + fragment.whole_g, host.whole_g))
            best = max(best, _bounded(whole, rest))
    return best


def beside_log_ratio(fragment: Thing, things: Sequence[Thing]) -> float:
    """Log of P(it lies against a heavier body like it | it broke from one) over P(that | it did not).

    How often bodies of a parcel lie against one like them is counted in the parcel itself, with one in two more
    taken to: in a crowded one, or one of few bodies, it tells little. Only goods of like mass are counted, for what
    broke from another always lies against it.
    """
    others = [t for t in things if t.id != fragment.id and t.inside is None]
    pairs = [
        alike(a, b)
        for a, b in combinations(others, 2)
        if min(a.weight, b.weight) > GOODS * max(a.weight, b.weight) and beside(a, b)
    ]
    usual = (1 + 2 * sum(pairs)) / (2 + len(others))  # of a body, that such a one lies against it
    return min(MOST, max(0.0, -math.log(usual)))


def _bounded(with_it: float, without: float) -> float:
    def density(r: float) -> float:
        return (1 - STRAY) * normal_pdf(r, MASS) + STRAY / (2 * math.log(10))

    return min(MOST, max(LEAST, math.log(density(with_it) / density(without))))
