"""One line, and what it was given, becomes a status with its probability and reasons."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce

from xscan.declaration.alike import alike
from xscan.declaration.choices import MERGED
from xscan.declaration.config import DeclarationConfig
from xscan.declaration.equal import Given, equal
from xscan.declaration.expect import Expectation
from xscan.declaration.fit import HOLDERS, material_fit
from xscan.declaration.lexicon import Kind
from xscan.declaration.lines import Asked
from xscan.declaration.messages import either, kind_word, say, together
from xscan.declaration.odds import ANY_WEIGHT, honest, material_probability, quantity_probability, weight_probability
from xscan.declaration.things import CONTENTS, Thing
from xscan.language import Said
from xscan.model import LineCheck, LineStatus

__all__ = ["ALARM", "Judged", "judge", "line_check", "telling"]

SIMILAR = 1.6  # factor of mass within which a body of the same kind may be one more piece
LOSSY = 0.15  # probability that thin, dim walls of light matter were seen in part only
DOUBTFUL = 0.15  # probability from which the reasons tell what material was expected
NET = 0.3  # share of senders of filled containers who declare the contents alone, as CN23's "net weight" may be read
ALARM = 0.5  # probability from which a status is held
# The reasons of a line, by key, that tell of a status.
TELLING = {
    "missing": ("missing", "missing-light", "missing-unknown", "inside-other", "inside-lump"),
    "quantity": ("as-many", "counted", "counted-equal", "counted-pieces", "not-countable"),
    "material": ("material", "shape"),
    "weight": ("mass", "mass-agrees"),
}


@dataclass
class Judged:
    """What is known of one line before its status is chosen; probabilities are of something being wrong.

    Parameters
    ----------
    things : bodies that count, with their pieces
    left : bodies that it was given but that are not equal to its pieces
    why : the reason that tells of a status, for each that is at all likely
    """

    asked: Asked
    things: list[tuple[Thing, int]]
    absorbed: tuple[Thing, ...]
    left: list[Thing]
    counted: int
    mass_g: float | None
    sigma_g: float
    p_quantity: float = 0.0
    p_weight: float = 0.0
    p_material: float = 0.0
    p_missing: float = 0.0
    known: bool = False
    reasons: list[str] = field(default_factory=list)
    why: dict[str, str] = field(default_factory=dict)

    @property
    def excess_g(self) -> float | None:
        """Measured minus declared mass."""
        return None if self.mass_g is None or self.asked.mass_g is None else self.mass_g - self.asked.mass_g


def judge(
    asked: Asked, given: Given, left: Sequence[Thing], kinds: Mapping[str, Kind], config: DeclarationConfig
) -> Judged:
    """Count, weigh and compare one line; see `odds` for the probabilities."""
    things = list(given.things)
    members = [t for t, _ in things] + list(given.absorbed)
    weighed = bool(members) and all(t.mass_g is not None for t in members)
    mass = sum(t.mass_g or 0.0 for t in members) if weighed else None
    sigma = math.hypot(
        math.sqrt(sum(max(t.sigma_g**2 - (config.mass_floor * t.weight) ** 2, 0.0) for t in members)),
        config.mass_floor * (mass or 0.0),
    )
    counted = sum(k for _, k in things) or (1 if things else 0)
    out = Judged(asked, things, given.absorbed, list(left), counted, mass, sigma)
    if not things:
        return out
    _count(out, config)
    _weigh(out, config)
    _several(out, config)
    _compare(out, kinds, config)
    return out


def _alike(things: Sequence[tuple[Thing, int]], config: DeclarationConfig) -> bool:
    whole = [t for t, k in things if k == 1]
    return len(whole) > 1 and len(whole) == len(things) and all(equal(t, whole[0], config) for t in whole)


def _count(j: Judged, config: DeclarationConfig) -> None:
    a = j.asked
    quantity = f"{a.item.quantity:g}"
    kind = _found(_seen(j))
    what = say_bodies(j.counted, kind)
    if not a.countable:
        j.reasons.append(say("not-countable", declared=quantity, unit=grams(a.unit_g or 0.0)))
        return
    same = _alike(j.things, config)
    least, most = a.item.quantity * a.pieces[0], a.item.quantity * a.pieces[1]
    if same and a.pieces == (1, 2) and j.counted % a.item.quantity:
        most = least  # pairs come whole
    masses = None
    if a.mass_g and j.mass_g:
        masses = (j.mass_g, a.mass_g, math.hypot(j.sigma_g / j.mass_g, a.sigma_g / a.mass_g))
    j.p_quantity = quantity_probability(j.counted, least, most, equal=same, masses=masses, prior=config.prior_quantity)
    if j.left:
        core = [t for t, _ in j.things]
        near = any(
            alike(t, c) and max(t.weight, c.weight) < SIMILAR * min(t.weight, c.weight) for t in j.left for c in core
        )
        j.p_quantity = max(j.p_quantity, 0.55 if near else 0.0)
    j.known = True
    if same and j.mass_g:
        each = grams(j.mass_g / j.counted)
        j.reasons.append(say("counted-equal", declared=quantity, counted=j.counted, what=what, mass=each))
    elif most > least:
        j.reasons.append(
            say("counted-pieces", declared=quantity, least=f"{least:g}", most=f"{most:g}", counted=j.counted, what=what)
        )
    else:
        j.reasons.append(say("counted", declared=quantity, counted=j.counted, what=what))
    for t, pieces in j.things:
        if t.shared:
            j.reasons.append(say("shared", object=t.id, pieces=pieces))
        elif pieces > 1:
            j.reasons.append(say("merged", object=t.id, pieces=pieces))
    j.reasons += [say("joined", object=t.inside, other=t.id) for t in j.absorbed if t.joined]
    broken = sum(k == 0 for _, k in j.things)
    if broken:
        j.reasons.append(say("fragments", count=broken))
    j.reasons += [say("unlike", object=t.id) for t in j.left]


def _weigh(j: Judged, config: DeclarationConfig) -> None:
    a = j.asked
    if j.mass_g is None:
        j.reasons.append(say("mass-unknown"))
        return
    measured = plus_minus(j.mass_g, j.sigma_g)
    if not a.mass_g:
        j.reasons.append(say("mass-undeclared", measured=measured))
        if a.expectation.unit_g and a.countable and j.counted:
            low, high = a.expectation.unit_g
            if not low / 2 <= j.mass_g / j.counted <= high * 2:
                each = grams(j.mass_g / j.counted)
                j.reasons.append(say("mass-usual", measured=each, low=grams(low), high=grams(high)))
                j.p_weight = 0.3  # odd, but nobody declared otherwise
        return
    j.known = True
    prior = config.prior_weight
    j.p_weight = weight_probability(j.mass_g, j.sigma_g, a.mass_g, a.sigma_g, prior, lossy=LOSSY, faint=_faint(j))
    contents = sum(t.weight for t in j.absorbed if t.kind in CONTENTS)
    net = False
    whole = a.item.quantity * a.pieces[0] <= j.counted <= a.item.quantity * a.pieces[1]
    if j.p_weight >= ALARM and whole and contents > 0.2 * j.mass_g and a.expectation.container:
        p = weight_probability(contents, j.sigma_g * contents / j.mass_g, a.mass_g, a.sigma_g, prior)
        # some senders declare what is in the bottle: the odds of honesty are those of the reading that fits, as rare
        honest = (1 - NET) * (1 - j.p_weight) / j.p_weight + NET * (1 - p) / max(p, 1e-9)
        j.p_weight = 1 / (1 + honest)
        net = p < ALARM
    declared = kilos(a.mass_g)
    j.reasons.append(say("mass" if j.p_weight >= ALARM else "mass-agrees", declared=declared, measured=measured))
    if net:
        j.reasons.append(say("mass-contents"))
    if a.step_g >= 0.2 * a.mass_g:
        j.reasons.append(say("mass-rounded", step=kilos(a.step_g)))
    if j.p_weight >= ALARM and j.counted == a.item.quantity > 1:
        one = weight_probability(j.mass_g / j.counted, j.sigma_g / j.counted, a.mass_g, a.sigma_g, prior)
        if one < ALARM:
            j.reasons.append(say("mass-unit"))


def _several(j: Judged, config: DeclarationConfig) -> None:
    """Doubt the quantity too where bodies weigh what a whole number of pieces more than declared would.

    One body that weighs as two pieces may be two that touch, and a pair that weighs as two may be two: which of
    quantity and weight is wrong then goes by how rare each is, and by how well the number fits.
    """
    a = j.asked
    if j.p_weight < ALARM or not a.countable or not a.unit_g or not a.mass_g or not j.mass_g:
        return
    most = a.item.quantity * a.pieces[1]
    if j.counted > most:
        return
    pieces = sum(max(k, round(t.weight / a.unit_g)) for t, k in _with_parts(j) if k)
    apart = sum(1 for _, k in j.things if k)
    if pieces <= a.item.quantity:
        return
    spread = math.hypot(j.sigma_g / j.mass_g, a.sigma_g / a.mass_g)
    touching = max(0, pieces - apart)
    more = config.prior_quantity * math.exp(MERGED * min(touching, 2))
    more *= honest(math.log(j.mass_g / (pieces * a.unit_g)), spread)
    j.p_quantity = max(j.p_quantity, j.p_weight * more / (more + config.prior_weight * ANY_WEIGHT))
    if j.p_quantity >= ALARM:
        values = {"declared": f"{a.item.quantity:g}", "pieces": pieces, "unit": grams(a.unit_g)}
        j.reasons.insert(0, say("as-many", measured=grams(j.mass_g), **values))


def _with_parts(j: Judged) -> list[tuple[Thing, int]]:
    """Bodies with the mass of what was taken as their parts."""
    inside: dict[int | None, float] = {}
    for t in j.absorbed:
        inside[t.inside] = inside.get(t.inside, 0.0) + t.weight
    return [(replace(t, mass_g=t.weight + inside.get(t.id, 0.0)), k) for t, k in j.things]


def _seen(j: Judged) -> list[Thing]:
    """Bodies that show what the goods are made of: beside a share of a lump, a splinter of it does not."""
    lump = any(t.shared for t, _ in j.things)
    return [*(t for t, pieces in j.things if pieces > 0 or not lump), *j.absorbed]


def _faint(j: Judged) -> float:
    """Share (0..1) of the mass that lies in thin walls of light matter that may have faded in places."""
    parts = [(t.weight * p.share, p) for t in (*(t for t, _ in j.things), *j.absorbed) for p in t.parts]
    total = sum(w for w, _ in parts)
    return sum(w * p.faded for w, p in parts if p.kind not in HOLDERS) / total if total > 0 else 0.0


def _compare(j: Judged, kinds: Mapping[str, Kind], config: DeclarationConfig) -> None:
    e, code = j.asked.expectation, j.asked.item.hs_code
    inside = {t.id: [p for p in j.absorbed if p.inside == t.id] for t, _ in j.things}
    fits = [(t, material_fit(t, e, kinds, inside[t.id])) for t in _seen(j) if t not in j.absorbed]
    fits += [(t, material_fit(t, replace(e, bulk=None), kinds)) for t in j.absorbed]
    told = [(t.weight, fit) for t, fit in fits if fit is not None]
    named = _found(_seen(j))
    found = named or say("material-unknown")
    if not e.kinds:
        j.reasons.append(say("material-open"))
    elif not told:
        j.reasons.append(say("material-unclear"))
    else:
        fit = sum(w * f for w, f in told) / (sum(w for w, _ in told) or 1.0)
        j.p_material = material_probability(fit, e.sure, config.prior_material)
        if sum(w for w, _ in told) < config.min_mass_g:
            j.p_material *= 0.5  # too little matter to tell what it is made of
        j.known = True
        if j.p_material >= DOUBTFUL:
            j.reasons.append(say("material", expected=expected_words(e), found=found))
        elif named is None:
            j.reasons.append(say("material-unclear"))
        else:
            likely = e.kinds.keys() & set(_main_kinds(_seen(j)))
            fitting = say("material-fits", expected=expected_words(e), found=named)
            j.reasons.append(say("material-agrees", found=named) if likely else fitting)
    for t, _ in j.things:
        if t.template_hs and code and all(h[:2] != code[:2] for h in t.template_hs):
            # the shape of a known article is no proof of what it is made of, but of what it is
            j.p_material = max(j.p_material, min(0.95, 0.4 + 0.5 * t.template_score))
            names = {"object": t.id, "template": t.template_id, "template_hs": t.template_hs[0], "line_hs": code}
            j.reasons.append(say("shape", **names))
            break
    if not e.agrees:
        j.reasons.append(say("code-description"))


def telling(j: Judged, status: str) -> str:
    """The first of a line's reasons that tells of a status; else its first two."""
    for reason in j.reasons:
        if isinstance(reason, Said) and reason.key.removeprefix("declaration-") in TELLING[status]:
            return say("mass", **reason.values) if reason.key == "declaration-mass-agrees" else reason
    return reduce(lambda a, b: say("both", first=a, second=b), j.reasons[:2]) if j.reasons else ""


