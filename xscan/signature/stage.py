"""Signs every object of a segmentation."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from xscan.model import Material, Measure, Object, Quantities, Segmentation, Signature, Volume
from xscan.model.progress import Progress, silent
from xscan.signature.config import SignatureConfig
from xscan.signature.doubt import EDGE_SHARE, Doubt, z_rel
from xscan.signature.integrals import Excess, excess, grouped_median
from xscan.signature.naming import Evidence, MaterialTable, Naming, together
from xscan.signature.neighbourhood import Layers, families, layers

__all__ = ["sign"]

Array = NDArray[np.float64]

HISTOGRAM_EDGES = np.linspace(-200.0, 6200.0, 129)
LAYERED_REL = 0.15  # z_e of inside and wall that differ by more are two materials
MOSTLY = 0.97
TOUCHED = 0.25  # share of border voxels with another object's face, from which on a rim is mixed
BELIEVED = 0.5  # of what a thin wall's density by the table is above what it shows: one sigma
PLATEAU_REL = 0.01  # a core's median stands for its object within about this


def sign(
    segmentation: Segmentation,
    quantities: Quantities,
    materials: Sequence[Material],
    *,
    config: SignatureConfig | None = None,
    progress: Progress = silent,
) -> dict[int, Signature]:
    """The density signature of every object, by id.

    Mass is the integral of what the object adds to its surroundings, over its voxels and the blurred edge around
    them, so that thin walls weigh what they weigh although no voxel shows their density. `quantities` must not be
    denoised. What the scan cannot tell is `None`.

    Raises
    ------
    ValueError : the two lie on different grids
    """
    config = config or SignatureConfig()
    if quantities.grid.shape != segmentation.grid.shape:
        raise ValueError(
            f"quantities: expected the grid of the segmentation {segmentation.grid!r}, got {quantities.grid!r}"
        )
    if not segmentation.objects:
        return {}
    measured = _measure(segmentation, quantities, config, progress)
    table = MaterialTable(materials, config.rare_kinds)
    own = {o.id: _sign_one(o, i, measured, quantities, table, config) for i, o in enumerate(segmentation.objects)}
    progress(1.0, "sign")
    return _with_parts(segmentation, own)


@dataclass(frozen=True, eq=False)
class _Measured:
    """Everything that one pass over the volumes gives, by slot (the order of the objects)."""

    attenuation: Excess
    rho_e: Excess | None
    photo: Excess | None
    density: Excess | None
    voxels: Array
    core: Array
    peak: Array
    std: Array
    histogram: NDArray[np.int64]
    metal: Array
    deep: Array
    deep_rho_e: Array
    deep_photo: Array
    shared: Array
    border: Array
    corrected: Array


def _measure(
    segmentation: Segmentation, quantities: Quantities, config: SignatureConfig, progress: Progress
) -> _Measured:
    size = min(segmentation.grid.voxel_size_mm)
    inward = max(1, math.ceil(config.core_mm / size - 1e-6))
    outward = max(1, math.ceil(config.reach_mm / size - 1e-6))
    family = families({o.id: o.parent for o in segmentation.objects})
    where = layers(segmentation.object_labels(), family, inward=2 * inward, outward=outward, beyond=2)
    progress(0.4, "sign")
    n = len(segmentation.objects)
    slot_of = np.zeros(max(o.id for o in segmentation.objects) + 1, np.intp)
    for i, o in enumerate(segmentation.objects):
        slot_of[o.id] = i
    slots = slot_of[where.own_id]
    core, deep = where.depth > inward, where.depth > 2 * inward
    attenuation = quantities.attenuation.array().ravel()
    values = attenuation[where.own]
    count = np.bincount(slots, minlength=n).astype(np.float64)
    mean = np.bincount(slots, values, minlength=n) / np.maximum(count, 1)
    variance = np.bincount(slots, (values - mean[slots].astype(np.float32)) ** 2, minlength=n) / np.maximum(count, 1)
    bins = np.clip(np.searchsorted(HISTOGRAM_EDGES, values, side="right") - 1, 0, HISTOGRAM_EDGES.size - 2)
    width = HISTOGRAM_EDGES.size - 1
    histogram = np.bincount(slots * width + bins, minlength=n * width).reshape(n, width)
    volumes = {
        name: None if volume is None else excess(volume.array().ravel(), where, slot_of, n, core)
        for name, volume in (("rho_e", quantities.rho_e), ("photo", quantities.photo), ("density", quantities.density))
    }
    progress(0.9, "sign")
    return _Measured(
        attenuation=excess(attenuation, where, slot_of, n, core),
        voxels=count,
        core=np.bincount(slots[core], minlength=n).astype(np.float64),
        peak=_peaks(slots, None if quantities.rho_e is None else quantities.rho_e.array().ravel()[where.own], n),
        std=np.sqrt(variance),
        histogram=histogram.astype(np.int64),
        deep=np.bincount(slots[deep], minlength=n).astype(np.float64),
        deep_rho_e=_medians(quantities.rho_e, where, slots, deep, n),
        deep_photo=_medians(quantities.photo, where, slots, deep, n),
        shared=np.bincount(slots, where.shared, minlength=n).astype(np.float64),
        border=np.bincount(slots[where.depth == 1], minlength=n).astype(np.float64),
        corrected=_corrected(where, slots, n, quantities),
        metal=_metal(where, slots, values, n, segmentation.grid.shape, config) if quantities.has_scale else np.zeros(n),
        **volumes,
    )


def _medians(volume: Volume | None, where: Layers, slots: NDArray[np.intp], among: NDArray[np.bool_], n: int) -> Array:
    """Median of a volume over some of each object's own voxels; NaN without."""
    if volume is None:
        return np.full(n, np.nan)
    return grouped_median(slots[among], volume.array().ravel()[where.own[among]], n)


