"""Fits the coefficients of the risk on the study's rows and writes xscan/decide/data/risk.toml.

usage: python benchmarks/declarations/fit_risk.py ROWS.json > xscan/decide/data/risk.toml
Logistic regression in two features (`xscan.decide.risk.features_of`), honest and wrong parcels weighted alike, with a
weak ridge, by Newton's method.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tables import weights

RIDGE = 1e-3


def newton(x: NDArray[np.float64], y: NDArray[np.float64], w: NDArray[np.float64]) -> NDArray[np.float64]:
    """Coefficients of a weighted logistic regression with a weak ridge."""
    beta = np.zeros(x.shape[1])
    for _ in range(60):
        p = 1 / (1 + np.exp(-x @ beta))
        gradient = x.T @ (w * (y - p)) - RIDGE * beta
        hessian = (x.T * (w * p * (1 - p))) @ x + RIDGE * np.eye(beta.size)
        step = np.linalg.solve(hessian, gradient)
        beta += step
        if np.abs(step).max() < 1e-10:
            break
    return beta


def main(path: Path) -> str:
    run = json.loads(path.read_text())
    rows = list(run["rows"].values())
    x = np.array([[1.0, r["gravest"], r["together"]] for r in rows])
    y = np.array([float(bool(r["planted"])) for r in rows])
    w = weights(rows, 0.5) * len(rows)
    intercept, gravest, together = newton(x, y, w)
    if together < 0:  # more evidence never lowers the risk: the curve in the gravest finding alone
        intercept, gravest = newton(x[:, :2], y, w)
        together = 0.0
    return f"""# Coefficients of the risk; see xscan/decide/risk.py. Fitted on parcels made by a programme, not on
# openings: with openings of your own, fit them again in the same way.
[risk]
intercept = {intercept:.4f}
gravest = {gravest:.4f}
together = {together:.4f}
prevalence = 0.5  # honest and wrong parcels were weighted alike
parcels = {len(rows)}
made_by = "benchmarks/declarations/study.py run --seed {run["seed"]}, then fit_risk.py"
"""


if __name__ == "__main__":
    sys.stdout.write(main(Path(sys.argv[1])))
