"""Which reader knows a path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.metadata import entry_points
from itertools import chain
from pathlib import Path

from xscan.errors import InputError
from xscan.io.reader import Reader

__all__ = ["choose"]


def choose(path: Path, readers: Mapping[str, Reader]) -> tuple[str, Reader]:
    """Name and reader of the first that knows `path`; readers of other packages come last.

    Raises
    ------
    InputError
        where none knows it
    """
    for name, reader in chain(readers.items(), _outsiders()):  # to look for those costs more than to read a file
        if reader.sniff(path):
            return name, reader
    forms = ", ".join(reader.form for reader in readers.values())
    if path.is_dir():
        raise InputError(path, f"no scan that is a folder: expected one of {forms}", "give the scan's file itself")
    raise InputError(
        path, f"not a scan of a known form: expected one of {forms}", "raw numbers need a .json of the same name"
    )


def _outsiders() -> Iterator[tuple[str, Reader]]:
    for point in sorted(entry_points(group="xscan.readers"), key=lambda p: p.name):
        reader = point.load()
        if isinstance(reader, Reader):
            yield point.name, reader
