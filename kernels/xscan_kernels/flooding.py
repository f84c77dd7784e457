"""Watershed from markers, geodesic reconstruction and the markers it makes (h-maxima)."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _geodesic, _watershed
from ._check import INTEGER, REAL, Array, as_mask, as_volume, one_of, positive, same_shape
from ._pool import enough, run, slabs, thread_count

__all__ = ["h_maxima", "reconstruct", "watershed"]

REACH = {6: 1, 18: 2, 26: 3}


def _moves(connectivity: int) -> NDArray[np.int64]:
    """All neighbours as (z, y, x), nearest first, then in raster order."""
    near = np.stack(np.meshgrid(*[[-1, 0, 1]] * 3, indexing="ij"), axis=-1).reshape(-1, 3)
    squares = (near**2).sum(axis=1)
    keep = (squares > 0) & (np.abs(near).sum(axis=1) <= REACH[connectivity])
    order = np.argsort(squares[keep], kind="stable")
    return np.ascontiguousarray(near[keep][order], np.int64)


def _steps(shape: tuple[int, ...], moves: NDArray[np.int64]) -> NDArray[np.int64]:
    """Flat offsets of neighbours in a volume of ``shape``."""
    return np.asarray(moves @ np.array([shape[1] * shape[2], shape[2], 1]), np.int64)


def _sortable(relief: Array) -> NDArray[np.uint32]:
    """Numbers that are ordered (and equal) as the values are; of float32 the bits, which the kernel sorts out."""
    kind = relief.dtype
    if kind == np.float32:
        return relief.view(np.uint32)
    if kind.itemsize == 8:
        return np.unique(relief, return_inverse=True)[1].reshape(relief.shape).astype(np.uint32)
    if kind.kind == "u":
        return relief.astype(np.uint32, copy=False)
    return (relief.astype(np.int64) - np.iinfo(kind).min).astype(np.uint32)


def watershed(
    image: ArrayLike,
    markers: ArrayLike,
    mask: ArrayLike | None = None,
    connectivity: int = 6,
    *,
    threads: int | None = None,
) -> NDArray[np.uint32]:
    """Watershed from markers: every voxel goes to the marker whose flood reaches it first.

    Parameters
    ----------
    image : array (z, y, x), real, without nan
        Flooded from low to high; give the negative of a distance.
    markers : integer array (z, y, x)
        Not negative; 0 is no marker.
    mask : bool or uint8 array (z, y, x), optional
        Where to flood; everywhere if None.
    connectivity : {6, 18, 26}
    threads : int, optional
        For what goes before; flooding is sequential.

    Returns
    -------
    array uint32 (z, y, x), 0 where no flood came; equal to scikit-image's to the voxel.
    """
    workers = thread_count(threads)
    one_of("connectivity", connectivity, tuple(REACH))
    relief = as_volume("image", image, REAL)
    seeds = as_volume("markers", markers, ("bool", *INTEGER))
    same_shape("markers", seeds, relief.shape)
    if seeds.size and seeds.dtype != np.uint32 and (int(seeds.min()) < 0 or int(seeds.max()) >= 2**32):
        raise ValueError("markers: expected values from 0 to 2**32 - 1")
    inside = np.ones(relief.shape, np.uint8) if mask is None else (as_mask("mask", mask) != 0).view(np.uint8)
    same_shape("mask", inside, relief.shape)
    if relief.size >= 2**32 - 1:
        raise OverflowError(f"image: got {relief.size} voxels, expected fewer than 2**32 - 1")
    seeds = seeds.view(np.uint32) if seeds.dtype == np.int32 else seeds.astype(np.uint32, copy=False)
    out = np.empty(relief.shape, np.uint32)
    if out.size == 0:
        return out
    depth, rows, width = relief.shape
    free = np.zeros((depth + 2, rows + 2, (width + 2 + 63) // 64), np.uint64)
    workers = enough(workers, out.size)
    flat = (seeds.reshape(-1), inside.reshape(-1), out.reshape(-1))
    run(_watershed.prepare, [(*flat, free, a, b) for a, b in slabs(depth, workers * 4)], workers)
    moves = _moves(connectivity)
    bits = (*free.shape[:2], 64 * free.shape[2])
    ready = (_sortable(relief).reshape(-1), relief.dtype == np.float32, free.reshape(-1), free.shape)
    _watershed.flood(*ready, flat[-1], out.shape, _steps(out.shape, moves), _steps(bits, moves))
    return out


def reconstruct(seed: ArrayLike, mask: ArrayLike, connectivity: int = 6, *, threads: int | None = None) -> Array:
    """Geodesic reconstruction by dilation of ``seed`` under ``mask``.

    Parameters
    ----------
    seed, mask : arrays (z, y, x) of one real type (or bool); ``seed`` nowhere above ``mask``
    connectivity : {6, 18, 26}
    threads : int, optional

    Returns
    -------
    array of the same type (z, y, x)

    Notes
    -----
    Vincent 1993 (IEEE Trans. Image Processing 2:176), hybrid algorithm.
    """
    thread_count(threads)
    one_of("connectivity", connectivity, tuple(REACH))
    start, roof = as_volume("seed", seed, ("bool", *REAL)), as_volume("mask", mask, ("bool", *REAL))
    same_shape("mask", roof, start.shape)
    if start.dtype != roof.dtype:
        raise TypeError(f"mask: got dtype {roof.dtype}, expected {start.dtype}, that of seed")
    if np.any(start > roof):
        raise ValueError("seed: got values above mask, expected seed <= mask everywhere")
    if start.size == 0:
        return start.copy()
    kind = start.dtype
    if kind == np.bool_:
        start, roof = start.view(np.uint8), roof.view(np.uint8)
    bottom: Any = -np.inf if start.dtype.kind == "f" else np.iinfo(start.dtype).min
    marker = np.pad(start, 1, constant_values=bottom)
    limit = np.pad(roof, 1, constant_values=bottom)
    steps = _steps(marker.shape, _moves(connectivity))
    first = (marker.shape[1] + 1) * marker.shape[2] + 1  # the first voxel that is not padding
    _geodesic.reconstruct_grey(marker.reshape(-1), limit.reshape(-1), steps[steps > 0], first, marker.size - first)
    return np.ascontiguousarray(marker[1:-1, 1:-1, 1:-1]).view(kind)


def h_maxima(image: ArrayLike, h: float, connectivity: int = 6, *, threads: int | None = None) -> NDArray[np.bool_]:
    """Tops of all maxima that rise at least ``h`` above the saddle to a higher one.

    Parameters
    ----------
    image : array (z, y, x), real
    h : float
        Height, in the unit of ``image``, above 0.
    connectivity : {6, 18, 26}
    threads : int, optional

    Returns
    -------
    bool array (z, y, x)
    """
    height = positive("h", h)
    relief = as_volume("image", image, REAL)
    # Float64 holds every smaller type exactly, and a voxel that keeps image - h is the top of its maximum.
    wide: Array = relief.astype(np.float64 if relief.dtype.itemsize > 2 else np.float32)
    lowered: Array = wide - np.asarray(height, wide.dtype)
    return np.asarray(reconstruct(lowered, wide, connectivity, threads=threads) == lowered)