def _corrected(where: Layers, slots: NDArray[np.intp], n: int, quantities: Quantities) -> Array:
    """Mean share by which the correction for hardening moved each object, weighted with its electrons."""
    if quantities.corrected is None or quantities.rho_e is None:
        return np.zeros(n)
    places = np.unravel_index(where.own, quantities.grid.shape)
    coarse = quantities.corrected[tuple(p // f for p, f in zip(places, quantities.corrected_voxels, strict=True))]
    electrons = np.maximum(quantities.rho_e.array().ravel()[where.own], 0)
    total = np.bincount(slots, electrons, minlength=n)
    share: Array = np.bincount(slots, electrons * coarse, minlength=n) / np.maximum(total, 1e-9)
    return share


def _peaks(slots: NDArray[np.intp], values: NDArray[np.float32] | None, n: int) -> Array:
    """The 90th percentile of each object's own voxels; NaN without values."""
    result = np.full(n, np.nan)
    if values is None:
        return result
    order = np.lexsort((values, slots))
    counts = np.bincount(slots, minlength=n)
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    filled = counts > 0
    result[filled] = values[order][starts[filled] + (0.9 * (counts[filled] - 1)).astype(int)]
    return result


def _metal(
    where: Layers,
    slots: NDArray[np.intp],
    values: NDArray[np.float32],
    n: int,
    shape: tuple[int, int, int],
    config: SignatureConfig,
) -> Array:
    """Share of each object that lies in slices with metal of another object (rays run within slices)."""
    z = where.own // (shape[1] * shape[2])
    bright = values > config.metal_mhu
    everywhere = np.bincount(z[bright], minlength=shape[0])
    flat = slots * shape[0] + z
    own_metal = np.bincount(flat[bright], minlength=n * shape[0]).reshape(n, -1)
    own = np.bincount(flat, minlength=n * shape[0]).reshape(n, -1)
    touched = (everywhere[None] - own_metal) > 0
    share: Array = (own * touched).sum(axis=1) / np.maximum(own.sum(axis=1), 1)
    return share


def _sign_one(
    o: Object, i: int, m: _Measured, quantities: Quantities, table: MaterialTable, config: SignatureConfig
) -> Signature:
    voxel = quantities.grid.voxel_volume_mm3
    solid = bool(m.core[i] >= config.min_core_voxels and m.core[i] >= 0.02 * m.voxels[i])
    mean = float(m.attenuation.own[i])
    noise = quantities.noise_mhu
    streak = math.sqrt(max(float(m.attenuation.spread[i]) ** 2 - noise**2, 0.0))
    level = max(abs(mean), 1e-6)
    scatter = EDGE_SHARE * streak / level  # relative, of sums
    unit = quantities.attenuation.unit.value
    attenuation = Measure(mean, math.hypot(float(m.std[i]) / math.sqrt(max(m.voxels[i], 1)), 0.3 * streak), unit)
    labelled = m.voxels[i] * voxel
    surface = min(1.0, float(m.attenuation.voxels[i] - m.voxels[i]) / max(float(m.voxels[i]), 1.0))
    metal = float(min(1.0, m.metal[i] * min(1.0, 10 * streak / level)))
    signature = Signature(
        object_id=o.id,
        volume_mm3=Measure(labelled, labelled * max(0.02, 0.3 * surface), "mm3"),
        mass_g=None,
        own_mass_g=None,
        density=None,
        rho_e=None,
        z_e=None,
        attenuation=attenuation,
        metal_near=metal,
        histogram=m.histogram[i],
        histogram_edges=HISTOGRAM_EDGES,
    )
    if m.rho_e is None:
        return replace(signature, volume_mm3=_volume(m.attenuation, i, solid, labelled, voxel, surface, scatter))
    return _weigh(
        signature,
        i,
        m,
        quantities,
        table,
        config,
        solid=solid,
        surface=surface,
        streaks=streak / level,
        wall_mm=o.shape.get("wall_mm", math.nan),
    )


def _volume(e: Excess, i: int, solid: bool, labelled: float, voxel: float, surface: float, scatter: float) -> Measure:
    """Volume from the integral over the plateau, where the object is solid and even; else that of its voxels."""
    if solid and e.plateau[i] > 0:
        filled = float(e.total[i] / (e.plateau[i] - e.background[i])) * voxel
        if 0.5 * labelled < filled < 1.3 * labelled:
            return Measure(filled, filled * math.hypot(PLATEAU_REL, scatter), "mm3")
    return Measure(labelled, labelled * max(0.02, 0.3 * surface), "mm3")


def _weigh(
    signature: Signature,
    i: int,
    m: _Measured,
    quantities: Quantities,
    table: MaterialTable,
    config: SignatureConfig,
    *,
    solid: bool,
    surface: float,
    streaks: float,
    wall_mm: float,
) -> Signature:
    assert m.rho_e is not None
    voxel_cm3 = quantities.grid.voxel_volume_mm3 / 1000
    electrons = float(m.rho_e.total[i]) * voxel_cm3  # mol
    if electrons <= 0:
        return signature
    solid = solid and bool(m.rho_e.plateau[i] > 0)  # streaks of metal can leave a core below the air around it
    doubt = Doubt.of(
        calibration=quantities.rho_e_rel,
        noise=float(m.rho_e.spread[i]) * math.sqrt(float(m.rho_e.voxels[i])) / float(m.rho_e.total[i]),
        streaks=streaks,
        corrected=float(m.corrected[i]),
        meeting=float(m.rho_e.meeting[i]) / float(m.rho_e.total[i]),
        shared=float(m.shared[i]) / max(float(m.voxels[i]), 1.0),
        outmost=float(m.rho_e.outmost[i]) / float(m.rho_e.total[i]),
        surface=surface,
        level=float(m.attenuation.own[i]) / 1000,
    )
    plateau = float(m.rho_e.plateau[i]) if solid else math.nan
    loose = math.hypot(doubt.streaks, doubt.corrected)
    rho_rel = math.hypot(quantities.rho_e_rel, PLATEAU_REL, loose)
    z, z_sigma = _number(i, m, quantities, math.hypot(doubt.ratio, doubt.surface))
    whole = Evidence(
        rho_e=plateau,
        rho_e_sigma=plateau * rho_rel if solid else math.nan,
        rho_e_least=float(m.peak[i]) * (1 - rho_rel),
        z_e=z,
        z_e_sigma=z_sigma,
        wall_electrons=wall_mm / 10 * float(m.rho_e.total[i]) / float(m.voxels[i]),
    )
    evidence, naming = _named(i, m, whole, doubt, table, quantities, config)
    return _complete(signature, i, m, naming, evidence, electrons, quantities, solid, doubt, surface)


def _named(
    i: int,
    m: _Measured,
    whole: Evidence,
    doubt: Doubt,
    table: MaterialTable,
    quantities: Quantities,
    config: SignatureConfig,
) -> tuple[Evidence, Naming]:
    """What speaks for the object's material, and its naming: of its core; where core and wall differ, of both."""
    if m.rho_e is None or m.photo is None or not math.isfinite(whole.rho_e) or not m.photo.plateau[i] > 0:
        return whole, table.name(whole, config.candidates)
    p = quantities.photo_exponent
    inner_photo, inner = float(m.photo.plateau[i]), float(m.rho_e.plateau[i])
    # far inside, where little of a neighbour's or of a wall's correction reaches, if there is such a place
    deep = bool(m.deep[i] >= config.min_core_voxels and min(m.deep_photo[i], m.deep_rho_e[i]) > 0)
    ratio = float(m.deep_photo[i] / m.deep_rho_e[i]) if deep else inner_photo / inner
    inside = ratio ** (1 / p)
    # the median of n values scatters by 1.25 / sqrt(n) of theirs
    noise = 1.25 * float(m.photo.spread[i]) / inner_photo / math.sqrt(float(m.deep[i] if deep else m.core[i])) / p
    own = math.hypot(quantities.z_e_rel, noise)
    core = replace(whole, z_e=inside, z_e_sigma=inside * math.hypot(own, z_rel(inside, doubt.ratio)))
    rel = math.hypot(own, doubt.streaks, doubt.corrected)  # of inside against wall, which were moved alike
    share = inner * float(m.core[i]) / float(m.rho_e.total[i])
    photo_share = inner_photo * float(m.core[i]) / float(m.photo.total[i])
    # where others touch it, their blur stands in its rim, and not a wall of its own
    alone = float(m.shared[i]) < TOUCHED * float(m.border[i])
    if alone and 0 < share < MOSTLY and 0 < photo_share < MOSTLY and math.isfinite(whole.z_e):
        wall = whole.z_e * ((1 - photo_share) / (1 - share)) ** (1 / p)
        if abs(wall / inside - 1) > max(LAYERED_REL, 4 * rel):
            rim = Evidence(math.nan, math.nan, whole.rho_e_least, wall, wall * max(rel, LAYERED_REL))
            inner_name, rim_name = table.name(core, config.candidates), table.name(rim, config.candidates)
            return whole, together(inner_name, rim_name, share, config.candidates)
    return core, table.name(core, config.candidates)


def _number(i: int, m: _Measured, quantities: Quantities, ratio: float) -> tuple[float, float]:
    """z_e of the whole object with its sigma; NaN where it cannot be known."""
    if m.photo is None or m.rho_e is None or m.photo.total[i] <= 0:
        return math.nan, math.nan
    p = quantities.photo_exponent
    z = float((m.photo.total[i] / m.rho_e.total[i]) ** (1 / p))
    noise = float(m.photo.spread[i]) * math.sqrt(float(m.photo.voxels[i])) / float(m.photo.total[i]) / p
    return z, z * math.hypot(quantities.z_e_rel, noise, z_rel(z, ratio))


def _complete(
    signature: Signature,
    i: int,
    m: _Measured,
    naming: Naming,
    evidence: Evidence,
    electrons: float,
    quantities: Quantities,
    solid: bool,
    doubt: Doubt,
    surface: float,
) -> Signature:
    voxel = quantities.grid.voxel_volume_mm3
    labelled = m.voxels[i] * voxel
    electrons_rel = naming.electrons_sigma / naming.electrons_per_gram
    mass = electrons / naming.electrons_per_gram
    mass_rel = math.hypot(doubt.total, electrons_rel)
    if m.density is not None and m.density.total[i] > 0:
        mass = float(m.density.total[i]) * voxel / 1000
        mass_rel = doubt.total
    assert m.rho_e is not None
    if solid:
        volume = _volume(m.rho_e, i, solid, labelled, voxel, surface, doubt.loose)
        density = mass / volume.value * 1000
        density_sigma = density * math.hypot(mass_rel, volume.sigma / volume.value)
        rho = evidence.rho_e
        rho_sigma = evidence.rho_e_sigma
    elif math.isfinite(naming.density):
        density = naming.density
        # the scan says that a thin wall is no lighter than it shows; by how much it is denser, the table alone
        shown = evidence.rho_e_least / naming.electrons_per_gram
        density_sigma = max(naming.density_sigma, BELIEVED * (density - shown)) if shown > 0 else naming.density_sigma
        value = mass / density * 1000
        volume = Measure(value, value * math.hypot(mass_rel, density_sigma / density), "mm3")
        rho, rho_sigma = density * naming.electrons_per_gram, density_sigma * naming.electrons_per_gram
    else:
        volume = signature.volume_mm3
        density = mass / volume.value * 1000
        density_sigma = density * math.hypot(mass_rel, volume.sigma / volume.value)
        rho, rho_sigma = density * naming.electrons_per_gram, density_sigma * naming.electrons_per_gram
    own = Measure(mass, mass * mass_rel, "g")
    first = naming.shares[0]
    return replace(
        signature,
        volume_mm3=volume,
        own_mass_g=own,
        mass_g=own,
        density=Measure(density, density_sigma, "g/cm3"),
        rho_e=Measure(rho, rho_sigma, "mol/cm3"),
        z_e=Measure(evidence.z_e, evidence.z_e_sigma, "1") if math.isfinite(evidence.z_e) else None,
        material=first.name,
        kind=first.kind,
        materials=naming.shares,
    )


def _with_parts(segmentation: Segmentation, own: Mapping[int, Signature]) -> dict[int, Signature]:
    """Add to every object's mass that of the parts inside it."""

    def mass(object_id: int, above: frozenset[int]) -> Measure | None:
        mine = own[object_id].own_mass_g
        if mine is None or object_id in above:
            return mine
        parts = [mass(c.id, above | {object_id}) for c in segmentation.children(object_id)]
        known = [p for p in parts if p is not None]
        return Measure(
            mine.value + sum(p.value for p in known), math.hypot(mine.sigma, *(p.sigma for p in known)), mine.unit
        )

    return {i: replace(s, mass_g=mass(i, frozenset())) for i, s in own.items()}
