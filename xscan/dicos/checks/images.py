"""What CT and DX share: how pixels are laid out, and whether the file holds as many as it promises."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from xscan.dicos.checks.common import above_zero
from xscan.dicos.checks.need import Need, Problem
from xscan.errors import InputError
from xscan.io.config import IoConfig
from xscan.io.dicom.elements import Elements, Parsed
from xscan.io.dicom.frames import check_pixels, fragments_of
from xscan.io.dicom.image import read_image

__all__ = ["PIXELS", "RESCALE", "image_type_rule", "orientation_rule", "pixel_rules"]

_CHARACTERISTICS = (
    "HIGH ENERGY",
    "LOW ENERGY",
    "Z_EFFECTIVE",
    "COMPTON",
    "PHOTOELECTRIC",
    "DENSITY",
    "INTENSITY",
    "MU",
    "MULTI ENERGY",
    "BASIS MATERIAL 1",
    "BASIS MATERIAL 2",
)
_PIXELS = {
    0x7FE00010: (8, 16),
    0x7FE00011: (32,),
    0x7FE00012: (64,),
    0x7FE00013: (32,),
}


def _slope(data: Elements, tag: int) -> str | None:
    return "a slope of 0 makes every value the same" if data.number(tag) == 0 else None


def image_type_rule(data: Elements, tag: int) -> str | None:
    """Value 1 and value 2 are words that DICOS has."""
    kinds = data.texts(tag)
    if kinds[0] not in ("ORIGINAL", "DERIVED"):
        return f"value 1: expected ORIGINAL or DERIVED, got {kinds[0]!r}"
    if kinds[1] not in _CHARACTERISTICS:
        return f"value 2: expected one of {', '.join(_CHARACTERISTICS)}, got {kinds[1]!r}"
    return None


def orientation_rule(data: Elements, tag: int) -> str | None:
    """Rows and columns are unit vectors at a right angle."""
    cosines = np.asarray(data.numbers(tag))
    row, column = cosines[:3], cosines[3:]
    if abs(np.linalg.norm(row) - 1) > 1e-3 or abs(np.linalg.norm(column) - 1) > 1e-3 or abs(row @ column) > 1e-3:
        return "rows and columns are no two unit vectors at a right angle"
    return None


PIXELS = (
    Need(0x00080118, 1, b"CS"),
    Need(0x00082108, 1, b"CS", values=("LHS", "RHS"), why="left- and right-handed files mirror each other"),
    Need(0x00280002, 1, b"US"),
    Need(0x00280004, 1, b"CS", values=("MONOCHROME1", "MONOCHROME2", "PALETTE COLOR", "RGB")),
    Need(0x00280010, 1, b"US", rule=above_zero),
    Need(0x00280011, 1, b"US", rule=above_zero),
    Need(0x00280100, 1, b"US"),
    Need(0x00280101, 1, b"US", rule=above_zero),
    Need(0x00280102, 1, b"US"),
    Need(0x00280103, 1, b"US"),
    Need(0x00280301, 1, b"CS", values=("YES", "NO")),
    Need(0x00400555, 2, b"SQ", (0, 0)),
    Need(0x43000902, 1, b"FL"),
)
RESCALE = (
    Need(0x00281052, 1, b"DS", why="stored numbers are not values without it"),
    Need(0x00281053, 1, b"DS", rule=_slope, why="stored numbers are not values without it"),
    Need(0x00281054, 1, b"LO", why="values have no unit without it"),
)


def pixel_rules(path: Path, parsed: Parsed, frames: int) -> Iterator[Problem]:
    """Bits, kind of pixel element, and the number of bytes against rows, columns and frames, and against the file."""
    data = parsed.data
    bits, stored, high = (data.count(t) for t in (0x00280100, 0x00280101, 0x00280102))
    if bits not in (8, 16, 32, 64):
        yield Problem("error", 0x00280100, f"expected 8, 16, 32 or 64, got {bits}")
    elif stored is not None and stored > bits:
        yield Problem("error", 0x00280101, f"{stored} bits are stored, {bits} allocated")
    if stored is not None and high is not None and high != stored - 1:
        yield Problem("error", 0x00280102, f"expected {stored - 1} (bits stored - 1), got {high}")
    if (data.count(0x00280103) or 0) > 1:
        yield Problem("error", 0x00280103, f"expected 0 or 1, got {data.count(0x00280103)}")
    if data.count(0x00280002) not in (None, 1):
        yield Problem("error", 0x00280002, f"expected 1, got {data.count(0x00280002)}")
    tag = parsed.pixel_tag
    if tag not in _PIXELS:
        yield Problem("error", 0x7FE00010, "is missing (type 1); a file without pixels is no image")
        return
    if bits is not None and bits not in _PIXELS[tag]:
        yield Problem("error", tag, f"holds pixels of {' or '.join(map(str, _PIXELS[tag]))} bits, the file says {bits}")
    yield from _held(path, tag)
    rows, columns = data.count(0x00280010), data.count(0x00280011)
    if parsed.pixel_length is None or not (rows and columns and bits):
        return
    expected = rows * columns * frames * bits // 8
    expected += expected % 2
    if parsed.pixel_length != expected:
        yield Problem("error", tag, f"expected {expected} bytes ({frames}×{rows}×{columns}), got {parsed.pixel_length}")


def _held(path: Path, tag: int) -> Iterator[Problem]:
    """Whether every frame that the file promises is in it, as a reader finds out."""
    try:
        image = read_image(path)
        if image is None:
            return
        check_pixels(image, IoConfig())
        if image.encapsulated:
            with path.open("rb") as file:
                fragments_of(file, image)
    except InputError as error:
        yield Problem("error", tag, error.problem)
