"""Watershed from markers, geodesic reconstruction and the markers it makes (h-maxima)."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _flood
from ._check import INTEGER, REAL, Array, as_mask, as_volume, one_of, positive, same_shape
from ._pool import thread_count

__all__ = ["h_maxima", "reconstruct", "watershed"]

REACH = {6: 1, 18: 2, 26: 3}


def _steps(shape: tuple[int, ...], connectivity: int) -> NDArray[np.int64]:
    """Flat offsets of all neighbours in a volume of ``shape``, nearest first, then in raster order."""
    near = np.stack(np.meshgrid(*[[-1, 0, 1]] * 3, indexing="ij"), axis=-1).reshape(-1, 3)
    squares = (near**2).sum(axis=1)
    keep = (squares > 0) & (np.abs(near).sum(axis=1) <= REACH[connectivity])
    near, squares = near[keep], squares[keep]
    flat = near @ np.array([shape[1] * shape[2], shape[2], 1])
    return np.asarray(flat[np.argsort(squares, kind="stable")], np.int64)


def _ranks(relief: Array) -> NDArray[np.uint32]:
    """Numbers that are ordered (and equal) as the values are."""
    kind = relief.dtype
    if kind == np.float32:
        bits = (relief + np.float32(0)).view(np.uint32)  # adding zero makes -0 equal to 0
        return np.where(bits >> 31, ~bits, bits | np.uint32(1 << 31))
    if kind.itemsize == 8:
        return np.unique(relief, return_inverse=True)[1].reshape(relief.shape).astype(np.uint32)
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
        Flooding is sequential; taken so that all functions look alike.

    Returns
    -------
    array uint32 (z, y, x), 0 where no flood came; equal to scikit-image's to the voxel.
    """
    thread_count(threads)
    one_of("connectivity", connectivity, tuple(REACH))
    relief = as_volume("image", image, REAL)
    seeds = as_volume("markers", markers, ("bool", *INTEGER))
    same_shape("markers", seeds, relief.shape)
    if seeds.size and (int(seeds.min()) < 0 or int(seeds.max()) >= 2**32):
        raise ValueError("markers: expected values from 0 to 2**32 - 1")
    inside = np.ones(relief.shape, np.uint8) if mask is None else (as_mask("mask", mask) != 0).view(np.uint8)
    same_shape("mask", inside, relief.shape)
    if relief.size >= 2**32 - 1:
        raise OverflowError(f"image: got {relief.size} voxels, expected fewer than 2**32 - 1")
    output = np.pad(seeds.astype(np.uint32) * inside, 1)
    todo = np.pad(inside, 1) & (output == 0)
    steps = _steps(output.shape, connectivity)
    _flood.flood(np.pad(_ranks(relief), 1).reshape(-1), todo.reshape(-1), output.reshape(-1), steps)
    return np.ascontiguousarray(output[1:-1, 1:-1, 1:-1])


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
    steps = _steps(marker.shape, connectivity)
    first = (marker.shape[1] + 1) * marker.shape[2] + 1  # the first voxel that is not padding
    _flood.reconstruct_grey(marker.reshape(-1), limit.reshape(-1), steps[steps > 0], first, marker.size - first)
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
