"""The frame a file's axes make in the world, brought to the right-handed one of `Grid`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xscan.errors import InputError
from xscan.io.lazy import FlippedStack
from xscan.io.messages import say
from xscan.model import Grid, StoredArray

__all__ = ["Placed", "place"]

_SHEAR = 1e-3  # largest cosine between two axes that is still called a right angle (0.06 degree)
_LONGEST_MM = 1e4  # a voxel longer than 10 m is a wrong number


@dataclass(frozen=True)
class Placed:
    """Arrays with the grid they lie on, and what was mended."""

    grid: Grid
    arrays: tuple[StoredArray, ...]
    notes: tuple[str, ...]


def place(path: str, arrays: tuple[StoredArray, ...], axes_mm: ArrayLike, origin_mm: ArrayLike) -> Placed:
    """Put arrays (z, y, x) into the world.

    Parameters
    ----------
    axes_mm : 3 by 3, columns are the world steps (x, y, z), mm, of one voxel along x, y, z of the array
    origin_mm : world position (x, y, z), mm, of the centre of voxel (0, 0, 0)

    Raises
    ------
    InputError
        where the axes are not finite, vanish, or do not stand at right angles
    """
    axes = np.array(axes_mm, dtype=np.float64)
    origin = np.array(origin_mm, dtype=np.float64)
    if axes.shape != (3, 3) or origin.shape != (3,) or not (np.isfinite(axes).all() and np.isfinite(origin).all()):
        raise InputError(path, "the axes or the origin are not finite numbers", "mend the file's header")
    sizes = np.array([float(f"{s:.12g}") for s in np.linalg.norm(axes, axis=0)])  # not 0.7999999999999999
    if (sizes <= 0).any() or (sizes > _LONGEST_MM).any():
        raise InputError(path, f"voxels of {sizes[0]:g}×{sizes[1]:g}×{sizes[2]:g} mm (x, y, z) cannot be")
    direction = axes / sizes
    if np.abs(direction.T @ direction - np.eye(3)).max() > _SHEAR:
        raise InputError(
            path,
            "the axes do not stand at right angles (sheared)",
            "resample it",
        )
    u, _, vt = np.linalg.svd(direction)
    direction = _tidy(u @ vt)
    notes: tuple[str, ...] = ()
    shape = tuple(int(n) for n in arrays[0].shape)
    if np.linalg.det(direction) < 0:
        origin = origin + direction[:, 2] * sizes[2] * (shape[0] - 1)
        direction = direction * np.array([1.0, 1.0, -1.0])
        arrays = tuple(FlippedStack(a) for a in arrays)
        notes = (say("mirrored"),)
    grid = Grid(shape, tuple(sizes[::-1].tolist()), tuple(origin.tolist()), _tidy(direction))  # type: ignore[arg-type]
    return Placed(grid, arrays, notes)


def _tidy(direction: NDArray[np.float64]) -> NDArray[np.float64]:
    rounded = np.round(direction)
    return (rounded if np.abs(direction - rounded).max() < 1e-9 else direction) + 0.0
