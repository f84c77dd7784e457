"""A declaration held against what was found."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from xscan.declaration.alike import beside
from xscan.declaration.assign import Explanation, assign
from xscan.declaration.choices import packaging_like
from xscan.declaration.config import DeclarationConfig
from xscan.declaration.equal import rejoin, trim
from xscan.declaration.judge import ALARM, Judged, grams, judge, kilos, line_check
from xscan.declaration.lexicon import Kind, load_lexicon
from xscan.declaration.lines import Asked, asked_of
from xscan.declaration.messages import say
from xscan.declaration.rivals import Story, together_of
from xscan.declaration.things import CONTENTS, Thing, things_of
from xscan.model import (
    Declaration,
    DeclarationCheck,
    Material,
    Segmentation,
    Signature,
    TemplateLibrary,
    TemplateMatch,
)
from xscan.model.progress import Progress, silent

__all__ = ["check"]

DEFAULT = DeclarationConfig()
P_MISSING = 0.92  # where nothing fits a line whose mass could not have been overlooked
LUMP_SIGMAS = 1.0  # of a body's mass against what its goods declare, below which another article in it is not noticed
P_MERGED = 0.35  # of a line, or of the weight of the line that may hold it, where two may not have been told apart


def check(
    declaration: Declaration,
    segmentation: Segmentation,
    signatures: Mapping[int, Signature],
    matches: tuple[TemplateMatch, ...],
    library: TemplateLibrary | None,
    materials: tuple[Material, ...],
    *,
    config: DeclarationConfig = DEFAULT,
    progress: Progress = silent,
) -> DeclarationCheck:
    """Hold every line of a declaration against the goods found.

    Objects (with their contents) are assigned to lines jointly (`assign`), then each line is judged by count, mass
    and material (`judge`) in every explanation that rivals the best, and their probabilities are put together.
    Material kinds of `materials` that the shipped knowledge lacks are taken from it.

    Returns
    -------
    a status with probability and reasons for every line, objects that belong to none, and the masses in balance
    """
    kinds = _kinds(materials, config)
    hs = {} if library is None else {t.id: t.hs_codes for t in library.templates}
    things = things_of(segmentation, signatures, matches, hs, config)
    lines = [asked_of(item, config) for item in declaration.items]
    progress(0.2, f"{len(things)} bodies, {len(lines)} lines")
    stories = [
        _judged(e, things, lines, kinds, config) for e in assign(things[: config.max_things], lines, kinds, config)
    ]
    progress(0.8, "judge")
    shown = together_of(stories)
    weighed = bool(things) and all(t.mass_g is not None for t in things)
    total = sum(t.mass_g or 0.0 for t in things) if weighed else None
    progress(1.0, "")
    return DeclarationCheck(
        lines=tuple(line_check(j) for j in shown.judged),
        undeclared=shown.undeclared,
        doubted=shown.doubted,
        declared_g=declaration.mass_g,
        estimated_g=total,
        estimated_sigma_g=None
        if total is None
        else math.hypot(config.mass_floor * total, math.sqrt(sum(t.sigma_g**2 for t in things))),
    )


def _judged(
    explanation: Explanation,
    things: Sequence[Thing],
    lines: Sequence[Asked],
    kinds: Mapping[str, Kind],
    config: DeclarationConfig,
) -> Story:
    """Judge every line as one explanation has it."""
    trimmed = [trim(g, a, config) for g, a in zip(explanation.given, lines, strict=True)]
    given = rejoin([g for g, _ in trimmed], things, lines, config)
    used = {t.id for g in given for t in (*(t for t, _ in g.things), *g.absorbed)}
    judged = [
        judge(a, g, [t for t in left if t.id not in used], kinds, config)
        for a, g, (_, left) in zip(lines, given, trimmed, strict=True)
    ]
    judged = [_without_strangers(j) for j in judged]
    _missing(judged, things, config)
    return Story(judged, _undeclared(judged, things, config), explanation.probability)


def _without_strangers(j: Judged) -> Judged:
    """Take from a line what is neither of its material nor of its weight: nothing ties such bodies to it.

    Its goods are then missing, and something is there that no line names, which is what an officer has to look for.
    """
    if min(j.p_material, j.p_weight) < ALARM:
        return j
    return Judged(j.asked, things=[], absorbed=(), left=[], counted=0, mass_g=0.0, sigma_g=0.0)


def _kinds(materials: Sequence[Material], config: DeclarationConfig) -> Mapping[str, Kind]:
    kinds = dict(load_lexicon(config.expectations_file).kinds)
    own: dict[str, list[Material]] = {}
    for m in materials:
        if m.kind not in kinds:
            own.setdefault(m.kind, []).append(m)
    for name, members in sorted(own.items()):
        boxes = tuple((*m.density_g_cm3, 0.97 * m.z_e, 1.03 * m.z_e) for m in members)
        kinds[name] = Kind(boxes=boxes)
    return kinds


def _missing(judged: Sequence[Judged], things: Sequence[Thing], config: DeclarationConfig) -> None:
    """Judge the lines that got nothing: gone, too light to see, or not told apart from another line's goods."""
    for j in judged:
        if j.things:
            continue
        mass = j.asked.mass_g
        host = _host(j, judged) if mass else None
        if host is not None and mass and host.excess_g is not None:
            first = host.things[0][0].id
            j.p_missing = P_MERGED
            excess = grams(host.excess_g)
            j.reasons.append(say("inside-other", object=first, other=host.asked.item.line, excess=excess))
            host.p_weight = min(host.p_weight, P_MERGED)
            host.reasons.append(say("holds-other", object=first, other=j.asked.item.line))
        elif mass and (lump := _lump(mass, judged, config)) is not None:
            j.p_missing = P_MERGED
            j.reasons.append(say("inside-lump", object=lump.id, mass=grams(mass)))
        elif mass and (j.asked.unit_g or 0) < config.min_mass_g and mass < 2 * config.min_mass_g:
            j.p_missing = 0.2
            j.reasons.append(say("missing-light", mass=grams(mass)))
        elif not mass:
            usual = j.asked.expectation.unit_g
            seen = usual is not None and usual[0] >= 2 * config.min_mass_g
            j.p_missing = 0.7 if seen else 0.4
            j.reasons.append(say("missing" if seen else "missing-unknown"))
        else:
            j.p_missing = P_MISSING
            j.reasons.append(say("missing"))
    _shared(judged)
    _balance(judged, things)


