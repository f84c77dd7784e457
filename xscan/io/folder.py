"""The files of a folder, in the order of their names."""

from __future__ import annotations

import os
import re
from pathlib import Path

from xscan.errors import InputError
from xscan.io.config import IoConfig

__all__ = ["files_of", "natural"]


def files_of(folder: Path, config: IoConfig, *, deep: bool = True) -> list[Path]:
    """Regular files of `folder`, hidden ones and links to folders left out, sorted by relative name.

    Raises
    ------
    InputError
        where there are more than `config.max_files`
    """
    found: list[Path] = []
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(d for d in folders if not d.startswith(".")) if deep else []
        found.extend(p for n in names if not n.startswith(".") and (p := Path(root, n)).is_file())
        if len(found) > config.max_files:
            raise InputError(folder, f"more than {config.max_files} files", "give the folder of one scan")
    return sorted(found, key=lambda p: p.relative_to(folder).as_posix())


def natural(path: Path) -> list[tuple[int, str]]:
    """Key that sorts slice2 before slice10."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", path.as_posix())]
