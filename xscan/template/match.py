"""Which templates lie in the scan, and how."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from threading import Lock

import numpy as np

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
from xscan.template.candidates import Index, index_of
from xscan.template.coarse import halved
from xscan.template.config import TemplateConfig
from xscan.template.genuine import genuine_check
from xscan.template.groups import groups, touching
from xscan.template.heap import around, first_of, owners, side_by_side, taken_out
from xscan.template.pieces import joined, near_pieces
from xscan.template.rights import right_check
from xscan.template.seek import Found
from xscan.template.wall import wall_of

__all__ = ["match"]

_LARGE = 400_000  # voxels of the box of an object or heap: larger ones are looked at in half the resolution first
_COARSEST_MM = 3.0  # voxels coarser than this are not made: little of a shape is left in them
_HINT = 0.1  # score there from which the heap is sought through as it is


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
    together (bodies that it cut), and those that lie near each other with a gap between them (bodies torn by streaks).

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

    def seek(together: Sequence[Object]) -> list[Found]:
        return taken_out(together, segmentation, quantities, index, config) if worth(together) else []

    worth = _worth_seeking(segmentation, quantities, index, config)
    alone = side_by_side(seek, [[o] for o in goods], lambda share, what: progress(0.3 + 0.5 * share, what))
    found = [f for own in alone for f in own]
    left = [o for o, own in zip(goods, alone, strict=True) if not own]
    if config.partial:
        pairs = touching(segmentation.object_labels()[around(left)], [o.id for o in left])
        heaps = groups([o.id for o in left], pairs, config.max_group)[: config.max_heaps]
        heaped = [[o for o in left if o.id in heap] for heap in heaps]
        taken: set[int] = set()
        for together, new in zip(
            heaped, side_by_side(seek, heaped, lambda share, what: progress(0.8 + 0.2 * share, what)), strict=True
        ):
            free = [o for o in together if o.id not in taken]
            if len(free) < len(together):
                # another heap has explained some of these
                new = seek(free) if len(free) > 1 else []
            found.extend(new)
            taken |= {i for f in new for i in owners(f, segmentation)}
        taken |= {i for f in found for i in owners(f, segmentation)}
        shards = [o for o in segmentation.goods if o.id not in taken and o.voxels >= config.min_voxels // 4]
        for pieces in near_pieces(shards, segmentation, index, config.max_heaps):
            if taken.isdisjoint(o.id for o in pieces) and (
                one := joined(pieces, segmentation, quantities, index, config)
            ):
                found.append(one)
                taken |= {o.id for o in pieces}
    matches = [_report(f, library, segmentation, quantities, signatures, consignor_id, acquired) for f in found]
    matches.sort(key=lambda m: (m.object_ids, m.template_id))
    progress(1.0)
    return tuple(matches)


def _worth_seeking(
    segmentation: Segmentation, quantities: Quantities, index: Index, config: TemplateConfig
) -> Callable[[Sequence[Object]], bool]:
    """Make the first look: whether some objects are small, or show something in half the resolution."""
    scans: list[tuple[Segmentation, Quantities]] = []
    hint = config.model_copy(update={"min_score": min(_HINT, config.min_score)})
    lock = Lock()

    def worth(objects: Sequence[Object]) -> bool:
        voxels = int(np.prod([s.stop - s.start for s in around(objects)]))
        if voxels <= _LARGE or 2 * max(segmentation.grid.voxel_size_mm) > _COARSEST_MM:
            return True
        with lock:
            if not scans:
                scans.append(halved(segmentation, quantities))
        coarse, values = scans[0]
        return first_of([coarse.object(o.id) for o in objects], coarse, values, index, hint) is not None

    return worth


def _worth(o: Object, segmentation: Segmentation, config: TemplateConfig) -> bool:
    """Whether an object is large enough to have a shape."""
    sides = [(b - a) * s for a, b, s in zip(*o.bbox, segmentation.grid.voxel_size_mm, strict=True)]
    return o.voxels >= config.min_voxels and max(sides) >= config.min_size_mm


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
    ids = owners(found, segmentation)
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
