"""What every public function asks of its arguments; errors name argument, got and expected."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["as_mask", "as_output", "as_volume", "mm3", "one_of", "positive", "same_shape"]

Array = NDArray[Any]

REAL = ("uint8", "int8", "uint16", "int16", "uint32", "int32", "float32", "float64")
INTEGER = ("uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64")


def as_volume(name: str, value: ArrayLike, dtypes: Sequence[str], *, ndim: int = 3) -> Array:
    """``value`` as a C-contiguous array of native byte order, or an error naming ``name``."""
    array = np.asarray(value)
    if array.ndim != ndim:
        raise ValueError(f"{name}: got {array.ndim} dimensions, expected {ndim}")
    if array.dtype.newbyteorder("=").name not in dtypes:
        raise TypeError(f"{name}: got dtype {array.dtype}, expected one of {', '.join(dtypes)}")
    return np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("="))


def as_mask(name: str, value: ArrayLike) -> NDArray[np.uint8]:
    """A bool or uint8 volume as uint8 without a copy where possible (non-zero is inside)."""
    array = as_volume(name, value, ("bool", "uint8"))
    return array.view(np.uint8)


def as_output(name: str, value: Any, shape: tuple[int, ...], dtype: str) -> Array:
    """The caller's output array, which must fit exactly because it is written in place; made if None."""
    if value is None:
        return np.empty(shape, dtype)
    if not isinstance(value, np.ndarray):
        raise TypeError(f"{name}: got {type(value).__name__}, expected a numpy array")
    if value.shape != shape or value.dtype != np.dtype(dtype):
        raise ValueError(f"{name}: got {value.shape} {value.dtype}, expected {shape} {dtype}")
    if not value.flags.c_contiguous or not value.flags.writeable:
        raise ValueError(f"{name}: got a strided or read-only array, expected a writeable contiguous one")
    return value


def same_shape(name: str, array: Array, shape: tuple[int, ...]) -> None:
    """Raise unless ``array`` has ``shape``."""
    if array.shape != shape:
        raise ValueError(f"{name}: got shape {array.shape}, expected {shape}")


def one_of(name: str, value: Any, choices: Sequence[Any]) -> None:
    """Raise unless ``value`` is among ``choices``."""
    if value not in choices:
        raise ValueError(f"{name}: got {value!r}, expected one of {', '.join(map(str, choices))}")


def positive(name: str, value: float, *, zero: bool = False) -> float:
    """``value`` as a finite float above zero (or not below zero with ``zero``)."""
    number = float(value)
    if not np.isfinite(number) or number < 0 or (number == 0 and not zero):
        raise ValueError(f"{name}: got {value!r}, expected a finite number {'>=' if zero else '>'} 0")
    return number


def mm3(name: str, value: ArrayLike) -> tuple[float, float, float]:
    """Voxel size (z, y, x) in mm as three positive floats."""
    sizes = np.asarray(value, dtype=np.float64)
    if sizes.ndim == 0:
        sizes = np.repeat(sizes, 3)
    if sizes.shape != (3,) or not np.all(np.isfinite(sizes)) or np.any(sizes <= 0):
        raise ValueError(f"{name}: got {value!r}, expected three positive lengths (z, y, x) in mm")
    return float(sizes[0]), float(sizes[1]), float(sizes[2])
