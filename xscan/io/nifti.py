"""NIfTI-1 and -2, packed or plain, single file or pair: reading."""

from __future__ import annotations

import io
import re
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xscan.errors import InputError
from xscan.io.config import IoConfig
from xscan.io.hashing import sha256_of_files
from xscan.io.messages import say
from xscan.io.packed import open_voxels
from xscan.io.reader import Reader, head
from xscan.io.single import single_scan
from xscan.io.text import clean_text
from xscan.model import Scan

__all__ = ["READER"]

_RAS_TO_LPS = np.diag([-1.0, -1.0, 1.0])
_MARK = re.compile(r"xscan units=(\S+) channel=(\w+)")
_LENGTHS = {1: 1000.0, 2: 1.0, 3: 1e-3}


def _start(path: Path) -> tuple[bytes, bool]:
    """First 540 bytes, unpacked where packed; and whether they were."""
    start = head(path, 4096)
    if not start.startswith(b"\x1f\x8b"):
        return start[:540], False
    try:
        return zlib.decompressobj(47).decompress(start, 540), True
    except zlib.error:
        return b"", True


def _version(start: bytes) -> int:
    if len(start) >= 348 and start[344:348] in (b"n+1\0", b"ni1\0"):
        return 1
    return 2 if len(start) >= 540 and start[4:8] in (b"n+2\0", b"ni2\0") else 0


def _sniff(path: Path) -> bool:
    return _version(_start(path)[0]) > 0


def _read(path: Path, *, units: str | None, config: IoConfig) -> Scan:
    import nibabel
    from nibabel.spatialimages import HeaderDataError

    start, packed = _start(path)
    version = _version(start)
    try:
        kind = nibabel.Nifti1Header if version == 1 else nibabel.Nifti2Header
        header = kind.from_fileobj(io.BytesIO(start[: 348 if version == 1 else 540]), check=False)
        return _scan(path, header, packed, units, config)
    except (HeaderDataError, ValueError, KeyError, struct.error, OverflowError) as error:
        raise InputError(path, f"a damaged NIfTI header: {error}", "fetch it again") from error


def _scan(path: Path, header: Any, packed: bool, units: str | None, config: IoConfig) -> Scan:
    shape = [int(n) for n in header.get_data_shape()]
    while len(shape) > 3 and shape[-1] == 1:
        shape.pop()
    if len(shape) != 3:
        raise InputError(path, f"expected three dimensions, got {tuple(shape)}", "save one volume of one channel")
    dtype = np.dtype(header.get_data_dtype())
    if dtype.kind not in "iuf":
        raise InputError(path, f"expected voxels of integers or floats, got {dtype}")
    data = path if bytes(header["magic"])[:2] == b"n+" else _image_of(path)
    offset = float(header["vox_offset"]) if data == path else 0.0
    if not 0 <= offset < 2**40:
        raise InputError(path, f"vox_offset {offset} cannot be", "fetch it again")
    packed = head(data, 2) == b"\x1f\x8b"
    array = open_voxels(
        data,
        offset=0 if packed else int(offset),
        skip=int(offset) if packed else 0,
        dtype=dtype,
        shape=(shape[2], shape[1], shape[0]),
        config=config,
        deflated=packed,
    )
    axes, origin, notes = _geometry(header)
    slope, intercept = float(header["scl_slope"]), float(header["scl_inter"])
    if slope == 0 or not np.isfinite([slope, intercept]).all():
        slope, intercept = 1.0, 0.0  # the standard: 0 means that nothing is to be rescaled
    text = clean_text(bytes(header["descrip"]).split(b"\0")[0])
    mark = _MARK.fullmatch(text)
    return single_scan(
        path,
        array,
        axes,
        origin,
        form="nifti",
        config=config,
        own_unit=mark[1] if mark else None,
        asked_unit=units,
        channel=mark[2] if mark else "mono",
        slope=slope,
        intercept=intercept,
        notes=notes,
        attributes={"descrip": text} if text and not mark else {},
        sha256=sha256_of_files((path, data), path.parent) if config.sha256 and data != path else "",
    )


def _image_of(path: Path) -> Path:
    stem = path.name.removesuffix(".gz").removesuffix(".hdr")
    for ending in (".img", ".img.gz"):
        if (image := path.with_name(stem + ending)).is_file():
            return image
    raise InputError(path, f"the header of a pair, but {stem}.img is missing", "put both into one folder")


def _geometry(header: Any) -> tuple[NDArray[np.float64], NDArray[np.float64], tuple[str, ...]]:
    notes: tuple[str, ...] = ()
    sizes = np.abs(np.asarray(header["pixdim"], dtype=np.float64)[1:4])
    if int(header["sform_code"]) > 0:
        affine = np.asarray(header.get_sform(), dtype=np.float64)
    elif int(header["qform_code"]) > 0:
        affine = np.asarray(header.get_qform(), dtype=np.float64)
    else:  # no orientation: the axes are taken as the world's own
        affine = np.diag([*(_RAS_TO_LPS.diagonal() * sizes), 1.0])
    if not np.isfinite(affine).all() or (np.linalg.norm(affine[:3, :3], axis=0) == 0).any():
        affine, notes = np.diag([-1.0, -1.0, 1.0, 1.0]), (say("size-unknown"),)
    factor = _LENGTHS.get(int(header["xyzt_units"]) & 7)
    if factor is None and not notes:
        factor, notes = 1.0, (say("length-unknown"),)
    return factor * _RAS_TO_LPS @ affine[:3, :3], factor * _RAS_TO_LPS @ affine[:3, 3], notes


READER = Reader("NIfTI", _sniff, _read)
