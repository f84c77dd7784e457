"""A decision becomes files: report.json, labels.h5, report.html, and the lines on the terminal."""

from __future__ import annotations

from xscan.report.again import read_labels, read_report, write_page
from xscan.report.config import ReportConfig
from xscan.report.document import report_json
from xscan.report.schema import load_schema
from xscan.report.sheet import render
from xscan.report.summary import summary
from xscan.report.write import write_report

__all__ = [
    "SCHEMA",
    "ReportConfig",
    "read_labels",
    "read_report",
    "render",
    "report_json",
    "summary",
    "write_page",
    "write_report",
]

SCHEMA = load_schema()
