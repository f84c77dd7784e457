"""The colours that operators of X-ray machines know.

Orange is organic (z_e below 10), green is light metal or mixed (10 to 18), blue is metal (above 18); brighter is
thinner, and what lets through less than one part in a hundred is black, since a starved ray would look organic.
The classes and their limits are the convention of dual-energy security screening (e.g. ECAC and TSA image display,
as described by K. Wells and D. A. Bradley, Applied Radiation and Isotopes 70 (2012) 1729).
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["CLASSES", "diverging", "paint"]

Image = NDArray[np.uint8]

#: name, colours from nothing to dense at the darkness of STOPS
CLASSES: dict[str, tuple[str, ...]] = {
    "organic": ("ffffff", "fdebd3", "f5a03c", "b55a0c", "331700"),
    "mixed": ("ffffff", "ddf2de", "58b765", "227039", "06240f"),
    "metal": ("ffffff", "dbe7fb", "5390ee", "1f4fa8", "060f2c"),
    "unknown": ("ffffff", "ececee", "a0a3a8", "53565b", "0c0d0e"),
}
STOPS = (0.0, 0.15, 0.45, 0.75, 1.0)
LIMITS = (10.0, 18.0)  # z_e between organic and mixed, mixed and metal
SOFT = 1.0  # half width of the passage between two classes, in z_e
Z_STEP = 0.1
Z_MAX = 30.0


def _rgb(code: str) -> tuple[int, int, int]:
    return int(code[:2], 16), int(code[2:4], 16), int(code[4:], 16)


@cache
def _ramp(name: str) -> NDArray[np.float64]:
    """Colours (256, 3) of one class over darkness 0..1."""
    stops = np.array([_rgb(c) for c in CLASSES[name]], dtype=np.float64)
    t = np.linspace(0, 1, 256)
    return np.stack([np.interp(t, STOPS, stops[:, i]) for i in range(3)], axis=1)


@cache
def _table() -> Image:
    """Colours (z_e in steps of `Z_STEP`, darkness 256, 3); the row past the last is the class "unknown"."""
    z = np.arange(0, Z_MAX + Z_STEP / 2, Z_STEP)
    to_mixed, to_metal = (np.clip((z - limit) / (2 * SOFT) + 0.5, 0, 1)[:, None, None] for limit in LIMITS)
    mixed = _ramp("mixed") * (1 - to_metal) + _ramp("metal") * to_metal
    known = _ramp("organic") * (1 - to_mixed) + mixed * to_mixed
    return np.concatenate([known, _ramp("unknown")[None]]).round().astype(np.uint8)


def paint(darkness: NDArray[np.floating], z_e: NDArray[np.floating] | None) -> Image:
    """Return the picture (…, 3) uint8 of darkness 0..1 and z_e.

    Parameters
    ----------
    darkness : 0 where nothing is, 1 where nothing passes
    z_e : of the same shape; NaN is "cannot be told" and grey, as is all where it is `None`
    """
    table = _table()
    unknown = len(table) - 1
    row = np.full(darkness.shape, unknown, dtype=np.intp)
    if z_e is not None:
        known = np.isfinite(z_e)
        row[known] = np.clip(np.rint(z_e[known] / Z_STEP), 0, unknown - 1)
    column = np.rint(np.clip(np.nan_to_num(darkness), 0, 1) * 255).astype(np.intp)
    picture: Image = table[row, column]
    return picture


def diverging(value: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return colours (…, 3), 0..1, of -1..1: teal below, pale at zero, violet above; red is left to alarms."""
    stops = np.array([_rgb(c) for c in ("0b5f66", "4fb3b1", "eceff1", "b48be0", "5b21b6")]) / 255
    v = np.clip(np.nan_to_num(value), -1, 1)
    return np.stack([np.interp(v, (-1, -0.5, 0, 0.5, 1), stops[:, i]) for i in range(3)], axis=-1)
