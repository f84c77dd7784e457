"""The volume that the kernels are measured on: a made parcel, or a scan of the user's own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from xscan.errors import UsageError

if TYPE_CHECKING:
    from xscan.model import Scan

__all__ = ["Subject", "parcel", "scanned"]

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Subject:
    """A volume (z, y, x) of stored numbers and the level above which there are goods."""

    name: str
    volume: Array
    threshold: float

    def mask(self) -> NDArray[np.bool_]:
        """Voxels with goods."""
        return np.asarray(self.volume > self.threshold)

    def labels(self) -> tuple[NDArray[np.uint32], int]:
        """Labelled goods, and how many."""
        import xscan_kernels

        return xscan_kernels.label(self.volume, threshold=self.threshold)

    def half(self) -> Array:
        """Half the edge, from the middle, for filters that take the slowest peers minutes."""
        return self.part(tuple(max(1, n // 2) for n in self.volume.shape))

    def part(self, shape: tuple[int, ...]) -> Array:
        """A block from the middle, of ``shape`` or as much as there is."""
        cut = tuple(slice((n - min(m, n)) // 2, (n - min(m, n)) // 2 + min(m, n)) for n, m in self._sizes(shape))
        return np.ascontiguousarray(self.volume[cut])

    def _sizes(self, shape: tuple[int, ...]) -> list[tuple[int, int]]:
        return list(zip(self.volume.shape, shape, strict=True))


def parcel(shape: tuple[int, int, int], seed: int = 1) -> Subject:
    """Forty bodies of one density each in noisy air, uint16."""
    rng = np.random.default_rng(seed)
    volume = np.empty(shape, np.uint16)
    for plane in volume:  # plane by plane: eight bytes a voxel at once would be most of the memory
        plane[:] = rng.normal(30, 12, plane.shape).clip(0)
    edge = min(shape)
    for _ in range(40):
        centre, radius = rng.integers(0, shape), rng.integers(max(2, edge // 32), max(3, edge // 6), 3)
        cut = tuple(slice(max(0, c - r), min(n, c + r)) for c, r, n in zip(centre, radius, shape, strict=True))
        axes = np.ogrid[cut]
        apart = sum(((a - c) / r) ** 2 for a, c, r in zip(axes, centre, radius, strict=True))
        volume[cut] += (apart < 1).astype(np.uint16) * np.uint16(rng.integers(200, 2000))
    name = f"{shape[0]}³" if len(set(shape)) == 1 else "×".join(map(str, shape))
    return Subject(name, volume, 100.0)


def scanned(scan: Scan, channel: str | None = None) -> Subject:
    """The stored numbers of a scan's channel (the first if none is named), parted where air and goods part best.

    Raises
    ------
    UsageError
        If the scan is no volume or lacks the channel.
    """
    if scan.modality != "CT":
        raise UsageError(f"{scan.provenance.path}: got a projection, expected a scan with a volume")
    volumes = scan.volumes
    name = next(iter(volumes)) if channel is None else channel
    if name not in volumes:
        raise UsageError(f"{scan.provenance.path}: got channel {name!r}, expected one of {', '.join(volumes)}")
    volume = np.ascontiguousarray(volumes[name].stored[:])
    if volume.dtype not in (np.uint16, np.int16, np.float32):
        volume = volume.astype(np.float32)
    return Subject(f"{Path(scan.provenance.path).name} {name}", volume, _between(volume))


def _between(volume: Array) -> float:
    """Otsu's threshold (1979) of every eighth voxel, one of which lies between air and goods."""
    values = volume.reshape(-1)[::8].astype(np.float64)
    low, high = np.percentile(values, (0.1, 99.9))
    if not low < high:
        return float(low)
    counts, edges = np.histogram(values, 512, (low, high))
    middle = (edges[1:] + edges[:-1]) / 2
    below, sums = np.cumsum(counts), np.cumsum(counts * middle)
    above = below[-1] - below
    with np.errstate(invalid="ignore", divide="ignore"):
        between = below * above * (sums / below - (sums[-1] - sums) / above) ** 2
    best = between == np.nanmax(between)  # between two far peaks every level is as good: take the middle
    return float(edges[1:][best].mean())
