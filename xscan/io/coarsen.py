"""A scan on fewer, larger voxels, for memory and speed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xscan.errors import UsageError
from xscan.io.messages import say
from xscan.model import Progress, Scan, Volume, silent

__all__ = ["coarsen"]


def coarsen(scan: Scan, factor: int, *, progress: Progress = silent) -> Scan:
    """Average blocks of `factor`³ voxels, slab by slab; the result is in memory, float32.

    Voxels at the far ends that do not fill a block are cut off (see `Grid.binned`).

    Raises
    ------
    UsageError
        where `factor` is below 1, or larger than the scan
    """
    if scan.modality != "CT" or factor < 1 or factor > min(scan.grid.shape):
        raise UsageError(f"factor: expected 1 to {min(scan.grid.shape)} for a CT scan, got {factor}")
    if factor == 1:
        return scan
    grid = scan.grid.binned(factor)
    channels = {}
    for number, (name, volume) in enumerate(scan.volumes.items()):
        nz, ny, nx = grid.shape
        out = np.empty(grid.shape, np.float32)
        for k in range(nz):
            slab = volume.read(slice(k * factor, (k + 1) * factor))[:, : ny * factor, : nx * factor]
            blocks = slab.reshape(factor, ny, factor, nx, factor)
            out[k] = blocks.mean(axis=(0, 2, 4), dtype=np.float64)
            progress((number + (k + 1) / nz) / len(scan.channels))
        out.setflags(write=False)
        channels[name] = Volume(grid, out, volume.unit)
    note = say("coarsened", factor=factor)
    return replace(scan, channels=channels, provenance=replace(scan.provenance, notes=(*scan.provenance.notes, note)))
