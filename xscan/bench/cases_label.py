"""Labelling, in memory and by slabs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import xscan_kernels as k
from xscan.bench.case import Case, Peer, installed, same
from xscan.bench.subject import Subject

__all__ = ["label_cases", "slab_cases"]

# site percolation thresholds of the simple cubic lattice, 6 and 26 neighbours: the worst case of labelling
CRITICAL = {6: 0.3116, 26: 0.0976}


def _partition(ours: Any, theirs: Any) -> bool:
    """Whether two labellings part a volume alike, whatever the numbers."""
    one, other = ours.reshape(-1), theirs.reshape(-1)
    to, back = np.zeros(int(one.max()) + 1, np.int64), np.zeros(int(other.max()) + 1, np.int64)
    to[one] = other
    back[other] = one
    return bool(to[0] == 0 and np.array_equal(to[one], other) and np.array_equal(back[other], one))


def _cc3d(values: Callable[[], Any], equal: Any = same, **options: Any) -> dict[str, Peer | None]:
    cc3d = installed("cc3d")
    return {"cc3d": cc3d and Peer(lambda: cc3d.connected_components(values(), **options), equal)}


def label_cases(subject: Subject) -> Iterator[Case]:
    """Thresholded, of values, with a tolerance, at percolation, many small ones; fresh and given memory."""
    out = np.empty(subject.volume.shape, np.uint32)
    for connectivity in (6, 26):
        yield from _of_threshold(subject, connectivity, out)
    for connectivity, share in CRITICAL.items():
        yield from _of_noise(subject, connectivity, share, out)
    yield from _of_dots(subject, out)
    for connectivity in (6, 26):
        yield from _of_grey(subject, connectivity, out)
    yield from _of_labels(subject, out)


def _of_threshold(subject: Subject, connectivity: int, out: Any) -> Iterator[Case]:
    volume, level = subject.volume, subject.threshold
    peers = _cc3d(lambda: volume > level, connectivity=connectivity)
    moved = (volume.itemsize + 4) * volume.size
    for memory, into in (("fresh", None), ("given", out)):

        def call(t: int, into: Any = into) -> Any:
            return k.label(volume, threshold=level, connectivity=connectivity, threads=t, out=into)[0]

        yield Case("label", f"> threshold, {connectivity}, {memory}", call, peers, moved)


def _of_noise(subject: Subject, connectivity: int, share: float, out: Any) -> Iterator[Case]:
    noise = np.random.default_rng(0).random(subject.volume.shape, np.float32) < share
    yield Case(
        "label",
        f"percolation {share}, {connectivity}, given",
        lambda t: k.label(noise, connectivity=connectivity, threads=t, out=out)[0],
        _cc3d(lambda: noise, connectivity=connectivity),
        5 * noise.size,
    )


def _of_dots(subject: Subject, out: Any) -> Iterator[Case]:
    dots = np.zeros(subject.volume.shape, bool)
    dots[::3, ::3, ::3] = True
    dots[1::3, ::3, ::3] = True
    yield Case(
        "label",
        "many small, 26, given",
        lambda t: k.label(dots, connectivity=26, threads=t, out=out)[0],
        _cc3d(lambda: dots, connectivity=26),
        5 * dots.size,
    )


def _of_grey(subject: Subject, connectivity: int, out: Any) -> Iterator[Case]:
    smooth = k.median3(subject.volume)
    step = 5 if smooth.dtype.kind in "iu" else float(np.ptp(smooth)) / 200
    yield Case(
        "label",
        f"grey within a tolerance, {connectivity}, given",
        lambda t: k.label(smooth, delta=step, connectivity=connectivity, threads=t, out=out)[0],
        _cc3d(lambda: smooth, _partition, connectivity=connectivity, delta=step),
        (smooth.itemsize + 4) * smooth.size,
    )


def _of_labels(subject: Subject, out: Any) -> Iterator[Case]:
    many = subject.labels()[0]
    yield Case(
        "label",
        "of a label volume, 6, given",
        lambda t: k.label(many, threads=t, out=out)[0],
        _cc3d(lambda: many, connectivity=6),
        8 * many.size,
    )


def slab_cases(subject: Subject) -> Iterator[Case]:
    """A file into a file, in slabs of a tenth of the volume; against the whole in memory."""
    import tempfile
    from pathlib import Path

    volume, level = subject.volume, subject.threshold
    with tempfile.TemporaryDirectory(prefix="xscan-bench-", ignore_cleanup_errors=True) as folder:
        source = np.memmap(Path(folder) / "volume", volume.dtype, "w+", shape=volume.shape)
        source[:] = volume
        target = np.memmap(Path(folder) / "labels", np.uint32, "w+", shape=volume.shape)
        slab = volume.size * (volume.itemsize + 4) / 1e7

        def ours(threads: int) -> Any:
            k.label_slabs(source, target, threshold=level, slab_mb=slab, threads=threads)
            return target

        peers = _cc3d(lambda: np.asarray(source) > level, connectivity=6)
        yield Case("label_slabs", "> threshold, 6, tenth by tenth", ours, peers, (volume.itemsize + 4) * volume.size)