def line_check(j: Judged) -> LineCheck:
    """Choose the status: the gravest that is more likely than not; else confirmed, or unverifiable."""
    a = j.asked
    wrong: list[tuple[LineStatus, float]] = [
        ("missing", j.p_missing),
        ("quantity", j.p_quantity),
        ("material", j.p_material),
        ("weight", j.p_weight),
    ]
    status: LineStatus
    held = [(s, p) for s, p in wrong if p >= ALARM]
    if held:
        status, probability = held[0]
    else:
        probability = math.prod(1 - p for _, p in wrong)
        status = "confirmed" if j.things and j.known else "unverifiable"
    ids = [i for t, _ in j.things for i in t.object_ids] + [i for t in j.absorbed for i in t.object_ids]
    evidence: dict[str, float | str] = {f"p_{s}": round(p, 4) for s, p in wrong}
    evidence["declared_quantity"] = a.item.quantity
    if a.mass_g:
        evidence["declared_g"] = round(a.mass_g, 3)
    if j.mass_g is not None:
        evidence["measured_sigma_g"] = round(j.sigma_g, 3)
    if a.expectation.articles:
        evidence["article"] = ", ".join(a.expectation.articles)
    evidence["sure"] = a.expectation.sure
    if a.expectation.kinds.get("battery"):
        evidence["runs_on_cells"] = a.expectation.kinds["battery"]
    evidence |= {f"why_{status}": reason for status, reason in j.why.items() if reason}
    return LineCheck(
        line=a.item.line,
        status=status,
        object_ids=tuple(sorted(ids)),
        counted=j.counted if a.countable else None,
        estimated_mass_g=j.mass_g if j.things else (0.0 if j.p_missing >= ALARM else None),
        reasons=tuple(j.reasons),
        probability=min(1.0, max(0.0, probability)),
        evidence=evidence,
    )


