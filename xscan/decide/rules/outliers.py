"""Bodies of one line and one size that differ in mass: something may be inside one of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from statistics import mean, median, variance

from xscan.decide.config import DecideConfig
from xscan.decide.evidence import Evidence
from xscan.decide.messages import say
from xscan.model import Finding

__all__ = ["density_outliers"]

SIZE = 0.05  # relative difference of each edge within which bodies are of one size
# Standard deviation of the log masses of equal bodies as they are measured, known as if from so many degrees of freedom
SPREAD, KNOWN = 0.05, 4
NOTED = 0.15  # relative difference of mass
# Probabilities under honesty, of the prediction of one more body by its peers (Student's t, two-sided), below which a
# body is noted, and shown to an officer; the bodies of one line are tested each, so Bonferroni's bound divides them.
ODD, GRAVE = 0.01, 1e-3


def density_outliers(evidence: Evidence, config: DecideConfig) -> Iterable[Finding]:
    """Compare each body with at least two others of its line and size, by the logs of their masses."""
    for line in evidence.check.lines if evidence.check else ():
        ids = [i for i in line.object_ids if i in evidence.goods and evidence.outer(i) is None and evidence.mass_g(i)]
        for i in ids:
            size = evidence.size_mm(i)
            same = [j for j in ids if j != i and _near(size, evidence.size_mm(j))]
            if len(same) < 2:
                continue
            usual = median(evidence.weight(j) for j in same)
            mine = evidence.weight(i)
            p = min(1.0, len(ids) * _chance(mine, [evidence.weight(j) for j in same]))
            if p < ODD and abs(mine - usual) > NOTED * usual:
                yield Finding(
                    "density-outlier",
                    0.6 if p < GRAVE else 0.4,
                    say("outlier", object=i, mass=mine, usual=usual),
                    (i,),
                    line.line,
                    evidence={"mass_g": mine, "usual_g": usual, "compared": len(same), "p": p},
                )


def _chance(mass: float, others: Sequence[float]) -> float:
    """Probability that one more body of the others' kind differs from their mean by as much.

    Each body is left out in its turn and predicted from the n others: under a scaled inverse chi-squared prior of their
    variance the deviation over s·sqrt(1 + 1/n) follows Student's t (Gelman et al., Bayesian Data Analysis, 3.3).
    """
    from scipy.special import stdtr

    logs = [math.log(m) for m in others]
    freedom = KNOWN + len(logs) - 1
    s = math.sqrt((KNOWN * SPREAD**2 + (len(logs) - 1) * variance(logs)) / freedom)
    t = abs(math.log(mass) - mean(logs)) / (s * math.sqrt(1 + 1 / len(logs)))
    return float(2 * stdtr(freedom, -t))


def _near(a: tuple[float, float, float], b: tuple[float, float, float]) -> bool:
    return all(abs(x - y) <= SIZE * max(x, y) for x, y in zip(a, b, strict=True))
