"""Connected matter becomes bodies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xscan.segment.artefact import edge_support, streak_level
from xscan.segment.config import SegmentConfig
from xscan.segment.geometry import F32, Bool, Labels32, components, window_of
from xscan.segment.regrow import regrow
from xscan.segment.split import split

__all__ = ["Bodies", "part_bodies"]


STANDS_OUT = 4.0  # times the reach of artefacts, from which their edges need not be looked at


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


def part_bodies(
    matter: Bool, faint: Bool, values: F32, noise: float, voxel_mm: Sequence[float], config: SegmentConfig
) -> Bodies:
    """Label matter, part what touches, and drop what is too small."""
    from xscan_kernels.measuring import region_statistics

    least = max(1, int(np.ceil(config.least_mm3 / float(np.prod(voxel_mm)))))
    lumps, count = components(matter, 26, least)
    labels = np.zeros(matter.shape, np.uint32)
    scores: dict[int, dict[str, float]] = {}
    regrow(lumps, count, values, faint, config)
    stats = region_statistics(lumps, [values], count=count)
    boxes = stats.bbox
    water_mm3 = stats.sum[0] / 1000 * float(np.prod(voxel_mm))  # blur and noise spread a crumb over many faint voxels
    edge = edge_support(lumps, count, values)
    streaks = streak_level(values)
    for k in range(1, count + 1):
        around = float(streaks[boxes[k][0] : boxes[k][3]].mean())
        clear = float(stats.mean[0, k]) / max(around, 1e-6)
        if water_mm3[k] < config.least_mm3 or not real(float(edge[k]), clear, config):
            continue
        window = window_of(boxes[k], matter.shape)
        parts, cuts = split(lumps[window] == k, values[window], noise, voxel_mm, config)
        for p in range(1, int(parts.max()) + 1):
            mask = parts == p
            if mask.sum() < least:
                continue
            n = len(scores) + 1
            labels[window][mask] = n
            scores[n] = {"edge": float(edge[k]), "clear": min(1.0, clear / STANDS_OUT)}
            ratios = [c.ratio for c in cuts if p in (c.a, c.b)]
            if ratios:
                scores[n]["parted"] = 1 - max(ratios)
    return Bodies(labels, scores)


def real(edge: float, clear: float, config: SegmentConfig) -> bool:
    """Whether a lump is matter rather than a streak or the glow around metal.

    Parameters
    ----------
    edge : share of its surface that is an edge
    clear : its mean value over the reach of artefacts in its slices
    config : settings
    """
    if clear >= STANDS_OUT:
        return edge >= config.edge_support
    # the less it stands out, the more of its surface must be an edge
    need = config.edge_support + (1 - config.edge_support) * (1 - clear / STANDS_OUT)
    return clear >= 1.0 and edge >= need
