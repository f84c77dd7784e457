"""Anything becomes plain JSON: finite numbers of six digits, text, lists, dicts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import Any

import numpy as np

__all__ = ["plain", "rounded"]

DIGITS = 6


def rounded(value: float, digits: int = DIGITS) -> float | None:
    """Return `value` with that many significant digits; `None` where it is not finite."""
    number = float(value)
    if not math.isfinite(number):
        return None
    return float(f"{number:.{digits}g}") + 0.0  # + 0.0: no minus zero


def plain(value: object) -> Any:
    """Return `value` as JSON can hold it; what has no JSON form becomes text.

    Floats get six significant digits, and NaN or infinity become null. Sets are sorted. Text keeps every
    character that UTF-8 can carry; a lone surrogate becomes U+FFFD.
    """
    if value is None or isinstance(value, bool | np.bool_):
        return None if value is None else bool(value)
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8") if _has_surrogate(value) else value
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return rounded(float(value))
    if isinstance(value, Mapping):
        return {str(plain(k)): plain(v) for k, v in value.items()}
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, set | frozenset):
        return [plain(v) for v in sorted(value, key=str)]
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if isinstance(value, date):
        return value.isoformat()
    return plain(str(value))


def _has_surrogate(text: str) -> bool:
    return any("\ud800" <= c <= "\udfff" for c in text)
