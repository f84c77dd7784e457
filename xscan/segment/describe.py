"""Bodies and cartons become the regions and objects of a segmentation."""

from __future__ import annotations

import numpy as np

from xscan.model import Grid, Labels, Object, Region, Role, Segmentation
from xscan.segment.artefact import METAL
from xscan.segment.bodies import Bodies
from xscan.segment.config import SegmentConfig
from xscan.segment.equal import groups
from xscan.segment.geometry import F32, Bool, Window, window_of
from xscan.segment.measure import measure
from xscan.segment.nest import parents
from xscan.segment.packaging import Carton

__all__ = ["describe"]


def describe(
    bodies: Bodies,
    window: Window,
    belt: Bool | None,
    carton: Carton | None,
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
    rest: list[tuple[Role, str, Bool]] = []
    if carton is not None:
        rest.append(("packaging", "carton", carton.wall))
    if belt is not None:
        rest.append(("scanner", "belt", belt))
    rest = [r for r in rest if r[2].any()]
    for n, (_, _, mask) in enumerate(rest, top + 1):
        labels[mask & (labels == 0)] = n
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
            role, name, _ = rest[k - top - 1]
            shapes[k] = {"mean_mhu": float(stats.mean[0, k])}
        if name == "carton" and carton is not None:
            scores["flat"] = carton.flat
            shapes[k]["wall_mm"] = carton.thickness_mm
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
