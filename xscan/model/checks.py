"""Small validations that the nouns share; each names argument, got and expected."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

__all__ = ["finite_triple", "frozen_array", "frozen_mapping", "in_unit_interval", "non_empty"]

K = TypeVar("K")
V = TypeVar("V")


def finite_triple(name: str, value: object, *, positive: bool = False) -> tuple[float, float, float]:
    """Return `value` as three finite floats, greater than zero where `positive`."""
    try:
        a, b, c = (float(v) for v in value)  # type: ignore[attr-defined]
    except (TypeError, ValueError):
        raise ValueError(f"{name}: expected three numbers, got {value!r}") from None
    if not all(math.isfinite(v) for v in (a, b, c)) or (positive and min(a, b, c) <= 0):
        raise ValueError(f"{name}: expected three finite{' positive' if positive else ''} numbers, got {value!r}")
    return a, b, c


def frozen_array(name: str, value: object, shape: tuple[int | None, ...], dtype: type = np.float64) -> NDArray:  # type: ignore[type-arg]
    """Return a read-only C-contiguous copy of `value`; `None` in `shape` stands for any length."""
    array: NDArray = np.array(value, dtype=dtype, order="C")  # type: ignore[type-arg]
    if array.ndim != len(shape) or any(w is not None and g != w for g, w in zip(array.shape, shape, strict=True)):
        raise ValueError(f"{name}: expected shape {shape}, got {array.shape}")
    array.setflags(write=False)
    return array


def frozen_mapping(value: Mapping[K, V]) -> Mapping[K, V]:
    """Return a read-only view of a copy of `value`."""
    return MappingProxyType(dict(value))


def in_unit_interval(name: str, value: float) -> float:
    """Return `value` if it lies in 0..1."""
    if not 0.0 <= value <= 1.0:
        raise ValueError(f"{name}: expected a number from 0 to 1, got {value!r}")
    return float(value)


def non_empty(name: str, value: str) -> str:
    """Return `value` if it is a non-empty text."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{name}: expected a non-empty text, got {value!r}")
    return value
