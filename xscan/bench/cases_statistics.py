"""Statistics of labels, the chain that needs no label volume, and surfaces."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

import xscan_kernels as k
from xscan.bench.case import Case, Peer, installed
from xscan.bench.subject import Subject

__all__ = ["chain_cases", "region_cases", "surface_cases"]

BINS = 256
SMALL = 50  # voxels, below which the chain drops a component
Array = NDArray[Any]


def _range(volume: Array) -> tuple[float, float, int]:
    """Bins over the values (of whole numbers an edge on every power of two, so that no value lies on an edge)."""
    low, high = float(volume.min()), float(volume.max())
    if volume.dtype.kind in "iu":
        return low, low + 2.0 ** int(np.ceil(np.log2(max(2, high - low + 1)))), BINS
    return low, high + (high - low) * 1e-3 + 1e-9, BINS


def _places(box: Any) -> Array:
    """Boxes of cc3d (slices) as z0, y0, x0, z1, y1, x1."""
    ends = np.array([[[c.start, c.stop] for c in cut] for cut in box], np.int64)
    return np.concatenate([ends[..., 0], ends[..., 1]], axis=1)


def _positions(ours: k.RegionStatistics, theirs: Any) -> bool:
    """Counts, boxes and centroids are equal, of every label above 0."""
    count = np.asarray(theirs["voxel_counts"])[1:]
    here = count > 0
    boxes = theirs["bounding_boxes"]
    boxes = _places(boxes)[1:] if isinstance(boxes, list) else np.asarray(boxes)[1:]
    return (
        bool(np.array_equal(ours.count[1:], count))
        and bool(np.allclose(ours.centroid[1:][here], np.asarray(theirs["centroids"])[1:][here], rtol=1e-6))
        and bool(np.array_equal(ours.bbox[1:][here], boxes[here]))
    )


def _values(ours: k.RegionStatistics, sums: Array, squares: Array, histogram: Array) -> bool:
    """Sums, variances and histograms are equal, of every label above 0."""
    n = np.maximum(ours.count[1:], 1)
    variance = squares[1:] / n - (sums[1:] / n) ** 2
    scale = max(1.0, float(np.abs(variance).max(initial=0)))
    full = ours.count[1:] > 0
    mine = ours.histogram[0]
    return (
        bool(np.allclose(ours.sum[0, 1:][full], sums[1:][full], rtol=1e-9))
        and bool(np.allclose(ours.variance[0, 1:][full], variance[full], rtol=1e-6, atol=1e-6 * scale))
        and mine is not None
        and bool(np.array_equal(mine[1:], histogram[1:]))
    )


def _by_bincount(labels: Array, volume: Array, count: int, bins: tuple[float, float, int]) -> tuple[Array, ...]:
    """Sums, sums of squares and histograms of labels, the fastest way that numpy has."""
    inside = labels != 0
    marks, values = labels[inside].astype(np.int64), volume[inside].astype(np.float64)
    low, high, number = bins
    place = ((values - low) * (number / (high - low))).astype(np.int64)
    return (
        np.bincount(marks, values, count + 1),
        np.bincount(marks, values * values, count + 1),
        np.bincount(marks * number + place, minlength=(count + 1) * number).reshape(-1, number),
    )


def region_cases(subject: Subject) -> Iterator[Case]:
    """Everything of every label in one pass, against libraries that give part of it."""
    cc3d, measure = installed("cc3d"), installed("skimage.measure")
    volume = subject.volume
    labels, count = subject.labels()
    bins = _range(volume)

    def ours(threads: int) -> k.RegionStatistics:
        return k.region_statistics(labels, (volume,), bins=(bins,), count=count, threads=threads)

    def table() -> Any:
        asked = ("area", "bbox", "centroid", "inertia_tensor", "intensity_mean", "intensity_min", "intensity_max")
        return measure.regionprops_table(labels, volume, properties=asked)

    def agree(a: k.RegionStatistics, b: Any) -> bool:
        boxes = np.stack([b[f"bbox-{i}"] for i in range(6)], axis=1)
        places = np.stack([b[f"centroid-{i}"] for i in range(3)], axis=1)
        inertia = np.stack([b[f"inertia_tensor-{i}-{j}"] for i in range(3) for j in range(3)], axis=1)
        mine = (a.inertia[1:] / a.count[1:, None, None]).reshape(-1, 9)
        return (
            bool(np.array_equal(a.count[1:], b["area"]) and np.array_equal(a.bbox[1:], boxes))
            and bool(np.allclose(a.centroid[1:], places) and np.allclose(mine, inertia, rtol=1e-6, atol=1e-3))
            and bool(np.allclose(a.mean[0, 1:], b["intensity_mean"]))
            and bool(np.array_equal(a.minimum[0, 1:], b["intensity_min"]))
            and bool(np.array_equal(a.maximum[0, 1:], b["intensity_max"]))
        )

    def sums() -> Any:
        return _by_bincount(labels, volume, count, bins)

    peers = {
        "cc3d.statistics": cc3d and Peer(lambda: cc3d.statistics(labels), _positions),
        "numpy.bincount": Peer(sums, lambda a, b: _values(a, *b)),
        "skimage regionprops_table": measure and Peer(table, agree),
    }
    moved = (volume.itemsize + 4) * volume.size
    yield Case("region_statistics", f"moments, values, {BINS} bins", ours, peers, moved)


def chain_cases(subject: Subject) -> Iterator[Case]:
    """Threshold, label, drop small, statistics, histogram, with no label volume ever written."""
    cc3d, measure = installed("cc3d"), installed("skimage.measure")
    volume, level = subject.volume, subject.threshold
    bins = _range(volume)

    def ours(threads: int) -> k.RegionStatistics:
        return k.component_statistics(volume, threshold=level, min_size=SMALL, bins=(bins,), threads=threads)

    def lean() -> Any:
        labels = cc3d.connected_components(volume > level, connectivity=6)
        labels = cc3d.dust(labels, threshold=SMALL, connectivity=6, in_place=True)
        known = cc3d.statistics(labels)
        kept = np.flatnonzero(known["voxel_counts"])
        kept = kept[kept > 0]
        number = np.zeros(len(known["voxel_counts"]), np.uint32)
        number[kept] = np.arange(1, len(kept) + 1)
        labels = number[labels]
        known = cc3d.statistics(labels)
        return known, _by_bincount(labels, volume, len(kept), bins)

    def full() -> Any:
        known, values = lean()
        labels = cc3d.connected_components(volume > level, connectivity=6)
        labels = cc3d.dust(labels, threshold=SMALL, connectivity=6, in_place=True)
        asked = ("area", "bbox", "centroid", "inertia_tensor", "intensity_mean")
        return known, values, measure.regionprops_table(labels, volume, properties=asked)

    def agree(a: k.RegionStatistics, b: Any) -> bool:
        return _positions(a, b[0]) and _values(a, *b[1])

    peers = {
        "cc3d + bincount": cc3d and Peer(lean, agree),
        "cc3d + regionprops + bincount": cc3d and measure and Peer(full, agree),
    }
    name = "threshold, label, drop small, measure, histogram"
    yield Case("component_statistics", name, ours, peers, volume.itemsize * volume.size)


def surface_cases(subject: Subject) -> Iterator[Case]:
    """Area of every label, against meshes of each."""
    measure = installed("skimage.measure")
    labels, count = subject.labels()
    size = (1.0, 0.8, 0.8)
    sizes = k.region_statistics(labels, count=count)
    large = [int(n) for n in np.argsort(sizes.count[1:])[::-1][:8] + 1 if sizes.count[n] > 4000]

    def meshed() -> Any:
        areas = {}
        for number in large:
            z0, y0, x0, z1, y1, x1 = sizes.bbox[number]
            body = np.pad(labels[z0:z1, y0:y1, x0:x1] == number, 1)
            soft = k.gaussian(body.astype(np.float32), 1.0)  # marching cubes of a step overstates the area
            corners, faces = measure.marching_cubes(soft, 0.5, spacing=size)[:2]
            areas[number] = measure.mesh_surface_area(corners, faces)
        return areas

    def agree(a: Any, b: Any) -> bool:
        return all(abs(a[number] / area - 1) < 0.15 for number, area in b.items())

    peers = {"skimage marching_cubes, 8 labels": measure and Peer(meshed, agree)}
    moved = 4 * labels.size
    yield Case(
        "surface_area",
        "all labels; equal within 15 %",
        lambda t: k.surface_area(labels, size, count=count, threads=t),
        peers,
        moved,
    )
