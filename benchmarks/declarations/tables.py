"""Numbers and pictures of the study's rows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["plot", "table", "weights"]

Rows = Sequence[dict[str, Any]]
OFFICER = 0.5
PREVALENCE = 0.1  # that risks are given for: xscan's default
EDGES = (0.0, 0.02, 0.05, 0.1, 0.3, 0.6, 0.9, 1.0001)


def wilson(hits: float, n: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927)."""
    if not n:
        return 0.0, 1.0
    z, p = 1.96, hits / n
    centre, half = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (centre - half) / (1 + z * z / n), (centre + half) / (1 + z * z / n)


def share(hits: Sequence[bool]) -> str:
    """A share with its 95 % interval."""
    low, high = wilson(sum(hits), len(hits))
    return f"{np.mean(hits):.0%} ({low:.0%} to {high:.0%})" if len(hits) else "none"


def auc(bad: NDArray[np.float64], good: NDArray[np.float64]) -> float:
    """Area under the ROC curve (Mann and Whitney), ties by half."""
    b, g = bad[:, None], good[None, :]
    return float(((b > g) + 0.5 * (b == g)).mean())


def auc_interval(bad: NDArray[np.float64], good: NDArray[np.float64]) -> tuple[float, float]:
    """95 % interval by bootstrap over parcels (Efron 1979)."""
    rng = np.random.default_rng(0)
    draws = [auc(rng.choice(bad, bad.size), rng.choice(good, good.size)) for _ in range(300)]
    low, high = np.quantile(draws, (0.025, 0.975))
    return float(low), float(high)


def weights(rows: Rows, prevalence: float) -> NDArray[np.float64]:
    """Weight of each row so that the wrong parcels make up that share, each planted kind alike."""
    wrong = np.array([bool(r["planted"]) for r in rows])
    return np.where(wrong, prevalence / max(wrong.sum(), 1), (1 - prevalence) / max((~wrong).sum(), 1))


def split(rows: Rows) -> tuple[list[dict[str, Any]], dict[str, list[dict[str, Any]]]]:
    """Honest rows, and planted ones by kind."""
    kinds: dict[str, list[dict[str, Any]]] = {}
    for r in rows:
        kinds.setdefault(r["planted"], []).append(r)
    return kinds.pop("", []), kinds


def at_one_in_twenty(honest: Rows) -> float:
    """Severity that one in twenty honest parcels exceeds."""
    return float(np.quantile([r["gravest"] for r in honest], 0.95, method="higher"))


def table(runs: Sequence[dict[str, Any]]) -> str:
    """Markdown: the first run in full, then a column of recall for each run with a source left out."""
    rows = runs[0]["rows"]
    honest, kinds = split(rows)
    bar = at_one_in_twenty(honest)
    stopped = sum(r["gravest"] >= OFFICER for r in honest)
    low, high = wilson(stopped, len(honest))
    out = [
        f"Seed {runs[0]['seed']}{', with faults of segmentation' if runs[0].get('faults') else ''}; "
        f"{len(honest)} honest parcels, {len(next(iter(kinds.values())))} of each kind.",
        f"Honest parcels stopped: {stopped} of {len(honest)} ({low:.1%} to {high:.1%}); one in twenty has a finding "
        f"above {bar:.2f}.",
        "",
        "| planted | can be told | stopped | right kind and line, of those | at 1 false alarm in 20 | of all |",
        "|---|---|---|---|---|---|",
    ]
    for name, mine in kinds.items():
        able = [r for r in mine if r["visible"]]
        any_ = sum(r["gravest"] >= OFFICER for r in mine) / len(mine)
        right, barred = (
            share([r["right"] >= OFFICER for r in able]),
            share([r["right"] > bar for r in able]),
        )
        out.append(
            f"| {name} | {len(able)} of {len(mine)} | {any_:.0%} | {right} | {barred} "
            f"| {np.mean([r['right'] > bar for r in mine]):.0%} |"
        )
    bad = np.array([r["risk"] for r in rows if r["planted"]])
    good = np.array([r["risk"] for r in honest])
    low, high = auc_interval(bad, good)
    out += ["", f"Area under the ROC curve of the risk: {auc(bad, good):.3f} ({low:.3f} to {high:.3f}).", ""]
    out += ["| risk given | parcels | true share (weighted to 1 wrong in 10) |", "|---|---|---|"]
    for (a, b), n, said, true in bins(rows):
        out.append(f"| {a:.2f} to {min(b, 1):.2f}, mean {said:.3f} | {n} | {true:.3f} |")
    if len(runs) > 1:
        out += [
            "",
            "Right kind and line at severity 0.5, of those that can be told, with one source of evidence left out:",
            "",
            "| left out | " + " | ".join(kinds) + " | honest stopped | ROC area |",
            "|---" * (len(kinds) + 3) + "|",
        ]
        for run in runs:
            honest, mine = split(run["rows"])
            cells = [f"{np.mean([r['right'] >= OFFICER for r in m if r['visible']]):.0%}" for m in mine.values()]
            area = auc(np.array([r["risk"] for m in mine.values() for r in m]), np.array([r["risk"] for r in honest]))
            false = np.mean([r["gravest"] >= OFFICER for r in honest])
            out.append(f"| {run['without'] or 'nothing'} | " + " | ".join(cells) + f" | {false:.1%} | {area:.3f} |")
    return "\n".join(out)


