"""`.npy`, or raw numbers, with a small JSON of the same name beside them: reading.

The JSON: ``{"voxel_size_mm": [z, y, x], "units": "HU", "channel": "mono"}``, for raw numbers also
``"dtype": "<i2"`` and ``"shape": [z, y, x]``; optional ``"rescale_slope"``, ``"rescale_intercept"``,
``"origin_mm": [x, y, z]``, ``"direction"`` (9 numbers), ``"offset"`` (bytes before the first voxel).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from xscan.errors import InputError
from xscan.io.config import IoConfig
from xscan.io.hashing import sha256_of_files
from xscan.io.messages import say
from xscan.io.packed import open_voxels
from xscan.io.reader import Reader, head
from xscan.io.single import single_scan
from xscan.io.text import clean_text, positive_numbers
from xscan.model import Scan, StoredArray

__all__ = ["READER_NPY", "READER_RAW"]

_MAGIC = b"\x93NUMPY"
_LARGEST_JSON = 2**16


def _sidecar(path: Path) -> dict[str, Any] | None:
    """The JSON beside `path`, or `None` where there is none that is an object."""
    beside = path.with_suffix(".json")
    try:
        if beside == path or not beside.is_file() or beside.stat().st_size > _LARGEST_JSON:
            return None
        known = json.loads(beside.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return known if isinstance(known, dict) else None


def _sniff_npy(path: Path) -> bool:
    return head(path, 6) == _MAGIC


def _sniff_raw(path: Path) -> bool:
    known = _sidecar(path) if path.is_file() else None
    return known is not None and {"dtype", "shape"} <= set(known)


def _read_npy(path: Path, *, units: str | None, config: IoConfig) -> Scan:
    if path.with_suffix(".json").is_file() and _sidecar(path) is None:
        raise InputError(path.with_suffix(".json"), f"not a JSON object of at most {_LARGEST_JSON} bytes", "mend it")
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, OSError, EOFError, OverflowError, SyntaxError, MemoryError) as error:
        raise InputError(
            path, f"not a whole .npy file of numbers: {error}", "save it again, without objects"
        ) from error
    return _scan(path, array, _sidecar(path) or {}, "npy", units, config)


def _read_raw(path: Path, *, units: str | None, config: IoConfig) -> Scan:
    known = _sidecar(path) or {}
    try:
        dtype = np.dtype(str(known["dtype"]))
        shape = tuple(int(n) for n in known["shape"])
        offset = int(known.get("offset", 0))
    except (TypeError, ValueError, OverflowError) as error:
        raise InputError(path.with_suffix(".json"), f"dtype, shape or offset cannot be understood: {error}") from error
    if dtype.kind not in "iuf" or len(shape) != 3 or offset < 0:
        raise InputError(path.with_suffix(".json"), f"expected a dtype of numbers and 3 lengths, got {dtype}, {shape}")
    array = open_voxels(path, offset=offset, dtype=dtype, shape=shape, config=config)
    held = path.stat().st_size - offset
    if held != array.size * dtype.itemsize:  # type: ignore[attr-defined]
        raise InputError(
            path, f"holds {held} bytes, but shape {shape} of {dtype} needs fewer", "mend the .json beside it"
        )
    return _scan(path, array, known, "raw", units, config)


def _scan(
    path: Path, array: StoredArray, known: dict[str, Any], form: str, units: str | None, config: IoConfig
) -> Scan:
    if len(array.shape) != 3 or 0 in array.shape:
        raise InputError(path, f"expected three dimensions (z, y, x), none of length 0, got {array.shape}")
    beside = path.with_suffix(".json")
    notes: tuple[str, ...] = ()
    sizes: tuple[float, ...] | None = (1.0, 1.0, 1.0)
    if "voxel_size_mm" in known:
        sizes = positive_numbers(known["voxel_size_mm"], 3)
    else:
        notes = (say("size-unknown"),)
    try:
        direction = np.array(known.get("direction", np.eye(3)), dtype=np.float64).reshape(3, 3)
        origin = np.array(known.get("origin_mm", np.zeros(3)), dtype=np.float64).reshape(3)
        slope, intercept = float(known.get("rescale_slope", 1.0)), float(known.get("rescale_intercept", 0.0))
    except (TypeError, ValueError) as error:
        raise InputError(beside, f"numbers that cannot be understood: {error}", "mend it") from error
    if sizes is None:
        raise InputError(beside, f"voxel_size_mm: expected 3 positive numbers, got {known['voxel_size_mm']!r}")
    own = known.get("units")
    used = {"voxel_size_mm", "dtype", "shape", "units", "channel", "direction", "origin_mm", "offset"}
    return single_scan(
        path,
        array,
        direction * np.array(sizes[::-1]),
        origin,
        form=form,
        config=config,
        own_unit=None if own is None else clean_text(own),
        asked_unit=units,
        channel=clean_text(known.get("channel", "mono")),
        slope=slope,
        intercept=intercept,
        notes=notes,
        attributes={clean_text(k): clean_text(v) for k, v in known.items() if k not in used},
        sha256=sha256_of_files((path, beside), path.parent) if config.sha256 and known else "",
    )


READER_NPY = Reader(".npy", _sniff_npy, _read_npy)
READER_RAW = Reader("raw numbers with a .json beside them", _sniff_raw, _read_raw)
