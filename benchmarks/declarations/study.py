"""How many planted disagreements are found, and how many honest parcels are stopped.

usage: python benchmarks/declarations/study.py [--parcels N] [--seed S] [--json FILE] [--without mass|count|material]
Synthetic parcels at the level of objects (`parcels.py`); priors and noise were changed while looking at other seeds.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from parcels import PLANTED, Case, make

from xscan.decide import decide
from xscan.declaration import check
from xscan.model import Decision, Provenance, Quantities, Scan, Unit, Volume

KIND = {
    "quantity": {"quantity-mismatch"},
    "weight": {"weight-mismatch"},
    "material": {"material-mismatch"},
    "missing": {"missing-item"},
    "undeclared": {"undeclared-object", "dangerous-goods", "hidden-object", "currency-like"},
    "hidden": {"hidden-object"},
    "cells": {"dangerous-goods"},
}


def run(case: Case, without: str = "") -> Decision:
    """Check and decide one parcel, with one source of evidence left out."""
    signatures = dict(case.signatures)
    declaration = case.declaration
    if without == "mass":
        items = tuple(replace(i, net_weight_kg=None) for i in declaration.items)
        declaration = replace(declaration, items=items)
    if without == "material":
        signatures = {
            i: replace(s, density=None, z_e=None, rho_e=None, materials=(), kind="unknown", material="unknown")
            for i, s in signatures.items()
        }
    if without == "description":
        declaration = replace(declaration, items=tuple(replace(i, description="?") for i in declaration.items))
    if without == "code":
        declaration = replace(declaration, items=tuple(replace(i, hs_code="") for i in declaration.items))
    result = check(declaration, case.segmentation, signatures, (), None, ())
    volume = Volume(case.segmentation.grid, case.segmentation.labels.array, Unit.MHU)
    scan = Scan({"low": volume}, Provenance("synthetic"))
    quantities = Quantities(volume, "calibrated")
    return decide(scan, quantities, case.segmentation, signatures, (), None, declaration, result)


def found(case: Case, decision: Decision) -> tuple[bool, bool]:
    """Whether anything needs an officer, and whether the planted kind was found on its line or objects."""
    grave = [f for f in decision.findings if f.severity >= 0.5]
    right = [f for f in grave if f.kind in KIND.get(case.planted, set())]
    if case.line is not None:
        right = [f for f in right if f.line == case.line]
    if case.objects and case.planted in ("undeclared", "hidden", "cells"):
        right = [f for f in right if set(f.object_ids) & set(case.objects)]
    return bool(grave), bool(right)


def wilson(hits: int, n: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927)."""
    if not n:
        return 0.0, 1.0
    z, p = 1.96, hits / n
    centre, half = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (centre - half) / (1 + z * z / n), (centre + half) / (1 + z * z / n)


def auc(bad: Sequence[float], good: Sequence[float]) -> float:
    """Area under the ROC curve (Mann and Whitney), ties by half."""
    b, g = np.asarray(bad)[:, None], np.asarray(good)[None, :]
    return float(((b > g) + 0.5 * (b == g)).mean())


def study(parcels: int, seed: int, without: str) -> dict[str, Any]:
    """Run all kinds; `parcels` of each planted kind, and four times as many honest ones."""
    rng = np.random.default_rng(seed)
    honest = [run(make("", rng), without) for _ in range(4 * parcels)]
    stopped = sum(d.verdict != "clear" for d in honest)
    threshold = float(np.quantile([d.risk for d in honest], 0.95))
    rows: dict[str, Any] = {}
    risks: list[float] = []
    for planted in PLANTED:
        cases = [make(planted, rng) for _ in range(parcels)]
        decisions = [run(c, without) for c in cases]
        flags = [found(c, d) for c, d in zip(cases, decisions, strict=True)]
        mine = [d.risk for d in decisions]
        risks += mine
        rows[planted] = {
            "stopped": sum(a for a, _ in flags) / parcels,
            "right kind and line": sum(b for _, b in flags) / parcels,
            "interval": wilson(sum(b for _, b in flags), parcels),
            "at one false alarm in 20": sum(r > threshold for r in mine) / parcels,
        }
    good = [d.risk for d in honest]
    draws = [
        auc(rng.choice(risks, len(risks)), rng.choice(good, len(good)))  # bootstrap over parcels (Efron 1979)
        for _ in range(200)
    ]
    edges = (0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0001)
    bins = []
    for low, high in pairwise(edges):
        b, g = (sum(low <= r < high for r in rs) for rs in (risks, good))
        bins.append({"risk": [low, min(high, 1.0)], "planted": b, "honest": g})
    return {
        "parcels": parcels,
        "honest": len(honest),
        "honest stopped": stopped,
        "honest stopped interval": wilson(stopped, len(honest)),
        "planted": rows,
        "auc": auc(risks, good),
        "auc interval": [float(q) for q in np.quantile(draws, (0.025, 0.975))],
        "calibration": bins,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parcels", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--without", default="", choices=("", "mass", "material", "description", "code"))
    options = parser.parse_args()
    result = study(options.parcels, options.seed, options.without)
    low, high = result["honest stopped interval"]
    print(f"honest parcels stopped: {result['honest stopped']} of {result['honest']} ({low:.1%} to {high:.1%})")
    print(f"{'planted':12s} stopped  right kind and line   at 1 false alarm in 20")
    for name, row in result["planted"].items():
        a, b = row["interval"]
        kind, at = row["right kind and line"], row["at one false alarm in 20"]
        print(f"{name:12s} {row['stopped']:7.1%}  {kind:6.1%} ({a:.0%} to {b:.0%})   {at:6.1%}")
    low, high = result["auc interval"]
    print(f"ROC area {result['auc']:.3f} ({low:.3f} to {high:.3f})")
    for b in result["calibration"]:
        print(f"risk {b['risk'][0]:.1f} to {b['risk'][1]:.1f}: {b['planted']} planted, {b['honest']} honest")
    if options.json:
        options.json.write_text(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
