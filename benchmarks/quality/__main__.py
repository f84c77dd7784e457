"""Find the objects of every parcel in a folder and hold them against its truth.

python -m benchmarks.quality PARCELS_DIR --out DIR [--only NAME ...]

PARCELS_DIR holds a folder a parcel with scan.h5, labels.h5 and truth.json, and perhaps phantom.h5 + phantom.json.
Writes DIR/quality.json and DIR/quality.html, with pictures of every failure.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from benchmarks.quality.compare import Comparison, compare
from benchmarks.quality.picture import png
from xscan import denoise, io, physics, segment, signature
from xscan.model import Calibration, Segmentation


def calibration_of(folder: Path) -> Calibration | None:
    """What the folder's phantom tells, if it has one."""
    if not (folder / "phantom.h5").exists():
        return None
    rods, kvp = physics.read_rods(folder / "phantom.json")
    return physics.calibrate(io.load(folder / "phantom.h5"), rods, kvp=kvp)


def top_level(found: Segmentation) -> np.ndarray[Any, np.dtype[np.uint32]]:
    """Array of top-level object ids."""
    parent = {o.id: o.parent for o in found.objects}
    table = np.zeros(max(parent, default=0) + 1, np.uint32)
    for k in parent:
        r = k
        while parent[r] is not None:
            r = parent[r]  # type: ignore[assignment]
        table[k] = r
    return table[found.object_labels()]


def grade_of(name: str) -> str:
    """Grade of a made parcel, "packed-0003"; other parcels have none."""
    grade, _, seed = name.partition("-")
    return grade if seed.isdigit() else "other"


def one(folder: Path, calibration: Calibration | None) -> tuple[Comparison, list[float], float, list[str]]:
    """Compare one parcel: (comparison, relative errors of mass, seconds of segmenting, pictures as HTML)."""
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    with h5py.File(folder / "labels.h5") as file:
        labels = file["label"][:]
    quantities = physics.quantify(io.load(folder / "scan.h5"), calibration)
    clean = denoise.denoise(quantities)
    start = time.perf_counter()
    found = segment.segment(clean)
    seconds = time.perf_counter() - start
    top = top_level(found)
    values = quantities.attenuation.array()
    signed = signature.sign(found, quantities, physics.load_materials())
    masses = {k: float(x.mass_g.value) for k, x in signed.items() if x.mass_g is not None}
    goods = {o.id: masses.get(o.id, 0.0) for o in found.goods if o.parent is None}
    kinds = {int(t["id"]): str(t["kind"]) for t in truth["objects"]}
    result = compare(labels, kinds, top, goods)
    true = {int(t["id"]): float(t["mass_g"]) for t in truth["objects"]}
    errors = [abs(masses[b.best] / true[b.id] - 1) for b in result.bodies if b.iou >= 0.5 and b.best in masses]
    pictures = []
    for b in result.bodies:
        if b.iou < 0.5 or b.mates:
            place = np.median(np.argwhere(labels == b.id), axis=0).astype(int)
            note = f"{b.id} {b.kind}: IoU {b.iou:.2f}, pieces {b.pieces}, with bodies {b.mates}, missed {b.missed:.0%}"
            pictures.append(f"<p>{escape(note)}<br><img src='{png(values, labels, top, tuple(place))}'></p>")
    for k, mass in result.spurious:
        place = np.median(np.argwhere(top == k), axis=0).astype(int)
        pictures.append(f"<p>spurious {k}, {mass} g<br><img src='{png(values, labels, top, tuple(place))}'></p>")
    return result, errors, seconds, pictures


def summarise(rows: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Sums and shares over parcels."""
    total = sum(r["bodies"] for r in rows.values())
    goods = max(1, sum(r["goods"] for r in rows.values()))
    errors = sorted(e for r in rows.values() for e in r["mass_errors"])
    return {
        "parcels": len(rows),
        "bodies": total,
        **{f"recall_{k}": round(sum(r[f"found_{k}"] for r in rows.values()) / max(1, total), 3) for k in (50, 75)},
        **{f"precision_{k}": round(sum(r[f"found_{k}"] for r in rows.values()) / goods, 3) for k in (50, 75)},
        "spurious_per_parcel": round(sum(len(r["spurious"]) for r in rows.values()) / len(rows), 2),
        "split": sum(len(r["split"]) for r in rows.values()),
        "merged": sum(len(r["merged"]) for r in rows.values()),
        "mass_error_median": statistics.median(errors) if errors else None,
        "mass_error_p90": errors[int(0.9 * (len(errors) - 1))] if errors else None,
        "seconds_median": statistics.median(r["seconds"] for r in rows.values()),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parcels", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", nargs="*", default=[])
    args = parser.parse_args()
    folders = sorted(p.parent for p in args.parcels.glob("*/truth.json"))
    folders = [f for f in folders if (f / "scan.h5").exists() and (not args.only or f.name in args.only)]
    if not folders:
        sys.exit(f"{args.parcels}: expected folders with scan.h5, labels.h5 and truth.json, found none")
    args.out.mkdir(parents=True, exist_ok=True)
    calibration = calibration_of(args.parcels)
    rows: dict[str, dict[str, Any]] = {}
    page = ["<!doctype html><meta charset=utf-8><title>Quality</title><style>img{max-width:100%}</style>"]
    for folder in folders:
        c, errors, seconds, pictures = one(folder, calibration)
        rows[folder.name] = {
            "bodies": len(c.bodies),
            "found_50": c.found(0.5),
            "found_75": c.found(0.75),
            "goods": c.goods,
            "spurious": c.spurious,
            "split": [(b.id, b.kind) for b in c.bodies if len(b.pieces) > 1],
            "merged": [(b.id, b.kind) for b in c.bodies if b.mates],
            "missed": [(b.id, b.kind, round(b.iou, 2)) for b in c.bodies if b.iou < 0.5],
            "mass_errors": [round(e, 3) for e in errors],
            "seconds": round(seconds, 2),
        }
        print(f"{folder.name:28s} {json.dumps(rows[folder.name])}", flush=True)
        page += [f"<h2>{escape(folder.name)}</h2>", *pictures]
    grades = sorted({grade_of(n) for n in rows})
    summary = summarise(rows) | {
        "grades": {g: summarise({n: r for n, r in rows.items() if grade_of(n) == g}) for g in grades}
    }
    (args.out / "quality.json").write_text(json.dumps({"summary": summary, "rows": rows}, indent=1), encoding="utf-8")
    page.insert(1, f"<h1>Objects against truth</h1><pre>{escape(json.dumps(summary, indent=1))}</pre>")
    (args.out / "quality.html").write_text("\n".join(page), encoding="utf-8")
    print(json.dumps(summary))


if __name__ == "__main__":
    main()
