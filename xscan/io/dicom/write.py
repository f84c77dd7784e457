"""DICOS CT (NEMA IIC 1), explicit little endian: writing, one file a channel.

The elements are those that the reference toolkit writes and asks for when it reads.
"""

from __future__ import annotations

import hashlib
import struct
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from xscan.errors import UsageError
from xscan.files import written_aside
from xscan.model import Progress, Scan, Unit, Volume, silent, slabs

__all__ = ["write_dicos"]

_IMAGE_TYPES = {"low": "LOW ENERGY", "high": "HIGH ENERGY", "mono": "MU", "zeff": "Z_EFFECTIVE", "density": "DENSITY"}
_RESCALE_TYPES = {Unit.NUMBER: "Z_EFF", Unit.ARBITRARY: "US"}
_CT = "1.2.840.10008.5.1.4.1.1.501.1"
# By type of the voxels: SOP class, pixel element and its VR (FACTS of the toolkit: 32-bit, float).
_PIXELS = {
    "i1": (_CT, 0x7FE00010, b"OB"),
    "u1": (_CT, 0x7FE00010, b"OB"),
    "i2": (_CT, 0x7FE00010, b"OW"),
    "u2": (_CT, 0x7FE00010, b"OW"),
    "i4": (_CT + ".1", 0x7FE00011, b"OL"),
    "u4": (_CT + ".1", 0x7FE00011, b"OL"),
    "f4": (_CT + ".3", 0x7FE00013, b"OF"),
}
_LONG = (b"OB", b"OW", b"OL", b"OF", b"SQ")
_LONGEST = {b"SH": 16, b"LO": 64, b"UI": 64}
_LARGEST = 2**32 - 2
_MOST = 2**16 - 1  # rows, columns and frames are 16-bit numbers
_UNKNOWN_TIME = datetime(1970, 1, 1, tzinfo=UTC)


def write_dicos(path: Path, scan: Scan, *, progress: Progress = silent) -> tuple[Path, ...]:
    """Write DICOS CT; several channels get their names before the ending, and share study and frame of reference.

    Stored numbers are kept with their slope where they have at most 32 bits, else they become float32. UIDs are
    made from the scan's fingerprint, so the same scan gives the same bytes.

    Raises
    ------
    UsageError
        where it is a projection, has a channel that DICOS has no name for, or is larger than 4 GB
    """
    if scan.modality != "CT":
        raise UsageError(f"{path}: a projection (DX) is written as .h5, this form holds volumes")
    unnamed = [name for name in scan.channels if name not in _IMAGE_TYPES]
    if unnamed:
        raise UsageError(f"{path}: DICOS has no image type for channel {', '.join(unnamed)}; write .h5")
    written: list[Path] = []
    count = len(scan.channels)
    for number, (name, volume) in enumerate(scan.volumes.items()):
        target = path if count == 1 else path.with_name(f"{path.stem}_{name}{path.suffix}")
        dtype = _dtype(volume)
        if max(volume.grid.shape) > _MOST:
            raise UsageError(f"{path}: more than {_MOST} voxels along an axis, which DICOS cannot hold; write .h5")
        if volume.grid.voxel_count * dtype.itemsize > _LARGEST:
            raise UsageError(
                f"{path}: channel {name} is larger than 4 GB, which a DICOS element cannot hold; write .h5"
            )
        with written_aside(target) as part, part.open("wb") as file:
            _write(file, scan, name, volume, dtype, number + 1)
            for z in slabs(volume.grid.shape[0], 16):
                file.write(np.ascontiguousarray(np.asarray(volume.stored[z]), dtype).tobytes())
                progress((number + z.stop / volume.grid.shape[0]) / count)
            if volume.grid.voxel_count * dtype.itemsize % 2:
                file.write(b"\0")
        written.append(target)
    return tuple(written)


def _dtype(volume: Volume) -> np.dtype[Any]:
    code = volume.stored.dtype.str[1:]
    return np.dtype(f"<{'u1' if code == 'b1' else code if code in _PIXELS else 'f4'}")


