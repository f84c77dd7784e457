"""Synthetic parcels at the level of objects: honest ones, and ones with one disagreement planted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from catalogue import ALSO, GOODS, SMUGGLED, Good
from truth import MATERIALS, alike, mixed, signature

from xscan.model import Declaration, DeclaredItem, Grid, Labels, Measure, Object, Region, Segmentation, Signature

__all__ = ["PLANTED", "Case", "make"]

PLANTED = ("quantity", "weight", "material", "missing", "undeclared", "hidden", "cells")

UNKNOWN = 2 * 0.08  # relative; twice what a declared weight may err by
APART = 10  # voxels between bodies


@dataclass(frozen=True)
class Case:
    """One parcel: what is declared, what was measured, and what should be found ("" for honest).

    `visible`: whether a scan can show in principle what was planted, see `_visible`.
    """

    declaration: Declaration
    segmentation: Segmentation
    signatures: Mapping[int, Signature]
    planted: str
    line: int | None
    objects: tuple[int, ...]
    visible: bool = True


@dataclass
class _Body:
    """A physical piece: parts as (material, mass g, inside)."""

    parts: list[tuple[str, float, bool]]
    box: tuple[float, float, float]
    group: int
    room: float = 0.0
    planted: bool = False
    inside: _Body | None = None


def _body(good: Good, unit_g: float, group: int) -> _Body:
    parts = [(m, share * unit_g, where == "inside") for m, share, where in good.parts]
    return _Body(parts, good.box, group, good.room)


def _matter_mm3(body: _Body) -> float:
    return 1000 * sum(m / MATERIALS[name][1] for name, m, _ in body.parts)


def make(planted: str, rng: np.random.Generator, *, faults: bool = False) -> Case:
    """Make one parcel; `planted` is empty or one of `PLANTED`.

    `faults`: whether segmentation errs as it does in crowded parcels of scans (`_faulty`, `_wisps`).
    """
    goods = [GOODS[int(i)] for i in rng.choice(len(GOODS), int(rng.integers(1, 6)), replace=False)]
    bodies: list[_Body] = []
    rows: list[tuple[Good, int, float]] = []
    for number, good in enumerate(goods):
        unit = float(np.exp(rng.uniform(*np.log(good.mass_g))))
        count = int(rng.integers(1, good.most + 1))
        varied = count > 1 and rng.random() < 0.2  # assorted pieces of one kind
        units = [unit * float(np.exp(rng.normal(0, 0.15))) if varied else unit for _ in range(count)]
        bodies += [_body(good, u, number + 1 if not varied else 0) for u in units]
        rows.append((good, count, sum(units)))
    target = int(rng.integers(len(rows)))
    good, count, mass = rows[target]
    line: int | None = target + 1
    mine = [b for b in bodies if b.group == target + 1] or None
    weight_factor, swapped = 1.0, ""
    if planted == "quantity":
        extra = int(rng.integers(1, 4))
        if count > 1 and rng.random() < 0.4 and mine:
            bodies.remove(mine[0])
            mine[0].planted = True
        else:
            unit = mass / count
            bodies += [_body(good, unit, target + 1) for _ in range(extra)]
    elif planted == "weight":
        weight_factor = float(rng.uniform(0.35, 0.62) if rng.random() < 0.5 else rng.uniform(1.6, 2.8))
    elif planted == "material":
        start = sum(r[1] for r in rows[:target])
        own = MATERIALS[good.parts[0][0]][0]
        swapped = other = _unlike(own, rng)
        for b in bodies[start : start + count]:
            b.parts = [(other, sum(p[1] for p in b.parts), False)]
            b.room = 0.0
    elif planted == "missing":
        start = sum(r[1] for r in rows[:target])
        if len(rows) == 1:  # never an empty parcel
            more = GOODS[int(rng.integers(len(GOODS)))]
            bodies.append(_body(more, float(np.mean(more.mass_g)), 0))
            rows.append((more, 1, float(np.mean(more.mass_g))))
        del bodies[start : start + count]
    elif planted in ("undeclared", "hidden", "cells"):
        line = None
        thing = SMUGGLED[2] if planted == "cells" else SMUGGLED[int(rng.integers(len(SMUGGLED)))]
        number = int(rng.integers(1, 5)) if planted == "cells" else 1
        unit = float(rng.uniform(*thing.mass_g))
        need = _matter_mm3(_body(thing, unit, 99))
        hosts = [b for b in bodies if b.room * _matter_mm3(b) > need]
        if planted == "hidden" and not hosts:  # nothing here can hold it: a bag that can
            bag = next(g for g in GOODS if g.key == "handbag")
            hosts = [_body(bag, bag.mass_g[1], 98)]
            bodies += hosts
            rows.append((bag, 1, bag.mass_g[1]))
        for _ in range(number):
            b = _body(thing, unit, 99)
            b.planted = True
            if planted == "hidden" and hosts:
                b.inside = hosts[0]
            bodies.append(b)
    items = []
    for number, (g, n, m) in enumerate(rows, start=1):
        said = m * float(1 + rng.choice((-1, 1)) * rng.uniform(0.0, 0.08))
        said *= weight_factor if number == target + 1 else 1.0
        weight = round(said / 1000, int(rng.choice((3, 3, 3, 2)))) or round(said / 1000, 3)
        code = str(rng.choice(g.hs)) if rng.random() < 0.75 else ""
        name = str(rng.choice(g.names))
        told = rng.random() < 0.92 or number == target + 1
        items.append(DeclaredItem(number, name, n, hs_code=code, net_weight_kg=weight if told else None))
    case = _measured(Declaration(tuple(items)), bodies, planted, line, rng, faults)
    return replace(case, visible=_visible(planted, rows, items, target, bodies, swapped))


def _materials(good: Good) -> tuple[str, ...]:
    """What goods of that name may be made of."""
    return (*(m for m, _, _ in good.parts), *ALSO.get(good.key, ()))


def _visible(
    planted: str,
    rows: list[tuple[Good, int, float]],
    items: list[DeclaredItem],
    target: int,
    bodies: list[_Body],
    swapped: str,
) -> bool:
    """Whether the truth of what was planted differs from an honest parcel's by more than a scan errs.

    Not where goods are swapped for a material that such goods are also made of, or that looks like it; where the
    declared weight is that of the contents alone; where one more article is of a material like that of a line's goods
    and lighter than that line's weight is known to (or the line declares none); and where a hidden one is of a
    material like that around it and lighter than that is known to.
    """
    good, _, mass = rows[target]
    if planted == "material":
        return not any(alike(swapped, own) for own in _materials(good))
    if planted == "weight":
        inside = sum(share for _, share, where in good.parts if where == "inside") * mass
        said = items[target].mass_g
        return not (said and inside and abs(np.log(said / inside)) < UNKNOWN)
    for b in bodies:
        grams = sum(m for _, m, _ in b.parts)
        if b.planted and planted == "undeclared":
            for (g, _, _), item in zip(rows, items, strict=True):
                like = all(any(alike(m, own) for own in _materials(g)) for m, _, _ in b.parts)
                if like and (item.mass_g is None or grams < UNKNOWN * item.mass_g):
                    return False
        elif b.planted and b.inside is not None:
            around = b.inside.parts
            like = all(any(alike(m, own) for own, _, _ in around) for m, _, _ in b.parts)
            if like and grams < UNKNOWN * sum(m for _, m, _ in around):
                return False
    return True


def _unlike(kind: str, rng: np.random.Generator) -> str:
    """A material of another family (organic, mineral, metal) than the declared goods are of."""
    mineral, metal = {"glass", "ceramic"}, {"metal", "battery", "electronics", "light-metal"}
    if kind in mineral:
        return str(rng.choice(("steel", "abs", "textile")))
    if kind in metal:
        return "ceramic" if kind != "metal" else str(rng.choice(("ceramic", "abs", "textile")))
    return str(rng.choice(("ceramic", "steel")))


@dataclass
class _Seen:
    """A body as segmentation gives it: pieces beside one another, and the bodies that are in it."""

    pieces: list[list[tuple[str, float, bool]]]
    of: list[_Body]


def _faulty(order: list[_Body], rng: np.random.Generator) -> list[_Seen]:
    """Tear and join bodies as segmentation does where goods touch and metal throws streaks.

    One body in twelve is one lump with goods of another line; one in twelve comes in two pieces, one in eight without
    its cap, label or handle, which lies beside it; of light soft goods one in eight fades to a part of its mass.
    """
    seen: list[_Seen] = []
    for body in order:
        if body.inside is not None:
            continue
        parts, lot = list(body.parts), rng.random()
        last = seen[-1] if seen else None
        free = last is not None and len(last.pieces) == 1 and not any(b.planted for b in last.of)
        if last is not None and free and not body.planted and lot < 1 / 12:
            last.pieces = [[(m, g, False) for m, g, _ in (*last.pieces[0], *parts)]]
            last.of.append(body)
            continue
        seen.append(_Seen([parts], [body]))
        if body.planted:
            continue
        whole = sum(g for _, g, _ in parts)
        if lot < 2 / 12:
            cut = float(rng.uniform(0.5, 0.95))
            seen[-1].pieces = [[(m, g * c, i) for m, g, i in parts if not i or c == cut] for c in (cut, 1 - cut)]
        elif lot < 2 / 12 + 1 / 8:
            cap = str(rng.choice(("pp", "paper", "abs", parts[0][0])))
            light = whole * float(rng.uniform(0.02, 0.08))
            seen[-1].pieces = [[(m, g * (1 - light / whole), i) for m, g, i in parts], [(cap, light, False)]]
        elif MATERIALS[parts[0][0]][1] < 0.5 and whole < 150 and rng.random() < 1 / 8:
            left = float(rng.uniform(0.4, 0.9))
            seen[-1].pieces = [[(m, g * left, i) for m, g, i in parts]]
    return seen


def _wisps(first: int, bodies: list[_Body], rng: np.random.Generator) -> Iterator[tuple[Signature, float]]:
    """Light pieces that nobody sent: rests of streaks, folds of film, flaps of the carton; three a parcel.

    Their masses are as little known as those of what has no edge: half of the mass, and their Z_e is the streak's.
    """
    metal = any(MATERIALS[m][2] > 15 for b in bodies for m, _, _ in b.parts)
    for k in range(int(rng.poisson(3.0))):
        mass, rho = float(rng.uniform(0.5, 8.0)), float(rng.uniform(0.12, 0.7))
        volume = 1000 * mass / rho
        s = signature(first + k, volume, mass, "paper", rng, (rho, float(rng.uniform(6.0, 14.0 if metal else 9.0))))
        unsure = Measure(mass, 0.5 * mass, "g")
        yield replace(s, mass_g=unsure, own_mass_g=unsure, metal_near=0.8 if metal else 0.0), volume


def _measured(
    declaration: Declaration,
    bodies: list[_Body],
    planted: str,
    line: int | None,
    rng: np.random.Generator,
    faults: bool = False,
) -> Case:
    """Measure: masses err by 4 % each and 3 % together; equal bodies may merge, others break, crumbs lie about."""
    together = float(np.exp(rng.normal(0, 0.03)))
    order = [bodies[int(i)] for i in rng.permutation(len(bodies))]
    regions, objects, signatures, found = [], [], {}, []
    root_of: dict[int, int] = {}
    merged: set[int] = set()

    def add(
        parts: list[tuple[str, float, bool]],
        box: tuple[float, float, float],
        group: int,
        parent: int | None,
        room: float = 0.0,
        beside: int | None = None,
    ) -> int:
        root = len(objects) + 1
        lump = rng.random() < 0.3  # contents are not told apart from what holds them
        own = [p for p in parts if not p[2]] or parts
        pieces = [own, *[[p] for p in parts if p[2]]] if not lump else [parts]
        total = 0.0
        fill = 0.785 / float(np.prod(box))
        outer = sum(m / MATERIALS[name][1] for name, m, _ in parts) * 1000
        edge = (outer * (1 + room) * fill / 0.785**2) ** (1 / 3)
        for k, piece in enumerate(pieces):
            i = len(objects) + 1
            mass = sum(m for _, m, _ in piece) * together * float(np.exp(rng.normal(0, 0.04)))
            volume = sum(m / MATERIALS[name][1] for name, m, _ in piece) * 1000
            main = max(piece, key=lambda p: p[1])[0]
            signatures[i] = signature(i, volume, mass, main, rng, mixed([(m, g) for m, g, _ in piece]))
            total += mass
            shape = dict(zip(("length_mm", "width_mm", "height_mm"), (edge * b for b in box), strict=True))
            shape["outer_mm3"] = volume if k else (1 + room) * outer
            voxels = max(1, int(volume / 3.375))
            # bodies lie apart; parts lie within the box of what holds them, a broken piece beside the rest of it
            x = APART * (root if beside is None else beside) + (2 if beside is not None else 0)
            bbox = ((2, 2, x), (3, 3, x + 1)) if k else ((1, 1, x - 1), (4, 4, x + 2))
            regions.append(Region(i, voxels, bbox, (2.0, 2.0, 1.5 * i)))
            objects.append(
                Object(
                    i, "goods", (i,), bbox, (2.0, 2.0, 1.5 * i), voxels,
                    parent=parent if k == 0 else root, shape=shape, group=group or None if k == 0 else None,
                )
            )  # fmt: skip
        signatures[root] = replace(signatures[root], mass_g=Measure(total, 0.03 * total, "g"))
        return root

    for torn in _faulty(order, rng) if faults else ():
        own = torn.of[0]
        alone = len(torn.of) == 1 and len(torn.pieces) == 1
        for k, piece in enumerate(torn.pieces):
            first = add(piece, own.box, own.group if alone else 0, None, 0 if k else own.room, root_of.get(id(own)))
            if not k:
                root_of |= {id(b): first for b in torn.of}
                found += [first] if own.planted else []
    for n, body in enumerate(order):
        if faults or n in merged or body.inside is not None:
            continue
        parts = list(body.parts)
        twin = next(
            (m for m in range(n + 1, len(order)) if m not in merged and order[m].group == body.group and body.group),
            None,
        )
        if twin is not None and rng.random() < 0.06 and not body.planted:
            merged.add(twin)
            parts = [(a, 2 * b, c) for a, b, c in parts]
            root_of[id(body)] = root_of[id(order[twin])] = add(parts, body.box, 0, None, body.room)
            continue
        if rng.random() < 0.04 and not body.planted and len(parts) == 1:
            cut = float(rng.uniform(0.6, 0.92))
            root_of[id(body)] = add([(parts[0][0], parts[0][1] * cut, False)], body.box, 0, None, body.room)
            rest = [(parts[0][0], parts[0][1] * (1 - cut), False)]
            add(rest, body.box, 0, None, beside=root_of[id(body)])
            continue
        root_of[id(body)] = add(parts, body.box, body.group, None, body.room)
        if body.planted:
            found.append(root_of[id(body)])
    for body in order:
        if body.inside is not None:
            parent = root_of.get(id(body.inside))
            found.append(add(body.parts, body.box, 0, parent))
    for _ in range(int(rng.poisson(0.7))):
        add([(str(rng.choice(("paper", "abs", "steel"))), float(rng.uniform(0.5, 7.0)), False)], (2, 1, 0.5), 0, None)
    for s, volume in _wisps(len(objects) + 1, bodies, rng) if faults else ():
        i, voxels = s.object_id, max(1, int(volume / 3.375))
        # half of them lie against a body
        near = APART * int(rng.integers(1, i)) + 2 if rng.random() < 0.5 and i > 1 else APART * i
        bbox = ((1, 1, near), (3, 3, near + 2))
        edge = volume ** (1 / 3)
        shape = {"length_mm": 2.5 * edge, "width_mm": edge, "height_mm": 0.4 * edge, "outer_mm3": volume}
        regions.append(Region(i, voxels, bbox, (2.0, 2.0, 1.5 * i)))
        objects.append(Object(i, "goods", (i,), bbox, (2.0, 2.0, 1.5 * i), voxels, shape=shape))
        signatures[i] = s
    n = len(objects)
    array = np.zeros((5, 5, APART * (n + 2)), dtype=np.uint32)
    array[1, 1, 1 : n + 1] = np.arange(1, n + 1)
    grid = Grid(array.shape, (1.5, 1.5, 1.5))
    segmentation = Segmentation(Labels(grid, array), tuple(regions), tuple(objects))
    found += [o.id for o in objects if o.parent in found and o.id not in found]  # and what planted bodies hold
    return Case(declaration, segmentation, signatures, planted, line, tuple(found))
