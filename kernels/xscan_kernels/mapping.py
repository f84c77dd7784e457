"""The dual-energy map: (low, high) of every voxel to any number of outputs."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _maps
from ._check import REAL, Array, as_mask, as_output, as_volume, same_shape
from ._pool import run, slabs, thread_count

__all__ = ["dual_energy_map", "dual_energy_polynomial"]


def _channels(
    low: Any, high: Any, mask: Any, outputs: int, out: Any
) -> tuple[Array, Array, Array, NDArray[np.float32]]:
    one, two = as_volume("low", low, REAL), as_volume("high", high, REAL)
    same_shape("high", two, one.shape)
    inside = np.empty((0, 0, 0), np.uint8) if mask is None else as_mask("mask", mask)
    if mask is not None:
        same_shape("mask", inside, one.shape)
    result = as_output("out", out, (outputs, *one.shape), "float32")
    return one.reshape(-1), two.reshape(-1), inside.reshape(-1), result


def dual_energy_map(
    low: ArrayLike,
    high: ArrayLike,
    table: ArrayLike,
    low_range: tuple[float, float],
    high_range: tuple[float, float],
    *,
    mask: ArrayLike | None = None,
    out: NDArray[np.float32] | None = None,
    threads: int | None = None,
) -> NDArray[np.float32]:
    """Look (low, high) up in a table, with bilinear interpolation.

    Parameters
    ----------
    low, high : arrays (z, y, x), real
    table : float array (k, n_low, n_high)
        Output k at evenly spaced low and high values; at least 2 × 2 entries.
    low_range, high_range : (first, last)
        Values of the table's first and last row, and column; beyond them the edge is held.
    mask : bool or uint8 array (z, y, x), optional
        Voxels outside of it become 0.
    out : float32 array (k, z, y, x), optional
        Written in place.
    threads : int, optional

    Returns
    -------
    float32 array (k, z, y, x)
    """
    workers = thread_count(threads)
    grid = np.asarray(table, np.float32)
    if grid.ndim != 3 or min(grid.shape[1:]) < 2 or grid.shape[0] < 1:
        raise ValueError(f"table: got shape {grid.shape}, expected (k, n_low, n_high) of at least (1, 2, 2)")
    for name, (first, last) in (("low_range", low_range), ("high_range", high_range)):
        if not (np.isfinite(first) and np.isfinite(last) and first < last):
            raise ValueError(f"{name}: got ({first}, {last}), expected finite first < last")
    one, two, inside, result = _channels(low, high, mask, grid.shape[0], out)
    packed = np.ascontiguousarray(np.moveaxis(grid, 0, 2))  # outputs side by side: one place in the cache
    numbers = [
        np.float32(low_range[0]),
        np.float32((grid.shape[1] - 1) / (low_range[1] - low_range[0])),
        np.float32(high_range[0]),
        np.float32((grid.shape[2] - 1) / (high_range[1] - high_range[0])),
    ]
    given = (one, two, packed, *numbers, inside, result.reshape(grid.shape[0], -1))
    run(_maps.table_map, [(*given, a, b) for a, b in slabs(one.size, workers * 8)], workers)
    return result


def dual_energy_polynomial(
    low: ArrayLike,
    high: ArrayLike,
    coefficients: ArrayLike,
    *,
    mask: ArrayLike | None = None,
    out: NDArray[np.float32] | None = None,
    threads: int | None = None,
) -> NDArray[np.float32]:
    """Polynomials of (low, high) of every voxel.

    Parameters
    ----------
    low, high, mask, out, threads
        As of :func:`dual_energy_map`.
    coefficients : float array (k, n, m)
        Output k is the sum of coefficients[k, i, j] low^i high^j.

    Returns
    -------
    float32 array (k, z, y, x)
    """
    workers = thread_count(threads)
    weights = np.ascontiguousarray(coefficients, np.float32)
    if weights.ndim != 3 or min(weights.shape) < 1:
        raise ValueError(f"coefficients: got shape {weights.shape}, expected (k, n, m)")
    one, two, inside, result = _channels(low, high, mask, weights.shape[0], out)
    given = (one, two, weights, inside, result.reshape(weights.shape[0], -1))
    run(_maps.polynomial_map, [(*given, a, b) for a, b in slabs(one.size, workers * 8)], workers)
    return result
