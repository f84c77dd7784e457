"""Mass attenuation of the elements, from a small table that is shipped (see data/make_elements.py).

Source: Elam, Ravel and Sieber, Radiation Physics and Chemistry 63 (2002) 121, as in xraydb (public domain).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Elements", "Part", "atomic_mass", "atomic_number", "elements", "mass_attenuation"]

Part = Literal["total", "photo", "coherent", "incoherent"]


@dataclass(frozen=True, eq=False)
class Elements:
    """The table: Z 1 to 92 along the first axis.

    Parameters
    ----------
    number : atomic number by symbol
    mass : g/mol
    log_energy : natural logarithm of keV, rising; a point lies on either side of every absorption edge
    log_parts : natural logarithm of cm²/g by part
    """

    number: dict[str, int]
    mass: NDArray[np.float64]
    log_energy: NDArray[np.float64]
    log_parts: dict[str, NDArray[np.float64]]


@cache
def elements() -> Elements:
    """The table, read once."""
    source = files("xscan.physics") / "data" / "elements.npz"
    with source.open("rb") as file, np.load(file, allow_pickle=False) as stored:
        parts = {name: stored[name].astype(np.float64) for name in ("photo", "coherent", "incoherent")}
        parts["total"] = parts["photo"] + parts["coherent"] + parts["incoherent"]
        return Elements(
            number={str(symbol): z for z, symbol in enumerate(stored["symbol"], 1)},
            mass=stored["mass"],
            log_energy=np.log(stored["energy_kev"]),
            log_parts={name: np.log(values) for name, values in parts.items()},
        )


def atomic_number(symbol: str) -> int:
    """Z of a symbol.

    Raises
    ------
    ValueError : no such element up to uranium
    """
    try:
        return elements().number[symbol]
    except KeyError:
        raise ValueError(f"element: expected a symbol from H to U, got {symbol!r}") from None


def atomic_mass(z: int) -> float:
    """Standard atomic weight, g/mol."""
    return float(elements().mass[z - 1])


def mass_attenuation(z: int | ArrayLike, energy_kev: ArrayLike, part: Part = "total") -> NDArray[np.float64]:
    """Mass attenuation coefficients, cm²/g, of shape (*z, *energy), log-log interpolated.

    Raises
    ------
    ValueError : an energy outside the table
    """
    table = elements()
    x = np.log(np.asarray(energy_kev, dtype=np.float64))
    first, last = table.log_energy[0], table.log_energy[-1]
    if x.size and not (x.min() >= first and x.max() <= last):
        got = f"{np.exp(x.min()):g} to {np.exp(x.max()):g}"
        raise ValueError(f"energy_kev: expected {np.exp(first):.1f} to {np.exp(last):.0f}, got {got}")
    below = np.clip(np.searchsorted(table.log_energy, x, side="right") - 1, 0, table.log_energy.size - 2)
    share = (x - table.log_energy[below]) / (table.log_energy[below + 1] - table.log_energy[below])
    rows = table.log_parts[part][np.asarray(z) - 1]
    values: NDArray[np.float64] = np.exp(rows[..., below] * (1 - share) + rows[..., below + 1] * share)
    return values
