"""What a reader is: it knows its own form by content, and makes a scan of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from xscan.io.config import IoConfig
from xscan.model import Scan

__all__ = ["Read", "Reader", "head"]


class Read(Protocol):
    """Reads `path` into a scan whose volumes stay in the file.

    `units` is what the caller says of values that carry no unit. Bad input raises `InputError`.
    """

    def __call__(self, path: Path, *, units: str | None, config: IoConfig) -> Scan: ...  # noqa: D102


@dataclass(frozen=True)
class Reader:
    """One form of file.

    Parameters
    ----------
    form : what people call it, e.g. "xscan HDF5"
    sniff : whether a file or folder is of this form, told by its content and without raising
    read : makes a scan of it
    """

    form: str
    sniff: Callable[[Path], bool]
    read: Read


def head(path: Path, count: int = 512) -> bytes:
    """First bytes of a file; empty where it is a folder or cannot be read."""
    try:
        if not path.is_file():
            return b""
        with path.open("rb") as file:
            return file.read(count)
    except OSError:
        return b""
