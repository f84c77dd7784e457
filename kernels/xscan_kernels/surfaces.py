"""Surface area of labels without a mesh."""

import itertools
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _crofton
from ._check import INTEGER, as_volume, mm3
from ._pool import run, slabs, thread_count

__all__ = ["surface_area"]


def _directions() -> NDArray[np.int64]:
    """The thirteen lattice directions (z, y, x), one of each opposite pair."""
    steps = [s for s in itertools.product((-1, 0, 1), repeat=3) if s > (0, 0, 0)]
    return np.array(steps, np.int64)


@lru_cache(maxsize=8)
def _weights(size: tuple[float, float, float]) -> tuple[float, ...]:
    """Share of the sphere nearest to each direction; they sum to 1.

    Measured on a fixed spiral of 20,000 directions (Voronoi cells on the sphere have no closed form for
    anisotropic voxels); the shares are good to 1e-3.
    """
    steps = _directions() * np.array(size)
    steps /= np.linalg.norm(steps, axis=1)[:, None]
    n = 20000
    height = (np.arange(n) + 0.5) / n
    turn = np.arange(n) * np.pi * (3 - np.sqrt(5))
    flat = np.sqrt(1 - height * height)
    sphere = np.stack([height, flat * np.sin(turn), flat * np.cos(turn)], axis=1)
    nearest = np.abs(sphere @ steps.T).argmax(axis=1)
    return tuple(np.bincount(nearest, minlength=13) / n)


def surface_area(
    labels: ArrayLike,
    voxel_size_mm: ArrayLike = 1.0,
    *,
    count: int | None = None,
    threads: int | None = None,
) -> NDArray[np.float64]:
    """Surface area of every label by the Cauchy-Crofton formula over thirteen directions.

    Parameters
    ----------
    labels : bool or unsigned integer array (z, y, x)
        The volume's edge counts as surface of what touches it.
    voxel_size_mm : float or three floats (z, y, x), mm
    count : int, optional
        Highest label, found if not given.
    threads : int, optional

    Returns
    -------
    float64 array (n + 1,), mm²; entry 0 is 0

    Notes
    -----
    Area = 2 sum_d c_d N_d V / l_d, with N_d border crossings of label and lattice lines of direction d,
    V the voxel's volume, l_d the step's length and c_d the share of the sphere nearest to d (Legland,
    Kieu, Devaux 2007, Image Anal. Stereol. 26:83). Within about 2 % for balls of radius 5 voxels and up.
    """
    workers = thread_count(threads)
    field = as_volume("labels", labels, ("bool", *INTEGER))
    field = field.view(np.uint8) if field.dtype == np.bool_ else field
    size = mm3("voxel_size_mm", voxel_size_mm)
    if field.size and int(field.min()) < 0:
        raise ValueError(f"labels: got {field.min()}, expected no negative label")
    top = int(field.max(initial=0))
    if count is not None and top > count:
        raise ValueError(f"labels: got {top}, expected no label above count={count}")
    top = top if count is None else int(count)
    steps = _directions()
    pieces = slabs(field.shape[0], workers) if field.size else []
    crossings = np.zeros((max(1, len(pieces)), top + 1, 13), np.int64)
    calls = [(field, steps, crossings[i], a, b) for i, (a, b) in enumerate(pieces)]
    run(_crofton.count_crossings, calls, workers)
    lengths = np.linalg.norm(steps * np.array(size), axis=1)
    share = np.array(_weights(size)) / lengths * (2 * np.prod(size))
    return np.asarray(crossings.sum(axis=0) @ share)
