"""Files written aside and renamed into place, so that none is ever half there."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from xscan.errors import XscanError

__all__ = ["written_aside"]


@contextlib.contextmanager
def written_aside(path: str | Path) -> Iterator[Path]:
    """Give the name of a file beside `path` to write to; on success it takes `path`'s place, else it goes.

    Raises
    ------
    XscanError
        where the disk or the folder does not let it be written
    """
    target = Path(path)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        yield part
        os.replace(part, target)
    except OSError as error:
        raise XscanError(
            f"{target}: could not be written ({error.strerror or error}); check folder, rights and space"
        ) from error
    finally:
        part.unlink(missing_ok=True)
