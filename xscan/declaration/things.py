"""Objects become things that a line can ask for; what lies inside one is a thing of its own until a line claims it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from xscan.declaration.config import DeclarationConfig
from xscan.model import MaterialShare, Measure, Object, Segmentation, Signature, TemplateMatch, Unit

__all__ = ["CONTENTS", "Part", "Thing", "share_of", "things_of"]

# What a hollow body naturally encloses.
CONTENTS = frozenset({"liquid", "cream", "food", "powder"})
# Kinds of the table of materials that a declaration does not tell apart from another.
ALIKE = {"soap": "cream", "plant": "food", "mineral": "stone", "animal": "stone"}
MIN_VOXELS = 8  # a body of fewer is noise at any voxel size
DIM_MHU, PLAIN_MHU = 200.0, 400.0  # of a wall: so far above the floor of goods (100 MHU) it fades in places, or nowhere


@dataclass(frozen=True)
class Part:
    """One object's own material.

    Parameters
    ----------
    share : of the thing's mass (or, without masses, of its volume)
    density, z_e : (value, sigma) or `None`
    candidates : kinds of material and their belief, as the signature gives them
    thin : 0..1, how far its walls are below what the scan resolves
    faded : 0..1, how likely more of such walls is there than was seen: they are dim, or metal's streaks cross them
    """

    object_id: int
    kind: str
    share: float
    density: tuple[float, float] | None
    z_e: tuple[float, float] | None
    candidates: Mapping[str, float]
    metal_near: float = 0.0
    thin: float = 0.0
    faded: float = 0.0


@dataclass(frozen=True)
class Thing:
    """One body that a line can ask for.

    Parameters
    ----------
    id : of its outermost object
    object_ids : that object and the parts that belong to it
    mass_g, sigma_g : of all of them, or `None`; sigma holds the config's floor
    inside : id of the thing that encloses it, or `None`
    foreign : ids of things directly inside it
    group : number shared by equal objects, or `None`
    template_id, template_hs, template_score : of its best template match, where there is one
    whole_g : mass with everything that lies inside, or `None`
    outer_mm3 : volume with closed cavities, and whatever lies in them, filled
    bbox : first and one-past-last voxel (z, y, x), or `None`
    shared : whether it is one line's share of a body that is goods of several
    joined : whether it is taken as a part of the piece beside it
    own, whole : density of matter (g/cm³) and mean Z_e by mass, of itself and with everything inside, or `None`
    """

    id: int
    object_ids: tuple[int, ...]
    parts: tuple[Part, ...]
    mass_g: float | None
    sigma_g: float
    volume_mm3: float
    inside: int | None = None
    foreign: tuple[int, ...] = ()
    group: int | None = None
    template_id: str | None = None
    template_hs: tuple[str, ...] = ()
    template_score: float = 0.0
    kind: str = field(default="unknown")
    whole_g: float | None = None
    outer_mm3: float = 0.0
    bbox: tuple[tuple[int, int, int], tuple[int, int, int]] | None = None
    own: tuple[float, float] | None = None
    whole: tuple[float, float] | None = None
    shared: bool = False
    joined: bool = False

    @property
    def bulk(self) -> float | None:
        """Mass over outer volume, g/cm³, with everything inside."""
        return None if self.whole_g is None or self.outer_mm3 <= 0 else 1000 * self.whole_g / self.outer_mm3

    @property
    def error(self) -> float:
        """Relative standard uncertainty of the mass."""
        return self.sigma_g / self.mass_g if self.mass_g else 0.0

    @property
    def weight(self) -> float:
        """Mass, g; in a scan without a scale the volume as if it were water, so that large and small stay apart."""
        return self.mass_g if self.mass_g is not None else self.volume_mm3 / 1000


def share_of(thing: Thing, grams: float) -> Thing:
    """Return what one line has of a body that is goods of several: a mass; a mixture's material tells nothing."""
    part = grams / (thing.mass_g or grams)
    return replace(
        thing,
        parts=(),
        mass_g=grams,
        sigma_g=part * thing.sigma_g,
        volume_mm3=part * thing.volume_mm3,
        group=None,
        whole_g=None,
        outer_mm3=part * thing.outer_mm3,
        own=None,
        whole=None,
        kind="unknown",
        template_id=None,
        template_hs=(),
        shared=True,
    )


