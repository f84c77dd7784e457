"""Bodies and cartons become the regions and objects of a segmentation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from xscan.model import Grid, Labels, Object, Region, Role, Segmentation
from xscan.segment.artefact import METAL
from xscan.segment.bodies import Bodies
from xscan.segment.config import SegmentConfig
from xscan.segment.equal import groups
from xscan.segment.geometry import F32, Bool, Window, window_of
from xscan.segment.measure import measure
from xscan.segment.nest import parents

__all__ = ["Other", "describe"]


@dataclass(frozen=True, eq=False)
class Other:
    """What is not goods.

    Parameters
    ----------
    role : packaging or scanner
    name : of what kind
    mask : its voxels (z, y, x)
    scores, shape : what is known of it beside that, as of an `Object`
    """

    role: Role
    name: str
    mask: Bool
    scores: Mapping[str, float] = field(default_factory=dict)
    shape: Mapping[str, float] = field(default_factory=dict)


def describe(
    bodies: Bodies,
    window: Window,
    others: Sequence[Other],
    values: F32,
    grid: Grid,
    config: SegmentConfig,
) -> Segmentation:
    """Measure, nest and group what was found; `window` is where the bodies' labels lie in the grid."""
    from xscan_kernels.measuring import region_statistics

    labels = np.zeros(grid.shape, np.uint32)
    labels[window] = bodies.labels
    goods = sorted(bodies.scores)
    top = len(goods)
    rest = [r for r in others if r.mask.any()]
    for n, other in enumerate(rest, top + 1):
        labels[other.mask & (labels == 0)] = n
    count = top + len(rest)
    stats = region_statistics(labels, [values], count=count)
    boxes = {k: tuple(int(v) for v in stats.bbox[k]) for k in range(1, count + 1)}
    soft = {k for k in goods if stats.mean[0, k] < config.soft_mhu}
    metal = {k for k in goods if stats.mean[0, k] > METAL}
    nested = parents(labels, {k: boxes[k] for k in goods}, soft, metal, grid.voxel_size_mm)

    shapes: dict[int, dict[str, float]] = {}
    for k in goods:
        mask = labels[window_of(boxes[k], labels.shape)] == k
        shapes[k] = measure(mask, grid.voxel_size_mm) | {"mean_mhu": float(stats.mean[0, k])}
    equal = groups(shapes, config.equal)

    regions, objects = [], []
    for k in range(1, count + 1):
        z0, y0, x0, z1, y1, x1 = boxes[k]
        box = ((z0, y0, x0), (z1, y1, x1))
        centre = tuple(grid.position_mm(stats.centroid[k]))
        regions.append(Region(k, int(stats.count[k]), box, centre))
        scores = dict(bodies.scores.get(k, {}))
        if k in nested:
            scores["enclosed"] = nested[k][1]
        role: Role = "goods"
        name = ""
        if k > top:
            other = rest[k - top - 1]
            role, name = other.role, other.name
            scores |= other.scores
            shapes[k] = {"mean_mhu": float(stats.mean[0, k]), **other.shape}
        objects.append(
            Object(
                id=k,
                role=role,
                region_ids=(k,),
                bbox=box,
                centroid_mm=centre,
                voxels=int(stats.count[k]),
                parent=nested[k][0] if k in nested else None,
                name=name,
                scores=scores,
                shape=shapes[k],
                group=equal.get(k),
            )
        )
    return Segmentation(Labels(grid, labels), tuple(regions), tuple(objects))
