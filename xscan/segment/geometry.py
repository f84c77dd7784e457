"""Distances and neighbourhoods, where everything beyond the volume counts as air."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "F32",
    "Bool",
    "Labels32",
    "Window",
    "around",
    "beside",
    "closed",
    "components",
    "depth",
    "grown",
    "outside",
    "spread",
    "window_of",
]

Bool = NDArray[np.bool_]
F32 = NDArray[np.float32]
Labels32 = NDArray[np.uint32]
Window = tuple[slice, slice, slice]


def components(mask: Bool, connectivity: int = 26, least: int = 0) -> tuple[Labels32, int]:
    """Connected components of at least `least` voxels, numbered in raster order."""
    from xscan_kernels.labelling import label

    return label(np.ascontiguousarray(mask), connectivity=connectivity, min_size=least)


def depth(mask: Bool, voxel_mm: Sequence[float], limit_mm: float | None = None) -> F32:
    """Distance (mm) of each inside voxel to the nearest outside voxel, centre to centre."""
    from xscan_kernels.distances import distance

    inner = distance(np.pad(mask, 1), tuple(voxel_mm), limit_mm=limit_mm)
    return np.ascontiguousarray(inner[1:-1, 1:-1, 1:-1])


def grown(mask: Bool, voxel_mm: Sequence[float], radius_mm: float) -> Bool:
    """Dilation by a ball."""
    from xscan_kernels.distances import distance

    # one step past the radius, since the kernel may saturate there
    away = distance(np.ascontiguousarray(~mask), tuple(voxel_mm), limit_mm=radius_mm + 2 * max(voxel_mm))
    return np.asarray(mask | (away <= radius_mm * (1 + 1e-6)))


def closed(mask: Bool, voxel_mm: Sequence[float], radius_mm: float) -> Bool:
    """Closing by a ball, as if the volume went on as air."""
    pad = [int(np.ceil(radius_mm / v)) + 1 for v in voxel_mm]
    wide = grown(np.pad(mask, [(p, p) for p in pad]), voxel_mm, radius_mm)
    back = ~grown(~wide, voxel_mm, radius_mm)
    return back[tuple(slice(p, -p) for p in pad)]


def outside(mask: Bool) -> Bool:
    """Voxels of the complement that are connected (by faces) with what lies beyond the volume."""
    labels, _ = components(np.pad(~mask, 1, constant_values=True), 6)
    return np.ascontiguousarray((labels == labels[0, 0, 0])[1:-1, 1:-1, 1:-1])


def window_of(bbox: Sequence[int], shape: Sequence[int], margin: int = 0) -> Window:
    """Slices of a box ``z0, y0, x0, z1, y1, x1``, grown by `margin` voxels inside `shape`."""
    z, y, x = (slice(max(0, int(bbox[k]) - margin), min(shape[k], int(bbox[k + 3]) + margin)) for k in range(3))
    return z, y, x


def around(mask: Bool, margin: int) -> tuple[slice, ...]:
    """Window around what is set in a mask, with a margin, inside of the volume."""
    spans = []
    for axis, n in enumerate(mask.shape):
        at = np.flatnonzero(mask.any(axis=tuple(k for k in range(3) if k != axis)))
        spans.append(slice(max(0, int(at[0]) - margin), min(n, int(at[-1]) + 1 + margin)))
    return tuple(spans)


def near_cubic(voxel_mm: Sequence[float]) -> bool:
    """Whether numbers of voxels and of their faces tell a shape: no voxel is more than twice as long as wide."""
    return max(voxel_mm) <= 2 * min(voxel_mm)


def spread(mask: Bool) -> Bool:
    """A mask with the voxels that share a face with it."""
    from xscan_kernels import dilate

    return dilate(mask, 1.0)


def beside(mask: Bool) -> Bool:
    """A mask with the voxels that share a face, an edge or a corner with it."""
    from xscan_kernels import dilate

    return dilate(mask, 1.75)  # a corner is 1.73 away, the next voxel 2
