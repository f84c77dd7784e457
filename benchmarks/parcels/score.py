"""Scores a system on a set of parcels; reads only what `xscan analyze` writes: report.json and labels.h5.

Another system is scored alike when it writes those two files, in the form of the project's contract, to
OUT/<parcel>/ and `score` is called with --system none.
"""

from __future__ import annotations

import json
import shlex
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from scipy.ndimage import binary_fill_holes, find_objects

ALARM = 0.5  # severity from which an anomaly stops a parcel
MATCH_IOU = 0.5
UNDECLARED = ("undeclared-object", "dangerous-goods", "prohibited", "hidden-object", "template-match")
KINDS = {
    "hidden": ("hidden-object", "undeclared-object", "prohibited", "dangerous-goods"),
    "mismatch": ("material-mismatch", "quantity-mismatch", "weight-mismatch", "undeclared-object", "missing-item"),
    "quantity": ("quantity-mismatch",),
    "weight": ("weight-mismatch",),
    "material": ("material-mismatch",),
    "missing": ("missing-item",),
}


def score_rods(rods_file: Path, result: Path) -> dict[str, list[float]]:
    """Errors of electron density and z_e that a report of the phantom itself has, a rod each."""
    from xscan.physics import read_rods, rho_e, z_e

    report = json.loads((result / "report.json").read_text(encoding="utf-8"))
    objects = {o["id"]: o for o in report["objects"]}
    with h5py.File(result / "labels.h5") as file:
        found = file["label"][:]
    voxel = report["scan"]["voxel_size_mm"]
    rows: dict[str, list[float]] = {"rho_e": [], "z_e": []}
    for rod in read_rods(rods_file)[0]:
        got = objects.get(int(found[tuple(int(c / v) for c, v in zip(rod.centre_mm, voxel, strict=True))]), {})
        for name, true in (("rho_e", rho_e(rod.formula, rod.density_g_cm3)), ("z_e", z_e(rod.formula))):
            if got.get(name) is not None:
                rows[name].append(got[name] / true - 1)
    return rows


def score_parcel(folder: Path, result: Path) -> dict[str, Any]:
    """Hold one report against the truth of its parcel."""
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    report = json.loads((result / "report.json").read_text(encoding="utf-8"))
    with h5py.File(folder / "labels.h5") as a, h5py.File(result / "labels.h5") as b:
        true, found = a["label"][:], b["label"][:]
    objects = {o["id"]: o for o in report["objects"]}
    root = {i: _root(i, objects) for i in objects}
    table = np.zeros(max(int(found.max()), max(root, default=0)) + 1, dtype=np.int64)
    for i, r in root.items():
        table[i] = r
    whole = table[found]
    boxes = find_objects(true.astype(np.int32), max_label=len(truth["objects"]))
    hits: dict[int, int] = {}
    shares: dict[int, dict[int, float]] = {}
    errors: list[float] = []
    sigmas: list[float] = []
    material: dict[str, list[float]] = {"rho_e": [], "z_e": []}
    pulls: dict[str, list[float]] = {"rho_e": [], "z_e": []}
    for body, box in zip(truth["objects"], boxes, strict=True):
        if box is None:
            continue
        # a body inside another is looked for among the parts, any other among whole objects
        seen = found if "parent" in body else whole
        mask = true[box] == body["id"]
        filled = binary_fill_holes(mask)
        inside = seen[box]
        ids, counts = np.unique(inside[mask], return_counts=True)
        shares[body["id"]] = {int(i): float(c / mask.sum()) for i, c in zip(ids, counts, strict=True) if i}
        best = (0.0, 0)
        for i in np.unique(inside[filled]):
            if i and i not in hits.values():
                size, here = (seen == i).sum(), inside == i
                for own in (mask, filled):
                    both = (here & own).sum()
                    best = max(best, (float(both / (size + own.sum() - both)), int(i)))
        if best[0] >= MATCH_IOU:
            hits[body["id"]] = best[1]
            got = objects[best[1]]
            if got["mass_g"] is not None:
                errors.append(got["mass_g"] / body["mass_g"] - 1)
                if got.get("mass_g_uncertainty"):
                    sigmas.append((got["mass_g"] - body["mass_g"]) / got["mass_g_uncertainty"])
            for name, values in material.items():
                # of several materials together a report may speak of the outer one alone
                if len(body["materials"]) == 1 and body.get(name) and got.get(name) is not None:
                    values.append(got[name] / body[name] - 1)
                    if got.get(f"{name}_uncertainty"):
                        pulls[name].append((got[name] - body[name]) / got[f"{name}_uncertainty"])
    holders: dict[int, int] = {}
    for share in shares.values():
        for i, s in share.items():
            holders[i] = holders.get(i, 0) + (s >= 0.5)
    alarms = [a for a in report["anomalies"] if a.get("severity", 1) >= ALARM]
    kinds = {b["id"]: b["kind"] for b in truth["objects"]}
    named = {i: kinds[b] for b, i in hits.items()}
    goods = [i for i in set(root.values()) if objects[i].get("role", "goods") == "goods"]
    return {
        "bodies": len(truth["objects"]),
        "found": len(hits),
        "merged": sum(any(s >= 0.5 and holders[i] > 1 for i, s in share.items()) for share in shares.values()),
        "split": sum(sum(s >= 0.2 for s in share.values()) > 1 for share in shares.values()),
        "spurious": sum((objects[i]["mass_g"] or 0) > 8 and i not in hits.values() for i in goods),
        "mass_error": errors,
        "mass_sigmas": sigmas,
        "rho_e_error": material["rho_e"],
        "z_e_error": material["z_e"],
        "rho_e_sigmas": pulls["rho_e"],
        "z_e_sigmas": pulls["z_e"],
        "expect": {e: _is_found(e, alarms, named, kinds, root) for e in truth["expect"]},
        "honest": not truth["expect"],
        "false_alarms": [] if truth["expect"] else sorted(a["kind"] for a in alarms),
        "decision": report["decision"],
        "risk": report.get("risk", 0.0),
    }


