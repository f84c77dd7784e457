"""From a scan to a file; the form is told by the ending."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Protocol

from xscan.errors import UsageError
from xscan.io.dicom.write import write_dicos
from xscan.io.writehdf5 import write_hdf5
from xscan.io.writeone import write_metaimage, write_nifti, write_nrrd
from xscan.model import Progress, Scan, silent

__all__ = ["WRITERS", "save"]


class Write(Protocol):
    """Writes a scan to a path, and returns the files it made."""

    def __call__(self, path: Path, scan: Scan, *, progress: Progress = silent) -> tuple[Path, ...]: ...


WRITERS: dict[str, Write] = {
    ".h5": write_hdf5,
    ".hdf5": write_hdf5,
    ".nrrd": write_nrrd,
    ".nii": write_nifti,
    ".nii.gz": write_nifti,
    ".mha": write_metaimage,
    ".dcs": write_dicos,
}


def save(scan: Scan, path: str | Path, *, channel: str | None = None, progress: Progress = silent) -> tuple[Path, ...]:
    """Write `scan` to `path`, slab by slab; nothing half-written is left behind.

    Parameters
    ----------
    path : its ending tells the form (`WRITERS`); forms of one volume get a file a channel, named by it
    channel : write this one only

    Returns
    -------
    the files that were written

    Raises
    ------
    UsageError
        where the ending or the channel is not known
    """
    path = Path(path)
    if channel is not None:
        if channel not in scan.channels:
            raise UsageError(f"channel: expected one of {', '.join(scan.channels)}, got {channel!r}")
        scan = replace(scan, channels={channel: scan.channels[channel]})
    if not path.parent.is_dir():
        raise UsageError(f"{path}: its folder does not exist")
    for ending, write in WRITERS.items():
        if path.name.lower().endswith(ending) and len(path.name) > len(ending):
            return write(path, scan, progress=progress)
    raise UsageError(f"{path}: expected a name that ends in {', '.join(WRITERS)}")
