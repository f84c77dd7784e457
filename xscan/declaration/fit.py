"""How well a thing fits a line: material and mass, as likelihoods."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from xscan.declaration.expect import Expectation
from xscan.declaration.lexicon import Kind
from xscan.declaration.things import CONTENTS, Part, Thing

__all__ = [
    "FILLED",
    "HOLDERS",
    "bulk_fit",
    "likeness",
    "material_fit",
    "material_log_ratio",
    "normal_pdf",
    "piece_log_ratio",
    "powered_log_ratio",
    "shape_log_ratio",
]

# Relative tolerance beside the measured sigma: masses per volume and Z_e err systematically where edges are blurred
# (FACTS of such scanners: rho_e 3 %, Z_e 5 % at best; shells of few voxels far more).
DENSITY_REL = 0.08
Z_REL = 0.06
THIN_REL = 0.45  # of density in a wall of one voxel: blur, and what is made of it, put it off either way
METAL_Z_REL = 0.25  # of Z_e beside metal
HOLDERS = frozenset({"glass", "ceramic", "metal", "light-metal", "stone"})
SOLID = 1.9  # g/cm³; a filled bottle of glass whose contents were not told apart lies below
EMPTY = 0.15  # fit of such a body with an article that is mostly contents
MIXED = 0.6  # weight of a holder and contents that were not told apart
FILLED = 0.9  # weight of a kind of contents from which an article is known by them
HELD = 0.5  # of a kind that may hold such contents, up to which it is no kind of bulk for them
RARE, RARE_BULK = 0.3, 0.2  # a kind met that rarely is met in parts; as the bulk of a body it is rarer by that factor
BULK_ABOVE, BULK_BELOW = 0.15, 0.35  # relative; what bodies in a scan are too dense, and too light by blur and crumbs
MINOR, MINOR_FIT = 0.5, 0.6  # a part of less of the mass than that may be of anything, in an article of many parts
ANY_FIT = 0.35  # fit that a random body has with a random line
ELECTRONIC, ORGANIC_Z = 0.9, 8.5  # weight of electronics in articles that all hold some; Z_e of what holds none
UNPOWERED = math.log(0.25)  # its parts are small, or were lost beside the shell
UNBELIEVED = 0.3  # of a kind whose box a body lies in but that the signature does not name
FLOOR = 0.02  # least fit: some article is always made of something else


def material_fit(
    thing: Thing, expectation: Expectation, kinds: Mapping[str, Kind], inside: Sequence[Thing] = ()
) -> float | None:
    """Share (0..1) of a thing's mass whose material the line would have; `None` where nothing can be told.

    `inside` are things taken as parts of it. A holder of an article that is mostly contents (a bottle of shampoo)
    fits little where it is solid through and through.
    """
    return _fit(thing, expectation, kinds, inside, choosing=False)


def _fit(
    thing: Thing, expectation: Expectation, kinds: Mapping[str, Kind], inside: Sequence[Thing], *, choosing: bool
) -> float | None:
    if not expectation.kinds:
        return None
    total = known = 0.0
    for part in thing.parts:
        fit = _part_fit(part, expectation, kinds, choosing)
        if fit is not None:
            known += part.share
            total += part.share * fit
    if known <= 0.2:
        return None
    solid = not inside and all(
        p.kind in HOLDERS and p.density is not None and p.density[0] > SOLID for p in thing.parts
    )
    return total / known * (EMPTY if solid and _filled(expectation) else 1.0) * bulk_fit(thing, expectation)


def _filled(expectation: Expectation) -> bool:
    """Whether an article is mostly contents: what holds them is then little of its mass."""
    return expectation.container and any(expectation.kinds.get(k, 0.0) >= FILLED for k in CONTENTS)


def bulk_fit(thing: Thing, expectation: Expectation) -> float:
    """How well mass over outer volume agrees with what such goods have (0..1); 1 where either is not known."""
    if expectation.bulk is None or thing.bulk is None:
        return 1.0
    low, high = expectation.bulk
    thin = max((p.thin for p in thing.parts), default=0.0)
    below, above = math.log(low / thing.bulk) / (BULK_BELOW + thin), math.log(thing.bulk / high) / BULK_ABOVE
    return math.exp(-0.5 * max(below, above, 0.0) ** 2)


def likeness(
    thing: Thing, expectation: Expectation, kinds: Mapping[str, Kind], inside: Sequence[Thing] = ()
) -> float | None:
    """How much a thing, with others inside as its parts, looks like a line's goods (0..1), for choosing between lines.

    `material_fit` asks whether a thing *can* be what was declared, and is generous; between two lines that both can
    be, the signature's belief in each kind has its say.
    """
    return _fit(thing, expectation, kinds, inside, choosing=True)


def _part_fit(part: Part, expectation: Expectation, kinds: Mapping[str, Kind], choosing: bool) -> float | None:
    if not part.candidates and part.density is None:
        return None
    most = part.share >= MINOR
    filled = _filled(expectation)
    fits = []
    for kind, w in expectation.kinds.items():
        rare = w <= (HELD if filled and kind not in CONTENTS else RARE)
        fits.append(w * (RARE_BULK if most and rare else 1.0) * _agreement(part, kind, kinds, choosing))
    if expectation.container:
        fits.append(_mixture(part, expectation, kinds))
    if expectation.composite and not most:
        fits.append(MINOR_FIT)
    return max(fits)


def _agreement(part: Part, kind: str, kinds: Mapping[str, Kind], choosing: bool) -> float:
    """Agreement of density and Z_e with a kind's boxes; what the signature believes can mend, not replace it."""
    belief = part.candidates.get(kind, 0.0)
    known = kinds.get(kind)
    if known is None or part.density is None:
        return belief
    inside = max(_in_box(part, box) for box in known.boxes)
    if choosing and part.candidates:
        return inside * (UNBELIEVED + (1 - UNBELIEVED) * belief)
    return max(inside, math.sqrt(inside * belief))


