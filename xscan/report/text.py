"""Words and numbers as people read them; text from outside made harmless to the eye."""

from __future__ import annotations

import math
import unicodedata
from datetime import datetime

__all__ = ["clean", "number", "when", "with_sigma"]


def clean(text: object, limit: int = 2000) -> str:
    """Return text in which every character can be seen as what it is.

    Characters that reorder text (bidirectional controls), hide it (zero width) or steer a terminal (C0 and C1
    controls, so escape sequences too) become their code point, e.g. ``⟨U+202E⟩``; white space becomes one blank.

    Parameters
    ----------
    text : anything; untrusted
    limit : characters kept
    """
    shown = " ".join(str(text).split())
    if len(shown) > limit:
        shown = shown[:limit] + "…"
    return "".join(f"⟨U+{ord(c):04X}⟩" if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co") else c for c in shown)


def number(value: float | None, digits: int = 3) -> str:
    """Return a number with that many significant digits and thin gaps between thousands; a dash for `None`."""
    if value is None or not math.isfinite(value):
        return "–"
    if value == 0:
        return "0"
    places = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    return f"{round(value, digits - 1 - math.floor(math.log10(abs(value)))):,.{places}f}".replace(",", "\u202f")


def when(moment: str | None) -> str:
    """Return an ISO 8601 time to the minute, with its zone where it has one; nothing where there is none."""
    if not moment:
        return ""
    try:
        time = datetime.fromisoformat(moment)
    except ValueError:
        return moment
    return f"{time:%Y-%m-%d %H:%M}" + (f" {time.tzname()}" if time.tzinfo else "")


def with_sigma(value: float | None, sigma: float | None, unit: str = "") -> str:
    """Return "43.8 ± 1.2 g": both rounded at the second digit of sigma; no ± where sigma is unknown or zero."""
    tail = f" {unit}" if unit else ""
    if value is None or not math.isfinite(value):
        return "–"
    if not sigma or not math.isfinite(sigma):
        return number(value) + tail
    # a sigma far below the value would show digits that nobody reads
    places = min(1 - math.floor(math.log10(sigma)), 4)
    if sigma < 1e-4 * abs(value):
        return number(value, 5) + tail
    shown, spread = round(value, places), round(sigma, places)
    places = max(0, places)
    return f"{shown:,.{places}f} ± {spread:,.{places}f}{tail}".replace(",", "\u202f")