def things_of(
    segmentation: Segmentation,
    signatures: Mapping[int, Signature],
    matches: tuple[TemplateMatch, ...],
    template_hs: Mapping[str, tuple[str, ...]],
    config: DeclarationConfig,
) -> tuple[Thing, ...]:
    """Goods of a segmentation as things, heaviest first (then by id); crumbs inside one are part of it."""
    # where others have a mass, a body without one is a shade in the scan that nothing could be weighed of
    scaled = any(s.mass_g is not None for s in signatures.values())
    goods = {
        o.id: o
        for o in segmentation.goods
        if o.voxels >= MIN_VOXELS and o.id in signatures and (signatures[o.id].mass_g is not None or not scaled)
    }
    parent = {o.id: _goods_parent(o, goods, segmentation) for o in goods.values()}
    best: dict[int, TemplateMatch] = {}
    for m in matches:
        for object_id in m.object_ids:
            if object_id not in best or m.score > best[object_id].score:
                best[object_id] = m
    owner: dict[int, int] = {}
    for o in sorted(goods.values(), key=lambda o: (_depth(o.id, parent), o.id)):
        outer = parent[o.id]
        crumb = _weight(signatures[o.id]) < config.min_mass_g
        owner[o.id] = owner[outer] if crumb and outer is not None else o.id
    for m in matches:  # objects that one shape explains together are one thing that was found in pieces
        pieces = {owner[i] for i in m.object_ids if i in owner and best[i] is m}
        root = min(pieces, key=lambda i: (-_weight(signatures[i]), i), default=0)
        owner = {i: root if r in pieces else r for i, r in owner.items()}
    out = []
    for root in sorted(set(owner.values())):
        members = tuple(sorted(i for i, r in owner.items() if r == root))
        outer = parent[root]
        out.append(
            _thing(
                goods[root],
                members,
                signatures,
                segmentation.grid.voxel_size_mm,
                config,
                inside=owner[outer] if outer is not None else None,
                foreign=tuple(sorted(i for i, r in owner.items() if r == i and parent[i] in members and i != root)),
                match=max((best[i] for i in members if i in best), key=lambda m: m.score, default=None),
                template_hs=template_hs,
            )
        )
    return tuple(sorted(_wholes(out), key=lambda t: (-t.weight, t.id)))


def _wholes(things: Sequence[Thing]) -> list[Thing]:
    """Fill in what each thing is together with everything inside it."""
    by_id = {t.id: t for t in things}

    def within(t: Thing) -> list[Thing]:
        return [t, *(u for f in t.foreign if f in by_id for u in within(by_id[f]))]

    out = []
    for t in things:
        every = within(t)
        masses = [u.mass_g for u in every]
        out.append(
            replace(
                t,
                whole_g=None if any(m is None for m in masses) else sum(m or 0.0 for m in masses),
                outer_mm3=max(t.outer_mm3, sum(u.volume_mm3 for u in every)),
                own=_matter([t]),
                whole=_matter(every),
            )
        )
    return out


def _matter(things: Sequence[Thing]) -> tuple[float, float] | None:
    """Density of the matter of several bodies, and their mean Z_e by mass."""
    mass, volume = sum(t.mass_g or 0.0 for t in things), sum(t.volume_mm3 for t in things)
    parts = [(p.share * t.weight, p.z_e[0]) for t in things for p in t.parts if p.z_e is not None]
    weight = sum(w for w, _ in parts)
    if any(t.mass_g is None for t in things) or min(mass, volume, weight) <= 0:
        return None
    z_e = sum(w * z for w, z in parts) / weight
    return (1000 * mass / volume, z_e) if z_e > 0 else None


def _goods_parent(o: Object, goods: Mapping[int, Object], segmentation: Segmentation) -> int | None:
    """Nearest enclosing goods; packaging in between is looked through."""
    by_id = {p.id: p for p in segmentation.objects}
    seen = {o.id}
    at = o.parent
    while at is not None and at not in seen:
        if at in goods:
            return at
        seen.add(at)
        at = by_id[at].parent
    return None


