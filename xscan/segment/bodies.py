"""Connected matter becomes bodies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xscan.segment.config import SegmentConfig
from xscan.segment.geometry import F32, Bool, Labels32, components, window_of
from xscan.segment.split import split

__all__ = ["Bodies", "part_bodies"]


@dataclass(frozen=True, eq=False)
class Bodies:
    """Bodies, and what is known of how they came about.

    Parameters
    ----------
    labels : uint32 (z, y, x), from 1
    scores : by body, the decisions that made it, 0..1
    """

    labels: Labels32
    scores: dict[int, dict[str, float]]


def part_bodies(matter: Bool, values: F32, voxel_mm: Sequence[float], config: SegmentConfig) -> Bodies:
    """Label matter, part what touches, and drop what is too small."""
    from xscan_kernels.measuring import region_statistics

    least = max(1, int(np.ceil(config.least_mm3 / float(np.prod(voxel_mm)))))
    lumps, count = components(matter, 26, least)
    labels = np.zeros(matter.shape, np.uint32)
    scores: dict[int, dict[str, float]] = {}
    boxes = region_statistics(lumps, count=count).bbox
    for k in range(1, count + 1):
        window = window_of(boxes[k], matter.shape)
        parts, cuts = split(lumps[window] == k, voxel_mm, config)
        for p in range(1, int(parts.max()) + 1):
            mask = parts == p
            if mask.sum() < least:
                continue
            n = len(scores) + 1
            labels[window][mask] = n
            ratios = [c.ratio for c in cuts if p in (c.a, c.b)]
            scores[n] = {"parted": 1 - max(ratios)} if ratios else {}
    return Bodies(labels, scores)
