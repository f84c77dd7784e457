"""From a scan to a file; the form is told by the ending."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from xscan.errors import UsageError
from xscan.io.writehdf5 import write_hdf5
from xscan.model import Progress, Scan, silent

__all__ = ["WRITERS", "save"]


class Write(Protocol):
    """Writes a scan to a path."""

    def __call__(self, path: Path, scan: Scan, *, progress: Progress = silent) -> None: ...


WRITERS: dict[str, Write] = {
    ".h5": write_hdf5,
    ".hdf5": write_hdf5,
}


def save(scan: Scan, path: str | Path, *, progress: Progress = silent) -> None:
    """Write `scan` to `path`, slab by slab; nothing half-written is left behind.

    Parameters
    ----------
    path : its ending tells the form: .h5

    Raises
    ------
    UsageError
        where the ending is not known
    """
    path = Path(path)
    for ending, write in WRITERS.items():
        if path.name.lower().endswith(ending):
            write(path, scan, progress=progress)
            return
    raise UsageError(f"{path}: expected a name that ends in {', '.join(WRITERS)}")
