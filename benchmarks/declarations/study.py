"""How many planted disagreements are found, and how many honest parcels are stopped.

usage: python benchmarks/declarations/study.py run ROWS.json [--parcels N] [--seed S] [--without SOURCE]
           [--kinds honest,weight,…] [--explanations N] [--faults] [--seconds T]
       python benchmarks/declarations/study.py table ROWS.json [ROWS-WITHOUT.json ...]
       python benchmarks/declarations/study.py plot ROWS.json OUT.png
Synthetic parcels at the level of objects (`parcels.py`). Priors and rules were changed while looking at seeds 11, 12,
21, 41, 42, 61, 71 and 72; the tables in README.md are of another seed. A parcel depends on the seed, its kind and its
number alone, so that runs with one source of evidence left out are of the same parcels, and a run can be made in
pieces: rows that the file holds are not made again.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from parcels import PLANTED, Case, make
from tables import plot, table

from xscan.decide import decide
from xscan.decide.risk import features_of
from xscan.declaration import DeclarationConfig, check
from xscan.model import Decision, Provenance, Quantities, Scan, Unit, Volume

DEFAULT = DeclarationConfig()
SOURCES = ("", "mass", "material", "description", "code", "equality")
KIND = {
    "quantity": {"quantity-mismatch"},
    "weight": {"weight-mismatch"},
    "material": {"material-mismatch"},
    "missing": {"missing-item"},
    "undeclared": {"undeclared-object", "dangerous-goods", "hidden-object", "currency-like"},
    "hidden": {"hidden-object"},
    "cells": {"dangerous-goods"},
}


def run(case: Case, without: str = "", explanations: int = DEFAULT.explanations) -> Decision:
    """Check and decide one parcel, with one source of evidence left out."""
    config = DeclarationConfig(explanations=explanations)
    signatures, declaration, segmentation = dict(case.signatures), case.declaration, case.segmentation
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
    if without == "equality":
        segmentation = replace(segmentation, objects=tuple(replace(o, group=None) for o in segmentation.objects))
    result = check(declaration, segmentation, signatures, (), None, (), config=config)
    volume = Volume(segmentation.grid, segmentation.labels.array, Unit.MHU)
    scan = Scan({"low": volume}, Provenance("synthetic"))
    quantities = Quantities(volume, "calibrated")
    return decide(scan, quantities, segmentation, signatures, (), None, declaration, result)


def row(case: Case, decision: Decision) -> dict[str, Any]:
    """What one parcel tells: the gravest finding, and the gravest of the planted kind on its line or objects."""
    right = [f for f in decision.findings if f.kind in KIND.get(case.planted, set())]
    if case.line is not None:
        right = [f for f in right if f.line == case.line]
    if case.objects and case.planted in ("undeclared", "hidden", "cells"):
        right = [f for f in right if set(f.object_ids) & set(case.objects)]
    gravest, together = features_of(decision.findings)
    return {
        "planted": case.planted,
        "visible": case.visible,
        "gravest": round(gravest, 4),
        "together": round(together, 4),
        "right": round(max((f.severity for f in right), default=0.0), 4),
        "risk": round(decision.risk, 5),
        "verdict": decision.verdict,
    }


def study(
    parcels: int,
    seed: int,
    without: str,
    rows: dict[str, Any],
    kinds: Sequence[str],
    seconds: float,
    explanations: int,
    faults: bool,
) -> bool:
    """Add rows: `parcels` of each planted kind, and four times as many honest ones; tell whether all are done."""
    start = perf_counter()
    for kind, planted in enumerate(("", *PLANTED)):
        if (planted or "honest") not in kinds:
            continue
        for number in range(parcels if planted else 4 * parcels):
            name = f"{planted or 'honest'}-{number}"
            if name in rows:
                continue
            if perf_counter() - start > seconds:
                return False
            case = make(planted, np.random.default_rng((seed, kind, number)), faults=faults)
            rows[name] = row(case, run(case, without, explanations))
    return True


def _kept(path: Path, head: dict[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {**head, "rows": {}}
    return kept


def _rows(path: Path) -> dict[str, Any]:
    kept = json.loads(path.read_text())
    return {**kept, "rows": list(kept["rows"].values())}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True)
    runs = verbs.add_parser("run")
    runs.add_argument("rows", type=Path)
    runs.add_argument("--parcels", type=int, default=60)
    runs.add_argument("--seed", type=int, default=1)
    runs.add_argument("--without", default="", choices=SOURCES)
    runs.add_argument("--kinds", default=",".join(("honest", *PLANTED)), help="only these, with commas between them")
    runs.add_argument("--explanations", type=int, default=DEFAULT.explanations, help="1 is several times as fast")
    runs.add_argument("--faults", action="store_true", help="with what segmentation does to crowded parcels")
    runs.add_argument("--seconds", type=float, default=math.inf, help="stop then; the same command goes on")
    shows = verbs.add_parser("table")
    shows.add_argument("rows", type=Path, nargs="+")
    plots = verbs.add_parser("plot")
    plots.add_argument("rows", type=Path)
    plots.add_argument("out", type=Path)
    options = parser.parse_args()
    if options.verb == "run":
        head = {name: getattr(options, name) for name in ("seed", "without", "explanations", "faults")}
        kept = _kept(options.rows, head)
        if {k: kept[k] for k in head} != head:
            parser.error(f"{options.rows} holds rows of another seed or of other evidence")
        made = dict(kept["rows"])
        kinds = options.kinds.split(",")
        done = study(
            options.parcels,
            options.seed,
            options.without,
            made,
            kinds,
            options.seconds,
            options.explanations,
            options.faults,
        )
        kept = _kept(options.rows, head)  # another piece may have written meanwhile
        kept["rows"] |= made
        options.rows.write_text(json.dumps(kept))
        print(f"{len(kept['rows'])} parcels, {'all' if done else 'more to do'}")
    elif options.verb == "table":
        print(table([_rows(p) for p in options.rows]))
    else:
        plot(_rows(options.rows)["rows"], options.out)


if __name__ == "__main__":
    main()
