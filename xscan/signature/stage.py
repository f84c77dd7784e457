"""Signs every object of a segmentation."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from xscan.model import Material, Measure, Object, Quantities, Segmentation, Signature
from xscan.model.progress import Progress, silent
from xscan.signature.config import SignatureConfig
from xscan.signature.doubt import EDGE_SHARE, Doubt, z_rel
from xscan.signature.integrals import Excess
from xscan.signature.measured import HISTOGRAM_EDGES, Measured, measured_of
from xscan.signature.naming import Evidence, MaterialTable, Naming, together

__all__ = ["sign"]

Array = NDArray[np.float64]

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
    ids = segmentation.object_labels()
    measured = among = measured_of(ids, segmentation, quantities, config, progress)
    room = [o.id for o in segmentation.objects if o.name == "filling"]
    if room:
        # what fills the room around goods is the background that these stand out of
        ids[np.isin(ids, room)] = 0
        measured = measured_of(ids, segmentation, quantities, config, progress)
    table = MaterialTable(materials, config.rare_kinds)
    own = {
        o.id: _sign_one(o, i, among if o.id in room else measured, quantities, table, config)
        for i, o in enumerate(segmentation.objects)
    }
    progress(1.0, "sign")
    return _with_parts(segmentation, own)


def _sign_one(
    o: Object, i: int, m: Measured, quantities: Quantities, table: MaterialTable, config: SignatureConfig
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
    m: Measured,
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
    m: Measured,
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


def _number(i: int, m: Measured, quantities: Quantities, ratio: float) -> tuple[float, float]:
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
    m: Measured,
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
