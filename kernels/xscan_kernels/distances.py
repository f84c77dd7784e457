"""Exact Euclidean distance with any voxel size, of a mask or of every label at once."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _distance
from ._check import INTEGER, as_volume, mm3, positive
from ._pool import enough, run, slabs, thread_count

__all__ = ["distance"]


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
    out = np.empty(labels.shape, np.float32)
    if labels.size == 0:
        return out
    depth, rows, _ = labels.shape
    flat, shape = labels.reshape(-1), labels.shape
    plane = (np.float32(size[1]), np.float32(size[2]))
    calls = [(flat, shape, plane, most, many, out, a, b) for a, b in slabs(depth, workers * 4)]
    run(_distance.within_planes, calls, workers)
    along = [(flat, shape, np.float32(size[0]), many, out, a, b) for a, b in slabs(rows, workers * 4)]
    run(_distance.across_planes, along, workers)
    return out
