"""Polychromatic transmission through slices of many materials.

A ray of view angle a (radians) and detector position t (mm) holds the points with ``x cos a + y sin a = t``,
x and y in mm from the middle of the slice, along the array's axes. Ray r lies at ``(r - (rays - 1) / 2) * spacing``.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _transmission
from ._check import as_volume, positive
from ._pool import run, slabs, thread_count

__all__ = ["material_paths", "transmit"]

Array = NDArray[Any]
CHUNK = 65536  # rays a call of the transmission kernel


def _rays_of(angles: ArrayLike, rays: int, spacing: float) -> tuple[NDArray[np.float64], float]:
    found = np.ascontiguousarray(angles, dtype=np.float64)
    if found.ndim != 1 or not found.size or not np.isfinite(found).all():
        raise ValueError(f"angles: got shape {found.shape}, expected a row of finite angles in radians")
    if rays < 2:
        raise ValueError(f"rays: got {rays}, expected at least 2")
    return found, -0.5 * (rays - 1) * positive("spacing", spacing)


def _crop(image: Array, pitch: float) -> tuple[Array, float, float] | None:
    """The box of what is not zero, with its lower edges (y, x) in mm; nothing outside it costs time."""
    rows, columns = np.flatnonzero(image.any(1)), np.flatnonzero(image.any(0))
    if not rows.size:
        return None
    part = np.ascontiguousarray(image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
    y0 = (rows[0] - 0.5 * image.shape[0]) * pitch
    return part, float(y0), float((columns[0] - 0.5 * image.shape[1]) * pitch)


def material_paths(
    labels: ArrayLike,
    pitch: float,
    angles: ArrayLike,
    *,
    rays: int,
    spacing: float,
    materials: int,
    threads: int | None = None,
) -> NDArray[np.float32]:
    """Length of every ray in every material of a slice: all materials in one walk.

    Parameters
    ----------
    labels : array uint8 (y, x)
        0 is not counted, m from 1 is material m.
    pitch : float
        Size of a cell, mm.
    angles : array (views,)
        Radians.
    rays : int
    spacing : float
        Between rays, mm.
    materials : int
        Number of materials; no label may be larger.
    threads : int, optional

    Returns
    -------
    array float32 (views, rays, materials)
        mm.

    Raises
    ------
    TypeError, ValueError
        On a wrong type, shape or option.
    """
    image = as_volume("labels", labels, ("uint8",), ndim=2)
    if image.size and image.max() > materials:
        raise ValueError(f"labels: got {image.max()}, expected at most {materials} (materials)")
    at, t0 = _rays_of(angles, rays, spacing)
    out = np.zeros((at.size, rays, materials), dtype=np.float32)
    cropped = _crop(image, positive("pitch", pitch))
    if cropped is None:
        return out
    part, y0, x0 = cropped
    turned = np.ascontiguousarray(part.T)
    threads = thread_count(threads)
    calls = [
        (part, turned, float(pitch), y0, x0, at[a:b], t0, float(spacing), out[a:b]) for a, b in slabs(at.size, threads)
    ]
    run(_transmission.material_paths_slice, calls, threads)
    return out


def transmit(
    paths: ArrayLike, lac: ArrayLike, weights: ArrayLike, *, threads: int | None = None
) -> NDArray[np.float64]:
    """Share of a polychromatic beam that passes, by Beer's law at every energy node; never more than came.

    Parameters
    ----------
    paths : array float32 (..., materials)
        Lengths; an energy that a ray with some below zero would gain counts as one that lost nothing.
    lac : array (nodes, materials)
        Attenuation at each energy node, per unit of length of ``paths``.
    weights : array (n, nodes)
        One row a sum that is wanted (a detected signal, its variance, …).
    threads : int, optional

    Returns
    -------
    array float64 (..., n)

    Raises
    ------
    ValueError
        Where the shapes do not fit.
    """
    lengths = np.ascontiguousarray(paths, dtype=np.float32)
    table = np.asarray(lac, dtype=np.float64)
    rows = np.ascontiguousarray(weights, dtype=np.float64)
    if table.ndim != 2 or rows.ndim != 2 or lengths.shape[-1:] != table.shape[1:] or table.shape[0] != rows.shape[1]:
        raise ValueError(
            f"paths, lac, weights: got {lengths.shape}, {table.shape}, {rows.shape}, "
            "expected (..., materials), (nodes, materials), (n, nodes)"
        )
    flat = lengths.reshape(-1, lengths.shape[-1])
    out = np.empty((flat.shape[0], rows.shape[0]))
    turned = np.ascontiguousarray(table.T)
    calls = [(flat[a : a + CHUNK], turned, rows, out[a : a + CHUNK]) for a in range(0, flat.shape[0], CHUNK)]
    run(_transmission.transmit_rays, calls, thread_count(threads))
    return out.reshape(*lengths.shape[:-1], rows.shape[0])
