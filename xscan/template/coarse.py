"""A scan of half the resolution: large heaps are looked at in it first, at an eighth of the price."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from xscan.model import Grid, Labels, Quantities, Segmentation, Volume

__all__ = ["halved"]

_FILLED = 3  # of the eight voxels that a coarse one is made of: from so many labelled ones on it has a label

Triple = tuple[int, int, int]


def halved(segmentation: Segmentation, quantities: Quantities) -> tuple[Segmentation, Quantities]:
    """Labels and attenuation in voxels of twice the edge; the other quantities are left out.

    The ids stay; what is left of a region has at least one voxel in name, even where it has none.
    """
    grid = segmentation.grid
    z, y, x = ((n + 1) // 2 for n in grid.shape)
    dz, dy, dx = (2 * s for s in grid.voxel_size_mm)
    coarse = Grid((z, y, x), (dz, dy, dx), grid.origin_mm, grid.direction)
    labels = _eighths(segmentation.labels.array)
    label = np.where(np.count_nonzero(labels, axis=(1, 3, 5)) >= _FILLED, labels.max(axis=(1, 3, 5)), 0)
    values = np.concatenate(
        [
            _eighths(quantities.attenuation.read(slice(k, min(k + 32, grid.shape[0])))).mean(axis=(1, 3, 5))
            for k in range(0, grid.shape[0], 32)
        ]
    )
    attenuation = Volume(coarse, values.astype(np.float32), quantities.attenuation.unit)
    regions = tuple(replace(r, voxels=max(1, r.voxels // 8), bbox=_half(r.bbox)) for r in segmentation.regions)
    objects = tuple(replace(o, voxels=max(1, o.voxels // 8), bbox=_half(o.bbox)) for o in segmentation.objects)
    return (
        Segmentation(Labels(coarse, label.astype(np.uint32)), regions, objects),
        Quantities(attenuation, quantities.basis, noise_mhu=quantities.noise_mhu),
    )


def _eighths(array: NDArray[np.generic]) -> NDArray[np.generic]:
    """View (z, 2, y, 2, x, 2) of an array whose odd edges are repeated."""
    even = np.pad(array, [(0, n % 2) for n in array.shape], mode="edge")
    z, y, x = (n // 2 for n in even.shape)
    return even.reshape(z, 2, y, 2, x, 2)


def _half(bbox: tuple[Triple, Triple]) -> tuple[Triple, Triple]:
    (a, b, c), (d, e, f) = bbox
    return (a // 2, b // 2, c // 2), ((d + 1) // 2, (e + 1) // 2, (f + 1) // 2)
