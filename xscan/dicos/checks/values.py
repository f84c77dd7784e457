"""What a value of each kind (VR) may look like (PS3.5 section 6.2)."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Literal

from xscan.io.dicom.elements import Elements
from xscan.io.text import parse_time

__all__ = ["value_problems"]

Said = tuple[Literal["error", "warning"], str]
_SIZES = {b"US": 2, b"SS": 2, b"UL": 4, b"SL": 4, b"FL": 4, b"FD": 8, b"OF": 4, b"OL": 4}
_LONGEST = {b"CS": 16, b"SH": 16, b"LO": 64, b"ST": 1024, b"LT": 10240, b"UI": 64, b"DS": 16, b"IS": 12}
_SINGLE = (b"ST", b"LT", b"OB", b"OW")  # never split into values
_NUMBERS = (*_SIZES, b"DS", b"IS")
_FORMS = {
    b"CS": (r"[A-Z0-9_ ]*", "capitals, digits, blanks and _"),
    b"DA": (r"\d{8}", "YYYYMMDD"),
    b"TM": (r"\d{2}(\d{2}(\d{2}(\.\d{1,6})?)?)?", "HHMMSS.FFFFFF"),
    b"DT": (r"\d{4}(\d{2}){0,5}(\.\d{1,6})?([+-]\d{4})?", "YYYYMMDDHHMMSS.FFFFFF&ZZXX"),
    b"IS": (r"[+-]?\d+", "a whole number"),
    b"DS": (r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", "a decimal number"),
    b"UI": (r"\d+(\.\d+)*", "numbers with dots between them"),
}


def value_problems(
    data: Elements, tag: int, vr: bytes, counts: tuple[int, int], values: tuple[str, ...]
) -> Iterator[Said]:
    """Say what is wrong with the value of an element that is there and not empty."""
    element = data.elements[tag]
    size = _SIZES.get(vr)
    if size and element.length % size:
        yield "error", f"{element.length} bytes are no whole number of {vr.decode()} values"
        return
    count = element.length // size if size else 1 if vr in _SINGLE else element.value.count(b"\\") + 1
    least, most = counts
    if vr not in _SINGLE and (count < least or (most and count > most)):
        asked = f"{least}" if least == most else f"at least {least}" if not most else f"{least} to {most}"
        yield "error", f"expected {asked} values, got {count}"
        return
    if vr in _NUMBERS and not all(math.isfinite(v) for v in data.numbers(tag)):
        yield "error", "is not a finite number"
        return
    if size or vr in (b"OB", b"OW"):
        return
    for text in data.texts(tag) if vr not in _SINGLE else (data.text(tag),):
        yield from _text_problems(text, vr, values)


def _text_problems(text: str, vr: bytes, values: tuple[str, ...]) -> Iterator[Said]:
    longest = _LONGEST.get(vr)
    if longest and len(text) > longest:
        yield "error", f"{len(text)} characters, at most {longest} are allowed"
        return
    form, said = _FORMS.get(vr, ("", ""))
    if form and not re.fullmatch(form, text):
        yield "error", f"expected {said}, got {text[:40]!r}"
        return
    if vr == b"UI" and re.search(r"(^|\.)0\d", text):
        yield "warning", f"a part of the UID begins with a zero: {text}"
    if vr in (b"DA", b"DT") and (len(text) >= 8) and parse_time(text) is None:
        yield "error", f"no such time: {text}"
    if vr == b"TM" and parse_time("20000101" + text) is None:
        yield "error", f"no such time of day: {text}"
    if values and text not in values:
        yield "error", f"expected one of {', '.join(values)}, got {text[:40]!r}"
