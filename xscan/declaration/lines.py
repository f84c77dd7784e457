"""What each declared line asks for, ready to be held against things."""

from __future__ import annotations

import re
from dataclasses import dataclass

from xscan.declaration.config import DeclarationConfig
from xscan.declaration.expect import Expectation, expect
from xscan.model import DeclaredItem

__all__ = ["Asked", "asked_of"]

MAX_COUNTED = 60  # pieces; more are packed so that counting bodies says little
_SETS = re.compile(
    r"\b(?:sets?|kits?|packs?|pairs?|bundles?|assort\w*|lots?|paire|paar|juego|набор|комплект)\b|套|组|对|双|副|セット|세트",
    re.IGNORECASE,
)
_SET_PIECES = 24  # most bodies that a set of unknown size may be


@dataclass(frozen=True)
class Asked:
    """One line.

    Parameters
    ----------
    mass_g : declared, of the whole line, or `None`
    sigma_g : standard uncertainty of an honest declaration of it
    unit_g : declared mass of one piece, or `None`
    step_g : the step that the declared number is rounded to
    pieces : least and most bodies that one unit may be
    countable : whether its pieces can be told apart and counted
    is_set : whether its pieces may be of different make, by its words
    """

    item: DeclaredItem
    expectation: Expectation
    mass_g: float | None
    sigma_g: float
    unit_g: float | None
    step_g: float
    pieces: tuple[int, int]
    countable: bool
    is_set: bool = False


def asked_of(item: DeclaredItem, config: DeclarationConfig) -> Asked:
    """Read one line's demands."""
    expectation = expect(item, config.expectations_file)
    mass = item.mass_g or None  # a weight of 0 is a field left empty
    unit = None if mass is None else mass / item.quantity
    step = _step_g(item)
    rounding = min(step / 12**0.5, config.rounding_cap * (mass or 0.0))
    least, most = expectation.pieces
    is_set = bool(_SETS.search(item.description))
    if is_set:
        most = max(most, _SET_PIECES)
    whole = float(item.quantity).is_integer() and item.quantity <= MAX_COUNTED
    visible = unit is None or unit >= config.min_mass_g / 2
    return Asked(
        item=item,
        expectation=expectation,
        mass_g=mass,
        sigma_g=((config.declared_spread * (mass or 0.0)) ** 2 + rounding**2) ** 0.5,
        unit_g=unit,
        step_g=step,
        pieces=(least, most),
        countable=whole and visible,
        is_set=is_set,
    )


def _step_g(item: DeclaredItem) -> float:
    """Step of the last decimal that was written, g: "0.4" kg may be anything from 0.35 to 0.45."""
    kg, factor = item.net_weight_kg, 1.0
    if kg is None:
        kg, factor = item.unit_net_weight_kg, item.quantity
    if not kg:
        return 0.0
    decimals = next((n for n in range(6) if abs(round(kg, n) - kg) < 1e-9), 6)
    return float(1000 * 10.0**-decimals * factor)
