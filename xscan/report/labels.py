"""labels.h5: which object each voxel of the scan belongs to."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from xscan.model import Grid, Segmentation, slabs

__all__ = ["object_slab", "write_labels"]


def object_slab(segmentation: Segmentation, shape: tuple[int, int, int], binning: int, z: slice) -> NDArray[np.uint32]:
    """Object ids of the scan's planes `z`, uint32 (planes, y, x).

    A coarser segmentation is repeated; voxels past its edge, which binning cut off, take the nearest id.
    """
    table = np.zeros(max((r.id for r in segmentation.regions), default=0) + 1, dtype=np.uint32)
    for o in segmentation.objects:
        table[list(o.region_ids)] = o.id
    labels = segmentation.labels.array
    if binning == 1:
        return table[labels[z]]
    iz, iy, ix = (np.minimum(np.arange(n) // binning, m - 1) for n, m in zip(shape, labels.shape, strict=True))
    coarse = table[labels[iz[z][0] : iz[z][-1] + 1]]
    return coarse[np.ix_(iz[z] - iz[z][0], iy, ix)]


def write_labels(path: Path, segmentation: Segmentation, grid: Grid, *, binning: int = 1, gzip: int = 4) -> None:
    """Write dataset `/label` (uint32, the scan's shape), by slab; the same labels give the same bytes.

    Parameters
    ----------
    path : file to write
    segmentation : on the scan's grid, or on one `binning` times coarser
    grid : of the scan
    gzip : level, 0 (none) to 9
    """
    import h5py

    chunks = tuple(min(n, c) for n, c in zip(grid.shape, (16, 64, 64), strict=True))
    with h5py.File(path, "w", libver=("v108", "v108"), track_order=False) as file:
        file.attrs["format"] = "xscan-labels"
        file.attrs["version"] = 1
        file.attrs["voxel_size_mm"] = np.asarray(grid.voxel_size_mm)
        file.attrs["axes"] = "zyx"
        dataset = file.create_dataset(
            "label",
            shape=grid.shape,
            dtype="<u4",
            chunks=chunks,
            compression="gzip" if gzip else None,
            compression_opts=gzip or None,
            shuffle=bool(gzip),
            track_times=False,
        )
        for z in slabs(grid.shape[0], chunks[0]):
            dataset[z] = object_slab(segmentation, grid.shape, binning, z)
