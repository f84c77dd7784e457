"""The forms xscan reads: a new one is one file and one line here."""

from __future__ import annotations

from xscan.io import hdf5
from xscan.io.reader import Reader

__all__ = ["READERS"]

READERS: dict[str, Reader] = {
    "xscan-hdf5": hdf5.READER,
}