def bins(rows: Rows) -> list[tuple[tuple[float, float], int, float, float]]:
    """Per bin of risk: its edges, parcels in it, mean risk given, and the weighted share that was wrong."""
    w, out = weights(rows, PREVALENCE), []
    risk, wrong = np.array([r["risk"] for r in rows]), np.array([bool(r["planted"]) for r in rows])
    for a, b in pairwise(EDGES):
        m = (risk >= a) & (risk < b)
        if m.any():
            total = w[m].sum()
            out.append(((a, b), int(m.sum()), float((w * risk)[m].sum() / total), float(w[m & wrong].sum() / total)))
    return out


def plot(rows: Rows, out: Path) -> None:
    """Draw the ROC curve with its bootstrap band, the calibration, and the gain of opening the riskiest first."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    honest, kinds = split(rows)
    bad = np.array([r["risk"] for m in kinds.values() for r in m])
    good = np.array([r["risk"] for r in honest])
    figure, (a, b, c) = plt.subplots(1, 3, figsize=(13, 4.2), constrained_layout=True)
    grid = np.linspace(0, 1, 101)
    rng = np.random.default_rng(0)

    def curve(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
        cuts = np.unique(np.concatenate([x, y]))[::-1]  # parcels of one risk are opened in any order: straight lines
        false = [0.0, *(np.mean(y >= t) for t in cuts)]
        return np.interp(grid, false, [0.0, *(np.mean(x >= t) for t in cuts)])

    bands = np.array([curve(rng.choice(bad, bad.size), rng.choice(good, good.size)) for _ in range(200)])
    low, high = np.quantile(bands, (0.025, 0.975), axis=0)
    a.fill_between(grid, low, high, alpha=0.25, label="95 %")
    a.plot(grid, curve(bad, good), label=f"all kinds, area {auc(bad, good):.3f}")
    a.plot([0.05, 0.05], [0, 1], "k:", lw=0.8)
    a.set(
        xlabel="honest parcels opened", ylabel="wrong parcels opened", title="ROC of the risk", xlim=(0, 1), ylim=(0, 1)
    )
    a.legend(loc="lower right")
    for _, n, said, true in bins(rows):
        b.plot(said, true, "o", ms=3 + 1.2 * math.log10(n + 1) ** 2, color="C0")
    b.plot([1e-3, 1], [1e-3, 1], "k:", lw=0.8)
    b.set(
        xscale="log",
        yscale="log",
        xlabel="risk given",
        ylabel="share that was wrong",
        title="Calibration, 1 wrong in 10",
    )
    w = weights(rows, PREVALENCE)
    risk, wrong = np.array([r["risk"] for r in rows]), np.array([bool(r["planted"]) for r in rows])
    cuts = np.unique(risk)[::-1]
    opened = [0.0, *(w[risk >= t].sum() for t in cuts)]
    gained = [0.0, *(w[(risk >= t) & wrong].sum() / PREVALENCE for t in cuts)]
    c.plot(opened, gained, label="riskiest first")
    c.plot([0, 1], [0, 1], "k:", lw=0.8, label="at random")
    c.set(
        xlabel="parcels opened", ylabel="wrong parcels found", title="Gain, 1 wrong in 10", xlim=(0, 1), ylim=(0, 1.01)
    )
    c.legend(loc="lower right")
    figure.savefig(out, dpi=90)
