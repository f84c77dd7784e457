"""Erosion, dilation, opening and closing by balls in mm, and hole filling."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _balls, _runs
from ._check import as_mask, mm3, one_of, positive
from ._pool import enough, run, slabs, thread_count

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


class _Frame:
    """A volume in bit words, with room around it for a dilation to grow into.

    On the left the room is whole words, so that no bit has to be shifted.
    """

    def __init__(self, shape: tuple[int, ...], room: tuple[int, int, int], workers: int) -> None:
        self.shape, self.workers = shape, workers
        self.depth, self.rows = shape[0] + 2 * room[0], shape[1] + 2 * room[1]
        self.first_word = (room[2] + 63) // 64
        self.width = 64 * self.first_word + shape[2] + room[2]
        self.first_row = room[0] * self.rows + room[1]
        self.pieces = slabs(shape[0], workers * 4)

    def pack(self, mask: NDArray[np.uint8], invert: bool) -> Words:
        words = np.zeros((self.depth * self.rows, (self.width + 63) // 64), np.uint64)
        given = (mask.reshape(-1), invert, self.shape, words, self.rows, self.first_row, self.first_word)
        run(_balls.pack_rows, [(*given, a, b) for a, b in self.pieces], self.workers)
        return words

    def unpack(self, words: Words, invert: bool) -> Mask:
        out = np.empty(self.shape, np.bool_)
        flat = out.reshape(-1).view(np.uint8)
        given = (words, self.rows, self.first_row, self.first_word, invert, flat, self.shape)
        run(_balls.unpack_rows, [(*given, a, b) for a, b in self.pieces], self.workers)
        return out

    def dilate(self, words: Words, half: NDArray[np.int64]) -> Words:
        out = np.empty_like(words)
        widths = np.unique(half[half >= 0])
        given = (words, half, widths, self.rows, self.width, out)
        run(_balls.dilate_planes, [(*given, a, b) for a, b in slabs(self.depth, self.workers)], self.workers)
        return out

    def opposite(self, words: Words) -> Words:
        """All bits turned, those beyond the width kept at zero."""
        turned = ~words
        turned[:, -1] &= np.uint64(2**64 - 1) >> np.uint64(64 * words.shape[1] - self.width)
        return turned


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
    return _by_ball(mask, radius_mm, voxel_size_mm, threads, "de")


def _by_ball(mask: ArrayLike, radius_mm: float, voxel_size_mm: ArrayLike, threads: Any, order: str) -> Mask:
    """Erosions ("e") and dilations ("d") in the given order; an erosion dilates the outside."""
    workers = thread_count(threads)
    volume = as_mask("mask", mask)
    workers = enough(workers, volume.size)
    half = _ball(radius_mm, voxel_size_mm)
    if volume.size == 0:
        return np.empty(volume.shape, np.bool_)
    room = (half.shape[0] - 1, half.shape[1] - 1, int(half[0, 0])) if order == "de" else (0, 0, 0)
    frame = _Frame(volume.shape, room, workers)
    inverted = order[0] == "e"
    words = frame.pack(volume, inverted)
    for step in order:
        if (step == "e") != inverted:
            words = frame.opposite(words)
            inverted = not inverted
        words = frame.dilate(words, half)
    return frame.unpack(words, inverted)


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
    workers = enough(workers, volume.size)
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
    return _Frame(volume.shape, (0, 0, 0), workers).unpack(words, True)
