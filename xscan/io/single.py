"""A file that holds one volume becomes a scan of one channel."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from xscan.errors import InputError
from xscan.io.config import IoConfig
from xscan.io.frame import place
from xscan.io.lazy import FileArray
from xscan.io.unit import resolve_unit
from xscan.model import CHANNELS, Provenance, Scan, StoredArray, Unit, Volume

__all__ = ["length_factor", "single_scan"]

_LENGTHS = {
    "": 1.0,
    "mm": 1.0,
    "millimeter": 1.0,
    "millimetre": 1.0,
    "m": 1000.0,
    "meter": 1000.0,
    "cm": 10.0,
    "centimeter": 10.0,
    "um": 1e-3,
    "µm": 1e-3,
    "μm": 1e-3,
    "micron": 1e-3,
    "micrometer": 1e-3,
    "nm": 1e-6,
    "inch": 25.4,
    "in": 25.4,
}


def length_factor(text: str) -> float | None:
    """Millimetres in the unit of length that `text` names; `None` where it is not known."""
    return _LENGTHS.get(text.strip().strip('"').lower().replace("\\u00b5", "µ"))


def single_scan(
    path: Path,
    array: StoredArray,
    axes_mm: ArrayLike,
    origin_mm: ArrayLike,
    *,
    form: str,
    config: IoConfig,
    own_unit: str | None = None,
    asked_unit: str | None = None,
    channel: str = "mono",
    slope: float = 1.0,
    intercept: float = 0.0,
    notes: tuple[str, ...] = (),
    attributes: Mapping[str, str] | None = None,
    sha256: str = "",
) -> Scan:
    """Make a scan of one array (z, y, x); see `frame.place` and `unit.resolve_unit` for the arguments."""
    if channel not in CHANNELS:
        raise InputError(path, f"channel: expected one of {', '.join(CHANNELS)}, got {channel[:40]!r}")
    if array.dtype.kind not in "iufb" or array.dtype.itemsize > 8:
        raise InputError(path, f"expected voxels of integers or floats of at most 64 bits, got {array.dtype}")
    if not (np.isfinite(slope) and np.isfinite(intercept)) or slope == 0 or abs(slope) > 1e30:
        raise InputError(path, f"slope {slope} and intercept {intercept} cannot be")
    unit, factor, note = resolve_unit(str(path), channel, own_unit, asked_unit)
    if unit is Unit.DENSITY and channel == "mono":
        channel = "density"
    placed = place(str(path), (FileArray(array, str(path), channel, config),), axes_mm, origin_mm)
    volume = Volume(placed.grid, placed.arrays[0], unit, slope * factor, intercept * factor)
    all_notes = (*notes, *((note,) if note else ()), *placed.notes)
    provenance = Provenance(str(path), sha256, form, notes=all_notes, attributes=attributes or {})
    return Scan({channel: volume}, provenance)
