"""Everything about every label in one call: counts, boxes, moments, values, histograms."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _moments
from ._check import REAL, as_volume, same_shape
from ._pool import run, slabs, thread_count

__all__ = ["RegionStatistics", "region_statistics"]

PIECES = 8  # of the sums in float64; fixed, so that the result does not depend on the threads


@dataclass(frozen=True, eq=False)
class RegionStatistics:
    """What :func:`region_statistics` found; every array is indexed by label, 0 (outside) included.

    Attributes
    ----------
    count : int64 (n + 1,)
        Voxels of the label.
    bbox : int64 (n + 1, 6)
        z0, y0, x0, z1, y1, x1, half open; all zero for a label without voxels.
    centroid : float64 (n + 1, 3)
        Mean voxel index (z, y, x); nan for a label without voxels.
    second_moments : float64 (n + 1, 3, 3)
        Covariance of the voxel indices (divided by count, without the 1/12 of a voxel's own extent).
    surface_voxels : int64 (n + 1,)
        Voxels with a face on another label or on the volume's edge; 0 for label 0.
    sum, mean, variance, minimum, maximum : float64 (channels, n + 1)
        Of each channel's values; weighted where weights were given; nan without voxels (sum 0).
    weighted_centroid : float64 (channels, n + 1, 3)
        Mean voxel index weighted by the channel's values; nan where they sum to 0.
    histogram : tuple of uint32 (n + 1, bins), one a channel with bins, else None
    joint_histogram : uint32 (n + 1, bins 0, bins 1) or None
        Of the first two channels, if asked for.
    """

    count: NDArray[np.int64]
    bbox: NDArray[np.int64]
    centroid: NDArray[np.float64]
    second_moments: NDArray[np.float64]
    surface_voxels: NDArray[np.int64]
    sum: NDArray[np.float64]
    mean: NDArray[np.float64]
    variance: NDArray[np.float64]
    minimum: NDArray[np.float64]
    maximum: NDArray[np.float64]
    weighted_centroid: NDArray[np.float64]
    histogram: tuple[NDArray[np.uint32] | None, ...]
    joint_histogram: NDArray[np.uint32] | None

    @property
    def inertia(self) -> NDArray[np.float64]:
        """Inertia tensors about the centroids, (n + 1, 3, 3), in voxels³ of unit mass and unit size."""
        scatter = self.second_moments * self.count[:, None, None]
        trace = np.trace(scatter, axis1=1, axis2=2)
        return np.asarray(trace[:, None, None] * np.eye(3) - scatter)


def region_statistics(
    labels: ArrayLike,
    channels: Sequence[ArrayLike] = (),
    *,
    weights: ArrayLike | None = None,
    bins: Sequence[tuple[float, float, int] | None] | None = None,
    joint: bool = False,
    count: int | None = None,
    threads: int | None = None,
) -> RegionStatistics:
    """Measure every label of a volume.

    Parameters
    ----------
    labels : array of unsigned or signed integers (z, y, x)
        Not negative; uint32 is taken without a copy.
    channels : sequence of arrays (z, y, x)
        Real values of the same shape.
    weights : array (z, y, x), optional
        Weight of every voxel in sums, means, variances and weighted centroids (not in counts, positions,
        extremes or histograms).
    bins : sequence, one entry a channel, optional
        (low edge, high edge, number) or None. A value v counts in bin floor((v - low) / width);
        values outside of [low, high) count nowhere.
    joint : bool
        Also the joint histogram of channels 0 and 1, which must both have bins.
    count : int, optional
        Highest label; found by a pass over the volume if not given.
    threads : int, optional

    Returns
    -------
    RegionStatistics

    Raises
    ------
    TypeError, ValueError
        On wrong types, shapes or bins, or a label above ``count``.
    """
    workers = thread_count(threads)
    field = as_volume("labels", labels, ("uint8", "uint16", "uint32", "int32", "int64", "uint64", "bool"))
    if field.dtype.kind == "i" and field.size and field.min() < 0:
        raise ValueError(f"labels: got {field.min()}, expected no negative label")
    if field.dtype != np.uint32:
        if field.size and int(field.max()) >= 2**32:
            raise ValueError(f"labels: got {field.max()}, expected labels below 2**32")
        field = field.astype(np.uint32)
    values = [as_volume(f"channels[{i}]", channel, REAL) for i, channel in enumerate(channels)]
    for index, value in enumerate(values):
        same_shape(f"channels[{index}]", value, field.shape)
    weight = np.empty((0, 0, 0), np.float32)
    if weights is not None:
        weight = as_volume("weights", weights, (*REAL, "bool")).astype(np.float32)
        same_shape("weights", weight, field.shape)
    edges = _edges(bins, len(values), joint)
    pieces = slabs(field.shape[0], PIECES) if field.size else []
    top = _top(field, count, pieces, workers)
    tally, boxes = _positions(field, top, pieces, workers)
    n = tally[:, 0]
    with np.errstate(invalid="ignore", divide="ignore"):
        centroid = tally[:, 1:4] / n[:, None]
        pairs = tally[:, [4, 7, 8, 7, 5, 9, 8, 9, 6]].reshape(-1, 3, 3) / n[:, None, None]
        second = pairs - centroid[:, :, None] * centroid[:, None, :]
        measured = [_channel(field, value, weight, top, pieces, workers) for value in values]
    flat = field.reshape(-1)
    plane = field.shape[1] * field.shape[2]
    spans = [(a * plane, b * plane) for a, b in pieces]
    histogram = tuple(
        None if edge is None else _histogram(flat, value.reshape(-1), edge, top, spans)
        for value, edge in zip(values, edges, strict=True)
    )
    both = _joint(flat, values, edges, top, spans) if joint else None
    surface = np.zeros((len(pieces), top + 1), np.int64)
    run(_moments.add_surface, [(field, surface[i], a, b) for i, (a, b) in enumerate(pieces)], workers)
    shape = (len(values), top + 1)
    columns = [np.array([m[k] for m in measured], np.float64).reshape(shape) for k in range(5)]
    weighted = np.array([m[5] for m in measured], np.float64).reshape(*shape, 3)
    return RegionStatistics(
        count=n,
        bbox=boxes,
        centroid=centroid,
        second_moments=second,
        surface_voxels=surface.sum(axis=0),
        sum=columns[0],
        mean=columns[1],
        variance=columns[2],
        minimum=columns[3],
        maximum=columns[4],
        weighted_centroid=weighted,
        histogram=histogram,
        joint_histogram=both,
    )


def _edges(bins: Any, channels: int, joint: bool) -> list[tuple[float, float, int] | None]:
    """The bins of every channel, checked."""
    edges = [None] * channels if bins is None else list(bins)
    if len(edges) != channels:
        raise ValueError(f"bins: got {len(edges)} entries, expected one for each of {channels} channels")
    for index, edge in enumerate(edges):
        if edge is None:
            continue
        low, high, number = edge
        if not (np.isfinite(low) and np.isfinite(high) and low < high and int(number) == number >= 1):
            raise ValueError(f"bins[{index}]: got {edge!r}, expected (low, high, number) with low < high")
        edges[index] = (float(low), float(high), int(number))
    if joint and (channels < 2 or edges[0] is None or edges[1] is None):
        raise ValueError("joint: got True, expected two channels with bins")
    return edges


def _top(field: NDArray[Any], count: int | None, pieces: Any, workers: int) -> int:
    """The highest label, given or found."""
    if count is not None:
        if isinstance(count, bool) or int(count) != count or not 0 <= count < 2**32:
            raise ValueError(f"count: got {count!r}, expected a whole number >= 0")
        return int(count)
    plane = field.shape[1] * field.shape[2]
    flat = field.reshape(-1)
    tops = run(_moments.highest, [(flat, a * plane, b * plane) for a, b in pieces], workers)
    return max((int(top) for top in tops), default=0)


def _positions(field: NDArray[Any], top: int, pieces: Any, workers: int) -> tuple[Any, Any]:
    """Integer sums and boxes over all pieces."""
    parts = max(1, min(workers, len(pieces)))
    sums = np.zeros((parts, top + 1, 10), np.int64)
    boxes = np.zeros((parts, top + 1, 6), np.int64)
    boxes[:, :, :3] = np.iinfo(np.int64).max
    chunks = slabs(field.shape[0], parts) if field.size else []
    over = run(
        _moments.add_positions,
        [(field, top, boxes[i], sums[i], a, b) for i, (a, b) in enumerate(chunks)],
        workers,
    )
    if any(over):
        raise ValueError(f"labels: got {max(over)}, expected no label above count={top}")
    low, high = boxes[:, :, :3].min(axis=0), boxes[:, :, 3:].max(axis=0)
    low[low == np.iinfo(np.int64).max] = 0
    return sums.sum(axis=0), np.concatenate([low, high], axis=1)


def _channel(field: Any, value: Any, weight: Any, top: int, pieces: Any, workers: int) -> tuple[Any, ...]:
    """sum, mean, variance, minimum, maximum, weighted centroid of one channel."""
    sums = np.zeros((max(1, len(pieces)), top + 1, 6))
    limits = (np.inf, -np.inf) if value.dtype.kind == "f" else (np.iinfo(value.dtype).max, np.iinfo(value.dtype).min)
    least = np.full((len(sums), top + 1), limits[0], value.dtype)
    most = np.full((len(sums), top + 1), limits[1], value.dtype)
    calls = [(field, value, weight, sums[i], least[i], most[i], a, b) for i, (a, b) in enumerate(pieces)]
    run(_moments.add_channel, calls, workers)
    total = np.zeros((top + 1, 6))
    for part in sums:
        total += part
    w, s = total[:, 0], total[:, 1]
    mean = s / w
    variance = np.maximum(total[:, 2] / w - mean * mean, 0.0)
    low, high = least.min(axis=0).astype(np.float64), most.max(axis=0).astype(np.float64)
    empty = low > high
    low[empty] = high[empty] = np.nan
    return s, mean, variance, low, high, total[:, 3:6] / s[:, None]


def _histogram(flat: Any, value: Any, edge: Any, top: int, spans: Any) -> NDArray[np.uint32]:
    low, high, number = edge
    counts = np.zeros((top + 1, number), np.uint32)
    for a, b in spans:
        _moments.add_histogram(flat, value, low, number / (high - low), counts, a, b)
    return counts


def _joint(flat: Any, values: Any, edges: Any, top: int, spans: Any) -> NDArray[np.uint32]:
    (low1, high1, n1), (low2, high2, n2) = edges[:2]
    counts = np.zeros((top + 1, n1, n2), np.uint32)
    one, other = values[0].reshape(-1), values[1].reshape(-1)
    for a, b in spans:
        scales = (low1, n1 / (high1 - low1), low2, n2 / (high2 - low2))
        _moments.add_joint(flat, one, other, *scales, counts, a, b)
    return counts
