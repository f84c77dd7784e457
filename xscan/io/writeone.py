"""NRRD, NIfTI and MetaImage: one file a channel, written by slab."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from xscan.errors import UsageError
from xscan.files import written_aside
from xscan.model import Progress, Scan, Volume, silent, slabs

__all__ = ["write_metaimage", "write_nifti", "write_nrrd"]

_NRRD_TYPES = {"i1": "int8", "u1": "uint8", "f4": "float", "f8": "double"} | {
    f"{k}{n}": f"{'u' if k == 'u' else ''}int{8 * n}" for k in "iu" for n in (2, 4, 8)
}
_META_TYPES = {
    "i1": "MET_CHAR",
    "u1": "MET_UCHAR",
    "i2": "MET_SHORT",
    "u2": "MET_USHORT",
    "i4": "MET_INT",
    "u4": "MET_UINT",
    "i8": "MET_LONG_LONG",
    "u8": "MET_ULONG_LONG",
    "f4": "MET_FLOAT",
    "f8": "MET_DOUBLE",
}
_NIFTI1_LONGEST = 32767
_SLAB_BYTES = 2**25
_EXACT = 2**24  # whole numbers up to here are exact in float32


def write_nrrd(path: Path, scan: Scan, *, progress: Progress = silent) -> tuple[Path, ...]:
    """Write NRRD (gzip; floats plain), unit as `sample units`; several channels get their names before the ending."""
    return _each(path, ".nrrd", scan, _nrrd, progress)


def write_metaimage(path: Path, scan: Scan, *, progress: Progress = silent) -> tuple[Path, ...]:
    """Write MetaImage (.mha, not packed); several channels get their names before the ending."""
    return _each(path, ".mha", scan, _metaimage, progress)


def write_nifti(path: Path, scan: Scan, *, progress: Progress = silent) -> tuple[Path, ...]:
    """Write NIfTI, stored numbers with their slope; several channels get their names before the ending."""
    return _each(path, ".nii.gz" if path.name.lower().endswith(".nii.gz") else ".nii", scan, _nifti, progress)


def _each(
    path: Path,
    ending: str,
    scan: Scan,
    write: Callable[[BinaryIO, str, Volume, bool, Progress], None],
    progress: Progress,
) -> tuple[Path, ...]:
    if scan.modality != "CT":
        raise UsageError(f"{path}: a projection (DX) is written as .h5, this form holds volumes")
    stem = path.name[: -len(ending)]
    count = len(scan.channels)
    written: list[Path] = []
    for number, (name, volume) in enumerate(scan.volumes.items()):
        target = path if count == 1 else path.with_name(f"{stem}_{name}{path.name[len(stem) :]}")

        def told(fraction: float, text: str = "", n: int = number) -> None:
            progress((n + fraction) / count, text)

        with written_aside(target) as part, part.open("wb") as file:
            write(file, name, volume, ending.endswith(".gz"), told)
        written.append(target)
    return tuple(written)


def _nrrd(file: BinaryIO, name: str, volume: Volume, packed: bool, progress: Progress) -> None:
    grid, dtype = volume.grid, _values_dtype(volume)
    steps = grid.direction * np.array(grid.voxel_size_mm[::-1])
    lines = (
        "NRRD0005",
        f"type: {_NRRD_TYPES[dtype.str[1:]]}",
        "dimension: 3",
        "space: left-posterior-superior",
        f"sizes: {' '.join(str(n) for n in grid.shape[::-1])}",
        f"space directions: {' '.join(_vector(steps[:, i]) for i in range(3))}",
        "kinds: domain domain domain",
        "endian: little",
        f"encoding: {'raw' if dtype.kind == 'f' else 'gzip'}",
        f"space origin: {_vector(np.array(grid.origin_mm))}",
        f'sample units: "{volume.unit.value}"',
        f"xscan channel:={name}",
        "",
        "",
    )
    file.write("\n".join(lines).encode())
    pieces = _values(volume, dtype, progress)
    if dtype.kind != "f":
        _deflate(file, b"", pieces)
        return
    for piece in pieces:  # noise in floats packs to six tenths at best, and takes minutes
        file.write(piece)


def _metaimage(file: BinaryIO, name: str, volume: Volume, packed: bool, progress: Progress) -> None:
    grid, dtype = volume.grid, _values_dtype(volume)
    lines = (
        "ObjectType = Image",
        "NDims = 3",
        "BinaryData = True",
        "BinaryDataByteOrderMSB = False",
        "CompressedData = False",
        f"TransformMatrix = {_numbers(grid.direction.T.ravel())}",
        f"Offset = {_numbers(np.array(grid.origin_mm))}",
        "CenterOfRotation = 0 0 0",
        f"ElementSpacing = {_numbers(np.array(grid.voxel_size_mm[::-1]))}",
        f"DimSize = {' '.join(str(n) for n in grid.shape[::-1])}",
        f"XscanUnits = {volume.unit.value}",
        f"XscanChannel = {name}",
        f"ElementType = {_META_TYPES[dtype.str[1:]]}",
        "ElementDataFile = LOCAL",
        "",
    )
    file.write("\n".join(lines).encode())
    for piece in _values(volume, dtype, progress):
        file.write(piece)


def _nifti(file: BinaryIO, name: str, volume: Volume, packed: bool, progress: Progress) -> None:
    import nibabel

    grid = volume.grid
    dtype = _plain(volume.stored.dtype)
    header = nibabel.Nifti1Header() if max(grid.shape) <= _NIFTI1_LONGEST else nibabel.Nifti2Header()
    header.set_data_shape(grid.shape[::-1])
    header.set_data_dtype(dtype)
    affine = np.eye(4)
    to_ras = np.diag([-1.0, -1.0, 1.0])
    affine[:3, :3] = to_ras @ grid.direction * np.array(grid.voxel_size_mm[::-1])
    affine[:3, 3] = to_ras @ np.array(grid.origin_mm)
    header.set_qform(affine, code=1)
    header.set_sform(affine, code=1)
    header.set_xyzt_units("mm")
    header.set_slope_inter(volume.slope, volume.intercept)
    header["descrip"] = f"xscan units={volume.unit.value} channel={name}".encode()
    header["magic"] = b"n+1" if header.sizeof_hdr == 348 else b"n+2"
    header["vox_offset"] = header.sizeof_hdr + 4
    start = header.binaryblock + b"\0\0\0\0"
    pieces = _values(volume, dtype, progress, stored=True)
    if packed:
        _deflate(file, start, pieces)
        return
    file.write(start)
    for piece in pieces:
        file.write(piece)


def _plain(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """The little-endian type of a file for a stored type: no half floats, no booleans, no byte order of its own."""
    if dtype.kind == "b":
        return np.dtype("<u1")
    return np.dtype("<f4") if dtype.kind == "f" and dtype.itemsize < 4 else np.dtype(f"<{dtype.kind}{dtype.itemsize}")


def _values_dtype(volume: Volume) -> np.dtype[Any]:
    """Type of the values: the stored one where unscaled, whole numbers (HU mostly are) as such, else float32."""
    stored = _plain(volume.stored.dtype)
    if volume.slope == 1.0 and volume.intercept == 0.0:
        return stored
    if stored.kind in "iu" and stored.itemsize <= 2 and volume.slope.is_integer() and volume.intercept.is_integer():
        ends = [limit * volume.slope + volume.intercept for limit in (np.iinfo(stored).min, np.iinfo(stored).max)]
        for code in ("<i2", "<i4"):
            if np.iinfo(code).min <= min(ends) and max(ends) <= np.iinfo(code).max and max(map(abs, ends)) < _EXACT:
                return np.dtype(code)
    return np.dtype("<f4")


def _values(volume: Volume, dtype: np.dtype[Any], progress: Progress, *, stored: bool = False) -> Iterator[bytes]:
    """Bytes of the values, or of the stored numbers, slab by slab."""
    unscaled = stored or (volume.slope == 1.0 and volume.intercept == 0.0)
    count = volume.grid.shape[0]
    thickness = max(1, _SLAB_BYTES // max(1, volume.nbytes // count))
    for z in slabs(count, thickness):
        block = np.asarray(volume.stored[z]) if unscaled else volume.read(z)
        block = np.rint(block) if dtype.kind != "f" and block.dtype.kind == "f" else block
        yield np.ascontiguousarray(block, dtype).tobytes()
        progress(z.stop / count)


def _deflate(file: BinaryIO, start: bytes, pieces: Iterator[bytes]) -> None:
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)  # a gzip stream without name and time: same bytes every time
    file.write(packer.compress(start))
    for piece in pieces:
        file.write(packer.compress(piece))
    file.write(packer.flush())


def _vector(values: Any) -> str:
    return f"({','.join(repr(float(v)) for v in values)})"


def _numbers(values: Any) -> str:
    return " ".join(repr(float(v)) for v in values)
