"""Exact Euclidean distance with any voxel size, of a mask or of every label at once."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _distance
from ._check import INTEGER, as_volume, mm3, positive
from ._pool import enough, run, slabs, thread_count

__all__ = ["distance"]

CACHED = 1 << 18  # voxels whose distances stay in the cache between two axes


def distance(
    mask_or_labels: ArrayLike,
    voxel_size_mm: ArrayLike = (1.0, 1.0, 1.0),
    *,
    limit_mm: float | None = None,
    threads: int | None = None,
) -> NDArray[np.float32]:
    """Distance of every inside voxel to the nearest voxel (centre to centre) outside of its label.

    Parameters
    ----------
    mask_or_labels : bool or integer array (z, y, x)
        Zero is outside. What lies beyond the volume is not outside.
    voxel_size_mm : float or three floats (z, y, x), mm
    limit_mm : float, optional
        Distances are cut off here, which saves time.
    threads : int, optional

    Returns
    -------
    array float32 (z, y, x), mm
        0 outside; inf (or the limit) where no voxel is outside.

    Notes
    -----
    Separable exact transform (Saito, Toriwaki 1994).
    """
    workers = thread_count(threads)
    labels = as_volume("mask_or_labels", mask_or_labels, ("bool", *INTEGER))
    many = labels.dtype != np.bool_
    labels = labels.astype(np.uint32) if many and labels.dtype != np.uint32 else labels
    labels = labels if many else labels.view(np.uint8)
    size = mm3("voxel_size_mm", voxel_size_mm)
    most = np.float32(np.inf if limit_mm is None else positive("limit_mm", limit_mm) ** 2)
    workers = enough(workers, labels.size)
    out = np.zeros(labels.shape, np.float32)  # pages of nothing but outside are never touched
    if labels.size == 0:
        return out
    depth, rows, width = labels.shape
    flat, squares = labels.reshape(-1), out.reshape(-1)
    lived = np.empty((depth * rows, -(-width // 64)), np.bool_)
    z, y, x = (np.float32(edge) for edge in size)
    along_y = (width, rows, 1, rows, y, many, False, np.zeros((depth, lived.shape[1]), np.bool_), squares)
    along_z = (width, depth, rows, 1, z, many, True, np.zeros((rows, lived.shape[1]), np.bool_), squares)
    together = max(1, CACHED // (rows * width))

    def within(begin: int, end: int) -> None:
        for a in range(begin, end, together):
            b = min(end, a + together)
            _distance.ramps(flat, labels.shape, x, most, lived, squares, a, b)
            _distance.columns(flat, lived, *along_y, a, b)
            _distance.far_columns(flat, *along_y, a, b)

    def across(begin: int, end: int) -> None:
        _distance.columns(flat, lived, *along_z, begin, end)
        _distance.far_columns(flat, *along_z, begin, end)

    run(within, slabs(depth, workers * 4), workers)
    run(across, slabs(rows, workers * 4), workers)
    return out
