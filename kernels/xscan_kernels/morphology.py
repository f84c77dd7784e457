"""Erosion, dilation, opening and closing by balls in mm, and hole filling."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _balls, _runs
from ._check import as_mask, mm3, one_of, positive
from ._pool import run, slabs, thread_count

__all__ = ["closing", "dilate", "erode", "fill_holes", "opening"]

Mask = NDArray[np.bool_]
Words = NDArray[np.uint64]


def _ball(radius_mm: float, voxel_size_mm: ArrayLike) -> NDArray[np.int64]:
    """Half widths in x voxels of the ball's rows, by offset (z, y) from 0 on; -1 outside of the ball.

    A voxel belongs to the ball if its centre is no farther than the radius; a relative 1e-9 keeps voxels
    at exactly the radius inside whatever the rounding of the voxel size.
    """
    radius = positive("radius_mm", radius_mm, zero=True) * (1 + 1e-9)
    dz, dy, dx = mm3("voxel_size_mm", voxel_size_mm)
    z = np.arange(int(radius / dz) + 1)[:, None] * dz
    y = np.arange(int(radius / dy) + 1)[None, :] * dy
    left = radius * radius - z * z - y * y
    return np.where(left >= 0, np.floor(np.sqrt(np.maximum(left, 0)) / dx), -1).astype(np.int64)


def _pack(mask: NDArray[np.uint8], invert: bool, workers: int) -> Words:
    depth, rows, width = mask.shape
    words = np.empty((depth * rows, (width + 63) // 64), np.uint64)
    flat = mask.reshape(-1)
    parts = slabs(depth * rows, workers * 4)
    run(_balls.pack_rows, [(flat, invert, words, width, a, b) for a, b in parts], workers)
    return words


def _unpack(words: Words, invert: bool, shape: tuple[int, ...], workers: int) -> Mask:
    out = np.empty(shape, np.bool_)
    flat = out.reshape(-1).view(np.uint8)
    parts = slabs(len(words), workers * 4)
    run(_balls.unpack_rows, [(words, invert, flat, shape[2], a, b) for a, b in parts], workers)
    return out


def _dilated(words: Words, half: NDArray[np.int64], shape: tuple[int, ...], workers: int) -> Words:
    out = np.empty_like(words)
    parts = slabs(shape[0], workers * 4)
    run(_balls.dilate_planes, [(words, half, shape[1], shape[2], out, a, b) for a, b in parts], workers)
    return out


def dilate(mask: ArrayLike, radius_mm: float, voxel_size_mm: ArrayLike = 1.0, *, threads: int | None = None) -> Mask:
    """Dilate by the ball of ``radius_mm``: every voxel whose centre lies that near to an inside one.

    Parameters
    ----------
    mask : bool or uint8 array (z, y, x)
    radius_mm : float
    voxel_size_mm : float or three floats (z, y, x), mm
    threads : int, optional

    Returns
    -------
    bool array (z, y, x)
    """
    return _by_ball(mask, radius_mm, voxel_size_mm, threads, "d")


def erode(mask: ArrayLike, radius_mm: float, voxel_size_mm: ArrayLike = 1.0, *, threads: int | None = None) -> Mask:
    """Erode by the ball of ``radius_mm``; what lies beyond the volume does not eat into the mask.

    Parameters and result as of :func:`dilate`.
    """
    return _by_ball(mask, radius_mm, voxel_size_mm, threads, "e")


def opening(mask: ArrayLike, radius_mm: float, voxel_size_mm: ArrayLike = 1.0, *, threads: int | None = None) -> Mask:
    """Erode, then dilate, by the ball of ``radius_mm``; never adds a voxel.

    Parameters and result as of :func:`dilate`.
    """
    return _by_ball(mask, radius_mm, voxel_size_mm, threads, "ed")


def closing(mask: ArrayLike, radius_mm: float, voxel_size_mm: ArrayLike = 1.0, *, threads: int | None = None) -> Mask:
    """Dilate, then erode, by the ball of ``radius_mm``, as if nothing lay around the volume.

    Never takes a voxel away. Parameters and result as of :func:`dilate`.
    """
    volume = as_mask("mask", mask)
    half = _ball(radius_mm, voxel_size_mm)
    reach = (half.shape[0] - 1, half.shape[1] - 1, int(half[0, 0]))
    padded = np.pad(volume, [(n, n) for n in reach])
    closed = _by_ball(padded, radius_mm, voxel_size_mm, threads, "de")
    inner = tuple(slice(n, n + length) for n, length in zip(reach, volume.shape, strict=True))
    return np.ascontiguousarray(closed[inner])


def _by_ball(mask: ArrayLike, radius_mm: float, voxel_size_mm: ArrayLike, threads: Any, order: str) -> Mask:
    """Erosions ("e") and dilations ("d") in the given order; an erosion dilates the outside."""
    workers = thread_count(threads)
    volume = as_mask("mask", mask)
    half = _ball(radius_mm, voxel_size_mm)
    if volume.size == 0:
        return np.empty(volume.shape, np.bool_)
    inverted = order[0] == "e"
    words = _pack(volume, inverted, workers)
    for step in order:
        if (step == "e") != inverted:
            words = _opposite(words, volume.shape[2])
            inverted = not inverted
        words = _dilated(words, half, volume.shape, workers)
    return _unpack(words, inverted, volume.shape, workers)


def _opposite(words: Words, width: int) -> Words:
    """All bits turned, those beyond the width kept at zero."""
    turned = ~words
    turned[:, -1] &= np.uint64(2**64 - 1) >> np.uint64(64 * words.shape[1] - width)
    return turned


def fill_holes(mask: ArrayLike, connectivity: int = 6, *, threads: int | None = None) -> Mask:
    """Fill every hole: outside voxels from which no path of outside voxels leads to the volume's edge.

    Parameters
    ----------
    mask : bool or uint8 array (z, y, x)
    connectivity : {6, 18, 26}
        Of the outside paths.
    threads : int, optional

    Returns
    -------
    bool array (z, y, x)
    """
    one_of("connectivity", connectivity, (6, 18, 26))
    workers = thread_count(threads)
    volume = as_mask("mask", mask)
    if volume.size == 0:
        return np.empty(volume.shape, np.bool_)
    depth, rows, width = volume.shape
    reach = {6: 1, 18: 2, 26: 3}[connectivity]
    words = np.empty((depth * rows, (width + 63) // 64), np.uint64)
    runs = np.empty(depth * rows, np.uint32)
    pieces = slabs(depth, workers * 4)
    flat = volume.reshape(-1)
    calls = [(flat, np.uint8(0), True, words, runs, width, a * rows, b * rows) for a, b in pieces]
    run(_runs.mask_rows, calls, workers)
    offsets = np.empty(depth * rows + 1, np.int64)
    parent = np.arange(int(_runs.number_runs(runs, offsets)), dtype=np.uint32)
    run(_runs.link_mask, [(words, offsets, parent, rows, reach, a, a, b) for a, b in pieces], workers)
    for a, _ in pieces[1:]:
        _runs.link_mask(words, offsets, parent, rows, reach, a - 1, a, a + 1)
    _runs.keep_open(words, offsets, parent, rows, width)
    closed = [(words, offsets, parent, a * rows, b * rows) for a, b in pieces]
    run(_runs.drop_closed, closed, workers)
    return _unpack(words, True, volume.shape, workers)
