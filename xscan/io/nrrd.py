"""NRRD, attached or detached (http://teem.sourceforge.net/nrrd/format.html): reading."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xscan.errors import InputError
from xscan.io.config import IoConfig
from xscan.io.folder import sibling
from xscan.io.hashing import sha256_of_files
from xscan.io.messages import say
from xscan.io.packed import open_voxels
from xscan.io.reader import Reader, head
from xscan.io.single import length_factor, single_scan
from xscan.io.text import clean_text
from xscan.model import Scan

__all__ = ["READER"]

_HEADER_BYTES = 2**20
_TYPES = {
    "int8": ("signed char", "int8_t"),
    "uint8": ("uchar", "unsigned char", "uint8_t"),
    "int16": ("short", "short int", "signed short", "signed short int", "int16_t"),
    "uint16": ("ushort", "unsigned short", "unsigned short int", "uint16_t"),
    "int32": ("int", "signed int", "int32_t"),
    "uint32": ("uint", "unsigned int", "uint32_t"),
    "int64": ("longlong", "long long", "long long int", "signed long long", "signed long long int", "int64_t"),
    "uint64": ("ulonglong", "unsigned long long", "unsigned long long int", "uint64_t"),
    "float32": ("float",),
    "float64": ("double",),
}
_DTYPES = {name: np.dtype(d) for d, names in _TYPES.items() for name in (d, *names)}
# Rows: from the axes of a space to left-posterior-superior; teem names a space by where its axes point.
_AXIS = {
    "right": (0, -1),
    "left": (0, 1),
    "anterior": (1, -1),
    "posterior": (1, 1),
    "inferior": (2, -1),
    "superior": (2, 1),
}
_SHORT = {"r": "right", "l": "left", "a": "anterior", "p": "posterior", "i": "inferior", "s": "superior"}


def _sniff(path: Path) -> bool:
    return head(path, 7) == b"NRRD000"


def _read(path: Path, *, units: str | None, config: IoConfig) -> Scan:
    header, end = _header(path)
    try:
        return _scan(path, header, end, units, config)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError) as error:
        raise InputError(path, f"a damaged NRRD header: {error!r}", "mend the header") from error


def _header(path: Path) -> tuple[dict[str, Any], int]:
    import nrrd

    start = head(path, _HEADER_BYTES)
    ends = [(i, i + len(mark)) for mark in (b"\n\n", b"\r\n\r\n") if (i := start.find(mark)) >= 0]
    stop, end = min(ends) if ends else (len(start), len(start))
    if not ends and len(start) == _HEADER_BYTES:
        raise InputError(path, f"an NRRD header that does not end within {_HEADER_BYTES} bytes", "mend the header")
    lines = start[:stop].decode("utf-8", "replace").splitlines()
    try:
        return dict(nrrd.read_header(iter(lines))), end
    except Exception as error:  # pynrrd raises its own and whatever a malformed number brings
        raise InputError(path, f"a damaged NRRD header: {error}", "mend the header") from error


def _scan(path: Path, header: dict[str, Any], end: int, units: str | None, config: IoConfig) -> Scan:
    sizes = [int(n) for n in header["sizes"]]
    kept = [i for i, n in enumerate(sizes) if n != 1] if len(sizes) > 3 else list(range(len(sizes)))
    if len(kept) != 3:
        raise InputError(path, f"expected three dimensions, got sizes {sizes}", "save one volume of one channel")
    dtype = _DTYPES.get(str(header["type"]).strip())
    if dtype is None:
        raise InputError(path, f"type: expected integers or floats, got {clean_text(header['type'])!r}")
    if dtype.itemsize > 1:
        dtype = dtype.newbyteorder(">" if str(header.get("endian", "little")).strip() == "big" else "<")
    encoding = str(header["encoding"]).strip().lower()
    if encoding not in ("raw", "gzip", "gz"):
        raise InputError(path, f"encoding: expected raw or gzip, got {encoding[:20]!r}", "save it as raw or gzip")
    named = header.get("data file", header.get("datafile"))
    data, offset = (sibling(path, str(named)), 0) if named is not None else (path, end)
    shape = tuple(sizes[i] for i in kept)[::-1]
    skip = int(header.get("byte skip", header.get("byteskip", 0)))
    if int(header.get("line skip", header.get("lineskip", 0))):
        raise InputError(path, "line skip is not read", "save it with an attached header")
    if skip == -1 and encoding == "raw":
        offset, skip = data.stat().st_size - int(np.prod(shape, dtype=object)) * dtype.itemsize, 0
    if skip < 0 or offset < 0:
        raise InputError(path, f"the file holds fewer bytes than sizes {sizes} need", "fetch it again")
    deflated = encoding != "raw"
    offset, skip = (offset, skip) if deflated else (offset + skip, 0)
    array = open_voxels(data, offset=offset, dtype=dtype, shape=shape, config=config, deflated=deflated, skip=skip)
    axes, origin, notes = _geometry(header, kept)
    known = {"type", "dimension", "sizes", "encoding", "endian", "space directions", "space origin", "kinds"}
    attributes = {
        clean_text(k): clean_text(v) for k, v in header.items() if k not in known and not k.startswith("xscan ")
    }
    own = header.get("sample units", header.get("sampleunits"))
    return single_scan(
        path,
        array,
        axes,
        origin,
        form="nrrd",
        config=config,
        own_unit=None if own is None else clean_text(own).strip('"'),
        asked_unit=units,
        channel=clean_text(header.get("xscan channel", "mono")),
        notes=notes,
        attributes=attributes,
        sha256=sha256_of_files((path, data), path.parent) if config.sha256 and data != path else "",
    )


def _geometry(
    header: dict[str, Any], kept: list[int]
) -> tuple[NDArray[np.float64], NDArray[np.float64], tuple[str, ...]]:
    """Steps along x, y, z as columns and origin, in left-posterior-superior mm; and notes."""
    notes: tuple[str, ...] = ()
    to_lps = _to_lps(str(header.get("space", "")).strip().lower())
    directions = header.get("space directions")
    if directions is not None:
        steps = np.array([np.asarray(directions[i], dtype=np.float64) for i in kept]).T
    else:
        spacings = np.asarray(header.get("spacings", np.full(len(kept), np.nan)), dtype=np.float64)
        spacings = spacings[kept] if len(spacings) > 3 else spacings
        steps = np.diag(np.abs(spacings))
    if steps.shape != (3, 3) or not np.isfinite(steps).all() or (np.linalg.norm(steps, axis=0) == 0).any():
        steps, notes = np.eye(3), (say("size-unknown"),)
    origin = np.asarray(header.get("space origin", np.zeros(3)), dtype=np.float64)
    origin = origin if origin.shape == (3,) and np.isfinite(origin).all() else np.zeros(3)
    given = header.get("space units", header.get("units"))
    factors = [length_factor(str(u)) for u in given][:3] if given is not None else []
    if len(factors) == 3 and all(f is not None for f in factors) and not notes:
        scale = np.diag(np.array(factors, dtype=np.float64))
        steps, origin = scale @ steps, scale @ origin
    return to_lps @ steps, to_lps @ origin, notes


def _to_lps(space: str) -> NDArray[np.float64]:
    words = [_SHORT[c] for c in space] if len(space) == 3 and set(space) <= set(_SHORT) else space.split("-")
    turn = np.zeros((3, 3))
    if len(words) == 3 and all(w in _AXIS for w in words):
        for column, word in enumerate(words):
            row, sign = _AXIS[word]
            turn[row, column] = sign
    if np.linalg.matrix_rank(turn) == 3:
        return turn
    return np.diag([1.0, 1.0, -1.0]) if "left-handed" in space else np.eye(3)


READER = Reader("NRRD", _sniff, _read)
