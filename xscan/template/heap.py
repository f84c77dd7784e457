"""Templates taken out of objects one after the other: of one object, or of several that touch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from xscan.model import Object, Quantities, Segmentation
from xscan.template.body import LEAK, TORN, Body, body_of
from xscan.template.candidates import Index
from xscan.template.config import TemplateConfig
from xscan.template.partial import SEEN_SHARE
from xscan.template.seek import Found, covered, seek_part, seek_torn, seek_whole

__all__ = ["around", "first_of", "owners", "side_by_side", "taken_out"]

_MOST_IN_ONE = 12  # templates taken out of one body or heap, one after the other


def side_by_side(
    seek: Callable[[Sequence[Object]], list[Found]],
    heaps: Sequence[Sequence[Object]],
    told: Callable[[float, str], None],
) -> list[list[Found]]:
    """Seek in several heaps at once, the largest first; what is found stands in the order of the heaps."""
    from xscan_kernels._pool import run, thread_count

    found: list[list[Found]] = [[] for _ in heaps]
    lock, done = Lock(), 0

    def one(k: int) -> None:
        nonlocal done
        found[k] = seek(heaps[k])
        with lock:
            done += 1
            told(done / len(heaps), f"objects {', '.join(str(o.id) for o in heaps[k])}")

    order = sorted(range(len(heaps)), key=lambda k: -sum(o.voxels for o in heaps[k]))
    run(one, [(k,) for k in order], thread_count(None))
    return found


def around(objects: Sequence[Object]) -> tuple[slice, ...]:
    """The box of some objects."""
    if not objects:
        return (slice(0, 0),) * 3
    first = np.min([o.bbox[0] for o in objects], axis=0)
    last = np.max([o.bbox[1] for o in objects], axis=0)
    return tuple(slice(int(a), int(b)) for a, b in zip(first, last, strict=True))


def taken_out(
    objects: Sequence[Object],
    segmentation: Segmentation,
    quantities: Quantities,
    index: Index,
    config: TemplateConfig,
) -> list[Found]:
    """Take templates out of some objects one after the other, until none is found in what is left."""
    without: NDArray[np.bool_] | None = None
    out: list[Found] = []
    while len(out) < _MOST_IN_ONE:
        found = first_of(objects, segmentation, quantities, index, config, without)
        if found is None:
            break
        out.append(found)
        if found.whole or not config.partial:
            break
        if without is None:
            without = np.zeros(segmentation.grid.shape, dtype=bool)
        _mark(without, found)
    return out


def first_of(
    objects: Sequence[Object],
    segmentation: Segmentation,
    quantities: Quantities,
    index: Index,
    config: TemplateConfig,
    without: NDArray[np.bool_] | None = None,
) -> Found | None:
    """The template that some objects are or contain: as they are, with larger holes closed, or as a torn shell.

    Parameters
    ----------
    without : bool of the scan's shape: voxels that are explained already
    """
    smallest = float(index.volumes.min()) * (1 - config.max_scale) ** 3
    box = around(objects)
    if any(s.start == 0 or s.stop == n for s, n in zip(box, segmentation.grid.shape, strict=True)):
        smallest *= SEEN_SHARE
    if np.prod([s.stop - s.start + 2 for s in box]) * segmentation.grid.voxel_volume_mm3 < smallest:
        return None
    body = body_of(segmentation, quantities, objects, without=without)
    if body is None:
        return None
    found = _seek(body, index, config)
    if found is None and body.leaks:
        sealed = body_of(segmentation, quantities, objects, without=without, seal=LEAK)
        found = _seek(sealed, index, config) if sealed else None
    if found is None and config.partial and _may_be_torn(body, index):
        shell = body_of(segmentation, quantities, objects, without=without, patched=True)
        found = seek_torn(shell, index, config) if shell else None
    return found


def _may_be_torn(body: Body, index: Index) -> bool:
    """Whether a body may be the shell of a template whose holes are too large to be closed."""
    thin = body.solidity < TORN
    return thin and index.could_fill(body.shape, body.shape.volume / body.solidity, body.voxel_mm)


def _seek(body: Body, index: Index, config: TemplateConfig) -> Found | None:
    """The template that the body is, else one that is a part of it."""
    found = seek_whole(body, index, config)
    return seek_part(body, index, config) if found is None and config.partial else found


def _mark(volume: NDArray[np.bool_], found: Found) -> None:
    """Mark the voxels that a found template explains in an array of the scan's shape."""
    part = covered(found)
    start = np.array(found.body.window)
    low = np.maximum(0, -start)
    high = np.minimum(part.shape, np.array(volume.shape) - start)
    inner = tuple(slice(int(a), int(b)) for a, b in zip(low, high, strict=True))
    outer = tuple(slice(int(a + s), int(b + s)) for a, b, s in zip(low, high, start, strict=True))
    volume[outer] |= part[inner]


def owners(found: Found, segmentation: Segmentation) -> tuple[int, ...]:
    """Which of the body's objects the template explains: half of an object, or a tenth of the template."""
    ids = found.body.object_ids
    if len(ids) == 1 or found.whole:
        return ids
    mask = np.zeros(segmentation.grid.shape, dtype=bool)
    _mark(mask, found)
    shares = []
    for i in ids:
        own, window = segmentation.mask(segmentation.object(i))
        inside = int((mask[window] & own).sum())
        shares.append((inside / max(1, int(own.sum())), inside, i))
    total = sum(s[1] for s in shares)
    chosen = tuple(sorted(i for share, inside, i in shares if share > 0.5 or inside > 0.1 * total))
    return chosen or (max(shares)[2],)
