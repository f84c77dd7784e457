"""Untrusted bytes and texts become harmless ones."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from xscan.errors import InputError

__all__ = ["clean", "decode", "read_limited"]

MAX_BYTES = 8 << 20
_SPACES = re.compile(r"\s+")
# Controls, private and unassigned characters, and marks that turn the direction of the text around.
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def read_limited(path: str | Path, limit: int = MAX_BYTES) -> bytes:
    """Read a file of at most `limit` bytes.

    Raises
    ------
    InputError
        Where there is no such file, or it is empty or larger.
    """
    file = Path(path)
    try:
        if file.is_dir():
            raise InputError(path, "is a folder, expected a declaration file (JSON, CSV or XML)")
        with file.open("rb") as stream:
            data = stream.read(limit + 1)
    except OSError as error:
        raise InputError(path, f"cannot be read ({error.strerror or error})", "check the path") from None
    if len(data) > limit:
        raise InputError(path, f"is larger than the {limit >> 20} MB that a declaration may have")
    if not data.strip():
        raise InputError(path, "is empty, expected a declaration (JSON, CSV or XML)")
    return data


def decode(data: bytes, path: str | Path) -> tuple[str, str]:
    """Return the text and the name of its encoding: UTF-8 or UTF-16 by their marks, UTF-8, else GB18030.

    Raises
    ------
    InputError
        Where it is none of these.
    """
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text, encoding
    raise InputError(path, "is not text in UTF-8, UTF-16 or GB18030", "save it again as UTF-8")


def clean(value: object, limit: int) -> str:
    """Return one harmless line: normalised (NFKC), without control characters, at most `limit` characters."""
    text = str(value)[: 16 * limit]
    text = unicodedata.normalize("NFKC", _SPACES.sub(" ", text))
    kept = "".join(c for c in text if unicodedata.category(c) not in _DROPPED)
    return _SPACES.sub(" ", kept).strip()[:limit].strip()
