"""Truth beside result: three slices through a place, each with the true and the found outlines filled in."""

from __future__ import annotations

import base64

import numpy as np
from numpy.typing import NDArray

__all__ = ["png"]

_COLOURS = np.random.default_rng(5).integers(70, 255, (509, 3))


def png(values: NDArray[np.float32], truth: NDArray, found: NDArray, place: tuple[int, int, int]) -> str:  # type: ignore[type-arg]
    """Six panels as a data URI: z, y and x slice, each true then found."""
    import cv2

    white = max(1200.0, float(np.quantile(values, 0.999)) / 2)
    panels = []
    for axis in range(3):
        plane = values.take(place[axis], axis)
        grey = np.clip(plane / white * 255, 0, 255)[..., None].repeat(3, -1)
        for labels in (truth, found):
            ids = labels.take(place[axis], axis)
            tint = np.where(ids[..., None] > 0, 0.45 * grey + 0.55 * _COLOURS[ids % 509], grey)
            panels.append(tint.astype(np.uint8))
    high = max(p.shape[0] for p in panels)
    row = np.hstack([np.pad(p, ((0, high - p.shape[0]), (0, 4), (0, 0)), constant_values=90) for p in panels])
    good, data = cv2.imencode(".png", row)
    if not good:
        raise RuntimeError("the picture could not be encoded")
    return "data:image/png;base64," + base64.b64encode(data.tobytes()).decode()
