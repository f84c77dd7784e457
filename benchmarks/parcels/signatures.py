"""Weighs the true bodies of a set by their true labels: what physics alone gets wrong, without segmentation."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from scipy.ndimage import find_objects

from xscan import load, physics
from xscan.config import Config
from xscan.model import Grid, Labels, Object, Region, Segmentation
from xscan.segment.measure import wall_mm
from xscan.signature import sign
from xscan.simulate.materials import known_materials

NAMES = ("mass_g", "rho_e", "z_e")


def true_segmentation(grid: Grid, ids: np.ndarray, bodies: list[dict[str, Any]]) -> Segmentation:
    """What a segmentation without a fault would hand on."""
    boxes = find_objects(ids.astype(np.int32), max_label=max(b["id"] for b in bodies))
    regions, objects = [], []
    seen = {b["id"] for b in bodies if boxes[b["id"] - 1] is not None}
    for body in bodies:
        i = body["id"]
        if i not in seen:
            continue
        box = boxes[i - 1]
        mask = ids[box] == i
        (z0, z1), (y0, y1), (x0, x1) = ((s.start, s.stop) for s in box)
        corners = (z0, y0, x0), (z1, y1, x1)
        z, y, x = map(float, body["centroid_mm"])
        parent = body.get("parent") if body.get("parent") in seen else None
        count = int(mask.sum())
        shape = {"wall_mm": wall_mm(mask, grid.voxel_size_mm)[0]}
        regions.append(Region(i, count, corners, (z, y, x)))
        objects.append(Object(i, "goods", (i,), corners, (z, y, x), count, parent, shape=shape))
    return Segmentation(Labels(grid, ids.astype(np.uint32)), tuple(regions), tuple(objects))


def errors_of(folder: Path, calibration: Path) -> Iterator[tuple[str, str, float, float]]:
    """Class of material, name of what was measured, its relative error and sigma, for every body of a parcel."""
    config = Config()
    quantities = physics.quantify(
        load(folder / "scan.h5"), physics.read_calibration(calibration), config=config.physics
    )
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))["objects"]
    with h5py.File(folder / "labels.h5") as file:
        found = true_segmentation(quantities.grid, file["label"][:], truth)
    signatures = sign(found, quantities, physics.load_materials(), config=config.signature)
    table = known_materials()
    for body in truth:
        if body["id"] not in signatures:
            continue
        one = len(body["materials"]) == 1
        kind = body["materials"][0] if one and body["materials"][0] in table else "of several materials"
        for name in NAMES:
            got, true = getattr(signatures[body["id"]], name), body.get(name)
            if got is not None and true and (one or name == "mass_g"):
                yield kind, name, got.value / true - 1, got.sigma / true


def signatures(parcels: Path, calibration: Path, say: Callable[[str], None] = print) -> int:
    """Print errors and how often they lie within their sigmas, by material; 0."""
    rows: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for folder in sorted(p.parent for p in parcels.glob("*/truth.json")):
        for kind, name, error, sigma in errors_of(folder, calibration):
            for key in (kind, "all"):
                rows.setdefault((name, key), []).append((error, sigma))
    say(f"{'':8s}{'':22s}{'bodies':>7s}{'median %':>10s}{'90th %':>8s}{'within 1':>10s}{'2 sigma':>9s}")
    for (name, kind), values in sorted(rows.items(), key=lambda r: (NAMES.index(r[0][0]), r[0][1] != "all", r[0][1])):
        errors, sigmas = np.abs([v[0] for v in values]), np.array([v[1] for v in values])
        say(
            f"{name:8s}{kind:22s}{len(values):7d}{100 * np.median(errors):10.1f}{100 * np.percentile(errors, 90):8.1f}"
            f"{np.mean(errors < sigmas):10.2f}{np.mean(errors < 2 * sigmas):9.2f}"
        )
    return 0
