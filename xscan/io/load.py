"""From a path to a scan, and how large it is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from xscan.errors import InputError
from xscan.io.choose import choose
from xscan.io.config import IoConfig
from xscan.io.hashing import sha256_of
from xscan.io.registry import READERS
from xscan.model import Scan, Volume

__all__ = ["load", "stored_bytes"]


def load(path: str | Path, *, units: str | None = None, config: IoConfig | None = None) -> Scan:
    """Open a scan of any form xscan reads; the form is told by content, and volumes stay in their files.

    Parameters
    ----------
    path : file or folder
    units : what the values are, for forms that carry no unit: HU, MHU, 1/cm or arbitrary (the default)
    config : limits of memory and more

    Raises
    ------
    InputError
        where it cannot be read, is refused, or carries a unit that disagrees with `units`
    UsageError
        where `units` is no unit
    """
    config = config or IoConfig()
    path = Path(path)
    try:
        if not path.exists():
            raise InputError(path, "no such file or folder")
        if path.is_file() and path.stat().st_size == 0:
            raise InputError(path, "the file is empty", "fetch it again")
        if path.is_dir() and next(path.iterdir(), None) is None:
            raise InputError(path, "the folder is empty", "give a folder with a scan in it")
        name, reader = choose(path, READERS)
        scan = reader.read(path, units=units, config=config)
        known = replace(scan.provenance, path=str(path), form=scan.provenance.form or name)
        if config.sha256 and not known.sha256:
            known = replace(known, sha256=sha256_of(path, config))
    except OSError as error:
        raise InputError(path, f"could not be read: {error.strerror or error}") from error
    return replace(scan, provenance=known)


def stored_bytes(scan: Scan) -> int:
    """Bytes of all channels' stored numbers, unpacked."""
    total = 0
    for channel in scan.channels.values():
        total += channel.nbytes if isinstance(channel, Volume) else channel.shape[0] * channel.shape[1] * 4
    return total
