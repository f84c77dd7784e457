"""The stage: the volume that objects are found on, with less noise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from xscan.denoise.config import DenoiseConfig
from xscan.model import Progress, Quantities, Volume, silent

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


def denoise(quantities: Quantities, *, config: DenoiseConfig | None = None, progress: Progress = silent) -> Quantities:
    """Clean `attenuation`; every other volume stays as it is, since sums over a region need no cleaning.

    Parameters
    ----------
    quantities : calibrated volumes
    config : which filter; the defaults where absent
    progress : told how far it is

    Returns
    -------
    Quantities
        With `attenuation` cleaned; the same value where the filter is "none" or the noise is unknown (0) and
        the filter is limited by it.
    """
    config = config or DenoiseConfig()
    if config.method == "none" or (config.method == "limited-median" and quantities.noise_mhu <= 0):
        return quantities
    progress(0.0, "cleaning")
    old = quantities.attenuation
    cleaned = FILTERS[config.method](old.array(), config.limit_sigma * quantities.noise_mhu)
    cleaned.setflags(write=False)
    progress(1.0, "cleaned")
    return replace(quantities, attenuation=Volume(old.grid, cleaned, old.unit))
