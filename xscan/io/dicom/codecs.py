"""Compressed frames: RLE by Pillow's PackBits, JPEG and its kin by GDCM (both freely licensed)."""

from __future__ import annotations

import struct
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["SYNTAXES", "decode_frame"]

_RLE = "1.2.840.10008.1.2.5"
SYNTAXES = {
    _RLE: "RLE",
    "1.2.840.10008.1.2.4.50": "JPEG baseline",
    "1.2.840.10008.1.2.4.51": "JPEG extended",
    "1.2.840.10008.1.2.4.57": "JPEG Lossless",
    "1.2.840.10008.1.2.4.70": "JPEG Lossless, first order",
    "1.2.840.10008.1.2.4.80": "JPEG-LS",
    "1.2.840.10008.1.2.4.81": "JPEG-LS, near lossless",
    "1.2.840.10008.1.2.4.90": "JPEG 2000 Lossless",
    "1.2.840.10008.1.2.4.91": "JPEG 2000",
}
_FRAME_HEADERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC} | {0xF7}


def decode_frame(
    data: bytes, syntax: str, shape: tuple[int, int], dtype: np.dtype[Any], bits_stored: int
) -> NDArray[Any]:
    """Unpack one frame (rows, columns).

    Raises
    ------
    ValueError
        where it is damaged, of another size, or of a syntax that is not known
    """
    if syntax == _RLE:
        return _rle(data, shape, dtype)
    if syntax not in SYNTAXES:
        raise ValueError(
            f"transfer syntax {syntax} is not read; known are {', '.join(SYNTAXES.values())} and plain ones"
        )
    _check_size(data, shape)
    return _gdcm(data, syntax, shape, dtype, bits_stored)


def _rle(data: bytes, shape: tuple[int, int], dtype: np.dtype[Any]) -> NDArray[Any]:
    """PS3.5 annex G: one PackBits segment a byte of the pixel, the most significant first."""
    from PIL import Image

    count = shape[0] * shape[1]
    header = struct.unpack_from("<16I", data) if len(data) >= 64 else (0,)
    segments = header[0]
    if segments != dtype.itemsize:
        raise ValueError(f"RLE: expected {dtype.itemsize} segments, got {segments}")
    starts = [*header[1 : segments + 1], len(data)]
    if any(not 64 <= a <= b for a, b in pairwise(starts)):
        raise ValueError("RLE: segments that lie beyond the frame")
    out = np.empty((count, dtype.itemsize), np.uint8)
    for number, (first, last) in enumerate(pairwise(starts)):
        unpacked = Image.frombytes("L", (count, 1), data[first:last], "packbits", "L")
        out[:, dtype.itemsize - 1 - number] = np.asarray(unpacked).reshape(-1)
    return out.view(dtype.newbyteorder("<")).reshape(shape)


def _check_size(data: bytes, shape: tuple[int, int]) -> None:
    """Compare the size that the JPEG itself promises, before a decoder takes memory for it."""
    if data[:4] == b"\xff\x4f\xff\x51":  # JPEG 2000: SIZ follows the start
        width, height, x0, y0 = struct.unpack_from(">IIII", data, 8)
        found = (height - y0, width - x0)
    else:
        found = _jpeg_size(data)
    if found != shape:
        raise ValueError(f"the packed frame is {found[0]}×{found[1]}, expected {shape[0]}×{shape[1]}")


def _jpeg_size(data: bytes) -> tuple[int, int]:
    at = 2
    while data[:2] == b"\xff\xd8" and at + 9 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker in _FRAME_HEADERS:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return height, width
        if marker == 0xFF:
            at += 1
            continue
        (length,) = struct.unpack_from(">H", data, at + 2)
        at += 2 + max(2, length)
    raise ValueError("the packed frame is no JPEG")


def _gdcm(data: bytes, syntax: str, shape: tuple[int, int], dtype: np.dtype[Any], bits_stored: int) -> NDArray[Any]:
    import gdcm

    gdcm.Trace.WarningOff()
    gdcm.Trace.ErrorOff()
    fragment = gdcm.Fragment()
    fragment.SetByteStringValue(data)
    fragments = gdcm.SequenceOfFragments.New()
    fragments.AddFragment(fragment)
    element = gdcm.DataElement(gdcm.Tag(0x7FE0, 0x0010))
    element.SetValue(fragments.__ref__())
    image = gdcm.Image()
    image.SetNumberOfDimensions(2)
    image.SetDimensions((shape[1], shape[0], 1))
    image.SetDataElement(element)
    image.SetPhotometricInterpretation(gdcm.PhotometricInterpretation(gdcm.PhotometricInterpretation.MONOCHROME2))
    image.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.GetTSType(syntax)))
    bits = 8 * dtype.itemsize
    image.SetPixelFormat(gdcm.PixelFormat(1, bits, bits_stored, bits_stored - 1, int(dtype.kind == "i")))
    text = image.GetBuffer()
    raw = text.encode("utf-8", "surrogateescape") if isinstance(text, str) else bytes(text or b"")
    if len(raw) != shape[0] * shape[1] * dtype.itemsize:
        raise ValueError(f"a packed frame unpacks to {len(raw)} bytes, expected {shape[0] * shape[1] * dtype.itemsize}")
    return np.frombuffer(raw, dtype.newbyteorder("=")).reshape(shape)
