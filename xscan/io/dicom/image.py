"""What a DICOM or DICOS file says of its frames."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from xscan.errors import InputError
from xscan.io.dicom.elements import DEFLATED, Elements, Parsed, parse_file
from xscan.io.packed import MAX_VOXELS
from xscan.io.text import parse_time

__all__ = ["Frame", "Image", "acquired_of", "image_of", "is_dicos", "read_image"]

_DICOS = "1.2.840.10008.5.1.4.1.1.501."
_DIRECTORY = "1.2.840.10008.1.3.10"
_CHANNELS = {"HIGH ENERGY": "high", "LOW ENERGY": "low", "Z_EFFECTIVE": "zeff", "DENSITY": "density"}
_PLAIN = {
    "1.2.840.10008.1.2",
    "1.2.840.10008.1.2.1",
    "1.2.840.10008.1.2.2",
    "1.2.840.10008.1.2.1.64",
    DEFLATED,
}


@dataclass(frozen=True)
class Frame:
    """One slice of a file; geometry in mm, `None` where the file is silent.

    Parameters
    ----------
    position : world (x, y, z) of the centre of the first pixel
    row, column : world directions in which columns and rows count up
    spacing : between rows, between columns
    thickness, gap : of the slice, and to the next slice
    """

    index: int
    position: tuple[float, float, float] | None
    row: tuple[float, float, float] | None
    column: tuple[float, float, float] | None
    spacing: tuple[float, float] | None
    thickness: float | None
    gap: float | None
    slope: float
    intercept: float
    rescale_type: str


@dataclass(frozen=True, eq=False)
class Image:
    """A file with pixels."""

    path: Path
    parsed: Parsed
    sop_class: str
    series: str
    reference: str
    modality: str
    image_type: tuple[str, ...]
    rows: int
    columns: int
    dtype: np.dtype[Any]
    bits_stored: int
    high_bit: int
    frames: tuple[Frame, ...]
    number: float
    kvp: float | None
    acquired: datetime | None

    @property
    def encapsulated(self) -> bool:
        """Whether the pixels are compressed frames in fragments."""
        return self.parsed.syntax not in _PLAIN

    @property
    def frame_bytes(self) -> int:
        """Bytes of one frame, unpacked."""
        return self.rows * self.columns * self.dtype.itemsize

    @property
    def channel(self) -> str:
        """Name of the channel that DICOS's image type stands for, else mono."""
        return _CHANNELS.get(self.image_type[1] if len(self.image_type) > 1 else "", "mono") if self.dicos else "mono"

    @property
    def dicos(self) -> bool:
        """Whether it is of DICOS."""
        return is_dicos(self.sop_class)


def is_dicos(sop_class: str) -> bool:
    """Whether a SOP class is one of DICOS's."""
    return sop_class.startswith(_DICOS)


def read_image(path: Path) -> Image | None:
    """Read a file's header; `None` where it is a directory of files (DICOMDIR).

    Raises
    ------
    InputError
        where it is damaged, holds no pixels, or pixels that are no measured values
    """
    return image_of(path, parse_file(path))


