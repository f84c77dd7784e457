"""Connected components of a mask, of a threshold, of labels and of grey values within a tolerance."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _runs, _writing
from ._check import INTEGER, REAL, Array, as_mask, as_output, as_volume, one_of, positive
from ._pool import enough, run, slabs, thread_count

__all__ = ["REACH", "Components", "check_options", "components", "find_runs", "label", "prepare"]

REACH = {6: 1, 18: 2, 26: 3}


def label(
    values: ArrayLike,
    *,
    threshold: float | None = None,
    connectivity: int = 6,
    min_size: int = 0,
    delta: float | None = None,
    out: NDArray[np.uint32] | None = None,
    threads: int | None = None,
) -> tuple[NDArray[np.uint32], int]:
    """Label connected components, in raster order of their first voxels.

    Parameters
    ----------
    values : array (z, y, x)
        bool or uint8 mask (non-zero is inside); with ``threshold``, any real type, inside where
        ``values > threshold``; else an integer volume in which equal neighbours join (zero is outside);
        with ``delta``, any real type, in which neighbours join that differ by at most ``delta``.
        A uint8 volume is a mask: give a label volume another integer type, or ``delta=0``.
    threshold : float, optional
        Level; not together with ``delta``.
    connectivity : {6, 18, 26}
    min_size : int
        Components of fewer voxels are dropped (0 in the result, and not counted).
    delta : float, optional
        Largest difference of values of joined neighbours, in the units of ``values``.
    out : array uint32 (z, y, x), optional
        Written in place; saves the cost of fresh memory.
    threads : int, optional

    Returns
    -------
    labels : array uint32 (z, y, x)
    count : int

    Raises
    ------
    TypeError, ValueError
        On a wrong type, shape or option; OverflowError past 2**32 - 1 runs.

    Notes
    -----
    Union-find over runs (He, Chao, Suzuki 2008), the runs taken from words of 64 voxels, in slabs that
    are joined afterwards.
    """
    check_options(connectivity, min_size)
    workers = thread_count(threads)
    array, level, step = prepare(np.asarray(values), threshold, delta)
    workers = enough(workers, array.size)
    clean = out is None  # fresh zeros cost less than zeros that are written: most pages are never touched
    result = np.zeros(array.shape, np.uint32) if clean else as_output("out", out, array.shape, "uint32")
    found = find_runs(array, level, step, connectivity, int(min_size), workers)
    found.write(result, clean, workers)
    return result, found.count


def prepare(array: Array, threshold: float | None, delta: float | None) -> tuple[Array, Any, float]:
    """The volume as kernels take it, the level above which a voxel is inside (None: values), the tolerance."""
    if threshold is not None and delta is not None:
        raise ValueError("delta: got a value together with threshold, expected one of the two")
    if threshold is not None or (delta is None and array.dtype in (np.bool_, np.uint8)):
        return *_inside(array, threshold), 0.0
    values = as_volume("values", array, REAL if delta is not None else INTEGER)
    return values, None, 0.0 if delta is None else positive("delta", delta, zero=True)


@dataclass(frozen=True, eq=False)
class Components:
    """Labelled runs: bit words of inside voxels, number of each row's first run, label of each run."""

    shape: tuple[int, ...]
    inside: NDArray[np.uint64]
    starts: NDArray[np.uint64]
    derive: bool
    offsets: NDArray[np.int64]
    labels: NDArray[np.uint32]
    count: int

    def write(self, out: NDArray[np.uint32], clean: bool, workers: int, first: int = 0) -> None:
        """Write as many planes as ``out`` holds, from plane ``first`` on (``clean``: into zeros)."""
        _, rows, width = self.shape
        skip = first * rows
        given = (self.inside[skip:], self.starts[skip:], self.derive, self.offsets[skip:], self.labels)
        parts = slabs(len(out), workers * 4) if out.size else []
        calls = [(*given, out.reshape(-1), width, clean, a * rows, b * rows) for a, b in parts]
        run(_writing.write_labels, calls, workers)


