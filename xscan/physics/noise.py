"""How much a volume's values scatter in air, from the volume itself."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["air_covariance", "air_mask"]

AIR_MHU = 150.0  # a voxel above it is surely not air alone


def air_mask(mhu: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which of the sampled values may be air."""
    mask: NDArray[np.bool_] = np.abs(mhu) < AIR_MHU
    return mask


def air_covariance(*channels: NDArray[np.float32]) -> NDArray[Any]:
    """Covariance (channels, channels) of values in air, from samples in MHU; robust against what is not air.

    Thin things and blurred edges only ever add, so the spread is taken below the middle of air; where a file was
    clipped at 0 nothing is left there, and the differences between neighbouring samples speak instead.
    """
    n = len(channels)
    inside = np.all([air_mask(c) for c in channels], axis=0)
    if inside.sum() < 100:
        return np.eye(n)
    deviation = np.empty(n)
    centred = []
    for i, channel in enumerate(channels):
        values = channel[inside].astype(np.float64)
        below = -values[values < 0]
        if below.size > 0.02 * values.size:
            deviation[i] = 1.4826 * np.median(below)
        else:
            steps = np.diff(values[values != 0])
            deviation[i] = 1.4826 * np.median(np.abs(steps)) / np.sqrt(2) if steps.size > 100 else 1.0
        centred.append(values)
    deviation = np.maximum(deviation, 1e-3)
    covariance = np.diag(deviation**2)
    for i in range(n):
        for j in range(i):
            near = (np.abs(centred[i]) < 3 * deviation[i]) & (np.abs(centred[j]) < 3 * deviation[j])
            rho = _correlation(centred[i][near], centred[j][near])
            covariance[i, j] = covariance[j, i] = rho * deviation[i] * deviation[j]
    return covariance


def _correlation(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    if a.size < 100 or a.std() == 0 or b.std() == 0:
        return 0.0
    return float(np.clip(np.mean((a - a.mean()) * (b - b.mean())) / (a.std() * b.std()), -0.95, 0.95))
