"""Scans of DICOS and DICOM, read for their own sake."""

from __future__ import annotations

from pathlib import Path

from xscan.errors import InputError
from xscan.io import IoConfig, load
from xscan.model import Scan

__all__ = ["read_scan"]


def read_scan(path: str | Path, *, config: IoConfig | None = None) -> Scan:
    """Read DICOS CT or DX, or a DICOM series: a file, or a folder of files that belong together.

    Volumes stay in their file, and a section is decoded when its numbers are asked for
    (``scan.volume("low").array()``, or slice by slice ``.read(slice(10, 20))``).

    Raises
    ------
    InputError
        where it cannot be read, or is a scan of another form
    """
    scan = load(path, config=config)
    if scan.provenance.form not in ("dicos", "dicom"):
        raise InputError(path, f"expected DICOS or DICOM, got {scan.provenance.form}", "`xscan.load` reads it")
    return scan
