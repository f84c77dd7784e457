"""From lines of evidence to the weights of the score (``xscan/template/score.py``), and how well they are calibrated.

``python benchmarks/shapes/calibrate.py LINES.jsonl… [--test LINES.jsonl…]``

A logistic regression on what `xscan.template.score.features` makes of a fit, each weight expected about where theory
puts it. The lines are of the study's parts ``pairs`` and ``parts``, made from shapes of one seed; others,
made from another seed and never used for the weights, test them. What the stage rules out by a better fit, and what
the scan does not tell from the truth, is no wrong pair. A wrong pair counts as often as it occurs in them,
about ten to one right pair, so that a score of one half is as likely right as wrong among pairs of like size.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import numpy as np
from lines import read
from scipy import optimize, stats

from xscan.template.score import FEATURES, Evidence, features
from xscan.template.telling import DECISIVE

_LIKE = 0.25  # a bent shape that differs from the template by less than this, in voxels rms, is the template
_FIELDS = list(Evidence.__dataclass_fields__)


def rows(paths: list[Path]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Features, whether right, and weights of all fits."""
    x, y, w = [], [], []
    for path in paths:
        for line in read(path):
            for f in line["fits"]:
                own_bent = line.get("bent") and f["id"] == line["template"]
                if own_bent and line["apart_mm"] < _LIKE * line["how"]["voxel_mm"]:
                    continue
                if f.get("ruled_out_by") or (not f["same"] and f.get("truth_odds", DECISIVE) < DECISIVE):
                    continue
                e = Evidence(**{k: f[k] for k in _FIELDS})
                # a right template in a wrong pose, or on a body that other things hang on, tells nothing of right fits
                lost = f["same"] and (e.rms_mm > 4 * e.blur_mm or (f["whole"] and e.explained < 0.9))
                if lost or not np.isfinite(e.rms_mm):
                    continue
                x.append(features(e, whole=f["whole"], mirrored=f["hand"]))
                y.append(f["same"])
                w.append(0.3 if own_bent else 1.0)
    return np.array(x), np.array(y, dtype=bool), np.array(w)


def fitted(x: np.ndarray, y: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Bias and weights: likeliest given the lines and that each weight is about what theory says, give or take half.

    Of the sizes of plain things a library shows few: that weight is held to theory, give or take a twentieth.
    """
    design = np.column_stack([np.ones(len(x)), x])
    theory = np.array([1.0, *FEATURES.values()])
    loose = 0.5 * np.abs(theory)
    loose[1 + list(FEATURES).index("plain growth")] *= 0.1

    def loss(u: np.ndarray) -> tuple[float, np.ndarray]:
        z = design @ (theory + loose * u)
        value = float((w * np.logaddexp(0, np.where(y, -z, z))).sum() + 0.5 * (u**2).sum())
        return value, loose * (design.T @ (w * (1 / (1 + np.exp(-z)) - y))) + u

    # no weight may change its sign: evidence against is never for
    bounds = [(None, None), *[(-1.9, None) if v > 0 else (None, 1.9) for v in theory[1:]]]
    found = optimize.minimize(loss, np.zeros(len(theory)), jac=True, bounds=bounds, method="L-BFGS-B")
    return np.asarray(theory + loose * found.x)


def told(x: np.ndarray, y: np.ndarray, w: np.ndarray, b: np.ndarray) -> None:
    """Print how the odds lie, whether they mean what they say, and the tail of the wrong ones."""
    z = b[0] + x @ b[1:]
    p = 1 / (1 + np.exp(-z))
    print(f"  right {y.sum()}: {100 * (p[y] > 0.5).mean():.1f} % above one half; odds p5 {np.percentile(z[y], 5):.1f}")
    print(f"  wrong {(~y).sum()}: {(p[~y] > 0.5).sum()} above one half")
    for low, high in ((0, 0.01), (0.01, 0.1), (0.1, 0.5), (0.5, 0.9), (0.9, 0.99), (0.99, 1)):
        at = (p >= low) & (p <= high)
        if at.any():
            share = (w * y)[at].sum() / w[at].sum()
            print(
                f"  said {low:4.2f} to {high:4.2f}: {at.sum():5d} fits, mean {np.average(p[at], weights=w[at]):.3f}, ",
                end="",
            )
            print(f"right {share:.3f}")
    # the tail of the wrong odds beyond their 95th percentile, generalised Pareto (Pickands 1975)
    wrong = z[~y]
    edge = np.percentile(wrong, 95)
    shape, _, size = stats.genpareto.fit(wrong[wrong > edge] - edge, floc=0)
    beyond = 0.05 * stats.genpareto.sf(-edge, shape, 0, size) if edge < 0 else float((wrong > 0).mean())
    print(f"  wrong fits above even odds, by the tail: {beyond:.4f} of those that are fitted (shape {shape:.2f})")


def main() -> None:
    """Fit, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lines", nargs="+", type=Path)
    parser.add_argument("--test", nargs="*", type=Path, default=[])
    a = parser.parse_args()
    x, y, w = rows(a.lines)
    b = fitted(x, y, w)
    print(f"_BIAS = {b[0]:.2f}")
    for name, value in zip(FEATURES, b[1:], strict=True):
        print(f'    "{name}": {value:.2f},')
    print("lines the weights are from:")
    told(x, y, w, b)
    if a.test:
        print("other lines:")
        told(*rows(a.test), b)


if __name__ == "__main__":
    main()