def _write(file: BinaryIO, scan: Scan, name: str, volume: Volume, dtype: np.dtype[Any], number: int) -> None:
    known = scan.provenance
    time = known.acquired or _UNKNOWN_TIME
    day, clock = time.strftime("%Y%m%d"), time.strftime("%H%M%S.%f")
    sop_class, pixel_tag, pixel_vr = _PIXELS[dtype.str[1:]]
    image_type = f"ORIGINAL\\{_IMAGE_TYPES[name]}\\VOLUME\\NONE"
    bits = 8 * dtype.itemsize
    uid = _uid(scan, f"image {name}")
    frames, rows, columns = volume.grid.shape
    kinds = ((0x00089205, "MONOCHROME"), (0x00089206, "VOLUME"), (0x00089207, "NONE"))
    common = b"".join(_element(tag, b"CS", value) for tag, value in kinds)
    parts = (
        _element(0x00080008, b"CS", image_type),
        _element(0x00080012, b"DA", day),
        _element(0x00080013, b"TM", clock),
        _element(0x00080016, b"UI", sop_class),
        _element(0x00080018, b"UI", uid),
        _element(0x00080020, b"DA", day),
        _element(0x00080021, b"DA", day),
        _element(0x00080023, b"DA", day),
        _element(0x0008002A, b"DT", day + clock),
        _element(0x00080030, b"TM", clock),
        _element(0x00080031, b"TM", clock),
        _element(0x00080033, b"TM", clock),
        _element(0x00080060, b"CS", "CT"),
        _element(0x00080070, b"LO", known.scanner or "unknown"),
        _element(0x00080080, b"LO", "unknown"),
        _element(0x00080081, b"ST", "unknown"),
        _element(0x00080118, b"CS", "MACHINE"),  # image origin
        _element(0x00081010, b"SH", "unknown"),
        _element(0x00081090, b"LO", "unknown"),
        _element(0x00082108, b"CS", "RHS"),  # coordinate system: right-handed, as `Grid` is
        common,
        _element(0x00100020, b"LO", known.parcel_id or "unknown"),
        _element(0x00100021, b"LO", "unknown"),
        _element(0x00100022, b"CS", "TEXT"),
        _element(0x00101002, b"SQ", b""),
        _element(0x00181000, b"LO", "unknown"),
        _element(0x00181020, b"LO", "unknown"),
        _element(0x00181200, b"DA", day),
        _element(0x00181201, b"TM", clock),
        _element(0x00189073, b"FD", struct.pack("<d", 0.0)),
        _element(0x0020000D, b"UI", _uid(scan, "study")),
        _element(0x0020000E, b"UI", _uid(scan, f"series {name}")),
        _element(0x00200010, b"SH", "unknown"),
        _element(0x00200013, b"IS", str(number)),
        _element(0x00200052, b"UI", _uid(scan, "frame of reference")),
        _element(0x00201040, b"LO", ""),
        _element(0x00280002, b"US", struct.pack("<H", 1)),
        _element(0x00280004, b"CS", "MONOCHROME2"),
        _element(0x00280008, b"US", struct.pack("<H", frames)),  # US in DICOS, where DICOM has IS
        _element(0x00280010, b"US", struct.pack("<H", rows)),
        _element(0x00280011, b"US", struct.pack("<H", columns)),
        _element(0x00280100, b"US", struct.pack("<H", bits)),
        _element(0x00280101, b"US", struct.pack("<H", bits)),
        _element(0x00280102, b"US", struct.pack("<H", bits - 1)),
        _element(0x00280103, b"US", struct.pack("<H", int(dtype.kind != "u"))),
        _element(0x00280301, b"CS", "NO"),
        _element(0x00400555, b"SQ", b""),
        _element(0x20500020, b"CS", "IDENTITY"),
        _element(0x4010103A, b"CS", "V03"),
        _element(0x40101042, b"CS", "BAGGAGE"),
        _element(0x40101044, b"CS", "SUCCESSFUL"),
        _element(0x40101048, b"CS", "OPERATIONAL"),
        _element(0x40101064, b"SQ", b""),
        _element(0x43000902, b"FL", struct.pack("<f", 0.0)),  # effective energy, unknown
        _element(0x52009229, b"SQ", _item(_shared(known.kvp.get(name), volume, image_type, common))),
        _element(0x52009230, b"SQ", b"".join(_plane(volume, k) for k in range(frames))),
    )
    meta = b"".join(
        (
            _element(0x00020001, b"OB", b"\0\1"),
            _element(0x00020002, b"UI", sop_class),
            _element(0x00020003, b"UI", uid),
            _element(0x00020004, b"CS", "V03"),
            _element(0x00020010, b"UI", "1.2.840.10008.1.2.1"),
            _element(0x00020012, b"UI", _hashed("xscan")),
            _element(0x00020013, b"SH", "XSCAN"),
        )
    )
    file.write(b"\0" * 128 + b"DICM" + _element(0x00020000, b"UL", struct.pack("<I", len(meta))) + meta)
    file.write(b"".join(parts))
    length = volume.grid.voxel_count * dtype.itemsize
    file.write(struct.pack("<HH2sHI", pixel_tag >> 16, pixel_tag & 0xFFFF, pixel_vr, 0, length + length % 2))


