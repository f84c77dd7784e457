"""S10 identifiers of postal items (UPU S10-12): two letters, eight digits, a check digit, a country."""

from __future__ import annotations

import re

__all__ = ["looks_like_s10", "s10_check_digit", "s10_is_valid"]

_FORM = re.compile(r"[A-Z]{2}\d{9}[A-Z]{2}")
_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)


def looks_like_s10(text: str) -> bool:
    """Whether the text has the form of an S10 identifier (13 characters)."""
    return _FORM.fullmatch(text.replace(" ", "").upper()) is not None


def s10_check_digit(serial: str) -> int:
    """Check digit of eight digits: 11 − (Σ digit × weight mod 11), 10 → 0, 11 → 5."""
    rest = 11 - sum(int(d) * w for d, w in zip(serial, _WEIGHTS, strict=True)) % 11
    return {10: 0, 11: 5}.get(rest, rest)


def s10_is_valid(text: str) -> bool:
    """Whether an identifier of S10 form carries the right check digit."""
    digits = text.replace(" ", "")[2:11]
    return s10_check_digit(digits[:8]) == int(digits[8])