def image_of(path: Path, parsed: Parsed) -> Image | None:
    """As :func:`read_image`, of elements that were read."""
    data = parsed.data
    sop_class = data.text(0x00080016) or parsed.meta.text(0x00020002)
    if sop_class == _DIRECTORY or 0x00041220 in data:
        return None
    if sop_class == _DICOS + "3" or data.text(0x00080060) == "TDR":
        raise InputError(path, "a threat report (TDR), not a scan", "`xscan dicos show` reads it; give the scan")
    if not parsed.pixel_tag:
        raise InputError(path, "a DICOM file without pixels", "it was cut off, or is no scan")
    rows, columns = data.count(0x00280010) or 0, data.count(0x00280011) or 0
    count = data.count(0x00280008) or 1
    if rows < 1 or columns < 1 or count < 1 or rows * columns * count > MAX_VOXELS:
        raise InputError(path, f"{count} frames of {rows}×{columns} pixels cannot be", "fetch it again")
    if (data.count(0x00280002) or 1) != 1:
        raise InputError(path, "colours, not measured values", "give the original grey values")
    bits = data.count(0x00280100) or 16
    stored = data.count(0x00280101) or bits
    high = data.count(0x00280102)
    if bits not in (8, 16, 32, 64) or not 1 <= stored <= bits:
        raise InputError(path, f"{bits} bits for each pixel, {stored} of them used, cannot be read")
    return Image(
        path,
        parsed,
        sop_class,
        data.text(0x0020000E),
        data.text(0x00200052),
        data.text(0x00080060),
        data.texts(0x00080008),
        rows,
        columns,
        _dtype(parsed, bits, bool(data.count(0x00280103))),
        stored,
        stored - 1 if high is None else high,
        _frames(path, data, count),
        data.number(0x00200013) or 0.0,
        data.number(0x00180060) or data.first(0x52009229).first(0x00189325).number(0x00180060),
        acquired_of(data),
    )


def _dtype(parsed: Parsed, bits: int, signed: bool) -> np.dtype[Any]:
    floating = parsed.pixel_tag in (0x7FE00013, 0x7FE00008, 0x7FE00009)
    order = "<" if bits == 8 or parsed.syntax not in _PLAIN else parsed.order
    return np.dtype(f"{order}{'f' if floating else 'i' if signed else 'u'}{bits // 8}")


def acquired_of(data: Elements) -> datetime | None:
    """When the scan was made."""
    for tag in (0x0008002A, 0x00080022, 0x00080023, 0x00080021, 0x00080020):
        text = data.text(tag)
        if tag != 0x0008002A and text:
            text += data.text(tag + 0x10)  # the time of that date
        if text and (time := parse_time(text)) is not None:
            return time
    return None


def _frames(path: Path, data: Elements, count: int) -> tuple[Frame, ...]:
    shared = data.first(0x52009229)
    own = data.items(0x52009230)
    if own and len(own) != count:
        raise InputError(path, f"{count} frames, but groups for {len(own)}", "fetch it again")
    if not own:  # one position for all can only be that of the first; said once, for a file may promise 65,535
        first = _frame(0, data, shared, None)
        return (first, *(replace(first, position=None, index=i) for i in range(1, count)))
    frames = [_frame(i, data, shared, own[i]) for i in range(count)]
    if count > 1 and len({frame.position for frame in frames}) == 1:
        frames = [frames[0], *(replace(frame, position=None) for frame in frames[1:])]
    return tuple(frames)


def _frame(index: int, data: Elements, shared: Elements, own: Elements | None) -> Frame:
    def numbers(group: int, tag: int, count: int) -> tuple[float, ...] | None:
        for level in (own, shared):
            found = level.first(group).numbers(tag) if level is not None else ()
            if len(found) == count:
                return found
        found = data.numbers(tag)
        return found if len(found) == count else None

    def one(group: int, tag: int) -> float | None:
        found = numbers(group, tag, 1)
        return found[0] if found else None

    position = numbers(0x00209113, 0x00200032, 3)
    axes = numbers(0x00209116, 0x00200037, 6)
    spacing = numbers(0x00289110, 0x00280030, 2) or numbers(0x00289110, 0x00181164, 2)
    slope = one(0x00289145, 0x00281053)
    kind = ""
    for level in (own, shared):
        kind = kind or (level.first(0x00289145).text(0x00281054) if level is not None else "")
    return Frame(
        index,
        (position[0], position[1], position[2]) if position else None,
        (axes[0], axes[1], axes[2]) if axes else None,
        (axes[3], axes[4], axes[5]) if axes else None,
        (spacing[0], spacing[1]) if spacing else None,
        one(0x00289110, 0x00180050),
        one(0x00289110, 0x00180088),
        1.0 if slope is None else slope,
        one(0x00289145, 0x00281052) or 0.0,
        kind or data.text(0x00281054),
    )
