"""DICOS CT and DX (NEMA IIC 1), explicit little endian: writing, one file a channel.

The elements are those that the reference toolkit writes and asks for when it reads.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np

from xscan.errors import UsageError
from xscan.files import written_aside
from xscan.io.dicom.encode import Value, clock_of, dataset, day_of, file_head, item, numbers, pack
from xscan.io.dicom.heading import UNKNOWN_TIME, Device, Heading, heading_elements
from xscan.io.dicom.identity import frame_uid, made_uid, study_uid
from xscan.model import Progress, Projection, Scan, Unit, Volume, silent, slabs

__all__ = ["write_dicos"]

_IMAGE_TYPES = {"low": "LOW ENERGY", "high": "HIGH ENERGY", "mono": "MU", "zeff": "Z_EFFECTIVE", "density": "DENSITY"}
_RESCALE_TYPES = {Unit.NUMBER: "Z_EFF", Unit.ARBITRARY: "US"}
_CT, _DX = "1.2.840.10008.5.1.4.1.1.501.1", "1.2.840.10008.5.1.4.1.1.501.2.2"
# By type of the numbers: what the SOP class ends in, pixel element and its VR, as the reference toolkit has them.
_PIXELS = {
    "i1": ("", 0x7FE00010, b"OB"),
    "u1": ("", 0x7FE00010, b"OB"),
    "i2": ("", 0x7FE00010, b"OW"),
    "u2": ("", 0x7FE00010, b"OW"),
    "i4": (".1", 0x7FE00011, b"OL"),
    "u4": (".1", 0x7FE00011, b"OL"),
    "f4": (".3", 0x7FE00013, b"OF"),
}
_SIGNED = ("i1", "i2", "i4")  # which DX may not hold
_LARGEST = 2**32 - 2
_MOST = 2**16 - 1  # rows, columns and frames are 16-bit numbers
_MONOCHROME: dict[int, Value] = {
    0x00089205: (b"CS", "MONOCHROME"),
    0x00089206: (b"CS", "VOLUME"),
    0x00089207: (b"CS", "NONE"),
}


def write_dicos(path: Path, scan: Scan, *, progress: Progress = silent) -> tuple[Path, ...]:
    """Write DICOS CT or DX; several channels get their names before the ending, and share scan and frame of reference.

    Stored numbers are kept with their slope where they have at most 32 bits (and no sign, in DX), else they become
    float32. UIDs are made from the scan's fingerprint, so the same scan gives the same bytes.

    Raises
    ------
    UsageError
        where it has a channel that DICOS has no name for, or is larger than 4 GB
    """
    unnamed = [name for name in scan.channels if name not in _IMAGE_TYPES]
    if unnamed:
        raise UsageError(f"{path}: DICOS has no image type for channel {', '.join(unnamed)}; write .h5")
    written: list[Path] = []
    count = len(scan.channels)
    for number, (name, channel) in enumerate(scan.channels.items()):
        target = path if count == 1 else path.with_name(f"{path.stem}_{name}{path.suffix}")
        dtype = _dtype(channel)
        _check_size(path, name, channel, dtype)
        frames = channel.stored.shape[0] if isinstance(channel, Volume) else 1
        with written_aside(target) as part, part.open("wb") as file:
            file.write(_head(scan, name, channel, dtype, number + 1))
            for z in slabs(frames, 16):
                stored = channel.stored[z] if isinstance(channel, Volume) else channel.stored[...]
                file.write(np.ascontiguousarray(np.asarray(stored), dtype).tobytes())
                progress((number + z.stop / frames) / count)
            if int(np.prod(channel.stored.shape)) * dtype.itemsize % 2:
                file.write(b"\0")
        written.append(target)
    return tuple(written)


def _dtype(channel: Volume | Projection) -> np.dtype[Any]:
    code = channel.stored.dtype.str[1:]
    if code == "b1":
        return np.dtype("u1")
    kept = code in _PIXELS and (isinstance(channel, Volume) or code not in _SIGNED)
    return np.dtype(f"<{code if kept else 'f4'}")


def _check_size(path: Path, name: str, channel: Volume | Projection, dtype: np.dtype[Any]) -> None:
    if max(channel.stored.shape) > _MOST:
        raise UsageError(f"{path}: more than {_MOST} voxels along an axis, which DICOS cannot hold; write .h5")
    if int(np.prod(channel.stored.shape)) * dtype.itemsize > _LARGEST:
        raise UsageError(f"{path}: channel {name} is larger than 4 GB, which a DICOS element cannot hold; write .h5")


def _head(scan: Scan, name: str, channel: Volume | Projection, dtype: np.dtype[Any], number: int) -> bytes:
    """Everything up to the pixels."""
    known = scan.provenance
    time = known.acquired or UNKNOWN_TIME
    ending, pixel_tag, pixel_vr = _PIXELS[dtype.str[1:]]
    volume = isinstance(channel, Volume)
    heading = Heading(
        sop_class=(_CT if volume else _DX) + ending,
        instance_uid=made_uid(scan, f"image {name}"),
        modality="CT" if volume else "DX",
        study_uid=study_uid(scan),
        series_uid=made_uid(scan, f"series {name}"),
        frame_uid=frame_uid(scan),
        number=number,
        object_id=known.parcel_id or "unknown",
        made=time,
        scanned=time,
        device=Device(manufacturer=known.scanner or "unknown"),
    )
    kvp = known.kvp.get(name) or 0.0
    bits = 8 * dtype.itemsize
    elements: dict[int, Value] = {
        **heading_elements(heading),
        0x00080118: (b"CS", "MACHINE"),  # image origin
        0x00082108: (b"CS", "RHS"),  # coordinate system: right-handed, as `Grid` is
        0x00280002: (b"US", pack("H", 1)),
        0x00280004: (b"CS", "MONOCHROME2"),
        0x00280010: (b"US", pack("H", channel.stored.shape[-2])),
        0x00280011: (b"US", pack("H", channel.stored.shape[-1])),
        0x00280100: (b"US", pack("H", bits)),
        0x00280101: (b"US", pack("H", bits)),
        0x00280102: (b"US", pack("H", bits - 1)),
        0x00280103: (b"US", pack("H", int(dtype.kind != "u"))),
        0x00280301: (b"CS", "NO"),
        0x00400555: (b"SQ", b""),
        0x20500020: (b"CS", "IDENTITY"),
        0x43000902: (b"FL", pack("f", 0.0)),  # effective energy, unknown
    }
    image_type = _IMAGE_TYPES[name]
    if isinstance(channel, Volume):
        elements |= _of_volume(channel, f"ORIGINAL\\{image_type}\\VOLUME\\NONE", kvp)
        elements[0x0008002A] = (b"DT", day_of(time) + clock_of(time))
    else:
        elements |= _of_projection(channel, f"ORIGINAL\\{image_type}", kvp)
    length = int(np.prod(channel.stored.shape)) * dtype.itemsize
    pixels = struct.pack("<HH2sHI", pixel_tag >> 16, pixel_tag & 0xFFFF, pixel_vr, 0, length + length % 2)
    return file_head(heading.sop_class, heading.instance_uid) + dataset(elements) + pixels


def _of_volume(volume: Volume, image_type: str, kvp: float) -> dict[int, Value]:
    frames = volume.grid.shape[0]
    shared = item(_shared(kvp, volume, image_type))
    return {
        **_MONOCHROME,
        0x00080008: (b"CS", image_type),
        0x00189073: (b"FD", pack("d", 0.0)),  # duration of the scan, unknown
        0x00280008: (b"US", pack("H", frames)),  # US in DICOS, where DICOM has IS
        0x52009229: (b"SQ", shared),
        0x52009230: (b"SQ", b"".join(_plane(volume, k) for k in range(frames))),
    }


def _of_projection(image: Projection, image_type: str, kvp: float) -> dict[int, Value]:
    return {
        0x00080008: (b"CS", image_type),
        0x00080068: (b"CS", "FOR PROCESSING"),
        0x00180060: (b"DS", numbers(kvp)),
        0x00181164: (b"DS", numbers(*image.pixel_size_mm)),  # at the detector
        0x00187004: (b"CS", ""),  # detector, unknown
        0x00188151: (b"DS", "0"),  # tube current, unknown
        0x00189309: (b"FD", pack("d", 0.0)),  # belt speed, unknown
        0x00200032: (b"DS", "0\\0\\0"),
        0x00200037: (b"DS", "1\\0\\0\\0\\1\\0"),
        0x00281040: (b"CS", "LIN"),
        0x00281041: (b"SS", pack("h", 1)),
        **_values(image),
        0x00282110: (b"CS", "00"),  # never compressed with loss
        0x40101062: (b"FL", pack("f", 0.0)),  # belt height, unknown
    }


def _values(channel: Volume | Projection) -> dict[int, Value]:
    return {
        0x00281052: (b"DS", numbers(channel.intercept)),
        0x00281053: (b"DS", numbers(channel.slope)),
        0x00281054: (b"LO", _RESCALE_TYPES.get(channel.unit, channel.unit.value)),
    }


def _shared(kvp: float, volume: Volume, image_type: str) -> dict[int, Value]:
    z, y, x = volume.grid.voxel_size_mm
    row, column = volume.grid.direction[:, 0], volume.grid.direction[:, 1]
    groups: dict[int, dict[int, Value]] = {
        0x00189325: {
            0x00180060: (b"DS", numbers(kvp)),
            0x00181160: (b"SH", "NONE"),
            0x00181190: (b"DS", "0"),  # focal spot, unknown
        },
        0x00189329: {0x00089007: (b"CS", image_type), **_MONOCHROME},
        0x00209116: {0x00200037: (b"DS", numbers(*row, *column))},
        0x00289110: {0x00180050: (b"DS", numbers(z)), 0x00280030: (b"DS", numbers(y, x))},
        0x00289145: _values(volume),
    }
    return {tag: (b"SQ", item(group)) for tag, group in groups.items()}


def _plane(volume: Volume, index: int) -> bytes:
    grid = volume.grid
    at = np.array(grid.origin_mm) + index * grid.voxel_size_mm[0] * grid.direction[:, 2]
    return item({0x00209113: (b"SQ", item({0x00200032: (b"DS", numbers(*at))}))})
