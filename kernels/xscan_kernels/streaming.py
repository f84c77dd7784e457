"""Labels of a volume larger than memory, slab by slab."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _runs
from ._check import Array, positive
from ._pool import slabs, thread_count
from .labelling import Components, check_options, find_runs, prepare

__all__ = ["label_slabs"]

Read = Callable[[int, int], Any]


def label_slabs(
    source: Any,
    out: Any,
    *,
    shape: tuple[int, int, int] | None = None,
    threshold: float | None = None,
    connectivity: int = 6,
    min_size: int = 0,
    delta: float | None = None,
    slab_mb: float = 256.0,
    threads: int | None = None,
    progress: Callable[[float], object] | None = None,
) -> int:
    """Label a volume that is read slab by slab, and write the labels slab by slab.

    Parameters
    ----------
    source : array-like (z, y, x) or callable
        Whatever gives planes a to b by ``source[a:b]`` (array, memory map, HDF5 dataset), or by
        ``source(a, b)``. Every plane is asked for twice and must be the same each time.
    out : array-like uint32 (z, y, x)
        Written by ``out[a:b] = labels``, in order, once. Not the source.
    shape : three integers, optional
        Needed where ``source`` is a callable.
    threshold, connectivity, min_size, delta
        As of :func:`xscan_kernels.label`.
    slab_mb : float
        About how much memory a slab with its labels may take, at least that of two planes.
    threads : int, optional
    progress : callable, optional
        Called with the share that is done, 0 to 1.

    Returns
    -------
    int
        Number of components.

    Raises
    ------
    TypeError, ValueError
        On a wrong type, shape or option; OverflowError past 2**32 - 1 components of slabs.

    Notes
    -----
    The labels are those of :func:`xscan_kernels.label`, whatever the slabs. Besides a slab, only a number
    is kept for every component of every slab. Slabs overlap by a plane, whose two labellings tell which
    components are one; the second reading labels each slab again, which is cheaper than to keep it.
    """
    check_options(connectivity, min_size)
    workers = thread_count(threads)
    read, shape = _reader(source, shape)
    _check_out(source, out, shape)
    depth, rows, width = shape
    if 0 in shape:
        return 0

    def labelled(begin: int, end: int) -> Components:
        """The slab with the plane before it."""
        array, level, step = prepare(_planes(read, max(begin - 1, 0), end, shape), threshold, delta)
        return find_runs(array, level, step, connectivity, 0, workers)

    tell = progress or (lambda share: None)
    plane = rows * width * (np.dtype(getattr(source, "dtype", np.float32)).itemsize + 4)
    cuts = slabs(depth, -(-depth * plane // int(positive("slab_mb", slab_mb) * 1e6 + 1)))
    names, firsts = _joined(cuts, labelled, min_size, lambda share: tell(share / 2))
    for index, (a, b) in enumerate(cuts):
        tell(0.5 + a / depth / 2)
        found = labelled(a, b)
        mine = np.zeros(found.count + 1, np.uint32)
        mine[1:] = names[firsts[index] : firsts[index] + found.count]
        _runs.rename(found.labels, mine)
        direct = isinstance(out, np.ndarray) and out.flags.c_contiguous
        part = out[a:b] if direct else np.empty((b - a, rows, width), np.uint32)
        found.write(part, False, workers, first=min(a, 1))
        if not direct:
            out[a:b] = part
    tell(1.0)
    return int(names.max(initial=0))


def _joined(
    cuts: list[tuple[int, int]],
    labelled: Callable[[int, int], Components],
    min_size: int,
    tell: Callable[[float], object],
) -> tuple[NDArray[np.uint32], list[int]]:
    """Label of every component of every slab, and where each slab's components begin."""
    parent = np.empty(0, np.uint32)
    sizes = np.empty(0, np.int64)
    firsts: list[int] = []
    before = np.empty(0, np.uint32)
    for a, b in cuts:
        tell(a / cuts[-1][1])
        found = labelled(a, b)
        _, rows, width = found.shape
        first = len(parent)
        if first + found.count >= 2**32 - 1:
            raise OverflowError(f"source: got {first + found.count} components of slabs, expected fewer than 2**32 - 1")
        firsts.append(first)
        parent = np.concatenate([parent, np.arange(first, first + found.count, dtype=np.uint32)])
        here = np.empty((1, rows, width), np.uint32)
        if a > 0:
            found.write(here, False, 1)
            _runs.join_planes(before, here.reshape(-1), parent, first)
        if min_size > 1:
            mine = np.zeros(found.count + 1, np.int64)
            given = (found.inside, found.starts, found.derive, found.offsets, found.labels, mine)
            _runs.component_sizes(*given, min(a, 1) * rows, found.shape[0] * rows)
            sizes = np.concatenate([sizes, mine[1:]])
        found.write(here, False, 1, first=found.shape[0] - 1)
        before = here.reshape(-1)
        before[before != 0] += np.uint32(first)
    count = int(_runs.number_components(parent, parent))
    if min_size > 1 and count:
        whole = np.zeros(count + 1, np.int64)
        np.add.at(whole, parent, sizes)
        renumber = np.empty(count + 1, np.uint32)
        _runs.drop_small(whole, min_size, renumber)
        _runs.rename(parent, renumber)
    return parent, firsts


def _reader(source: Any, shape: Any) -> tuple[Read, tuple[int, int, int]]:
    """A function that reads planes a to b, and the shape of the volume."""
    known = getattr(source, "shape", shape)
    if known is None:
        raise ValueError("shape: got None, expected (z, y, x), since source does not tell it")
    if len(known) != 3 or any(int(n) != n or n < 0 for n in known):
        raise ValueError(f"source: got shape {known!r}, expected (z, y, x)")
    if shape is not None and tuple(shape) != tuple(known):
        raise ValueError(f"shape: got {tuple(shape)}, expected {tuple(known)}, that of source")
    read: Read = source if callable(source) else lambda a, b: source[a:b]
    return read, (int(known[0]), int(known[1]), int(known[2]))


def _check_out(source: Any, out: Any, shape: tuple[int, int, int]) -> None:
    """Raise unless ``out`` takes the labels of ``shape``."""
    if tuple(getattr(out, "shape", ())) != shape:
        raise ValueError(f"out: got shape {getattr(out, 'shape', None)}, expected {shape}")
    if np.dtype(getattr(out, "dtype", np.uint32)) != np.uint32:
        raise ValueError(f"out: got {out.dtype}, expected uint32")
    both = isinstance(out, np.ndarray) and isinstance(source, np.ndarray)
    if out is source or (both and np.may_share_memory(out, source)):
        raise ValueError("out: got the source, expected another array, since every plane is read twice")
    if isinstance(out, np.ndarray) and not out.flags.writeable:
        raise ValueError("out: got a read-only array, expected a writeable one")


def _planes(read: Read, begin: int, end: int, shape: tuple[int, int, int]) -> Array:
    """Planes [begin, end), checked."""
    part = np.asarray(read(begin, end))
    if part.shape != (end - begin, *shape[1:]):
        raise ValueError(f"source: got {part.shape} for planes {begin} to {end}, expected {(end - begin, *shape[1:])}")
    return part
