"""What `analyze` and `receive` share: another system's alarms weighed in, and the threat report written."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from xscan.config import Config
from xscan.model import Analysis, Decision

if TYPE_CHECKING:
    from xscan.dicos import ThreatReport

__all__ = ["read_alarms", "weigh_alarms", "write_threat_report"]


def read_alarms(path: Path) -> ThreatReport:
    """Read another system's threat report."""
    from xscan.dicos import read_tdr

    return read_tdr(path)


def weigh_alarms(analysis: Analysis, report: ThreatReport, config: Config) -> Analysis:
    """Add the alarms of another system's report to the findings, and decide again with them."""
    from xscan import decide, dicos

    more = dicos.findings_of(report, analysis, config=config.dicos)
    findings = tuple(sorted((*analysis.decision.findings, *more), key=lambda f: -f.severity))
    verdict, risk = decide.verdict_of(findings, config.decide), decide.risk_of(findings, config.decide)
    return replace(analysis, decision=Decision(verdict, risk, findings))


def write_threat_report(analysis: Analysis, path: Path, config: Config) -> Path:
    """Write the decision as a DICOS threat report; its time is the local clock's, or SOURCE_DATE_EPOCH where set."""
    from xscan import dicos
    from xscan._version import __version__

    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    decided = datetime.fromtimestamp(int(epoch), UTC) if epoch.isdigit() else datetime.now().astimezone()
    report = dicos.report_of(analysis, config=config.dicos, version=__version__, decided=decided)
    return dicos.write_tdr(path, report)
