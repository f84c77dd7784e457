"""The risk: a calibrated probability that an officer would find something.

Findings about one line, or about the same objects, share a cause, and only the gravest of a cause counts. Two numbers
tell of all causes together: the gravest severity, and their sum as a noisy-or (Pearl 1988). A logistic curve in them,
fitted on simulated parcels (`data/risk.toml`), gives the odds; the share of parcels in which anything is to be found,
and what openings of that channel, route and sender found before, shift them.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, Field

from xscan.decide.config import DecideConfig
from xscan.decide.history import shift_of
from xscan.model import Declaration, Finding

__all__ = ["RiskModel", "causes_of", "features_of", "load_risk", "risk_of"]

DEFAULT = DecideConfig()
MOST = 4.0  # bound of the noisy-or's sum: beyond it everything is certain


class RiskModel(BaseModel):
    """The logistic curve of `risk.toml`: log odds = intercept + Σ weight × feature, at the study's prevalence."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    intercept: float
    gravest: float = Field(ge=0)
    together: float = Field(ge=0)
    prevalence: float = Field(gt=0, lt=1)
    made_by: str
    parcels: int = Field(gt=0)


@cache
def load_risk() -> RiskModel:
    """Read the coefficients that are shipped."""
    return RiskModel.model_validate(
        tomllib.loads(files("xscan.decide").joinpath("data/risk.toml").read_text("utf-8"))["risk"]
    )


def causes_of(findings: Iterable[Finding]) -> Mapping[object, float]:
    """The gravest severity of every cause: a line, or objects, or a kind of remark on the whole parcel."""
    causes: dict[object, float] = {}
    for f in findings:
        cause: object = ("line", f.line) if f.line is not None else f.object_ids or f.kind
        causes[cause] = max(causes.get(cause, 0.0), f.severity)
    return causes


def features_of(findings: Iterable[Finding]) -> tuple[float, float]:
    """Return the gravest severity, and -log of the probability that no cause is true, each with its severity²."""
    severities = list(causes_of(findings).values())
    together = -sum(math.log(max(1 - s * s, 1e-9)) for s in severities)
    return max(severities, default=0.0), min(MOST, together)


def risk_of(
    findings: Sequence[Finding], config: DecideConfig = DEFAULT, declaration: Declaration | None = None
) -> float:
    """Probability that an officer would find something, for parcels as rare as `config.prevalence` says.

    Raises
    ------
    InputError
        Where the config names a file of history that cannot be read.
    """
    model = load_risk()
    gravest, together = features_of(findings)
    odds = model.intercept + model.gravest * gravest + model.together * together
    odds += _logit(config.prevalence) - _logit(model.prevalence)
    odds += shift_of(declaration, config)
    return 1 / (1 + math.exp(-odds))


def _logit(p: float) -> float:
    return math.log(p / (1 - p))