def _root(i: int, objects: dict[int, dict[str, Any]]) -> int:
    while objects[i].get("parent") in objects:
        i = objects[i]["parent"]
    return i


def _is_found(
    expected: str, alarms: list[dict[str, Any]], named: dict[int, str], kinds: dict[int, str], root: dict[int, int]
) -> bool:
    word, _, arg = expected.partition(":")
    if word == "template":
        return any(a["kind"] == "template-match" and a.get("template_id") == arg for a in alarms)
    if word == "undeclared":
        ids = {i for a in alarms if a["kind"] in UNDECLARED for i in a["object_ids"]}
        pieces = sum(k == arg for k in kinds.values())
        return sum(named.get(i, named.get(root.get(i, i))) == arg for i in ids) * 2 >= pieces
    return any(a["kind"] in KINDS[word] for a in alarms)


def wilson(hits: int, tries: int) -> tuple[float, float, float]:
    """A proportion with its 95 % interval (Wilson 1927)."""
    if not tries:
        return float("nan"), 0.0, 1.0
    z, p = 1.96, hits / tries
    middle = (p + z * z / (2 * tries)) / (1 + z * z / tries)
    half = z * np.sqrt(p * (1 - p) / tries + z * z / (4 * tries * tries)) / (1 + z * z / tries)
    return p, float(max(0.0, middle - half)), float(min(1.0, middle + half))


def bootstrap(
    rows: Sequence[Sequence[float]], of: Callable[[np.ndarray], float], draws: int = 500
) -> tuple[float, float, float]:
    """A statistic of all values with its 95 % interval, drawing parcels (not values) anew."""
    values = [np.asarray(r, dtype=float) for r in rows if len(r)]
    if not values:
        return (float("nan"),) * 3
    rng = np.random.default_rng(0)
    drawn = [of(np.concatenate([values[i] for i in rng.integers(0, len(values), len(values))])) for _ in range(draws)]
    return of(np.concatenate(values)), float(np.percentile(drawn, 2.5)), float(np.percentile(drawn, 97.5))


