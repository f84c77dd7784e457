"""Filters: median, Gaussian, two that keep edges (guided, bilateral), the highest and the lowest of a cube."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _bilateral, _extremes, _filters, _median
from ._check import REAL, Array, as_volume, positive, same_shape
from ._pool import enough, run, slabs, thread_count

__all__ = ["bilateral", "gaussian", "guided", "maximum_filter", "median3", "minimum_filter"]

BAND_BYTES = 3 << 17  # of the rows a Gaussian keeps: most of a usual second cache


def median3(volume: ArrayLike, *, threads: int | None = None) -> Array:
    """Median of the 3 × 3 × 3 neighbourhood, edge voxels repeated outside.

    Parameters
    ----------
    volume : array (z, y, x), real, without nan
    threads : int, optional

    Returns
    -------
    array of the same type (z, y, x)
    """
    workers = thread_count(threads)
    source = as_volume("volume", volume, REAL)
    workers = enough(workers, source.size)
    out = np.empty_like(source)
    if source.size:
        run(_median.median_planes, [(source, out, a, b) for a, b in slabs(len(source), workers * 4)], workers)
    return out


def maximum_filter(volume: ArrayLike, size: int, *, threads: int | None = None) -> Array:
    """Highest of the cube around every voxel, of the voxels that exist.

    Parameters
    ----------
    volume : array (z, y, x), real or bool, without nan
    size : odd int
        Voxels along an edge of the cube.
    threads : int, optional

    Returns
    -------
    array of the same type (z, y, x)
    """
    return _extreme(volume, size, True, threads)


def minimum_filter(volume: ArrayLike, size: int, *, threads: int | None = None) -> Array:
    """Lowest of the cube around every voxel, of the voxels that exist.

    Parameters
    ----------
    volume : array (z, y, x), real or bool, without nan
    size : odd int
        Voxels along an edge of the cube.
    threads : int, optional

    Returns
    -------
    array of the same type (z, y, x)
    """
    return _extreme(volume, size, False, threads)


def _extreme(volume: ArrayLike, size: int, highest: bool, threads: int | None) -> Array:
    if int(size) != size or size < 1 or size % 2 == 0:
        raise ValueError(f"size: got {size!r}, expected an odd whole number >= 1")
    workers = thread_count(threads)
    source = as_volume("volume", volume, ("bool", *REAL))
    workers = enough(workers, source.size)
    if size == 1:
        return source.copy()
    out = np.empty_like(source)
    if source.size:
        plain = [a.view(np.uint8) if a.dtype == bool else a for a in (source, out)]
        flat, reach = [a.reshape(-1) for a in plain], int(size) // 2
        calls = [(source.shape, flat[0], reach, highest, flat[1], a, b) for a, b in slabs(len(source), workers)]
        run(_extremes.extreme_planes, calls, workers)
    return out


def gaussian(
    volume: ArrayLike,
    sigma_voxels: float | Sequence[float],
    *,
    truncate: float = 4.0,
    threads: int | None = None,
) -> NDArray[np.float32]:
    """Gaussian smoothing, edge voxels repeated outside.

    Parameters
    ----------
    volume : array (z, y, x), real
    sigma_voxels : float or three floats (z, y, x)
        Standard deviation in voxels; 0 leaves an axis alone.
    truncate : float
        Half width of the kernel in standard deviations.
    threads : int, optional

    Returns
    -------
    array float32 (z, y, x)
    """
    workers = thread_count(threads)
    source = as_volume("volume", volume, REAL).astype(np.float32, copy=False)
    workers = enough(workers, source.size)
    sigmas = np.broadcast_to(np.asarray(sigma_voxels, np.float64), 3)
    for sigma in sigmas:
        positive("sigma_voxels", float(sigma), zero=True)
    positive("truncate", truncate)
    halves = []
    for sigma in sigmas:
        radius = int(truncate * float(sigma) + 0.5)
        half = np.exp(-0.5 * (np.arange(radius + 1) / max(float(sigma), 1e-9)) ** 2)
        half /= 2 * half.sum() - half[0]
        halves.append(np.pad(half, (0, -radius % 3 if radius else 3)).astype(np.float32))  # taken by threes
    out = np.empty_like(source)
    if source.size:
        ring = 4 * (2 * halves[0].size - 1) * source.shape[2]
        bands = max(1, min(BAND_BYTES // ring, source.shape[1] // workers))
        flat = (source.shape, source.reshape(-1), *halves, out.reshape(-1))
        calls = [(*flat, a, b) for a, b in slabs(source.shape[1], -(-source.shape[1] // bands))]
        run(_filters.gaussian_rows, calls, workers)
    return out


def _box_mean(source: Array, radius: int, workers: int) -> NDArray[np.float32]:
    """Mean over the cube of ``radius``, over the voxels that exist."""
    for axis in range(3):
        out = np.empty_like(source)
        parts = slabs(len(source), workers * 4)
        run(_filters.box_axis, [(source, out, radius, axis, a, b) for a, b in parts], workers)
        n = np.arange(source.shape[axis])
        number = np.minimum(n + radius, source.shape[axis] - 1) - np.maximum(n - radius, 0) + 1
        out /= number.astype(np.float32).reshape([-1 if k == axis else 1 for k in range(3)])
        source = out
    return source


def guided(
    volume: ArrayLike,
    guide: ArrayLike | None = None,
    radius: int = 2,
    eps: float = 1e-2,
    *,
    threads: int | None = None,
) -> NDArray[np.float32]:
    """Edge-preserving guided filter (He, Sun, Tang 2013, IEEE TPAMI 35:1397).

    Parameters
    ----------
    volume : array (z, y, x), real
    guide : array (z, y, x), real, optional
        Its edges are kept; the volume itself if None.
    radius : int
        Half width of the window in voxels.
    eps : float
        Variance of the guide (its unit squared) below which a window counts as flat.
    threads : int, optional

    Returns
    -------
    array float32 (z, y, x)
    """
    workers = thread_count(threads)
    source = as_volume("volume", volume, REAL).astype(np.float32, copy=False)
    workers = enough(workers, source.size)
    lead = source if guide is None else as_volume("guide", guide, REAL).astype(np.float32, copy=False)
    same_shape("guide", lead, source.shape)
    positive("eps", eps)
    if int(radius) != radius or radius < 1:
        raise ValueError(f"radius: got {radius!r}, expected a whole number >= 1")
    if source.size == 0:
        return source.copy()
    # About its mean, a guide of large values keeps its digits when squared in single precision.
    shift = np.float32(lead.mean(dtype=np.float64))
    lead = np.asarray(lead - shift, np.float32)
    mean_i, mean_p = _box_mean(lead, radius, workers), _box_mean(source, radius, workers)
    slope = (_box_mean(np.asarray(lead * source, np.float32), radius, workers) - mean_i * mean_p) / (
        np.maximum(_box_mean(lead * lead, radius, workers) - mean_i * mean_i, 0) + np.float32(eps)
    )
    base = mean_p - slope * mean_i
    return np.asarray(_box_mean(slope, radius, workers) * lead + _box_mean(base, radius, workers))


def bilateral(
    volume: ArrayLike,
    sigma_voxels: float,
    sigma_value: float | Sequence[float],
    *,
    guides: Sequence[ArrayLike] | None = None,
    radius: int | None = None,
    threads: int | None = None,
) -> NDArray[np.float32]:
    """Joint bilateral filter (Tomasi, Manduchi 1998; joint: Petschnigg et al. 2004).

    Parameters
    ----------
    volume : array (z, y, x), real
    sigma_voxels : float
        Standard deviation of the spatial weight, voxels.
    sigma_value : float, or one a guide
        Standard deviation of the weight of value differences, in the unit of the guide.
    guides : sequence of arrays (z, y, x), optional
        Channels whose differences weigh (for two energies: both); the volume itself if None.
    radius : int, optional
        Half width of the window; ceil(2 sigma) if None.
    threads : int, optional

    Returns
    -------
    array float32 (z, y, x)
    """
    workers = thread_count(threads)
    source = as_volume("volume", volume, REAL).astype(np.float32, copy=False)
    leads = [source] if guides is None else [as_volume("guides", g, REAL).astype(np.float32) for g in guides]
    for lead in leads:
        same_shape("guides", lead, source.shape)
    positive("sigma_voxels", sigma_voxels)
    widths = np.broadcast_to(np.asarray(sigma_value, np.float64), len(leads))
    for width in widths:
        positive("sigma_value", float(width))
    reach = int(np.ceil(2 * sigma_voxels)) if radius is None else int(radius)
    if reach < 1 or (radius is not None and reach != radius):
        raise ValueError(f"radius: got {radius!r}, expected a whole number >= 1")
    axis = np.arange(-reach, reach + 1)
    z, y, x = np.meshgrid(axis, axis, axis, indexing="ij")
    spatial = np.exp(-(z * z + y * y + x * x) / (2 * sigma_voxels**2)).astype(np.float32)
    scales = np.sqrt(1 / (2 * _bilateral.SHARPNESS * widths**2)).astype(np.float32)
    out = np.empty_like(source)
    if source.size == 0:
        return out
    # Rows are made longer, so that every tap goes over the same number of voxels, all in whole vectors; in the
    # guides what stands there is too far from every value to weigh anything.
    columns = (reach, -source.shape[2] % _bilateral.VECTOR + reach + 1)
    sides = ((0, 0), (0, 0), columns)
    far = [
        float(lead.max()) + 16 * _bilateral.SHARPNESS * float(width) for lead, width in zip(leads, widths, strict=True)
    ]
    stack = np.stack([np.pad(lead, sides, constant_values=f).reshape(-1) for lead, f in zip(leads, far, strict=True)])
    flat = (np.pad(source, sides).reshape(-1), stack, spatial, scales, reach, out.reshape(-1))
    run(_bilateral.bilateral_planes, [(source.shape, *flat, a, b) for a, b in slabs(len(source), workers * 4)], workers)
    return out
