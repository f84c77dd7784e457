"""Bodies of one line and one size that differ in mass: something may be inside one of them."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median

from xscan.decide.config import DecideConfig
from xscan.decide.evidence import Evidence
from xscan.decide.messages import say
from xscan.model import Finding

__all__ = ["density_outliers"]

SIZE = 0.05  # relative difference of each edge within which bodies are of one size
SIGMAS = 4.0
NOTED, GRAVE = 0.15, 0.30  # relative difference of mass


def density_outliers(evidence: Evidence, config: DecideConfig) -> Iterable[Finding]:
    """Compare each body with at least two others of its line and size."""
    for line in evidence.check.lines if evidence.check else ():
        ids = [i for i in line.object_ids if i in evidence.goods and evidence.outer(i) is None and evidence.mass_g(i)]
        for i in ids:
            size = evidence.size_mm(i)
            same = [j for j in ids if j != i and _near(size, evidence.size_mm(j))]
            if len(same) < 2:
                continue
            usual = median(evidence.weight(j) for j in same)
            mine = evidence.weight(i)
            measure = evidence.signatures[i].mass_g
            far = abs(mine - usual)
            if measure is not None and far > SIGMAS * measure.sigma and far > NOTED * usual:
                yield Finding(
                    "density-outlier",
                    0.6 if far > GRAVE * usual else 0.4,
                    say("outlier", object=i, mass=mine, usual=usual),
                    (i,),
                    line.line,
                    evidence={"mass_g": mine, "usual_g": usual, "compared": len(same)},
                )


def _near(a: tuple[float, float, float], b: tuple[float, float, float]) -> bool:
    return all(abs(x - y) <= SIZE * max(x, y) for x, y in zip(a, b, strict=True))
