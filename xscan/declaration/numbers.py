"""Numbers and weights as people write them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import cache

from xscan.declaration.fields import load_fields

__all__ = ["GRAMS", "parse_number", "parse_weight_kg", "unit_of"]

GRAMS = {"g": 1.0, "kg": 1000.0, "oz": 28.349523125, "lb": 453.59237, "mg": 1e-3, "jin": 500.0}
_PART = re.compile(r"([0-9][0-9.,' ]*)\s*([^\W\d_]*)")
_NUMBER = re.compile(r"[+-]?(\d+([.,']\d+)*|[.,]\d+)")


@cache
def _unit_names() -> Mapping[str, str]:
    return {n.casefold(): unit for unit, names in load_fields().units.items() for n in names}


def unit_of(name: str) -> str | None:
    """Return "kg", "g", "oz", "lb", … for any of a unit's names, or `None`."""
    return _unit_names().get(name.strip().strip(".").casefold())


def parse_number(value: object) -> float:
    """Read a number; "1,234.5", "1.234,5" and "0,36" are understood.

    Raises
    ------
    ValueError
        Where it is none, or not finite.
    """
    if isinstance(value, bool) or value is None:
        raise ValueError(f"expected a number, got {value!r}")
    if isinstance(value, (int, float)):
        number = float(value)
    else:
        text = str(value).strip().replace(" ", "")
        if not _NUMBER.fullmatch(text):
            raise ValueError(f"expected a number, got {str(value)[:40]!r}")
        number = float(_plain(text.replace("'", "")))
    if not math.isfinite(number):
        raise ValueError(f"expected a finite number, got {value!r}")
    return number


def _plain(text: str) -> str:
    """Turn grouping and decimal signs into Python's; a lone comma is decimal unless exactly groups of three follow."""
    comma, point = text.rfind(","), text.rfind(".")
    if comma >= 0 and point >= 0:
        decimal, group = (",", ".") if comma > point else (".", ",")
        return text.replace(group, "").replace(decimal, ".")
    if text.count(",") > 1 or re.fullmatch(r"[+-]?[1-9]\d{0,2},\d{3}", text):
        return text.replace(",", "")
    if text.count(".") > 1:
        return text.replace(".", "")
    return text.replace(",", ".")


def parse_weight_kg(value: object, unit: str | None) -> tuple[float, bool]:
    """Read a weight; a unit written with the number ("12 oz", "1 lb 3 oz") goes before `unit`, that before kg.

    Returns
    -------
    weight in kg, and whether the number carried its own unit

    Raises
    ------
    ValueError
        Where it is no weight, or below zero.
    """
    own = False
    if isinstance(value, str) and re.search(r"[^\d\s.,'+-]", value):
        parts = _PART.findall(value)
        units = [unit_of(u) for _, u in parts]
        if not parts or None in units or _PART.sub("", value).strip():
            raise ValueError(f"expected a weight such as 0.25, '250 g' or '1 lb 3 oz', got {value[:40]!r}")
        grams = sum(parse_number(n) * GRAMS[u] for (n, _), u in zip(parts, units, strict=True) if u)
        own = True
    else:
        grams = parse_number(value) * GRAMS[unit or "kg"]
    if grams < 0:
        raise ValueError(f"expected a weight of at least 0, got {value!r}")
    return grams / 1000, own
