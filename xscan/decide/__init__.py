"""Evidence becomes a decision, with reasons."""

from __future__ import annotations

from xscan.decide.config import DecideConfig
from xscan.decide.risk import risk_of
from xscan.decide.stage import decide, verdict_of

__all__ = ["DecideConfig", "decide", "risk_of", "verdict_of"]
