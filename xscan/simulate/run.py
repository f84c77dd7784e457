"""The simulator's verbs: a scene, or a phantom of rods, becomes a folder that `xscan analyze` and `calibrate` read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from xscan.model import Progress, Rod, silent
from xscan.simulate.output import write_json, write_labels, write_scan
from xscan.simulate.scanner import Scanner
from xscan.simulate.scene import Body, Part, Scene
from xscan.simulate.shapes import Cylinder
from xscan.simulate.tomograph import acquire, radiograph
from xscan.simulate.truth import Truth, truth_of
from xscan.simulate.voxelise import Voxels, voxelise

__all__ = ["ROD_MATERIALS", "build", "image", "phantom", "simulate"]

# short name, formula, density g/cm³: of the calibration rods that the community scans (Azevedo et al. 2016)
ROD_MATERIALS = (
    ("water", "H2O", 0.998),
    ("graphite", "C", 1.80),
    ("delrin", "CH2O", 1.42),
    ("teflon", "C2F4", 2.17),
    ("magnesium", "Mg", 1.74),
    ("al", "Al", 2.70),
    ("pvc", "C2H3Cl", 1.30),
    ("pe", "C2H4", 0.95),
    ("pmma", "C5H8O2", 1.18),
)


def build(scene: Scene, scanner: Scanner, *, progress: Progress = silent) -> Voxels:
    """Sample a scene on the fine cells of a scanner."""
    s = scanner.oversampling
    slices = max(1, int(np.ceil(scene.length_mm / scanner.voxel_mm - 1e-6)))
    across = scanner.pixels * s
    return voxelise(scene, (slices * s, across, across), scanner.voxel_mm / s, progress=progress)


def simulate(
    scene: Scene,
    scanner: Scanner,
    out: Path,
    *,
    seed: int = 0,
    threads: int | None = None,
    progress: Progress = silent,
) -> Truth:
    """Scan a scene and write scan.h5, labels.h5, truth.json and declaration.json into the folder `out`."""
    voxels = build(scene, scanner, progress=lambda f, t="": progress(0.2 * f, t))
    truth = truth_of(scene, voxels, scanner.oversampling)
    channels = acquire(
        voxels,
        scanner,
        seed=seed,
        extra=scene.materials,
        threads=threads,
        progress=lambda f, t="": progress(0.2 + 0.75 * f, t),
    )
    out.mkdir(parents=True, exist_ok=True)
    write_scan(channels, scanner, out / "scan.h5", _attributes(scene))
    write_labels(truth.labels, out / "labels.h5", [scanner.voxel_mm] * 3)
    _write_words(scene, truth, out)
    progress(1.0, "written")
    return truth


def image(
    scene: Scene, scanner: Scanner, out: Path, *, angle_deg: float = 0.0, seed: int = 0, progress: Progress = silent
) -> None:
    """Take a DX image of a scene along an angle and write scan.h5 (transmitted shares) and its truth."""
    voxels = build(scene, scanner, progress=lambda f, t="": progress(0.5 * f, t))
    truth = truth_of(scene, voxels, scanner.oversampling)
    channels = radiograph(
        voxels,
        scanner,
        angle_deg,
        seed=seed,
        extra=scene.materials,
        progress=lambda f, t="": progress(0.5 + 0.5 * f, t),
    )
    out.mkdir(parents=True, exist_ok=True)
    write_scan(channels, scanner, out / "scan.h5", _attributes(scene) | {"angle_deg": angle_deg})
    _write_words(scene, truth, out)


def _attributes(scene: Scene) -> dict[str, Any]:
    return {"parcel_id": scene.name, "acquired": scene.acquired}


def _write_words(scene: Scene, truth: Truth, out: Path) -> None:
    write_json({"objects": list(truth.objects), "expect": list(scene.expect)}, out / "truth.json")
    if scene.declaration:
        write_json(scene.declaration, out / "declaration.json")


def phantom(
    scanner: Scanner,
    out: Path,
    *,
    radius_mm: float = 18.0,
    ring_mm: float | None = None,
    slices: int = 24,
    materials: Sequence[tuple[str, str, float]] = ROD_MATERIALS,
    seed: int = 0,
    threads: int | None = None,
    progress: Progress = silent,
) -> tuple[Rod, ...]:
    """Scan reference rods on a ring and write phantom.h5 and phantom.json (the contract's rod file) into `out`."""
    middle = scanner.pixels * scanner.voxel_mm / 2
    ring = 0.57 * middle if ring_mm is None else ring_mm
    length = (slices - 4) * scanner.voxel_mm
    rods, bodies = [], []
    for i, (name, formula, density) in enumerate(materials):
        turn = 2 * np.pi * i / len(materials)
        centre = (
            slices * scanner.voxel_mm / 2,
            middle + ring * float(np.sin(turn)),
            middle + ring * float(np.cos(turn)),
        )
        rods.append(Rod(name, formula, density, centre, radius_mm, length))
        part = Part(shape=Cylinder(radius=radius_mm, height=length), material=name)
        bodies.append(Body(kind="rod", parts=(part,), at_mm=centre))
    scene = Scene(name="phantom", length_mm=slices * scanner.voxel_mm, bodies=tuple(bodies))
    voxels = build(scene, scanner)
    channels = acquire(voxels, scanner, seed=seed, threads=threads, progress=progress)
    out.mkdir(parents=True, exist_ok=True)
    write_scan(channels, scanner, out / "phantom.h5", {"acquired": scene.acquired})
    description: dict[str, Any] = {
        "rods": [
            {
                "material": r.material,
                "formula": r.formula,
                "density_g_cm3": r.density_g_cm3,
                "centre_mm": [round(c, 3) for c in r.centre_mm],
                "radius_mm": r.radius_mm,
                "length_mm": r.length_mm,
            }
            for r in rods
        ],
        "kvp": {"low": scanner.low.kvp, "high": scanner.high.kvp},
    }
    write_json(description, out / "phantom.json")
    return tuple(rods)
