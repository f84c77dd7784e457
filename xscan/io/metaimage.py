"""MetaImage, .mha or .mhd with its .raw or .zraw (ITK's MetaIO): reading."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from xscan.errors import InputError
from xscan.io.config import IoConfig
from xscan.io.folder import sibling
from xscan.io.hashing import sha256_of_files
from xscan.io.messages import say
from xscan.io.packed import open_voxels
from xscan.io.reader import Reader, head
from xscan.io.single import single_scan
from xscan.io.text import clean_text
from xscan.model import Scan

__all__ = ["READER"]

_HEADER_BYTES = 2**16
_DTYPES = {
    "MET_CHAR": "i1",
    "MET_UCHAR": "u1",
    "MET_SHORT": "i2",
    "MET_USHORT": "u2",
    "MET_INT": "i4",
    "MET_UINT": "u4",
    "MET_LONG": "i4",
    "MET_ULONG": "u4",
    "MET_LONG_LONG": "i8",
    "MET_ULONG_LONG": "u8",
    "MET_FLOAT": "f4",
    "MET_DOUBLE": "f8",
}


def _sniff(path: Path) -> bool:
    start = head(path, 256)
    first = start.split(b"=")[0].strip()
    return first in (b"ObjectType", b"NDims", b"Comment") and b"\n" in start and b"NDims" in head(path, _HEADER_BYTES)


def _read(path: Path, *, units: str | None, config: IoConfig) -> Scan:
    header, end = _header(path)
    try:
        return _scan(path, header, end, units, config)
    except (KeyError, ValueError, IndexError, OverflowError) as error:
        raise InputError(path, f"a damaged MetaImage header: {error!r}", "mend the header") from error


def _header(path: Path) -> tuple[dict[str, str], int]:
    """Keys and values up to ElementDataFile, always the last, and where the voxels begin."""
    start, at = head(path, _HEADER_BYTES), 0
    fields: dict[str, str] = {}
    while "ElementDataFile" not in fields:
        stop = start.find(b"\n", at)
        stop = len(start) if stop < 0 else stop
        key, separator, value = start[at:stop].decode("utf-8", "replace").partition("=")
        if not separator and (key.strip() or stop == len(start)):
            raise InputError(path, f"a damaged MetaImage header: expected 'key = value', got {clean_text(key)[:60]!r}")
        fields[key.strip()] = value.strip()
        at = stop + 1
    return fields, at


def _scan(path: Path, header: dict[str, str], end: int, units: str | None, config: IoConfig) -> Scan:
    sizes = [int(n) for n in header["DimSize"].split()]
    if int(header["NDims"]) != 3 or len(sizes) != 3 or int(header.get("ElementNumberOfChannels", "1")) != 1:
        raise InputError(path, f"expected three dimensions of one channel, got sizes {sizes}", "save one volume")
    code = _DTYPES.get(header["ElementType"])
    if code is None:
        raise InputError(path, f"ElementType: expected integers or floats, got {header['ElementType'][:40]!r}")
    big = header.get("BinaryDataByteOrderMSB", header.get("ElementByteOrderMSB", "False")).lower() == "true"
    dtype = np.dtype((">" if big else "<") + code)
    if header.get("BinaryData", "True").lower() != "true":
        raise InputError(path, "voxels written as text are not read", "save it with BinaryData = True")
    local = header["ElementDataFile"].upper() == "LOCAL"
    data, offset = (path, end) if local else (sibling(path, header["ElementDataFile"]), 0)
    shape = (sizes[2], sizes[1], sizes[0])
    deflated = header.get("CompressedData", "False").lower() == "true"
    skip = int(header.get("HeaderSize", "0"))
    if skip == -1 and not deflated:
        skip = data.stat().st_size - offset - int(np.prod(sizes, dtype=object)) * dtype.itemsize
    if skip < 0:
        raise InputError(path, f"the file holds fewer bytes than DimSize {sizes} needs", "fetch it again")
    array = open_voxels(data, offset=offset + skip, dtype=dtype, shape=shape, config=config, deflated=deflated)

    notes: tuple[str, ...] = ()
    spacing = _numbers(header, ("ElementSpacing", "ElementSize"), 3)
    if spacing is None:
        spacing, notes = np.ones(3), (say("size-unknown"),)
    matrix = _numbers(header, ("TransformMatrix", "Rotation", "Orientation"), 9)
    origin = _numbers(header, ("Offset", "Position", "Origin"), 3)
    # MetaIO writes the world step of each axis as one row: its matrix is the transpose of the direction cosines.
    axes = (np.eye(3) if matrix is None else matrix.reshape(3, 3).T) * spacing
    slope = _numbers(header, ("ElementToIntensityFunctionSlope",), 1)
    intercept = _numbers(header, ("ElementToIntensityFunctionOffset",), 1)
    own = header.get("XscanUnits")
    return single_scan(
        path,
        array,
        axes,
        np.zeros(3) if origin is None else origin,
        form="metaimage",
        config=config,
        own_unit=own,
        asked_unit=units,
        channel=clean_text(header.get("XscanChannel", "mono")),
        slope=1.0 if slope is None else float(slope[0]),
        intercept=0.0 if intercept is None else float(intercept[0]),
        notes=notes,
        attributes={
            k: clean_text(header[k]) for k in ("Comment", "Name", "Modality", "AcquisitionDate") if k in header
        },
        sha256=sha256_of_files((path, data), path.parent) if config.sha256 and data != path else "",
    )


def _numbers(
    header: dict[str, str], keys: tuple[str, ...], count: int
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]] | None:
    for key in keys:
        if key in header:
            numbers = np.array([float(v) for v in header[key].split()])
            if numbers.size != count:
                raise ValueError(f"{key}: expected {count} numbers, got {numbers.size}")
            return numbers
    return None


READER = Reader("MetaImage", _sniff, _read)
