"""The fingerprint of an input, for the report."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from xscan.io.config import IoConfig
from xscan.io.folder import files_of

__all__ = ["sha256_of", "sha256_of_files"]


def sha256_of(path: str | Path, config: IoConfig | None = None) -> str:
    """SHA-256, in hex, of a file's bytes; of a folder, over its files' names and bytes in the order of the names."""
    path = Path(path)
    if path.is_file():
        total = hashlib.sha256()
        _feed(total, path)
        return total.hexdigest()
    return sha256_of_files(files_of(path, config or IoConfig()), path)


def sha256_of_files(files: Iterable[Path], folder: Path) -> str:
    """SHA-256, in hex, over the names (relative to `folder`) and bytes of `files`, in the order of the names."""
    total = hashlib.sha256()
    for name, file in sorted((f.relative_to(folder).as_posix(), f) for f in files):
        total.update(name.encode() + b"\0")
        _feed(total, file)
    return total.hexdigest()


def _feed(total: Any, path: Path) -> None:
    with path.open("rb") as file:
        while piece := file.read(2**22):
            total.update(piece)
