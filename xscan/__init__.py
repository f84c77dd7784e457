"""xscan reads X-ray and CT scans of parcels and holds what is inside against what was declared.

>>> import xscan
>>> scan = xscan.load("scan.h5")
>>> result = xscan.analyze(scan, declaration="declaration.json", templates="templates/")
>>> result.decision.verdict
'inspect'

Nothing heavy is imported before a name is used, so that ``xscan --version`` answers at once.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from xscan._version import __version__

if TYPE_CHECKING:
    from xscan.config import Config, load_config
    from xscan.declaration import read_declaration
    from xscan.errors import InputError, UsageError, XscanError
    from xscan.io import load, save
    from xscan.model import Analysis, Calibration, Declaration, Scan
    from xscan.physics import calibrate, read_calibration, write_calibration
    from xscan.pipeline import analyze
    from xscan.report import write_report
    from xscan.template import load_library

__all__ = [
    "Analysis",
    "Calibration",
    "Config",
    "Declaration",
    "InputError",
    "Scan",
    "UsageError",
    "XscanError",
    "__version__",
    "analyze",
    "calibrate",
    "load",
    "load_config",
    "load_library",
    "read_calibration",
    "read_declaration",
    "save",
    "write_calibration",
    "write_report",
]

_HOME = {
    "Analysis": "xscan.model",
    "Calibration": "xscan.model",
    "Config": "xscan.config",
    "Declaration": "xscan.model",
    "InputError": "xscan.errors",
    "Scan": "xscan.model",
    "UsageError": "xscan.errors",
    "XscanError": "xscan.errors",
    "analyze": "xscan.pipeline",
    "calibrate": "xscan.physics",
    "load": "xscan.io",
    "load_config": "xscan.config",
    "load_library": "xscan.template",
    "read_calibration": "xscan.physics",
    "read_declaration": "xscan.declaration",
    "save": "xscan.io",
    "write_calibration": "xscan.physics",
    "write_report": "xscan.report",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'xscan' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return __all__