def components(
    values: ArrayLike, threshold: float | None, connectivity: int, min_size: int, workers: int
) -> Components:
    """Labelled runs of a mask or a threshold, for kernels that need no label volume."""
    check_options(connectivity, min_size)
    array, level = _inside(np.asarray(values), threshold)
    workers = enough(workers, array.size)
    return find_runs(array, level, 0.0, connectivity, int(min_size), workers)


def check_options(connectivity: int, min_size: int) -> None:
    """Raise unless both mean something."""
    one_of("connectivity", connectivity, tuple(REACH))
    if int(min_size) != min_size or min_size < 0:
        raise ValueError(f"min_size: got {min_size!r}, expected a whole number >= 0")


def _inside(array: Array, threshold: float | None) -> tuple[Array, Any]:
    """A volume and a level of its type above which a voxel is inside."""
    if threshold is None:
        return as_mask("values", array), 0
    return _level(as_volume("values", array, REAL), float(threshold))


def _level(array: NDArray[Any], threshold: float) -> tuple[NDArray[Any], Any]:
    """``threshold`` in the type of ``array`` such that ``array > level`` means the same.

    Integers are compared with the floor; a level outside of the type's range is answered by an all-true
    or all-false mask, which no value of the type could express.
    """
    if array.dtype.kind == "f":
        level = array.dtype.type(threshold)
        if float(level) > threshold:  # float32 rounded up: step down, so that > still holds
            level = np.nextafter(level, array.dtype.type(-np.inf))
        return array, level
    if np.isnan(threshold):
        raise ValueError("threshold: got nan, expected a number")
    info = np.iinfo(array.dtype)
    if threshold < info.min:
        return np.ones(array.shape, np.uint8), np.uint8(0)
    return array, array.dtype.type(min(np.floor(min(threshold, float(info.max))), info.max))


def find_runs(
    array: NDArray[Any], level: Any, delta: float, connectivity: int, min_size: int, workers: int
) -> Components:
    """Runs of a volume that :func:`prepare` made ready, and the label of each."""
    reach = REACH[connectivity]
    depth, rows, width = array.shape
    pieces = slabs(depth, workers * 4) if array.size else []
    flat = array.reshape(-1)
    inside = np.empty((depth * rows, (width + 63) // 64), np.uint64)
    derive = level is not None
    starts = inside if derive else np.empty_like(inside)
    runs = np.zeros(depth * rows, np.uint32)
    parts = [(a * rows, b * rows) for a, b in pieces]
    if derive:
        level = array.dtype.type(level)
        run(_runs.mask_rows, [(flat, level, False, inside, runs, width, a, b) for a, b in parts], workers)
    else:
        kind = array.dtype
        step = kind.type(min(delta, np.iinfo(kind).max)) if kind.kind in "iu" else kind.type(delta)
        run(_runs.value_rows, [(flat, step, inside, starts, runs, width, a, b) for a, b in parts], workers)
    offsets = np.empty(depth * rows + 1, np.int64)
    total = int(_runs.number_runs(runs, offsets))
    if total >= 2**32 - 1:
        raise OverflowError(f"values: got {total} runs, expected fewer than 2**32 - 1; label it in parts")
    parent = np.arange(total, dtype=np.uint32)
    if derive:
        calls = [(inside, offsets, parent, rows, reach, a, a, b) for a, b in pieces]
        run(_runs.link_mask, calls, workers)
        for a, _ in pieces[1:]:
            _runs.link_mask(inside, offsets, parent, rows, reach, a - 1, a, a + 1)
    else:
        given = (flat, step, inside, starts, offsets, parent, width, rows, reach)
        run(_runs.link_values, [(*given, a, a, b) for a, b in pieces], workers)
        for a, _ in pieces[1:]:
            _runs.link_values(*given, a - 1, a, a + 1)
    labels = parent  # in place: a run's parent is lower and already labelled
    count = int(_runs.number_components(parent, labels))
    if min_size > 1 and count:
        sizes = np.zeros(count + 1, np.int64)
        _runs.component_sizes(inside, starts, derive, offsets, labels, sizes, 0, depth * rows)
        renumber = np.empty(count + 1, np.uint32)
        count = int(_runs.drop_small(sizes, min_size, renumber))
        _runs.rename(labels, renumber)
    return Components(array.shape, inside, starts, derive, offsets, labels, count)
