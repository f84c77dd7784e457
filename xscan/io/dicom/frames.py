"""Frames of files as one lazy stack: a frame is read, or unpacked, when asked for."""

from __future__ import annotations

import math
import struct
from io import FileIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xscan.errors import InputError
from xscan.io.config import IoConfig
from xscan.io.dicom.codecs import SYNTAXES, decode_frame
from xscan.io.dicom.elements import DEFLATED
from xscan.io.dicom.image import Frame, Image
from xscan.io.lazy import Stack
from xscan.io.memory import check_promise
from xscan.io.packed import DeflatedStack

__all__ = ["FrameStack", "check_pixels", "fragments_of"]

_MOST_FRAGMENTS = 1_000_000
Place = tuple[int, int]


def check_pixels(image: Image, config: IoConfig) -> None:
    """Refuse a file that cannot hold the frames it promises.

    Raises
    ------
    InputError
        where it is cut off, packed in a syntax that is not read, or a bomb
    """
    path, parsed = image.path, image.parsed
    promised = image.frame_bytes * len(image.frames)
    held = path.stat().st_size
    what = f"{len(image.frames)} frames of {image.rows}×{image.columns}"
    if image.encapsulated:
        if parsed.syntax not in SYNTAXES:
            raise InputError(path, f"transfer syntax {parsed.syntax} is not read", "store it uncompressed")
        if parsed.pixel_length is not None:
            raise InputError(path, "compressed, but its pixels are not in fragments", "fetch it again")
        check_promise(str(path), what, promised, held, config)
    elif parsed.syntax == DEFLATED:
        if promised > 1032 * (held - parsed.body):
            raise InputError(path, f"{what} cannot be in {held} bytes", "fetch it again")
        check_promise(str(path), what, promised, held, config)
    elif parsed.pixel_length is None or parsed.pixel_length < promised or parsed.pixel_offset + promised > held:
        got = min(parsed.pixel_length or 0, held - parsed.pixel_offset)
        raise InputError(
            path, f"{what} need {promised} bytes, the file holds {max(0, got)}", "it was cut off: fetch it again"
        )


class FrameStack(Stack):
    """Frames, in the order given, as stored numbers.

    Parameters
    ----------
    frames : the file and the frame of each slice
    values : whether slope and intercept are applied (float32), for stacks whose slices differ in them
    """

    def __init__(self, frames: tuple[tuple[Image, Frame], ...], *, values: bool) -> None:
        first = frames[0][0]
        kinds = {_plain_dtype(image) for image, _ in frames}
        stored = kinds.pop() if len(kinds) == 1 else np.result_type(*kinds)
        super().__init__((len(frames), first.rows, first.columns), np.dtype(np.float32) if values else stored)
        self._frames = frames
        self._values = values
        self._fragments: dict[Path, tuple[tuple[Place, ...], ...]] = {}
        self._inflated: dict[Path, DeflatedStack] = {}

    def _slab(self, start: int, stop: int) -> NDArray[Any]:
        out = np.empty((stop - start, *self.shape[1:]), self.dtype)
        if self._read_run(start, stop, out) or self._read_files(start, stop, out):
            return out
        for k in range(start, stop):
            image, frame = self._frames[k]
            raw = self._frame(image, frame.index)
            if self._values:
                out[k - start] = raw.astype(np.float32) * np.float32(frame.slope) + np.float32(frame.intercept)
            else:
                out[k - start] = raw
        return out

    def _read_run(self, start: int, stop: int, out: NDArray[Any]) -> bool:
        """Read plain frames that follow each other in one file, in one go; whether it could."""
        image, frame = self._frames[start]
        run = self._frames[start:stop]
        if not self._plain(image) or any(i is not image or f.index != frame.index + n for n, (i, f) in enumerate(run)):
            return False
        _read_into(out, image, frame)
        return True

    def _read_files(self, start: int, stop: int, out: NDArray[Any]) -> bool:
        """Read plain frames of many files straight into their places, several at a time; whether it could."""
        from xscan_kernels._pool import run, slabs, thread_count

        frames = self._frames[start:stop]
        if not all(self._plain(image) for image, _ in frames):
            return False

        def read(first: int, last: int) -> None:
            for k in range(first, last):
                _read_into(out[k], *frames[k])

        threads = thread_count(None)
        run(read, slabs(len(frames), 4 * threads), threads)
        return True

    def _plain(self, image: Image) -> bool:
        """Whether the pixels of the file are those of the stack, but for bits that are not used."""
        packed = image.encapsulated or image.parsed.syntax == DEFLATED
        return not (packed or self._values) and image.dtype == self.dtype

    def _frame(self, image: Image, index: int) -> NDArray[Any]:
        shape = (image.rows, image.columns)
        if image.parsed.syntax == DEFLATED:
            if image.path not in self._inflated:
                self._inflated[image.path] = DeflatedStack(
                    image.path,
                    image.parsed.body,
                    image.parsed.pixel_offset,
                    image.dtype,
                    (len(image.frames), *shape),
                    bits=-15,
                    exact=False,
                )
            return _used_bits(self._inflated[image.path][index], image)
        if not image.encapsulated:
            raw = np.empty(shape, image.dtype)
            _read_into(raw, image, image.frames[index])
            return raw
        with image.path.open("rb") as file:
            if image.path not in self._fragments:
                self._fragments[image.path] = fragments_of(file, image)
            packed = bytearray()
            for offset, length in self._fragments[image.path][index]:
                file.seek(offset)
                packed += file.read(length)
        try:
            raw = decode_frame(bytes(packed), image.parsed.syntax, shape, image.dtype, image.bits_stored)
        except (ValueError, struct.error) as error:
            raise InputError(
                image.path, f"frame {index}: {error}", "it was cut off or altered: fetch it again"
            ) from error
        return _used_bits(raw, image)


