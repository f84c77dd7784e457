"""Which templates lie in the scan, and how."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from xscan.model import (
    Object,
    Pose,
    Progress,
    Quantities,
    Segmentation,
    Signature,
    TemplateLibrary,
    TemplateMatch,
    silent,
)
from xscan.template.body import LEAK, Body, body_of
from xscan.template.candidates import Index, index_of
from xscan.template.config import TemplateConfig
from xscan.template.genuine import genuine_check
from xscan.template.groups import groups, touching
from xscan.template.partial import SEEN_SHARE
from xscan.template.rights import right_check
from xscan.template.seek import Found, covered, seek_part, seek_whole
from xscan.template.wall import wall_of

__all__ = ["match"]

_MOST_IN_ONE = 12  # templates taken out of one body or heap, one after the other


def match(
    segmentation: Segmentation,
    quantities: Quantities,
    library: TemplateLibrary,
    signatures: Mapping[int, Signature],
    *,
    consignor_id: str = "",
    acquired: datetime | None = None,
    config: TemplateConfig | None = None,
    progress: Progress = silent,
) -> tuple[TemplateMatch, ...]:
    """Seek every template in the goods.

    Each object is first held against the templates as a whole. What no template explains is sought through for
    templates that are a part of it (bodies that segmentation did not part), and objects that touch are then taken
    together (bodies that it cut).

    Parameters
    ----------
    segmentation, quantities : on one grid; attenuation gives surfaces between voxels
    library : the templates
    signatures : by object id; for the comparison with the genuine article
    consignor_id : who sends, for the check of rights
    acquired : when the scan was made; without it expiry is not judged

    Returns
    -------
    tuple of TemplateMatch
        by object id; those of at least `config.min_score`.
    """
    config = config or TemplateConfig()
    goods = [o for o in segmentation.goods if _worth(o, segmentation, config)]
    if not library.templates or not goods:
        progress(1.0)
        return ()
    index = index_of(library, config, lambda share, what="": progress(0.3 * share, what))
    found: list[Found] = []
    left: list[Object] = []
    for n, o in enumerate(goods):
        progress(0.3 + 0.5 * n / len(goods), f"object {o.id}")
        own = _whole_then_parts([o], segmentation, quantities, index, config)
        found.extend(own)
        if not own:
            left.append(o)
    if config.partial:
        pairs = touching(segmentation.object_labels()[_around(left)], [o.id for o in left])
        heaps = groups([o.id for o in left], pairs, config.max_group)[: config.max_heaps]
        taken: set[int] = set()
        for n, heap in enumerate(heaps):
            progress(0.8 + 0.2 * n / len(heaps), f"objects {', '.join(map(str, heap))}")
            together = [o for o in left if o.id in heap and o.id not in taken]
            if len(together) < 2:
                continue
            new = _whole_then_parts(together, segmentation, quantities, index, config)
            found.extend(new)
            taken |= {i for f in new for i in _owners(f, segmentation)}
    matches = [_report(f, library, segmentation, quantities, signatures, consignor_id, acquired) for f in found]
    matches.sort(key=lambda m: (m.object_ids, m.template_id))
    progress(1.0)
    return tuple(matches)


def _worth(o: Object, segmentation: Segmentation, config: TemplateConfig) -> bool:
    """Whether an object is large enough to have a shape."""
    sides = [(b - a) * s for a, b, s in zip(*o.bbox, segmentation.grid.voxel_size_mm, strict=True)]
    return o.voxels >= config.min_voxels and max(sides) >= config.min_size_mm


def _around(objects: Sequence[Object]) -> tuple[slice, ...]:
    """The box of some objects."""
    if not objects:
        return (slice(0, 0),) * 3
    first = np.min([o.bbox[0] for o in objects], axis=0)
    last = np.max([o.bbox[1] for o in objects], axis=0)
    return tuple(slice(int(a), int(b)) for a, b in zip(first, last, strict=True))


def _whole_then_parts(
    objects: Sequence[Object],
    segmentation: Segmentation,
    quantities: Quantities,
    index: Index,
    config: TemplateConfig,
) -> list[Found]:
    """Take templates out of some objects one after the other, until none is found in what is left."""
    smallest = float(index.volumes.min()) * (1 - config.max_scale) ** 3
    box = _around(objects)
    if any(s.start == 0 or s.stop == n for s, n in zip(box, segmentation.grid.shape, strict=True)):
        smallest *= SEEN_SHARE
    if np.prod([s.stop - s.start + 2 for s in box]) * segmentation.grid.voxel_volume_mm3 < smallest:
        return []
    without: NDArray[np.bool_] | None = None
    out: list[Found] = []
    while len(out) < _MOST_IN_ONE:
        body = body_of(segmentation, quantities, objects, without=without)
        if body is None or body.shape.volume + 0.75 * body.voxel_mm * body.shape.area < smallest:
            break
        found = _seek(body, index, config)
        if found is None and body.leaks:
            sealed = body_of(segmentation, quantities, objects, without=without, seal=LEAK)
            found = _seek(sealed, index, config) if sealed else None
        if found is None:
            break
        out.append(found)
        if found.whole or not config.partial:
            break
        if without is None:
            without = np.zeros(segmentation.grid.shape, dtype=bool)
        _mark(without, found)
    return out


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


def _owners(found: Found, segmentation: Segmentation) -> tuple[int, ...]:
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


def _report(
    found: Found,
    library: TemplateLibrary,
    segmentation: Segmentation,
    quantities: Quantities,
    signatures: Mapping[int, Signature],
    consignor_id: str,
    acquired: datetime | None,
) -> TemplateMatch:
    template = library.template(found.template_id)
    fit, p = found.fit, found.prepared
    status, reason = right_check(template, consignor_id, acquired)
    # as measured, offset included: positive where the body stands out of the template
    deviation = -(fit.template_mm - float(fit.poses.offset[0]))
    there = deviation[fit.seen]
    ids = _owners(found, segmentation)
    objects = [segmentation.object(i) for i in ids]
    asked = template.genuine is not None and template.genuine.wall_mm is not None
    wall = wall_of(fit, found.body, p, quantities) if asked else None
    return TemplateMatch(
        template_id=template.id,
        object_ids=ids,
        score=found.score,
        pose=Pose(fit.poses.matrix(0, p.centre, p.flip)),
        deviation_rms_mm=float(np.sqrt((there**2).mean())),
        deviation_p95_mm=float(np.percentile(np.abs(there), 95)),
        coverage=found.evidence.coverage,
        genuine_check=genuine_check(template.genuine, objects, signatures, whole=found.whole, wall=wall),
        right_status=status,
        right_reason=reason,
        alternatives=found.alternatives,
        points=(p.points[: len(deviation)] * p.flip) + p.centre,
        deviation_mm=deviation,
    )
