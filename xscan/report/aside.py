"""Files appear whole or not at all: written in a folder beside their place, then moved."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from xscan.errors import UsageError, XscanError

__all__ = ["written_aside"]


@contextmanager
def written_aside(out: Path, names: tuple[str, ...]) -> Iterator[Path]:
    """Give a folder to write into; when the block ends well, `names` move from there into `out`, in that order.

    Parameters
    ----------
    out : folder of the results; made where it does not exist
    names : files that the block may write; the last one to move is the sign that all are there

    Raises
    ------
    UsageError
        `out` is a file.
    XscanError
        The folder cannot be written. Nothing is left behind then, not even an `out` that was not there before.
    """
    if out.exists() and not out.is_dir():
        raise UsageError(f"--out {out}: expected a folder, got a file; name another folder")
    fresh = [p for p in (out, *out.parents) if not p.exists()]
    aside: Path | None = None
    try:
        out.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=".xscan-", dir=out))
        yield aside
        for name in names:
            if (aside / name).exists():
                os.replace(aside / name, out / name)
        fresh = []
    except OSError as error:
        raise XscanError(
            f"{out}: the report cannot be written: {error.strerror or error}; check space and rights"
        ) from error
    finally:
        if aside is not None:
            shutil.rmtree(aside, ignore_errors=True)
        for folder in fresh:
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
