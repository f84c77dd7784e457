"""Arrays that stay in their file: read by slab, with bad slabs told by file, channel and place."""

from __future__ import annotations

import struct
import threading
import zlib
from abc import ABC, abstractmethod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xscan.errors import InputError
from xscan.io.config import IoConfig
from xscan.io.memory import check_fits
from xscan.model import StoredArray

__all__ = ["FileArray", "FlippedStack", "Stack", "extent_of_key"]

_PIECE_BYTES = 64 * 2**20  # a stack is read in pieces of this size where only part of each slice is kept
_FLOAT32_MAX = float(np.finfo(np.float32).max)


def extent_of_key(shape: tuple[int, ...], dtype: np.dtype[Any], key: Any) -> tuple[tuple[int, ...], int]:
    """Shape and bytes of what `key` cuts out, without taking memory for it."""
    view = np.broadcast_to(np.zeros((), dtype), shape)[key]
    return view.shape, view.size * dtype.itemsize


class FileArray:
    """A channel in its file, as `Volume.stored` or `Projection.stored`.

    Every read is checked for memory before, and for numbers that are not finite after, it is taken; whatever
    the library beneath raises becomes one `InputError`.

    Parameters
    ----------
    source : h5py dataset, memory map or `Stack`
    path, channel : for messages
    config : limits
    """

    def __init__(self, source: StoredArray, path: str, channel: str, config: IoConfig) -> None:
        self.source = source
        self._path = path
        self._channel = channel
        self._config = config
        self.shape = tuple(int(n) for n in source.shape)
        self.dtype = np.dtype(source.dtype)

    def __getitem__(self, key: Any, /) -> NDArray[Any]:
        _, nbytes = extent_of_key(self.shape, self.dtype, key)
        check_fits(self._path, f"channel {self._channel}", nbytes, self._config)
        try:
            block = np.asarray(self.source[key])
        except InputError:
            raise
        except (OSError, ValueError, EOFError, RuntimeError, KeyError, IndexError, struct.error, zlib.error) as error:
            raise InputError(
                self._path, f"channel {self._channel} could not be read: {error}", "the file is damaged: fetch it again"
            ) from error
        if block.dtype.kind == "f" and block.size:
            low, high = float(block.min()), float(block.max())  # both are NaN where there is one
            if not (low >= -_FLOAT32_MAX and high <= _FLOAT32_MAX):
                self._refuse(block, key)
        return block

    def _refuse(self, block: NDArray[Any], key: Any) -> None:
        bad = ~(np.abs(block) <= _FLOAT32_MAX)
        first = np.unravel_index(int(bad.argmax()), bad.shape)
        place = []
        for axis, n in enumerate(self.shape):
            along = np.arange(n).reshape([-1 if a == axis else 1 for a in range(len(self.shape))])
            place.append(int(np.broadcast_to(along, self.shape)[key][first]))
        raise InputError(
            self._path,
            f"channel {self._channel} holds {int(bad.sum())} values that are not finite numbers in the slab read,"
            f" the first at voxel {tuple(place)}: {block[first]}",
            "mask or replace them before the scan is analysed",
        )

    def __repr__(self) -> str:
        return f"FileArray({self._path!r}, {self._channel}, {self.shape}, {self.dtype})"


class Stack(ABC):
    """A lazy (z, y, x) array of which a subclass can read the slices `start` to `stop`."""

    def __init__(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
        self.shape = tuple(int(n) for n in shape)
        self.dtype = np.dtype(dtype)
        self._lock = threading.Lock()

    @abstractmethod
    def _slab(self, start: int, stop: int) -> NDArray[Any]:
        """Read slices `start` to `stop`, (stop - start, y, x); one thread at a time."""

    def __getitem__(self, key: Any, /) -> NDArray[Any]:
        keys = key if isinstance(key, tuple) else (key,)
        if not keys or keys[0] is Ellipsis:
            keys = (slice(None), *((Ellipsis,) if keys else ()), *keys[1:])
        z, rest = keys[0], keys[1:]
        if not isinstance(z, slice):
            index = range(self.shape[0])[int(z)]
            return np.asarray(self._take(index, index + 1)[(0, *rest)])
        start, stop, step = z.indices(self.shape[0])
        if step != 1:
            rows = [self[(i, *rest)] for i in range(start, stop, step)]
            empty_shape, _ = extent_of_key(self.shape, self.dtype, key)
            return np.stack(rows) if rows else np.empty(empty_shape, self.dtype)
        if not rest or all(k is Ellipsis or k == slice(None) for k in rest):
            return self._take(start, max(start, stop))
        shape, _ = extent_of_key(self.shape, self.dtype, (slice(start, stop), *rest))
        out = np.empty(shape, self.dtype)
        per_slice = max(1, int(np.prod(self.shape[1:])) * self.dtype.itemsize)
        thickness = max(1, _PIECE_BYTES // per_slice)
        for first in range(start, stop, thickness):
            last = min(stop, first + thickness)
            out[first - start : last - start] = self._take(first, last)[(slice(None), *rest)]
        return out

    def _take(self, start: int, stop: int) -> NDArray[Any]:
        if stop <= start:
            return np.empty((0, *self.shape[1:]), self.dtype)
        with self._lock:
            return self._slab(start, stop)


class FlippedStack(Stack):
    """Another array with its slices in reverse order, so that a left-handed file becomes right-handed."""

    def __init__(self, source: StoredArray) -> None:
        super().__init__(source.shape, source.dtype)
        self._source = source

    def _slab(self, start: int, stop: int) -> NDArray[Any]:
        n = self.shape[0]
        return np.asarray(self._source[n - stop : n - start])[::-1]