def summary(
    rows: Sequence[dict[str, Any]], rods: dict[str, list[float]] | None = None
) -> dict[str, tuple[float, float, float]]:
    """All figures of a set: value and 95 % interval. `rods` are errors of the phantom's rods."""
    bodies = sum(r["bodies"] for r in rows)
    found = [v for r in rows for v in r["expect"].values()]
    honest = [r for r in rows if r["honest"]]
    size = [np.abs(r["mass_error"]) for r in rows]

    def within(name: str, sigmas: float) -> tuple[float, float, float]:
        pulls = [abs(s) for r in rows for s in r.get(f"{name}_sigmas", ())]
        return wilson(sum(p < sigmas for p in pulls), len(pulls))

    def spread(name: str, percent: float) -> tuple[float, float, float]:
        return bootstrap([np.abs(r[name]) for r in rows], lambda v: float(np.percentile(v, percent)))

    def worst(name: str) -> tuple[float, float, float]:
        return bootstrap([[abs(e)] for e in (rods or {}).get(name, [])], lambda v: float(v.max()))

    return {
        "rods, rho_e, largest error": worst("rho_e"),
        "rods, z_e, largest error": worst("z_e"),
        "object recall": wilson(sum(r["found"] for r in rows), bodies),
        "merged with another": wilson(sum(r["merged"] for r in rows), bodies),
        "split": wilson(sum(r["split"] for r in rows), bodies),
        "spurious a parcel": bootstrap([[r["spurious"]] for r in rows], lambda v: float(v.mean())),
        "mass error, median": bootstrap(size, lambda v: float(np.median(v))),
        "mass error, 90th percentile": bootstrap(size, lambda v: float(np.percentile(v, 90))),
        "mass within one sigma": within("mass", 1),
        "mass within two sigmas": within("mass", 2),
        "rho_e error, median": spread("rho_e_error", 50),
        "rho_e error, 90th percentile": spread("rho_e_error", 90),
        "z_e error, median": spread("z_e_error", 50),
        "z_e error, 90th percentile": spread("z_e_error", 90),
        "rho_e within one sigma": within("rho_e", 1),
        "z_e within one sigma": within("z_e", 1),
        "findings recall": wilson(sum(found), len(found)),
        "honest parcels stopped": wilson(sum(r["decision"] != "clear" for r in honest), len(honest)),
    }


def score(parcels: Path, out: Path, *, system: str, templates: Path | None, say: Callable[[str], None] = print) -> int:
    """Run a system on every parcel of a folder and print its score; 1 where a parcel failed."""
    out.mkdir(parents=True, exist_ok=True)
    calibration = out / "calibration.json"
    command = shlex.split(system) if system != "none" else None
    library = templates or parcels / "templates"
    if command:
        options = ["--rods", str(parcels / "phantom.json"), "--out", str(calibration)]
        subprocess.run([*command, "calibrate", str(parcels / "phantom.h5"), *options], check=True)
        options = ["--calibration", str(calibration), "--out", str(out / "phantom"), "--quiet"]
        subprocess.run([*command, "analyze", str(parcels / "phantom.h5"), *options], check=True)
    rods = score_rods(parcels / "phantom.json", out / "phantom") if (out / "phantom" / "report.json").exists() else None
    rows: dict[str, dict[str, Any]] = {}
    for folder in sorted(p.parent for p in parcels.glob("*/truth.json")):
        result, started = out / folder.name, time.perf_counter()
        if command:
            options = ["--declaration", str(folder / "declaration.json"), "--calibration", str(calibration)]
            options += ["--templates", str(library), "--out", str(result), "--quiet"]
            done = subprocess.run([*command, "analyze", str(folder / "scan.h5"), *options], check=False)
            if done.returncode:
                rows[folder.name] = {"failed": done.returncode}
                say(f"{folder.name}: failed with {done.returncode}")
                continue
        row = score_parcel(folder, result) | {"seconds": round(time.perf_counter() - started, 1)}
        rows[folder.name] = row
        error = statistics.median(map(abs, row["mass_error"])) if row["mass_error"] else float("nan")
        say(
            f"{folder.name:16s} {row['found']:2d}/{row['bodies']:2d} bodies, {row['merged']} merged, "
            f"{row['split']} split, {row['spurious']} spurious, mass {100 * error:.1f} %, {row['decision']}, "
            f"expected {row['expect'] or 'nothing'}, false {row['false_alarms']}, {row['seconds']} s"
        )
    good = [r for r in rows.values() if "failed" not in r]
    figures = summary(good, rods)
    for name, (value, low, high) in figures.items():
        say(f"{name:28s} {value:7.3f}  ({low:.3f} to {high:.3f})")
    (out / "score.json").write_text(json.dumps({"summary": figures, "parcels": rows}, indent=1), encoding="utf-8")
    return int(len(good) < len(rows))
