"""Elements of a DICOM file as bytes: explicit little endian; the same values give the same bytes."""

from __future__ import annotations

import hashlib
import re
import struct
from collections.abc import Iterable, Mapping
from datetime import datetime

__all__ = [
    "EXPLICIT",
    "Value",
    "clock_of",
    "dataset",
    "day_of",
    "file_head",
    "hashed_uid",
    "item",
    "moment_of",
    "numbers",
    "pack",
    "several",
]

Value = tuple[bytes, bytes | str]  # kind (VR) and value of one element

_LONG = (b"OB", b"OW", b"OL", b"OF", b"OV", b"SQ", b"UT", b"UN")
_LONGEST = {b"SH": 16, b"LO": 64, b"UI": 64, b"CS": 16, b"ST": 1024, b"LT": 10240, b"IS": 12}
_ONE_VALUE = (b"SH", b"LO", b"ST", b"LT")  # where a backslash parts values, or may not be there at all
EXPLICIT = "1.2.840.10008.1.2.1"


def dataset(elements: Mapping[int, Value]) -> bytes:
    """Elements in the order of their tags; text becomes UTF-8, cut at its kind's limit; bytes stay as they are."""
    return b"".join(_element(tag, *elements[tag]) for tag in sorted(elements))


def _element(tag: int, vr: bytes, value: bytes | str) -> bytes:
    data = _text(vr, value) if isinstance(value, str) else value
    if isinstance(value, str):
        data += (b"\0" if vr == b"UI" else b" ") * (len(data) % 2)
    head = struct.pack("<HH2s", tag >> 16, tag & 0xFFFF, vr)
    return head + (struct.pack("<HI", 0, len(data)) if vr in _LONG else struct.pack("<H", len(data))) + data


def _text(vr: bytes, value: str) -> bytes:
    text = re.sub(r"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f]", " ", value)
    if vr in _ONE_VALUE:
        text = text.replace("\\", "/")
        if vr in (b"SH", b"LO"):
            text = re.sub(r"\s+", " ", text)
    longest = _LONGEST.get(vr)
    if longest is not None and (vr in _ONE_VALUE or "\\" not in text):
        text = text[:longest]
    return text.encode()


def item(elements: Mapping[int, Value]) -> bytes:
    """One item of a sequence."""
    value = dataset(elements)
    return struct.pack("<HHI", 0xFFFE, 0xE000, len(value)) + value


def several(vr: bytes, values: Iterable[str]) -> bytes:
    """Several values of one text element."""
    data = b"\\".join(_text(vr, v) for v in values)
    return data + b" " * (len(data) % 2)


def pack(code: str, *values: float) -> bytes:
    """Binary numbers, `code` as in `struct`."""
    return struct.pack(f"<{len(values)}{code}", *values)


def numbers(*values: float) -> str:
    """Decimal strings of at most 16 characters, as exact as those allow."""
    found = []
    for value in values:
        precision = 15
        while len(text := f"{float(value) + 0.0:.{precision}g}") > 16:
            precision -= 1
        found.append(text)
    return "\\".join(found)


def day_of(time: datetime) -> str:
    """DA of a time."""
    return f"{time.year:04d}{time.month:02d}{time.day:02d}"


def clock_of(time: datetime) -> str:
    """TM of a time."""
    return time.strftime("%H%M%S.%f")


def moment_of(time: datetime) -> str:
    """DT of a time, with its zone where it has one."""
    return day_of(time) + clock_of(time) + (time.strftime("%z")[:5] if time.utcoffset() is not None else "")


def hashed_uid(text: str) -> str:
    """A UID made of a text's hash (PS3.5 B.2), so that the same text gives the same one."""
    return f"2.25.{int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], 'big')}"


def file_head(sop_class: str, instance: str, syntax: str = EXPLICIT, *, dicos: bool = True) -> bytes:
    """Preamble and file meta group.

    Parameters
    ----------
    syntax : UID of the transfer syntax of what follows
    dicos : whether the DICOS version is told, as the reference toolkit asks for
    """
    meta: dict[int, Value] = {
        0x00020001: (b"OB", b"\0\1"),
        0x00020002: (b"UI", sop_class),
        0x00020003: (b"UI", instance),
        0x00020010: (b"UI", syntax),
        0x00020012: (b"UI", hashed_uid("xscan")),
        0x00020013: (b"SH", "XSCAN"),
    }
    if dicos:
        meta[0x00020004] = (b"CS", "V03")
    group = dataset(meta)
    return b"\0" * 128 + b"DICM" + _element(0x00020000, b"UL", pack("I", len(group))) + group