def _depth(object_id: int, parent: Mapping[int, int | None]) -> int:
    depth = 0
    at = parent[object_id]
    while at is not None and depth < 64:
        depth, at = depth + 1, parent[at]
    return depth


def _weight(s: Signature) -> float:
    return s.mass_g.value if s.mass_g is not None else s.volume_mm3.value / 1000


def _thing(
    root: Object,
    members: tuple[int, ...],
    signatures: Mapping[int, Signature],
    voxel_mm: tuple[float, float, float],
    config: DeclarationConfig,
    *,
    inside: int | None,
    foreign: tuple[int, ...],
    match: TemplateMatch | None,
    template_hs: Mapping[str, tuple[str, ...]],
) -> Thing:
    sigs = [signatures[i] for i in members]
    own = [_own_mass(s) for s in sigs]
    weighed = all(m is not None for m in own)
    mass = sum(m for m, _ in (o for o in own if o is not None)) if weighed else None
    # errors of parts of one body share their cause (calibration), so they add up straight
    sigma = sum(s for _, s in (o for o in own if o is not None)) if weighed else 0.0
    volumes = [s.volume_mm3.value for s in sigs]
    shares = [o[0] for o in own if o is not None] if weighed else volumes
    total = sum(shares) or 1.0
    thin = _thin(root.shape.get("wall_mm"), voxel_mm)
    parts = tuple(
        Part(
            object_id=s.object_id,
            kind=ALIKE.get(s.kind, s.kind),
            share=share / total,
            density=None if s.density is None else (s.density.value, s.density.sigma),
            z_e=None if s.z_e is None else (s.z_e.value, s.z_e.sigma),
            candidates=_beliefs(s.materials, s.kind),
            metal_near=s.metal_near,
            thin=thin,
            faded=thin * max(s.metal_near, _dim(s.attenuation)),
        )
        for s, share in zip(sigs, shares, strict=True)
    )
    return Thing(
        id=root.id,
        object_ids=members,
        parts=parts,
        mass_g=mass,
        sigma_g=max(sigma, config.mass_floor * (mass or 0.0)),
        volume_mm3=sum(volumes),
        inside=inside,
        foreign=foreign,
        group=root.group,
        template_id=match.template_id if match else None,
        template_hs=template_hs.get(match.template_id, ()) if match else (),
        template_score=match.score if match else 0.0,
        kind=max(parts, key=lambda p: p.share).kind,
        outer_mm3=root.shape.get("outer_mm3", 0.0),
        bbox=root.bbox,
    )


def _own_mass(s: Signature) -> tuple[float, float] | None:
    measure = s.own_mass_g or s.mass_g
    return None if measure is None else (max(measure.value, 0.0), measure.sigma)


def _beliefs(materials: tuple[MaterialShare, ...], kind: str) -> dict[str, float]:
    """Belief by kind, the greatest made 1."""
    total: dict[str, float] = {}
    for m in materials:
        name = ALIKE.get(m.kind, m.kind)
        total[name] = total.get(name, 0.0) + m.fraction
    if not total and kind != "unknown":
        total[ALIKE.get(kind, kind)] = 1.0
    top = max(total.values(), default=0.0)
    return {k: v / top for k, v in sorted(total.items())} if top > 0 else {}


def _thin(wall_mm: float | None, voxel_mm: tuple[float, float, float]) -> float:
    """1 for a wall of a voxel or less, 0 from four voxels on: below that no voxel shows the material's own density."""
    if wall_mm is None:
        return 0.0
    return min(1.0, max(0.0, (4 - wall_mm / max(voxel_mm)) / 3))


def _dim(attenuation: Measure) -> float:
    """1 for what lies near the least that is taken for goods, 0 for what stands out; unknown without a scale."""
    if attenuation.unit != Unit.MHU.value:
        return 1.0
    return min(1.0, max(0.0, (PLAIN_MHU - attenuation.value) / (PLAIN_MHU - DIM_MHU)))
