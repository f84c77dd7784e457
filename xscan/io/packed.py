"""Voxels behind a file's header: mapped where plain, unpacked slab by slab where deflated."""

from __future__ import annotations

import math
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xscan.errors import InputError
from xscan.io.config import IoConfig
from xscan.io.lazy import Stack
from xscan.io.memory import check_promise
from xscan.model import StoredArray

__all__ = ["MAX_VOXELS", "DeflatedStack", "open_voxels"]

MAX_VOXELS = 2**48
_DEFLATE_LIMIT = 1032  # bytes that one deflated byte can stand for at most (zlib technical details)
_FEED = 2**18
_MARK_EVERY = 2**25  # bytes between the places from which unpacking can start again (about 40 KB each)


def open_voxels(
    path: Path,
    *,
    offset: int,
    dtype: np.dtype[Any],
    shape: tuple[int, ...],
    config: IoConfig,
    deflated: bool = False,
    skip: int = 0,
) -> StoredArray:
    """Open voxels (z, y, x), x fastest, without reading them.

    Parameters
    ----------
    offset : byte of the file where they begin, or where the deflated stream begins
    deflated : whether they are a zlib or gzip stream
    skip : unpacked bytes before the first voxel

    Raises
    ------
    InputError
        where the file cannot hold what its header promises
    """
    if any(n < 1 for n in shape) or math.prod(shape) > MAX_VOXELS:
        raise InputError(path, f"a shape of {shape} (z, y, x) cannot be", "mend the header")
    promised = math.prod(shape) * dtype.itemsize
    held = path.stat().st_size - offset
    if deflated:
        if held <= 0 or promised + skip > _DEFLATE_LIMIT * held:
            raise InputError(
                path,
                f"the header promises {promised} bytes of voxels, but {max(held, 0)} packed bytes cannot hold them",
                "the file was cut off or its header is wrong: fetch it again",
            )
        check_promise(str(path), "the volume", promised, held, config)
        return DeflatedStack(path, offset, skip, dtype, shape)
    if held < promised:
        raise InputError(
            path,
            f"the header promises {promised} bytes of voxels, the file holds {max(held, 0)}",
            "it was cut off or its header is wrong: fetch it again",
        )
    return np.memmap(path, dtype, "r", offset, shape)


class DeflatedStack(Stack):
    """Slices of a deflated stream; reading goes on where it stopped, or from a mark set on the way.

    Memory: one slab, and 40 KB a mark.

    Parameters
    ----------
    offset : byte of the file where the stream begins
    skip : unpacked bytes before the first voxel
    bits : of zlib: 47 tells zlib and gzip apart, -15 is a stream without a head
    exact : whether anything behind the last voxel is refused
    """

    def __init__(
        self,
        path: Path,
        offset: int,
        skip: int,
        dtype: np.dtype[Any],
        shape: tuple[int, ...],
        *,
        bits: int = 47,
        exact: bool = True,
    ) -> None:
        super().__init__(shape, dtype)
        self._path = path
        self._bits = bits
        self._exact = exact
        self._skip = skip
        self._slice_bytes = math.prod(shape[1:]) * dtype.itemsize
        self._total = skip + shape[0] * self._slice_bytes
        # state of the stream: bytes given out, place in the file, inflater
        self._out, self._in, self._inflater = 0, offset, zlib.decompressobj(bits)
        self._marks: list[tuple[int, int, Any]] = [(0, offset, self._inflater.copy())]

    def _slab(self, start: int, stop: int) -> NDArray[Any]:
        begin = self._skip + start * self._slice_bytes
        out = np.empty((stop - start, *self.shape[1:]), self.dtype)
        view = memoryview(out).cast("B")  # type: ignore[arg-type]
        if self._out > begin or any(self._out < mark[0] <= begin for mark in self._marks):
            self._out, self._in, inflater = max((m for m in self._marks if m[0] <= begin), key=lambda m: m[0])
            self._inflater = inflater.copy()
        with self._path.open("rb") as file:
            file.seek(self._in)
            filled = 0
            while filled < len(view):
                wanted = begin - self._out if self._out < begin else len(view) - filled
                piece = self._more(file, min(wanted, _FEED * 16))
                if self._out - len(piece) >= begin:
                    view[filled : filled + len(piece)] = piece
                    filled += len(piece)
            if self._exact and self._out == self._total and self._more(file, 1, last=True):
                raise InputError(
                    self._path, f"holds more voxels than its header promises ({self.shape})", "mend the header"
                )
        return out

    def _more(self, file: Any, wanted: int, *, last: bool = False) -> bytes:
        """Give out up to `wanted` more bytes; none only at the end, where `last`."""
        while True:
            data = self._inflater.unconsumed_tail
            if not data:
                data = file.read(_FEED)
                self._in = file.tell()
            if self._inflater.eof:  # a gzip file may be of several members
                rest = self._inflater.unused_data + data
                if not rest.startswith(b"\x1f\x8b"):
                    rest = b""
                self._inflater, data = zlib.decompressobj(self._bits), rest
            if not data and last:
                return b""
            if not data:
                raise InputError(
                    self._path,
                    f"the packed voxels end after {self._out - self._skip} of {self._total - self._skip} bytes",
                    "the file was cut off: fetch it again",
                )
            piece = self._inflater.decompress(data, wanted)
            if piece:
                self._out += len(piece)
                if self._out - self._marks[-1][0] >= _MARK_EVERY and not self._inflater.eof:
                    self._marks.append((self._out, self._in, self._inflater.copy()))
                return piece
