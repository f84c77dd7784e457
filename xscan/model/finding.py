"""What an officer is told, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from xscan.model.checks import frozen_mapping, in_unit_interval, non_empty

__all__ = ["KINDS", "Decision", "Finding", "Verdict"]

KINDS = (
    "template-match",
    "undeclared-object",
    "missing-item",
    "quantity-mismatch",
    "material-mismatch",
    "weight-mismatch",
    "hidden-object",
    "dangerous-goods",
    "prohibited",
    "description-vague",
    "right-expired",
    "genuine-deviation",
    "density-outlier",
    "scan-quality",
)

Verdict = Literal["clear", "inspect", "detain"]


@dataclass(frozen=True)
class Finding:
    """One anomaly.

    Parameters
    ----------
    kind : one of `KINDS`, or a new one
    severity : 0..1, probability times consequence; from 0.5 on it needs an officer
    message : one sentence in plain words
    evidence : numbers and words behind it, plain JSON values
    """

    kind: str
    severity: float
    message: str
    object_ids: tuple[int, ...] = ()
    line: int | None = None
    template_id: str | None = None
    evidence: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        non_empty("kind", self.kind)
        non_empty("message", self.message)
        in_unit_interval("severity", self.severity)
        object.__setattr__(self, "evidence", frozen_mapping(self.evidence))


@dataclass(frozen=True)
class Decision:
    """What to do with the parcel: `clear` only where nothing needs an officer.

    Parameters
    ----------
    risk : 0..1, probability that an officer would find something
    findings : worst first
    """

    verdict: Verdict
    risk: float
    findings: tuple[Finding, ...]

    def __post_init__(self) -> None:
        in_unit_interval("risk", self.risk)
        if self.verdict not in ("clear", "inspect", "detain"):
            raise ValueError(f"verdict: expected clear, inspect or detain, got {self.verdict!r}")
