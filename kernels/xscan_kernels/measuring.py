"""Everything about every label in one call: counts, boxes, moments, values, histograms."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _moments
from ._check import REAL, Array, as_volume, same_shape
from ._pool import enough, run, slabs, thread_count
from .labelling import components

__all__ = ["RegionStatistics", "component_statistics", "region_statistics"]

# Float sums are added over fixed pieces, so that the result does not depend on the threads.
PIECES = 8
MANY = 20_000  # labels from which on two pieces must do
WAYS_BYTES = 1 << 20  # four histograms side by side only while they stay in the cache
MOST_BYTES = 1 << 29  # of all threads' histograms together


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
    background: bool = False,
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
    background : bool
        Also the channels' values of label 0, most of a volume and seldom asked for (its count, box and
        moments are always there).
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
    workers = enough(workers, field.size)
    values = [as_volume(f"channels[{i}]", channel, REAL) for i, channel in enumerate(channels)]
    for index, value in enumerate(values):
        same_shape(f"channels[{index}]", value, field.shape)
    weight = np.empty((0, 0, 0), np.float32)
    if weights is not None:
        weight = as_volume("weights", weights, (*REAL, "bool")).astype(np.float32)
        same_shape("weights", weight, field.shape)
    edges = _edges(bins, len(values), joint)
    top = _top(field, count, workers)
    shape = field.shape
    flat = field.reshape(-1)

    def measure(tables: _Tables, value: Array, first: bool, worker: int, part: int, a: int, b: int) -> Any:
        given = tables.given(worker, part, value.reshape(-1))
        return _moments.measure_labels(flat, shape, top, first, *given, a, b)

    return _measure(measure, shape, values, weight, field, edges, joint, top, workers, background)


def component_statistics(
    values: ArrayLike,
    *,
    threshold: float | None = None,
    connectivity: int = 6,
    min_size: int = 0,
    channels: Sequence[ArrayLike] | None = None,
    bins: Sequence[tuple[float, float, int] | None] | None = None,
    threads: int | None = None,
) -> RegionStatistics:
    """Label and measure in one go, without ever writing a label volume.

    Parameters
    ----------
    values, threshold, connectivity, min_size
        As of :func:`xscan_kernels.label`, for a mask or a threshold.
    channels : sequence of arrays (z, y, x), optional
        What to measure; ``values`` itself if None.
    bins : sequence, optional
        As of :func:`region_statistics`.
    threads : int, optional

    Returns
    -------
    RegionStatistics
        As of ``region_statistics(label(values, ...)[0], channels)``, except that entry 0 (outside) is empty.
    """
    workers = thread_count(threads)
    found = components(values, threshold, connectivity, min_size, workers)
    workers = enough(workers, int(np.prod(found.shape)))
    measured = [values] if channels is None else list(channels)
    arrays = [as_volume(f"channels[{i}]", channel, (*REAL, "bool")) for i, channel in enumerate(measured)]
    arrays = [array.view(np.uint8) if array.dtype == np.bool_ else array for array in arrays]
    for index, array in enumerate(arrays):
        same_shape(f"channels[{index}]", array, found.shape)

    def measure(tables: _Tables, value: Array, first: bool, worker: int, part: int, a: int, b: int) -> Any:
        given = tables.given(worker, part, value.reshape(-1))
        return _moments.measure_bits(found.inside, found.offsets, found.labels, found.shape, *given, a, b)

    nothing = np.empty((0, 0, 0), np.float32)
    edges = _edges(bins, len(arrays), False)
    return _measure(measure, found.shape, arrays, nothing, nothing, edges, False, found.count, workers, False)


@lru_cache(maxsize=16)
def _bins_of(kind: np.dtype[Any], low: float, scale: float, number: int) -> NDArray[np.uint32]:
    """Bin of every value of a small integer type, ``number`` for one beyond all."""
    place = (np.arange(np.iinfo(kind).min, np.iinfo(kind).max + 1) - low) * scale
    return np.where((place >= 0) & (place < number), place, number).astype(np.uint32)


class _Tables:
    """Where one pass adds up: a part for each piece of the volume, histograms for each worker."""

    def __init__(self, value: Array, edge: Any, top: int, parts: int, workers: int, background: bool) -> None:
        n = top + 1
        self.first_label = 0 if background else 1
        kind = value.dtype
        small = kind.kind in "iu" and kind.itemsize <= 2
        self.boxes = np.zeros((parts, n, 6), np.int64)
        self.boxes[:, :, :3] = np.iinfo(np.int64).max
        self.sums = np.zeros((parts, n, 10), np.int64)
        self.surface = np.zeros((parts, n), np.int64)
        # Small integers are added as integers: no order of adding shows, and it is faster.
        self.zero = np.int64(0) if small else np.float64(0)
        self.channel = np.zeros((parts, n if value.size else 0, 5), np.int64 if small else np.float64)
        limits: Any = (np.inf, -np.inf) if kind.kind == "f" else (np.iinfo(kind).max, np.iinfo(kind).min)
        self.least = np.full((parts, n if value.size else 0), limits[0], kind)
        self.most = np.full((parts, n if value.size else 0), limits[1], kind)
        low, high, number = edge or (0.0, 1.0, 0)
        self.low: float = low
        self.scale: float = number / (high - low)
        self.offset = -int(np.iinfo(kind).min) if small else 0
        self.places = np.empty(0, np.uint32)
        if small and number:
            self.places = _bins_of(kind, low, self.scale, number)
        ways = 4 if n * number * 16 <= WAYS_BYTES else 1
        self.bins = np.zeros((workers, ways, n, number + 1 if number else 0), np.uint32)

    def given(self, worker: int, part: int, flat: Array) -> tuple[Any, ...]:
        """Arguments of a measuring kernel for one piece."""
        return (
            flat,
            self.boxes[part],
            self.sums[part],
            self.surface[part],
            self.first_label,
            self.zero,
            self.channel[part],
            self.least[part],
            self.most[part],
            self.places,
            self.offset,
            self.low,
            self.scale,
            self.bins[worker],
        )


def _measure(
    measure: Any,
    shape: tuple[int, ...],
    values: list[Array],
    weight: Array,
    field: Array,
    edges: Any,
    joint: bool,
    top: int,
    workers: int,
    background: bool,
) -> RegionStatistics:
    """Run the passes (the first brings the positions too) and put their parts together."""
    pieces = slabs(shape[0], PIECES if top < MANY else 2) if np.prod(shape) else []
    passes = []
    for index, value in enumerate(values or [np.empty(0, np.uint8)]):
        edge = edges[index] if values else None
        number = edge[2] if edge else 0
        hands = max(1, min(workers, len(pieces), MOST_BYTES // (4 * (top + 1) * (number + 1))))
        tables = _Tables(value, edge, top, max(1, len(pieces)), hands, background)

        def work(worker: int, tables: Any = tables, value: Any = value, first: bool = index == 0) -> int:
            over = 0
            for part in range(worker, len(pieces), len(tables.bins)):
                over = max(over, int(measure(tables, value, first, worker, part, *pieces[part]) or 0))
            return over

        over = max(run(work, [(hand,) for hand in range(hands)], workers))
        if over:
            raise ValueError(f"labels: got {over}, expected no label above count={top}")
        passes.append(tables)
    sums = passes[0].sums.sum(axis=0)
    low, high = passes[0].boxes[:, :, :3].min(axis=0), passes[0].boxes[:, :, 3:].max(axis=0)
    low[low == np.iinfo(np.int64).max] = 0
    n = sums[:, 0]
    with np.errstate(invalid="ignore", divide="ignore"):
        centroid = sums[:, 1:4] / n[:, None]
        pairs = sums[:, [4, 7, 8, 7, 5, 9, 8, 9, 6]].reshape(-1, 3, 3) / n[:, None, None]
        measured = [
            _values(tables, n, _weighted(field, value, weight, tables.first_label, top, pieces, workers))
            for tables, value in zip(passes, values, strict=False)
        ]
    columns = [np.array([m[k] for m in measured], np.float64).reshape(len(values), top + 1) for k in range(5)]
    counted = [np.ascontiguousarray(t.bins.sum(axis=(0, 1), dtype=np.uint32)[:, :-1]) for t in passes]
    return RegionStatistics(
        count=n,
        bbox=np.concatenate([low, high], axis=1),
        centroid=centroid,
        second_moments=pairs - centroid[:, :, None] * centroid[:, None, :],
        surface_voxels=passes[0].surface.sum(axis=0),
        sum=columns[0],
        mean=columns[1],
        variance=columns[2],
        minimum=columns[3],
        maximum=columns[4],
        weighted_centroid=np.array([m[5] for m in measured], np.float64).reshape(len(values), top + 1, 3),
        histogram=tuple(c if edge else None for c, edge in zip(counted, edges, strict=False)),
        joint_histogram=_joint(field, values, edges, passes[0].first_label, top) if joint else None,
    )


def _values(tables: _Tables, n: Any, weighted: Any) -> tuple[Any, ...]:
    """sum, mean, variance, minimum, maximum, weighted centroid of one channel."""
    total = np.zeros(tables.channel.shape[1:], tables.channel.dtype)
    for part in tables.channel:  # in order: float sums must not depend on numpy's way of adding
        total += part
    if weighted is not None:
        n, total = weighted[:, 0], weighted[:, 1:]
    mean = total[:, 0] / n
    variance = np.maximum(total[:, 1] / n - mean * mean, 0.0)
    low: Any = tables.least.min(axis=0)
    high: Any = tables.most.max(axis=0)
    low, high = np.where(low > high, np.nan, low), np.where(low > high, np.nan, high)
    return total[:, 0], mean, variance, low, high, total[:, 2:5] / total[:, :1]


def _weighted(
    field: Array, value: Array, weight: Array, least: int, top: int, pieces: Any, workers: int
) -> Array | None:
    """Weighted sums of one channel, or None without weights."""
    if weight.size == 0:
        return None
    sums = np.zeros((len(pieces), top + 1, 6))
    calls = [(field, value, weight, least, sums[i], a, b) for i, (a, b) in enumerate(pieces)]
    run(_moments.add_weighted, calls, workers)
    total = np.zeros((top + 1, 6))
    for part in sums:
        total += part
    return total


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


def _top(field: Array, count: int | None, workers: int) -> int:
    """The highest label, given or found."""
    if count is not None:
        if isinstance(count, bool) or int(count) != count or not 0 <= count < 2**32:
            raise ValueError(f"count: got {count!r}, expected a whole number >= 0")
        return int(count)
    flat = field.reshape(-1)
    tops = run(_moments.highest, [(flat, a, b) for a, b in slabs(flat.size, workers)], workers)
    return max((int(top) for top in tops), default=0)


def _joint(field: Array, values: Any, edges: Any, least: int, top: int) -> NDArray[np.uint32]:
    (low1, high1, n1), (low2, high2, n2) = edges[:2]
    counts = np.zeros((top + 1, n1, n2), np.uint32)
    flat, one, other = field.reshape(-1), values[0].reshape(-1), values[1].reshape(-1)
    scales = (low1, n1 / (high1 - low1), low2, n2 / (high2 - low2))
    _moments.add_joint(flat, one, other, *scales, least, counts, 0, flat.size)
    return counts
