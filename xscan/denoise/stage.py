"""The stage: the volume that objects are found on, with less noise and fewer streaks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from xscan.denoise.config import DenoiseConfig
from xscan.denoise.metal import without_streaks
from xscan.model import Grid, Progress, Quantities, Volume, silent

__all__ = ["FILTERS", "denoise"]

Array = NDArray[np.float32]


def _median(volume: Array, limit: float) -> Array:
    """Median of the 3 × 3 × 3 neighbourhood, whatever it moves."""
    from xscan_kernels.filtering import median3

    return np.asarray(median3(volume), np.float32)


def _limited_median(volume: Array, limit: float) -> Array:
    """Median of the 3 × 3 × 3 neighbourhood, but no voxel moved by more than `limit`.

    A wall two voxels thick fills fewer than half of the 27 voxels around it, so that a plain median takes it
    down; its height is many times the noise, so that the limit keeps it.
    """
    change = _median(volume, limit)
    change -= volume
    np.clip(change, -limit, limit, out=change)
    change += volume
    return change


FILTERS: dict[str, Callable[[Array, float], Array]] = {"median": _median, "limited-median": _limited_median}


def _square(grid: Grid) -> bool:
    """Whether pixels are square, as projection needs them."""
    _, y, x = grid.voxel_size_mm
    return abs(y / x - 1) < 0.01 and min(grid.shape[1:]) > 8


def denoise(quantities: Quantities, *, config: DenoiseConfig | None = None, progress: Progress = silent) -> Quantities:
    """Clean `attenuation` of noise, and of the streaks of metal where it has a scale.

    Every other volume stays as it is, since sums over a region need no cleaning.

    Parameters
    ----------
    quantities : calibrated volumes
    config : which filter; the defaults where absent
    progress : told how far it is

    Returns
    -------
    Quantities
        With `attenuation` cleaned and `streaks` told; the same value where there is nothing to do, as where the
        filter is "none" or is limited by a noise that is unknown (0), and there is no metal.
    """
    config = config or DenoiseConfig()
    old = quantities.attenuation
    values = old.array()
    cleaned, streaks, cell = values, None, (1, 1, 1)
    if config.metal and quantities.has_scale and _square(quantities.grid):
        progress(0.0, "streaks of metal")
        cleaned, streaks, cell = without_streaks(values, lambda share: progress(0.9 * share, "streaks of metal"))
    limit = config.limit_sigma * quantities.noise_mhu
    if config.method != "none" and (config.method != "limited-median" or limit > 0):
        progress(0.9, "cleaning")
        cleaned = FILTERS[config.method](cleaned, limit)
    if cleaned is values:
        return quantities
    cleaned.setflags(write=False)
    progress(1.0, "cleaned")
    return replace(quantities, attenuation=Volume(old.grid, cleaned, old.unit), streaks=streaks, streaks_voxels=cell)