def _read_into(out: NDArray[Any], image: Image, frame: Frame) -> None:
    """Read as many plain frames as `out` holds."""
    left = out.data.cast("B")
    with FileIO(image.path) as file:
        file.seek(image.parsed.pixel_offset + frame.index * image.frame_bytes)
        while left and (got := file.readinto(left)):  # a system may give less than is asked for
            left = left[got:]
    if left:
        raise InputError(image.path, f"frame {frame.index} is cut off", "fetch it again")
    used = _used_bits(out, image)
    if used is not out:
        out[...] = used


def _plain_dtype(image: Image) -> np.dtype[Any]:
    return image.dtype.newbyteorder("=")


def _used_bits(raw: NDArray[Any], image: Image) -> NDArray[Any]:
    """Cut off bits beyond those stored (old overlays lie there), and give the sign its place."""
    bits = 8 * image.dtype.itemsize
    if image.dtype.kind == "f" or image.bits_stored == bits:
        return raw
    raw = raw.astype(_plain_dtype(image))
    left = bits - 1 - image.high_bit
    if not 0 <= left <= bits - image.bits_stored:
        left = bits - image.bits_stored
    return (raw << left) >> (bits - image.bits_stored)


def fragments_of(file: Any, image: Image) -> tuple[tuple[Place, ...], ...]:
    """For each frame, place and length of its fragments (PS3.5 annex A.4)."""
    end = image.path.stat().st_size
    at = image.parsed.pixel_offset
    places: list[Place] = []
    table: tuple[int, ...] = ()
    first = True
    while at + 8 <= end:
        file.seek(at)
        group, element, length = struct.unpack("<HHI", file.read(8))
        if (group, element) != (0xFFFE, 0xE000):
            break
        if length > end - at - 8 or len(places) > _MOST_FRAGMENTS:
            raise InputError(
                image.path, f"a fragment at byte {at} promises {length} bytes", "it was cut off: fetch it again"
            )
        if first:
            table = (
                struct.unpack(f"<{length // 4}I", file.read(length // 4 * 4)) if length <= 4 * _MOST_FRAGMENTS else ()
            )
            first = False
        else:
            places.append((at + 8, length))
        at += 8 + length
    count = len(image.frames)
    if len(places) == count:
        return tuple((p,) for p in places)
    if count == 1 and places:
        return (tuple(places),)
    if len(table) == count and places:
        begin = places[0][0] - 8
        limits = [*(begin + t for t in table), math.inf]
        grouped = [tuple(p for p in places if a <= p[0] - 8 < b) for a, b in pairwise(limits)]
        if all(grouped):
            return tuple(grouped)
    raise InputError(
        image.path, f"{count} frames, but {len(places)} fragments", "it was cut off or altered: fetch it again"
    )