def _shared(kvp: float | None, volume: Volume, image_type: str, common: bytes) -> bytes:
    z, y, x = volume.grid.voxel_size_mm
    row, column = volume.grid.direction[:, 0], volume.grid.direction[:, 1]
    kind = _RESCALE_TYPES.get(volume.unit, volume.unit.value)
    tube = (
        _element(0x00180060, b"DS", _numbers(kvp or 0.0)),
        _element(0x00181160, b"SH", "NONE"),
        _element(0x00181190, b"DS", "0"),  # focal spot, unknown
    )
    groups = (
        (0x00189325, b"".join(tube)),
        (0x00189329, _element(0x00089007, b"CS", image_type) + common),
        (0x00209116, _element(0x00200037, b"DS", _numbers(*row, *column))),
        (0x00289110, _element(0x00180050, b"DS", _numbers(z)) + _element(0x00280030, b"DS", _numbers(y, x))),
        (
            0x00289145,
            _element(0x00281052, b"DS", _numbers(volume.intercept))
            + _element(0x00281053, b"DS", _numbers(volume.slope))
            + _element(0x00281054, b"LO", kind),
        ),
    )
    return b"".join(_element(tag, b"SQ", _item(value)) for tag, value in groups)


def _plane(volume: Volume, index: int) -> bytes:
    grid = volume.grid
    at = np.array(grid.origin_mm) + index * grid.voxel_size_mm[0] * grid.direction[:, 2]
    return _item(_element(0x00209113, b"SQ", _item(_element(0x00200032, b"DS", _numbers(*at)))))


def _element(tag: int, vr: bytes, value: bytes | str) -> bytes:
    data = value.encode("ascii", "replace") if isinstance(value, str) else value
    if isinstance(value, str):
        data = data.replace(b"\\", b"/")[: _LONGEST[vr]] if vr in _LONGEST else data
        data += (b"\0" if vr == b"UI" else b" ") * (len(data) % 2)
    head = struct.pack("<HH2s", tag >> 16, tag & 0xFFFF, vr)
    return head + (struct.pack("<HI", 0, len(data)) if vr in _LONG else struct.pack("<H", len(data))) + data


def _item(value: bytes) -> bytes:
    return struct.pack("<HHI", 0xFFFE, 0xE000, len(value)) + value


def _numbers(*values: float) -> str:
    """Decimal strings of at most 16 characters, as exact as those allow."""
    texts = []
    for value in values:
        precision = 15
        while len(text := f"{float(value) + 0.0:.{precision}g}") > 16:
            precision -= 1
        texts.append(text)
    return "\\".join(texts)


def _uid(scan: Scan, part: str) -> str:
    grid = scan.grid
    return _hashed(f"{scan.provenance.sha256 or scan.provenance.path}\0{grid.shape}\0{grid.voxel_size_mm}\0{part}")


def _hashed(text: str) -> str:
    return f"2.25.{int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], 'big')}"
