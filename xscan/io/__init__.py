"""Bytes to nouns and back: one file a form, no physics."""

from __future__ import annotations

from xscan.io.coarsen import coarsen
from xscan.io.config import IoConfig
from xscan.io.hashing import sha256_of
from xscan.io.load import load, stored_bytes
from xscan.io.reader import Reader
from xscan.io.registry import READERS
from xscan.io.save import WRITERS, save
from xscan.io.writehdf5 import write_hdf5

__all__ = [
    "READERS",
    "WRITERS",
    "IoConfig",
    "Reader",
    "coarsen",
    "load",
    "save",
    "sha256_of",
    "stored_bytes",
    "write_hdf5",
]
