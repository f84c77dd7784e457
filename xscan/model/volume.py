"""Numbers on a grid, in a unit, in memory or still in their file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from xscan.model.grid import Grid
from xscan.model.unit import Unit

__all__ = ["StoredArray", "Volume", "slabs"]


class StoredArray(Protocol):
    """What a volume reads from: a numpy array, a memory map, an h5py dataset, or a reader's lazy stack."""

    @property
    def shape(self) -> tuple[int, ...]: ...  # noqa: D102
    @property
    def dtype(self) -> np.dtype[Any]: ...  # noqa: D102
    def __getitem__(self, key: Any, /) -> Any: ...


def slabs(n: int, thickness: int) -> Iterator[slice]:
    """Cut 0..n into slices of at most `thickness`."""
    for start in range(0, n, max(1, thickness)):
        yield slice(start, min(n, start + max(1, thickness)))


@dataclass(frozen=True, eq=False, repr=False)
class Volume:
    """Values on a grid: ``value = stored * slope + intercept``, in `unit`.

    Parameters
    ----------
    grid : where the voxels lie
    stored : array-like (z, y, x) of integers or floats; read by slab, so it may stay in its file
    unit : unit of the values
    slope, intercept : from stored numbers to values
    """

    grid: Grid
    stored: StoredArray
    unit: Unit
    slope: float = 1.0
    intercept: float = 0.0

    def __post_init__(self) -> None:
        if tuple(self.stored.shape) != self.grid.shape:
            raise ValueError(f"stored: expected the grid's shape {self.grid.shape}, got {tuple(self.stored.shape)}")
        if self.stored.dtype.kind not in "iufb":
            raise ValueError(f"stored: expected integers or floats, got {self.stored.dtype}")
        if not (np.isfinite(self.slope) and np.isfinite(self.intercept)) or self.slope == 0:
            raise ValueError(
                f"slope, intercept: expected finite numbers, slope not 0, got {self.slope}, {self.intercept}"
            )
        object.__setattr__(self, "unit", Unit(self.unit))

    @property
    def in_memory(self) -> bool:
        """Whether the numbers are a plain array (a memory map counts as a file)."""
        return isinstance(self.stored, np.ndarray) and not isinstance(self.stored, np.memmap)

    @property
    def nbytes(self) -> int:
        """Bytes of the stored numbers, decompressed."""
        return self.grid.voxel_count * self.stored.dtype.itemsize

    def read(self, z: slice = slice(None)) -> NDArray[np.float32]:
        """Values of the slab `z`, float32, C-contiguous, in `unit`."""
        raw = np.asarray(self.stored[z])
        out = raw.astype(np.float32)
        if self.slope != 1.0:
            out *= np.float32(self.slope)
        if self.intercept != 0.0:
            out += np.float32(self.intercept)
        return np.ascontiguousarray(out)

    def array(self) -> NDArray[np.float32]:
        """All values, float32; the stored array itself (do not write to it) where it already is that."""
        if self.in_memory and self.stored.dtype == np.float32 and self.slope == 1.0 and self.intercept == 0.0:
            return np.ascontiguousarray(self.stored)
        return self.read()

    def slabs(self, thickness: int = 32) -> Iterator[tuple[slice, NDArray[np.float32]]]:
        """Values slab by slab, so that a volume larger than memory can pass through."""
        for z in slabs(self.grid.shape[0], thickness):
            yield z, self.read(z)

    def __repr__(self) -> str:
        where = "in memory" if self.in_memory else "in file"
        return f"Volume({self.grid!r}, {self.stored.dtype}, {self.unit.value}, {self.nbytes / 2**20:.1f} MB {where})"
