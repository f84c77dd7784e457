"""Text, times and numbers as files spell them, made harmless."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Any

import numpy as np

__all__ = ["clean_text", "parse_time", "positive_numbers"]

_LONGEST = 2000
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def clean_text(value: Any) -> str:
    """`value` of an attribute as text without control characters, at most 2,000 characters long."""
    if isinstance(value, np.ndarray):
        value = ", ".join(clean_text(v) for v in value.ravel()[:100].tolist())
    if isinstance(value, bytes):
        value = value[: 4 * _LONGEST].decode("utf-8", "replace")
    text = _CONTROL.sub("", str(value)).strip()
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def parse_time(text: str) -> datetime | None:
    """Time that an ISO text or a DICOM date-time (YYYYMMDDHHMMSS.ffffff&ZZXX) tells, or `None`."""
    text = text.strip()
    try:
        return datetime.fromisoformat(text) if "-" in text[:8] else _dicom_time(text)
    except ValueError:
        return None


def _dicom_time(text: str) -> datetime | None:
    match = re.fullmatch(r"(\d{8})(\d{0,6})(?:\.(\d{1,6}))?([+-]\d{4})?", text.replace(":", ""))
    if match is None:
        return None
    day, clock, fraction, zone = match.groups()
    time = datetime.strptime(day + (clock + "000000")[:6], "%Y%m%d%H%M%S")
    if fraction:
        time = time.replace(microsecond=int(fraction.ljust(6, "0")))
    if zone:
        offset = timedelta(hours=int(zone[:3]), minutes=int(zone[0] + zone[3:]))
        time = time.replace(tzinfo=timezone(offset))
    return time


def positive_numbers(value: Any, count: int) -> tuple[float, ...] | None:
    """`value` as `count` finite numbers above 0, or `None` where it is not that."""
    try:
        numbers = np.asarray(value, dtype=np.float64).ravel()
    except (TypeError, ValueError):
        return None
    if numbers.size != count or not (np.isfinite(numbers).all() and (numbers > 0).all()):
        return None
    return tuple(float(n) for n in numbers)
