"""Metal, and the streaks that it throws through its slices."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from xscan.segment.geometry import F32, Labels32, Window

__all__ = ["METAL", "edge_support", "still_streaked", "streak_reach"]

METAL = 4000.0  # MHU; aluminium, the lightest common metal, shows about 2300 and throws no streaks worth the name
RIM = 0.75  # of a body's median that it reaches within an edge's width of its surface
GLOW = 500.0  # MHU; brighter than any glow that is not part of the metal's own blur
FALL = 1.5  # power of distance by which streaks thin out: one alone by 1, many that cross by 2
COARSE = 128  # cells across in which that is reckoned
DEEPEST = 0.95
SIGMAS = 3.0
BESIDE = 5  # slices that are looked at together: metal runs on through them, and little of one may lie below air
LEFT = 2.0  # times what was taken away, that of streaks was there at most
EVEN_MM = 20.0  # width of a window, from which streaks cannot fill it
EDGE_WIDTH = 5  # voxels; an edge blurred over three is crossed by it


def edge_support(labels: Labels32, count: int, values: F32, middle: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of each label's surface that is an edge.

    There, within an edge's width, values differ by a factor of two and rise to most of the label's own median. A
    body ends so, to lighter or to denser matter; the glow around metal has no height at its rim.

    Parameters
    ----------
    labels : uint32 (z, y, x)
    count : number of labels
    values : attenuation
    middle : (count + 1,) median value of each label
    """
    from xscan_kernels import maximum_filter, minimum_filter

    surface = (labels > 0) & (minimum_filter(np.pad(labels, 1), 3)[1:-1, 1:-1, 1:-1] != labels)
    at = np.nonzero(surface)
    own = labels[at]
    low = minimum_filter(values, EDGE_WIDTH)[at]
    high = maximum_filter(values * (labels > 0), EDGE_WIDTH)[at]
    highest = maximum_filter(labels, 3)[at]
    lowest = minimum_filter(labels - np.uint32(1), 3)[at]  # 0 wraps to the top: never the lowest
    rises = high >= RIM * np.minimum(middle, GLOW)[own]
    sharp = ((low < 0.5 * high) & rises) | (highest != own) | (lowest != own - np.uint32(1))
    whole = np.bincount(own, minlength=count + 1)
    share: NDArray[np.float64] = np.bincount(own[sharp], minlength=count + 1) / np.maximum(whole, 1)
    return share


def streak_reach(values: F32, voxel_mm: Sequence[float]) -> F32:
    """How far artefacts reach at every voxel (z, y, x).

    Streaks fan out in the slice of the metal that throws them and thin out with distance. Their strength is read from
    the scan itself: nothing real is lighter than air, so that what is lighter is artefact and noise alone, and what
    they take on one side they add on the other. It is no more than holds for all but a twentieth of what is below air
    in the scan, and no more than three standard deviations of what is in the slice. Where values hardly vary over a
    wide window, streaks are no stronger than they vary.

    Parameters
    ----------
    values : attenuation
    voxel_mm : voxel size
    """
    spread = _spread(values, voxel_mm)
    below = values < 0
    shown, fanned = np.zeros(len(values)), np.zeros(len(values))
    for z, plane in enumerate(values):
        if spread[z].any():
            shown[z] = np.sum(plane[below[z]].astype(np.float64) ** 2)
            fanned[z] = np.sum(spread[z][below[z]].astype(np.float64) ** 2)
    shown, fanned = (np.convolve(np.pad(s, BESIDE // 2), np.ones(BESIDE), mode="valid") for s in (shown, fanned))
    near = below & (spread > 0)
    usual = float(np.quantile(-values[near] / spread[near], DEEPEST)) if near.any() else 0.0
    strength = np.minimum(SIGMAS * np.sqrt(shown / np.maximum(fanned, 1e-12)), usual)
    spread *= np.where(fanned > 0, strength, 0).astype(np.float32)[:, None, None]
    width = 2 * round(EVEN_MM / 2 / max(voxel_mm[1:])) + 1
    for k in np.flatnonzero(fanned > 0):
        np.minimum(spread[k], SIGMAS * _unrest(values[k], width), out=spread[k])
    # what metal does not explain: hardening behind dense goods, scatter, noise
    for z, plane in enumerate(values):
        rest = plane[below[z]] + spread[z][below[z]]
        if rest.size:
            spread[z] += np.float32(max(0.0, -2.0 * float(np.quantile(rest, 1 - DEEPEST))))
    return spread


def still_streaked(reach: F32, moved: F32 | None, cell: Sequence[int], window: Window) -> F32:
    """How far artefacts reach where a correction may have left as much again as it took.

    The correction is smooth, streaks are sharp, and between two pieces of metal they run in directions that a fan
    does not tell.

    Parameters
    ----------
    reach : of artefacts in `window`
    moved : how much the correction has changed, (z, y, x) of coarse voxels of the whole volume
    cell : voxels that make a coarse one
    window : of the volume

    Returns
    -------
    float32 (z, y, x)
        `reach` itself where nothing was corrected.
    """
    if moved is None:
        return reach
    left: F32 = moved[np.ix_(*(np.arange(s.start, s.stop) // c for s, c in zip(window, cell, strict=True)))]
    doubt: F32 = np.maximum(np.float32(LEFT) * left, reach)
    return doubt


def _unrest(plane: NDArray[np.float32], width: int) -> NDArray[np.float32]:
    """Standard deviation of a slice (y, x) in the quietest window that a voxel lies in."""
    from scipy import ndimage as ndi

    mean = ndi.uniform_filter(plane, width, mode="nearest")
    square = ndi.uniform_filter(plane * plane, width, mode="nearest")
    unrest: NDArray[np.float32] = np.sqrt(ndi.minimum_filter(np.maximum(square - mean * mean, 0), width))
    return unrest


def _spread(values: F32, voxel_mm: Sequence[float]) -> F32:
    """Metal of every slice, folded with the fall of streaks with distance; no scale."""
    from scipy import fft
    from scipy import ndimage as ndi

    out = np.zeros(values.shape, np.float32)
    step = max(1, -(-max(values.shape[1:]) // COARSE))
    rows, columns = (-(-n // step) for n in values.shape[1:])
    pitch = [step * v for v in voxel_mm[1:]]
    y, x = (
        np.minimum(np.arange(2 * n), 2 * n - np.arange(2 * n)) * p for n, p in zip((rows, columns), pitch, strict=True)
    )
    fall = (np.hypot(y[:, None], x[None]) + 3 * max(voxel_mm)) ** -FALL
    response = fft.rfft2(fall.astype(np.float32))
    found = np.zeros((len(values), rows, columns), np.float32)
    for z in np.flatnonzero((values > METAL).any(axis=(1, 2))):
        metal = np.where(values[z] > METAL, np.minimum(values[z], 3 * METAL), np.float32(0))
        metal = np.pad(metal, [(0, step * n - m) for n, m in zip((rows, columns), metal.shape, strict=True)])
        metal = metal.reshape(rows, step, columns, step).mean(axis=(1, 3))
        found[z] = fft.irfft2(fft.rfft2(metal, (2 * rows, 2 * columns)) * response, (2 * rows, 2 * columns))[
            :rows, :columns
        ]
    np.maximum(found, 0, out=found)
    found = ndi.maximum_filter1d(found, 3, axis=0)  # blur carries metal into the next slices
    out[:] = found.repeat(step, 1).repeat(step, 2)[:, : values.shape[1], : values.shape[2]]
    return out