def _found(things: Sequence[Thing]) -> Said | None:
    """Main kinds of material of things, in words; `None` where none is known."""
    names = _main_kinds(things)
    return together([kind_word(k) for k in names]) if names else None


def _main_kinds(things: Sequence[Thing]) -> list[str]:
    """Main kinds of material of things, by mass."""
    total: dict[str, float] = {}
    for t in things:
        for p in t.parts:
            total[p.kind] = total.get(p.kind, 0.0) + p.share * t.weight
    whole = sum(total.values()) or 1.0
    ranked = [k for k, v in sorted(total.items(), key=lambda kv: (-kv[1], kv[0])) if v > 0.15 * whole]
    return [k for k in ranked if k != "unknown"][:3]


def say_bodies(count: int, kind: Said | None) -> Said:
    """Return "glass body" or "glass bodies"."""
    return say("bodies-unknown", count=count) if kind is None else say("bodies", count=count, kind=kind)


def expected_words(e: Expectation) -> str:
    """Return the usual kinds of an expectation, most usual first."""
    ranked = sorted(e.kinds.items(), key=lambda kv: (-kv[1], kv[0]))
    usual = [kind_word(k) for k, w in ranked[:4] if w >= 0.5]
    return either(usual) if usual else ""


def grams(mass: float) -> str:
    """A mass in words, three digits."""
    return f"{mass:.3g} g" if mass < 1000 else f"{mass / 1000:.3g} kg"


def kilos(mass_g: float) -> str:
    """A declared mass in kg."""
    return f"{mass_g / 1000:.3f} kg" if mass_g < 10_000 else f"{mass_g / 1000:.1f} kg"


def plus_minus(mass_g: float, sigma_g: float) -> str:
    """A measured mass in kg with its uncertainty."""
    return f"{mass_g / 1000:.3f} ± {max(sigma_g, 1) / 1000:.3f} kg"
