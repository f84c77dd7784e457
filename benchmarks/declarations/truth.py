"""Builds what earlier stages would deliver from the truth beside a parcel, so that the check can be studied alone."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from xscan.model import Grid, Labels, MaterialShare, Measure, Object, Region, Segmentation, Signature
from xscan.segment.measure import measure

# material of the simulator → (kind, density g/cm³, Z_e)
MATERIALS = {
    "pvc": ("plastic", 1.30, 14.0),
    "pmma": ("plastic", 1.18, 6.5),
    "abs": ("plastic", 1.05, 5.8),
    "pp": ("plastic", 0.91, 5.4),
    "steel": ("metal", 7.87, 26.0),
    "brass": ("metal", 8.5, 29.5),
    "aluminium": ("light-metal", 2.7, 13.0),
    "liion": ("battery", 2.6, 22.0),
    "cream": ("cream", 1.0, 7.3),
    "paper": ("paper", 0.8, 7.0),
    "ceramic": ("ceramic", 2.4, 11.6),
    "glass": ("glass", 2.5, 11.5),
    "perfume": ("liquid", 0.85, 6.8),
    "water": ("liquid", 1.0, 7.44),
    "textile": ("textile", 0.25, 6.9),
    "leather": ("leather", 0.8, 7.0),
    "rubber": ("rubber", 1.1, 6.5),
    "wood": ("wood", 0.65, 6.9),
    "food": ("food", 0.6, 6.9),
    "powder": ("powder", 0.8, 7.2),
    "pcb": ("electronics", 1.9, 15.0),
}


DENSITY_ERROR, Z_ERROR = 0.06, 0.04  # relative; standard deviations of what is measured
TOLD_FROM = 3.0  # of them together, from which two materials can be told from one another


def alike(one: str, other: str) -> bool:
    """Whether a scan with those errors cannot tell two materials from one another."""
    (_, d, z), (_, e, y) = MATERIALS[one], MATERIALS[other]
    return float(np.hypot(np.log(d / e) / DENSITY_ERROR, np.log(z / y) / Z_ERROR)) < TOLD_FROM


def _neighbour(kind: str, density: float, z_e: float, rng: np.random.Generator) -> str:
    """A kind that a scan confuses with it: one of the three nearest in density and Z_e."""
    far = {k: abs(np.log(d / density)) / 0.3 + abs(z - z_e) / 2 for k, d, z in MATERIALS.values() if k != kind}
    near = sorted(far, key=lambda k: (far[k], k))[:3]
    return near[int(rng.integers(3))]


def mixed(parts: Sequence[tuple[str, float]]) -> tuple[float, float]:
    """Density and Z_e of a body in which several materials, (name, g), were not told apart.

    Z_e of a mixture is near the cubic mean over its electrons (power law of photoelectric absorption, Mayneord 1937),
    which are nearly as its mass.
    """
    mass = sum(g for _, g in parts)
    volume = sum(g / MATERIALS[name][1] for name, g in parts)
    return mass / volume, float((sum(g * MATERIALS[name][2] ** 3 for name, g in parts) / mass) ** (1 / 3))


def signature(
    object_id: int,
    volume_mm3: float,
    mass_g: float,
    material: str,
    rng: np.random.Generator,
    seen: tuple[float, float] | None = None,
) -> Signature:
    """A signature as measured: density and Z_e err by 6 and 4 %; the belief in kinds is as poor as scans show it.

    `seen`: density and Z_e of what is there, where that is more than its main material.

    In four of ten bodies the kind that is believed most is a neighbour of the true one, which keeps a tenth.
    """
    kind, density, z_e = MATERIALS.get(material, ("unknown", mass_g / max(volume_mm3 / 1000, 1e-3), 8.0))
    density, z_e = seen or (density, z_e)
    wrong = _neighbour(kind, density, z_e, rng)
    right = 0.1 if rng.random() < 0.4 else 0.8
    rho = density * float(np.exp(rng.normal(0, DENSITY_ERROR)))
    z = z_e * float(np.exp(rng.normal(0, Z_ERROR)))
    mass = Measure(mass_g, 0.03 * mass_g, "g")
    return Signature(
        object_id=object_id,
        volume_mm3=Measure(volume_mm3, 0.03 * volume_mm3, "mm3"),
        mass_g=mass,
        own_mass_g=mass,
        density=Measure(rho, 0.03 * rho, "g/cm3"),
        rho_e=Measure(rho / 1.9, 0.02 * rho, "mol/cm3"),
        z_e=Measure(z, 0.03 * z, "1"),
        attenuation=Measure(1000 * rho, 20, "MHU"),
        material=material if right > 0.5 else "other",
        kind=kind if right > 0.5 else wrong,
        materials=(MaterialShare(material, kind, right), MaterialShare("other", wrong, 1 - right)),
    )


def parcel(folder: Path, rng: np.random.Generator) -> tuple[Segmentation, Mapping[int, Signature]]:
    """Segmentation from labels.h5, signatures from truth.json with masses that err by 5 %."""
    import h5py
    from scipy import ndimage

    with h5py.File(folder / "labels.h5") as f:
        array = f["label"][:].astype(np.uint32)
        voxel = tuple(float(v) for v in f["label"].attrs.get("voxel_size_mm", (1.5, 1.5, 1.5)))
    truth = json.loads((folder / "truth.json").read_text())
    boxes = ndimage.find_objects(array.astype(np.int32))
    regions, objects, signatures = [], [], {}
    for t in truth["objects"]:
        i = t["id"]
        box = tuple((s.start, s.stop) for s in boxes[i - 1])
        bbox = (tuple(a for a, _ in box), tuple(b for _, b in box))
        voxels = int((array == i).sum())
        regions.append(Region(i, voxels, bbox, tuple(t["centroid_mm"])))
        shape = measure(array[boxes[i - 1]] == i, voxel)
        objects.append(Object(i, "goods", (i,), bbox, tuple(t["centroid_mm"]), voxels, shape=shape))
        main = "liion" if "liion" in t["materials"] else t["materials"][0]
        mass = t["mass_g"] * float(np.exp(rng.normal(0, 0.05)))
        signatures[i] = signature(i, t["volume_mm3"], mass, main, rng)
    array[~np.isin(array, [r.id for r in regions])] = 0
    grid = Grid(array.shape, voxel)
    return Segmentation(Labels(grid, array), tuple(regions), tuple(objects)), signatures
