"""Chemical formulas and mixtures as mass fractions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from xscan.physics.elements import atomic_mass, atomic_number

__all__ = ["Composition", "mass_fractions", "mixture"]

Composition = str | Mapping[str, float] | Sequence[tuple[str, float]]

_TOKEN = re.compile(r"([A-Z][a-z]?|\(|\))(\d*\.?\d*)|(\S)")


def mass_fractions(composition: Composition) -> tuple[tuple[str, float], ...]:
    """Mass fractions by element symbol, of sum 1, in order of atomic number.

    Parameters
    ----------
    composition : a formula ("C10H8O4", "Al2(SO4)3"), or mass fractions or parts by element symbol

    Raises
    ------
    ValueError : not a formula, an element that does not exist, or amounts that are not positive
    """
    if isinstance(composition, str):
        parts = {s: n * atomic_mass(atomic_number(s)) for s, n in _atoms(composition).items()}
    else:
        pairs = composition.items() if isinstance(composition, Mapping) else composition
        parts = {}
        for symbol, amount in pairs:
            parts[symbol] = parts.get(symbol, 0.0) + float(amount)
    total = sum(parts.values())
    if not parts or not 0 < total < float("inf") or min(parts.values()) < 0:
        raise ValueError(f"composition: expected positive amounts of elements, got {composition!r}")
    return tuple(sorted(((s, v / total) for s, v in parts.items() if v > 0), key=lambda p: atomic_number(p[0])))


def mixture(shares: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
    """Mass fractions by element of a mixture given as mass shares by formula."""
    total = sum(shares.values())
    if not shares or not 0 < total < float("inf") or min(shares.values()) < 0:
        raise ValueError(f"mixture: expected positive mass shares, got {dict(shares)!r}")
    return mass_fractions([(s, w * v / total) for formula, v in shares.items() for s, w in mass_fractions(formula)])


def _atoms(formula: str) -> dict[str, float]:
    stack: list[dict[str, float]] = [{}]
    for token in _TOKEN.finditer(formula):
        name, count, stray = token.groups()
        if stray or (name == "(" and count):
            raise ValueError(f"formula: expected symbols, numbers and brackets, got {formula!r}")
        number = float(count) if count not in ("", ".") else 1.0
        if name == "(":
            stack.append({})
        elif name == ")":
            if len(stack) < 2:
                raise ValueError(f"formula: a bracket closes that none began in {formula!r}")
            for symbol, n in stack.pop().items():
                stack[-1][symbol] = stack[-1].get(symbol, 0.0) + n * number
        else:
            atomic_number(name)
            stack[-1][name] = stack[-1].get(name, 0.0) + number
    if len(stack) != 1 or not stack[0]:
        raise ValueError(f"formula: expected symbols, numbers and closed brackets, got {formula!r}")
    return stack[0]