def _lump(mass: float, judged: Sequence[Judged], config: DeclarationConfig) -> Thing | None:
    """A body of goods that touch whose mass is not known to what a line declares: it may hold that line's too."""
    total: dict[int, float] = {}
    first: dict[int, Thing] = {}
    for j in judged:
        for t, pieces in j.things:
            if t.shared or pieces > 1:
                total[t.id] = total.get(t.id, 0.0) + t.weight
                first.setdefault(t.id, t)
    heaviest = max(total, key=lambda i: (total[i], -i), default=None)
    if heaviest is None or mass > LUMP_SIGMAS * math.hypot(config.mass_floor, config.declared_spread) * total[heaviest]:
        return None
    return first[heaviest]


def _shared(judged: Sequence[Judged]) -> None:
    """Doubt a weight that falls short by what goods of another line that touch these weigh too much."""
    for j in judged:
        lack = -(j.excess_g or 0.0)
        if j.p_weight < ALARM or lack <= 0:
            continue
        for other in judged:
            excess = other.excess_g
            if other is j or excess is None or excess <= 0 or not other.asked.mass_g:
                continue
            sigma = math.hypot(other.sigma_g, math.hypot(j.asked.sigma_g, j.sigma_g))
            touching = [t for t, _ in other.things if any(beside(t, u) for u, _ in j.things)]
            if touching and abs(excess - lack) < sigma:
                j.p_weight = P_MERGED
                values = {"object": touching[0].id, "other": other.asked.item.line, "excess": grams(excess)}
                j.reasons.append(say("inside-other", **values))
                break


def _host(j: Judged, judged: Sequence[Judged]) -> Judged | None:
    """The line that outweighs its declaration by what this line declares, without holding too many pieces."""
    want = j.asked.mass_g or 0.0
    best, least = None, 2.0
    for other in judged:
        excess = other.excess_g
        if other is j or not other.things or excess is None or other.mass_g is None or not other.asked.mass_g:
            continue
        if other.counted > other.asked.item.quantity * other.asked.pieces[1] or excess < 0.5 * want:
            continue
        sigma = math.hypot(other.sigma_g, math.hypot(j.asked.sigma_g, other.asked.sigma_g))
        # an excess within its own uncertainty tells nothing
        off = abs(excess - want) / sigma
        if off < least and excess > 2.5 * math.hypot(other.sigma_g, other.asked.sigma_g):
            best, least = other, off
    return best


def _balance(judged: Sequence[Judged], things: Sequence[Thing]) -> None:
    """Tell, beside a missing line, what the whole parcel's masses say."""
    declared = [j.asked.mass_g for j in judged]
    if any(m is None for m in declared) or any(t.mass_g is None for t in things):
        return
    said, found = sum(m or 0.0 for m in declared), sum(t.mass_g or 0.0 for t in things)
    if found < said:
        for j in judged:
            if j.p_missing > P_MERGED:
                j.reasons.append(say("missing-balance", measured=kilos(found), short=grams(said - found)))


def _undeclared(judged: Sequence[Judged], things: Sequence[Thing], config: DeclarationConfig) -> tuple[int, ...]:
    """Ids of bodies that no line explains: neither light ones nor what others are packed in."""
    used = {t.id for j in judged for t, _ in j.things} | {t.id for j in judged for t in j.absorbed}
    by_id = {t.id: t for t in things}
    out = []
    for t in things:
        held = sum(by_id[f].weight for f in t.foreign if f in by_id)
        if t.id not in used and t.weight >= config.min_mass_g and not packaging_like(t, held):
            out.append(t.id)
    # the contents of an undeclared bottle are told with it
    told = {i for i in out if not (by_id[i].kind in CONTENTS and by_id[i].inside in out)}
    return tuple(sorted(told))
