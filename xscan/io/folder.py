"""The files of a folder, in the order of their names."""

from __future__ import annotations

import os
import re
from pathlib import Path

from xscan.errors import InputError
from xscan.io.config import IoConfig

__all__ = ["files_of", "names_of", "natural", "sibling"]


def files_of(folder: Path, config: IoConfig, *, deep: bool = True) -> list[Path]:
    """Regular files of `folder`, hidden ones and links to folders left out, sorted by relative name.

    Raises
    ------
    InputError
        where there are more than `config.max_files`
    """
    return [folder / name for name in names_of(folder, config, deep=deep)]


def names_of(folder: Path, config: IoConfig, *, deep: bool = True) -> list[str]:
    """As :func:`files_of`, their names under `folder`.

    Raises
    ------
    InputError
        where there are more than `config.max_files`
    """
    found: list[str] = []
    inside = [""]
    while inside:
        under = inside.pop()
        for entry in _entries(folder / under):
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                inside.extend((f"{under}{entry.name}/",) if deep else ())
            elif entry.is_file():
                found.append(under + entry.name)
        if len(found) > config.max_files:
            raise InputError(folder, f"more than {config.max_files} files", "give the folder of one scan")
    return sorted(found)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    """What stands in a folder; nothing where it may not be looked into."""
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []


def natural(path: Path) -> list[tuple[int, str]]:
    """Key that sorts slice2 before slice10."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", path.as_posix())]


def sibling(header: Path, name: str) -> Path:
    """The file `name` beside `header`; a header may not point anywhere else.

    Raises
    ------
    InputError
        where it points out of its folder, or to nothing
    """
    plain = name.strip().strip('"').replace("\\", "/")
    path = header.parent / plain
    if not plain or Path(plain).is_absolute() or path.resolve().parent != header.parent.resolve():
        raise InputError(header, f"its data file must lie beside it, got {name[:80]!r}", "put both into one folder")
    if not path.is_file():
        raise InputError(header, f"its data file {plain[:80]!r} is missing", "put both into one folder")
    return path
