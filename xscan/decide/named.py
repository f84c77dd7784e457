"""Bytes of a file that a setting names."""

from __future__ import annotations

from pathlib import Path

from xscan.errors import InputError

__all__ = ["bytes_of"]


def bytes_of(path: str, limit: int, setting: str, what: str) -> bytes:
    """Read a file of settings.

    Raises
    ------
    InputError
        Where it cannot be read, the text names the setting; or where it has more than `limit` bytes, of which no more
        than that are taken into memory.
    """
    try:
        with Path(path).open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise InputError(path, f"cannot be read ({error.strerror or error})", f"check {setting}") from None
    if len(data) > limit:
        raise InputError(path, f"is larger than the {limit >> 20} MB that {what} may have")
    return data
