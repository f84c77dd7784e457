"""Random parcels under a seed: what is in them, how it lies, what the sender says, and what he hides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from xscan.errors import UsageError
from xscan.simulate.figures import FIGURES
from xscan.simulate.goods import HIDDEN, HOLLOW_BOOK, KINDS, Good, Kind
from xscan.simulate.goods.base import part
from xscan.simulate.packing import Heap, Placement, angles_of
from xscan.simulate.scene import Body, Part, Scene
from xscan.simulate.shapes import Box, Shape, Vector, euler
from xscan.simulate.weigh import mass_g

__all__ = ["FRAUDS", "GRADES", "Grade", "random_parcel"]

Grade = Literal["sparse", "packed", "hostile"]
GRADES: tuple[Grade, ...] = get_args(Grade)
# figure: protected, declared as something else; unlicensed: protected, declared as it is; the rest as it says
FRAUDS = ("figure", "unlicensed", "quantity", "weight", "material", "missing", "undeclared", "hidden")
LICENSEE, SELLER = "LICENSEE-1", "SHOP-12"
FIGURE_WALL_MM = 3.0


@dataclass(frozen=True)
class _Rules:
    """How full a grade is."""

    lines: tuple[int, int]
    pieces: int
    clearance_mm: float
    metal: float  # share of kinds with metal that are let in
    least_metal: int
    box: tuple[Vector, Vector]


RULES: Mapping[Grade, _Rules] = {
    "sparse": _Rules((2, 3), 3, 2.5, 0.25, 0, ((190, 130, 110), (270, 200, 170))),
    "packed": _Rules((4, 7), 4, 0.5, 0.5, 0, ((210, 140, 140), (280, 220, 190))),
    "hostile": _Rules((5, 8), 6, 0.0, 1.0, 2, ((210, 140, 140), (290, 230, 200))),
}


@dataclass(frozen=True, eq=False)
class _Line:
    """Equal pieces, and what is said of them."""

    good: Good | None
    pieces: int
    declared: int
    description: str
    hs: str
    weight: float = 1.0


def _pick(rng: np.random.Generator, names: Sequence[str]) -> str:
    return names[int(rng.integers(len(names)))]


def _line(kind: Kind, pieces: int, rng: np.random.Generator) -> _Line:
    return _Line(kind.make(rng), pieces, pieces, _pick(rng, kind.descriptions), kind.hs)


def _figure(name: str, shape: Shape, pieces: int, description: str, hs: str) -> _Line:
    good = Good(name, (part(shape, "pvc", FIGURE_WALL_MM),), ())
    return _Line(good, pieces, pieces, description, hs)


def _honest_lines(rules: _Rules, rng: np.random.Generator) -> list[_Line]:
    names = [n for n, k in KINDS.items() if not k.contraband and (not k.metal or rng.random() < rules.metal)]
    chosen = [str(n) for n in rng.permutation(names)[: int(rng.integers(rules.lines[0], rules.lines[1] + 1))]]
    metals = [n for n, k in KINDS.items() if k.metal and not k.contraband and n not in chosen]
    while sum(KINDS[n].metal for n in chosen) < rules.least_metal:
        chosen.append(metals.pop(int(rng.integers(len(metals)))))
    return [_line(KINDS[n], int(rng.integers(1, min(rules.pieces, KINDS[n].most) + 1)), rng) for n in chosen]


def _cheat(fraud: str, lines: list[_Line], shapes: Mapping[str, Shape], rng: np.random.Generator) -> list[str]:
    """Change the lines as a dishonest sender would; returns what must be found."""
    if fraud in ("figure", "unlicensed"):
        name = _pick(rng, sorted(shapes))
        pieces = int(rng.integers(1, 4))
        if fraud == "unlicensed":
            lines.insert(0, _figure(name, shapes[name], pieces, "toy figures", "950300"))
            return [f"template:{name}"]
        lie = KINDS[_pick(rng, ("bulb", "candle", "jar", "book", "wrench"))]
        lines.insert(0, _figure(name, shapes[name], pieces, _pick(rng, lie.descriptions), lie.hs))
        return [f"template:{name}", "mismatch"]
    if fraud == "quantity":
        i = int(rng.integers(len(lines)))
        more = int(rng.integers(2, 4)) if lines[i].pieces < 3 else -int(rng.integers(1, lines[i].pieces))
        lines[i] = replace(lines[i], pieces=lines[i].pieces + max(more, 1), declared=lines[i].pieces)
        return ["quantity"]
    if fraud == "weight":
        i = int(rng.integers(len(lines)))
        lines[i] = replace(lines[i], weight=float(rng.choice([0.35, 2.5])))
        return ["weight"]
    if fraud == "material":
        names = [n for n, k in KINDS.items() if k.other]
        kind = KINDS[_pick(rng, names)]
        line = _line(kind, int(rng.integers(1, 3)), rng)
        lines.append(replace(line, description=_pick(rng, kind.other), hs=""))
        return ["material"]
    if fraud == "missing":
        held = {line.good.kind for line in lines if line.good}
        kind = KINDS[_pick(rng, [n for n, k in KINDS.items() if not k.contraband and n not in held])]
        lines.append(replace(_line(kind, 0, rng), declared=int(rng.integers(1, 3))))
        return ["missing"]
    if fraud == "undeclared":
        name = _pick(rng, [n for n, k in KINDS.items() if k.contraband])
        pieces = int(rng.integers(1, min(4, KINDS[name].most) + 1))
        lines.insert(0, replace(_line(KINDS[name], pieces, rng), declared=0))
        return [f"undeclared:{name}"]
    return []


def _hide(rng: np.random.Generator) -> tuple[_Line, str, Part]:
    """A thing with a cavity, and what lies in it."""
    kind = (HOLLOW_BOOK, KINDS["teapot"], KINDS["shoe"])[int(rng.integers(3))]
    line = _line(kind, 1, rng)
    assert line.good is not None
    assert line.good.room is not None
    name, material = HIDDEN[int(rng.integers(len(HIDDEN)))]
    x, y, z = (float(s * rng.uniform(0.6, 0.85)) for s in line.good.room[1])
    if name == "gold":
        x, y, z = 40.0, 22.0, 8.0
    return line, name, Part(shape=Box(size=(x, y, z), round=min(3.0, z / 3)), material=material)


def _lowest_first(lines: list[_Line], rng: np.random.Generator) -> list[tuple[int, Good]]:
    """All pieces, large ones first, as a packer would; some are put in late."""
    from xscan.simulate.shapes import bounds

    def size(good: Good) -> float:
        return float(max(np.prod(np.diff(bounds(p.shape), axis=0)) for p in good.parts))

    pieces = [(i, line.good) for i, line in enumerate(lines) if line.good for _ in range(line.pieces)]
    keys = [size(g) * rng.uniform(0.4, 1.6) for _, g in pieces]
    return [pieces[i] for i in np.argsort(keys)[::-1]]


def random_parcel(
    seed: int,
    grade: Grade,
    *,
    frauds: Sequence[str] | None = None,
    shapes: Mapping[str, Shape] | None = None,
    licensee: str = LICENSEE,
    across_mm: float = 384.0,
) -> Scene:
    """Make a parcel: the same for the same arguments on any machine.

    Parameters
    ----------
    seed : any whole number of at least 0
    grade : "sparse" (few, apart), "packed" (many, close) or "hostile" (many, touching, metal)
    frauds : of `FRAUDS`; empty for an honest parcel; absent: every second parcel is dishonest
    shapes : protected figures by template id; absent: `FIGURES`
    licensee : id of the sender who may send them
    across_mm : width of the scanned field
    """
    if grade not in GRADES:
        raise UsageError(f"grade: got {grade!r}, expected one of {', '.join(GRADES)}")
    if frauds is not None and set(frauds) - set(FRAUDS):
        raise UsageError(f"frauds: got {', '.join(frauds)}, expected some of {', '.join(FRAUDS)}")
    if shapes is None:
        shapes = {name: make() for name, make in FIGURES.items()}
    if not shapes:
        raise UsageError("shapes: got none, expected at least one protected figure")
    if frauds is None:  # drawn before the first attempt, or lies that need more room would end up rarer
        frauds = _drawn_frauds(_generator(seed, grade, 0))
    for attempt in range(1, 41):
        rng = _generator(seed, grade, attempt)
        scene = _attempt(
            f"{grade}-{seed:04d}", RULES[grade], frauds, shapes, licensee, across_mm, rng, belt=grade == "hostile"
        )
        if scene is not None:
            return scene
    raise UsageError(f"seed {seed}, {grade}: nothing fits into the box in 40 attempts; take another seed")


def _generator(seed: int, grade: Grade, attempt: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence((seed, GRADES.index(grade), attempt))))


def _drawn_frauds(rng: np.random.Generator) -> list[str]:
    """None for every second parcel, else one or two."""
    if rng.random() < 0.5:
        return []
    drawn = [FRAUDS[i] for i in rng.permutation(len(FRAUDS))[: int(rng.integers(1, 3))]]
    return [f for f in drawn if f != "figure" or "unlicensed" not in drawn]


def _attempt(
    name: str,
    rules: _Rules,
    frauds: Sequence[str],
    shapes: Mapping[str, Shape],
    licensee: str,
    across_mm: float,
    rng: np.random.Generator,
    *,
    belt: bool,
) -> Scene | None:
    lines = _honest_lines(rules, rng)
    expect: list[str] = []
    licensed = not {"figure", "unlicensed"} & set(frauds) and rng.random() < 0.35
    if licensed:
        figure = _pick(rng, sorted(shapes))
        lines.insert(0, _figure(figure, shapes[figure], int(rng.integers(1, 4)), "toy figures", "950300"))
    for fraud in frauds:
        expect += _cheat(fraud, lines, shapes, rng)
    held: tuple[int, str, Part] | None = None
    if "hidden" in frauds:
        line, what, packet = _hide(rng)
        lines.append(line)
        held = (len(lines) - 1, what, packet)
        expect.append(f"hidden:{what}")
    box: Vector = tuple(float(v) for v in np.round(rng.uniform(*rules.box)))  # type: ignore[assignment]
    heap = Heap(box, clearance_mm=rules.clearance_mm)
    placed: list[tuple[int, Placement]] = []
    left_out = [0] * len(lines)
    for i, good in _lowest_first(lines, rng):
        place = heap.drop(good, rng)
        if place is None:
            left_out[i] += 1
        else:
            placed.append((i, place))
    # what an honest sender could not fit he does not declare; a lie that does not fit is no lie
    for i, missing in enumerate(left_out):
        line = lines[i]
        if missing and (line.pieces != line.declared or line.weight != 1 or not line.hs or (held and held[0] == i)):
            return None
        lines[i] = replace(line, pieces=line.pieces - missing, declared=line.declared - missing)
    if not placed or (expect and any(not line.pieces and not line.declared for line in lines)):
        return None
    box, placed = _cut_to_fit(box, placed, heap, rng)
    bodies = _bodies(box, placed, held, across_mm, rng, belt=belt)
    length = 2 * bodies[0].at_mm[0]
    items = _items(lines, rng)
    if not items:
        return None
    declaration = {
        "schema": "xscan.declaration/1",
        "parcel_id": name,
        "channel": _pick(rng, ("postal", "express", "ecommerce")),
        "consignor": {"id": licensee if licensed else SELLER},
        "items": items,
    }
    return Scene(name=name, length_mm=length, bodies=tuple(bodies), declaration=declaration, expect=tuple(expect))


def _cut_to_fit(
    box: Vector, placed: list[tuple[int, Placement]], heap: Heap, rng: np.random.Generator
) -> tuple[Vector, list[tuple[int, Placement]]]:
    """Take off the height of the box that nothing fills."""
    spare = max(0.0, float(heap.top.min()) * heap.pitch - float(rng.uniform(4, 20)))
    lower = np.array([0.0, spare, 0.0])
    return (box[0], box[1] - spare, box[2]), [(i, replace(p, at=p.at - lower)) for i, p in placed]


def _items(lines: list[_Line], rng: np.random.Generator) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    for line in lines:
        if not line.declared or line.good is None:
            continue
        unit = mass_g(Body(kind=line.good.kind, parts=line.good.parts, at_mm=(0, 0, 0)), {})
        grams = unit * line.declared * line.weight * float(rng.uniform(0.94, 1.06))
        item: dict[str, Any] = {"line": len(items) + 1, "hs_code": line.hs, "description": line.description}
        items.append(item | {"quantity": line.declared, "net_weight_kg": round(grams / 1000, 3)})
    return items


def _bodies(
    box: Vector,
    placed: list[tuple[int, Placement]],
    held: tuple[int, str, Part] | None,
    across_mm: float,
    rng: np.random.Generator,
    *,
    belt: bool,
) -> list[Body]:
    """Carton, goods and what is hidden, turned together into the scan's frame."""
    wall = float(rng.uniform(3, 5))
    outer = np.asarray(box) + 2 * wall
    yaw, roll = float(rng.uniform(-18, 18)), float(rng.uniform(-8, 8)) if rng.random() < 0.3 else 0.0
    turn = euler((0.0, yaw, roll))
    reach = np.abs(turn) @ outer
    length = float(np.ceil(reach[2] + 16))
    spare = np.maximum((across_mm - reach[:2]) / 2 - 4, 0) * rng.uniform(-0.6, 0.6, 2)
    centre = np.array([across_mm / 2 + spare[0], across_mm / 2 + spare[1], length / 2])

    def body(
        kind: str, parts: tuple[Part, ...], rotation: NDArray[np.float64], at: NDArray[np.float64], **more: Any
    ) -> Body:
        x, y, z = (round(float(v), 3) for v in turn @ at + centre)
        a, b, c = (round(v, 3) for v in angles_of(turn @ rotation))
        return Body(kind=kind, parts=parts, at_mm=(z, y, x), turn_deg=(a, b, c), **more)

    shell = Part(
        shape=Box(size=(float(outer[0]), float(outer[1]), float(outer[2]))), material="corrugated", wall_mm=wall
    )
    bodies = [body("carton", (shell,), np.eye(3), np.zeros(3), packaging=True)]
    if belt:
        under = min(float(centre[1] + reach[1] / 2 + 3), across_mm - 3)
        plate = Part(shape=Box(size=(across_mm - 12, 4.0, length + 20)), material="nylon")
        bodies.append(Body(kind="belt", parts=(plate,), at_mm=(length / 2, under, across_mm / 2), packaging=True))
    for i, place in placed:
        holds = held is not None and held[0] == i
        where = place.at - np.asarray(box) / 2
        bodies.append(body(place.good.kind, place.good.parts, place.rotation, where, name="holder" if holds else ""))
        if holds and held is not None and place.good.room is not None:
            inner = where + place.rotation @ np.asarray(place.good.room[0])
            bodies.append(body(held[1], (held[2],), place.rotation, inner, inside="holder"))
    return bodies
