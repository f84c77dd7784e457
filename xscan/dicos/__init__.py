"""DICOS (NEMA IIC 1) on its own: scans, threat reports, checks, dumps, DICOM SEG and receiving.

>>> from xscan import dicos
>>> scan = dicos.read_scan("bag.dcs")          # CT or DX, every encoding; volumes stay in their file
>>> report = dicos.read_tdr("alarms.dcs")      # any system's threat report
>>> dicos.check("alarms.dcs")                  # what is missing or wrong, by tag, with the reason
>>> dicos.write_tdr("ours.dcs", dicos.report_of(xscan.analyze(scan)))

Nothing heavy is imported before a name is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xscan.dicos.alarms import Comparison, compare, findings_of
    from xscan.dicos.checking import Problem, check
    from xscan.dicos.config import DicosConfig
    from xscan.dicos.decision import report_of
    from xscan.dicos.dumping import dump, dump_html, dump_text
    from xscan.dicos.reading import read_tdr
    from xscan.dicos.receiving import Caller, Receiver
    from xscan.dicos.report import Assessment, Device, Reference, Threat, ThreatReport
    from xscan.dicos.scan import read_scan
    from xscan.dicos.seg import Segment, segments_of, write_seg
    from xscan.dicos.writing import tdr_bytes, write_tdr
    from xscan.io.dicom.write import write_dicos as write_scan

__all__ = [
    "Assessment",
    "Caller",
    "Comparison",
    "Device",
    "DicosConfig",
    "Problem",
    "Receiver",
    "Reference",
    "Segment",
    "Threat",
    "ThreatReport",
    "check",
    "compare",
    "dump",
    "dump_html",
    "dump_text",
    "findings_of",
    "read_scan",
    "read_tdr",
    "report_of",
    "segments_of",
    "tdr_bytes",
    "write_scan",
    "write_seg",
    "write_tdr",
]

_HOME = {
    "Assessment": "xscan.dicos.report",
    "Caller": "xscan.dicos.receiving",
    "Comparison": "xscan.dicos.alarms",
    "Device": "xscan.dicos.report",
    "DicosConfig": "xscan.dicos.config",
    "Problem": "xscan.dicos.checking",
    "Receiver": "xscan.dicos.receiving",
    "Reference": "xscan.dicos.report",
    "Segment": "xscan.dicos.seg",
    "Threat": "xscan.dicos.report",
    "ThreatReport": "xscan.dicos.report",
    "check": "xscan.dicos.checking",
    "compare": "xscan.dicos.alarms",
    "dump": "xscan.dicos.dumping",
    "dump_html": "xscan.dicos.dumping",
    "dump_text": "xscan.dicos.dumping",
    "findings_of": "xscan.dicos.alarms",
    "read_scan": "xscan.dicos.scan",
    "read_tdr": "xscan.dicos.reading",
    "report_of": "xscan.dicos.decision",
    "segments_of": "xscan.dicos.seg",
    "tdr_bytes": "xscan.dicos.writing",
    "write_seg": "xscan.dicos.seg",
    "write_tdr": "xscan.dicos.writing",
}


def __getattr__(name: str) -> Any:
    if name == "write_scan":
        return import_module("xscan.io.dicom.write").write_dicos
    if name not in _HOME:
        raise AttributeError(f"module 'xscan.dicos' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return __all__