def _mixture(part: Part, expectation: Expectation, kinds: Mapping[str, Kind]) -> float:
    """Agreement with a holder and contents that were not told apart: within the hull of a box of each."""
    usual = [k for k, w in expectation.kinds.items() if w >= 0.5 and k in kinds]
    if part.density is None:
        return 0.0
    best = 0.0
    for content in CONTENTS.intersection(usual):
        for holder in usual:
            if holder in CONTENTS:
                continue
            for a in kinds[content].boxes:
                for b in kinds[holder].boxes:
                    hull = (min(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), max(a[3], b[3]))
                    best = max(best, _in_box(part, hull))
    return MIXED * best


def _in_box(part: Part, box: tuple[float, float, float, float]) -> float:
    """1 inside the box, falling as a Gaussian of the measurement outside it."""
    assert part.density is not None
    value, sigma = part.density
    low, high, low_z, high_z = box
    tolerance = math.hypot(sigma, DENSITY_REL * value)
    below, above = (math.hypot(tolerance, THIN_REL * part.thin * edge) for edge in (low, high))
    miss = (low - value) / below if value < low else (value - high) / above if value > high else 0.0
    square = miss * miss
    if part.z_e is not None:
        z, z_sigma = part.z_e
        z_tolerance = math.hypot(z_sigma, (Z_REL + METAL_Z_REL * part.metal_near) * z)
        outside = max(low_z - z, z - high_z, 0.0)
        square += (outside / z_tolerance) ** 2
    return math.exp(-0.5 * square)


def material_log_ratio(fit: float | None, sure: float) -> float:
    """Log of P(material | the line's piece) over P(material | any body); 0 where nothing can be told."""
    if fit is None:
        return 0.0
    return sure * math.log((fit + FLOOR) / (ANY_FIT + FLOOR))


def powered_log_ratio(thing: Thing, inside: Sequence[Thing], expectation: Expectation) -> float:
    """Log probability that an electronic article shows none of its copper, tin and iron; 0 where it does, or is none.

    Whether its board was told apart from the shell or not, some of it has a Z_e above that of any organic matter.
    """
    if expectation.kinds.get("electronics", 0.0) < ELECTRONIC:
        return 0.0
    z_e = [p.z_e[0] for t in (thing, *inside) for p in t.parts if p.z_e is not None]
    return UNPOWERED if z_e and max(z_e) < ORGANIC_Z else 0.0


def piece_log_ratio(
    mass_g: float | None,
    unit_g: float | None,
    usual_g: tuple[float, float] | None,
    *,
    equal: float | None = None,
    error: float = 0.0,
) -> float:
    """Log of P(mass | a piece of the line) over P(mass | any body).

    Pieces of one line may differ by half, and declared weights are sometimes plainly wrong, so the tails are broad;
    any body is taken as uniform in log mass over a factor of 1000 (g to kg). `equal` is the share of pieces that
    weigh what is declared; of the rest most are within a factor of two, and one in ten may weigh anything. `error` is
    the relative standard uncertainty of the mass, which tells where it is large (thick metal, what streaks cross).
    """
    if mass_g is None or mass_g <= 0:
        return 0.0
    background = 1 / math.log(1000)
    if unit_g:
        r = math.log(mass_g / unit_g)
        share = 0.45 if equal is None else equal
        near, far = (normal_pdf(r, math.hypot(spread, error)) for spread in (0.10, 0.45))
        density = share * near + (0.9 - share) * far + 0.1 * 0.5 * background
    elif usual_g:
        centre = 0.5 * math.log(usual_g[0] * usual_g[1])
        spread = max(0.3, math.log(usual_g[1] / usual_g[0]) / (2 * 1.645))  # nine in ten within
        density = 0.9 * normal_pdf(math.log(mass_g) - centre, spread) + 0.1 * 0.5 * background
    else:
        return 0.0
    return math.log(density / background)


def shape_log_ratio(thing: Thing, hs_code: str) -> float:
    """A known shape speaks for lines of its own HS chapter and against others, as far as its match is sure.

    Of articles whose design is known, one in ten is taken to be declared, in good faith, under another chapter.
    """
    if not thing.template_hs or not hs_code:
        return 0.0
    same = any(code[:4] == hs_code[:4] for code in thing.template_hs)
    near = any(code[:2] == hs_code[:2] for code in thing.template_hs)
    return thing.template_score * (1.2 if same else 0.4 if near else -2.3)


def normal_pdf(x: float, sigma: float) -> float:
    """Density of a centred normal."""
    return math.exp(-0.5 * (x / sigma) ** 2) / (sigma * math.sqrt(2 * math.pi))
