"""Lumps of matter told from streaks and from the glow around metal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xscan.segment.artefact import METAL, edge_support
from xscan.segment.config import SegmentConfig
from xscan.segment.geometry import F32, Bool, Labels32, components
from xscan.segment.matter import borders, surfaces
from xscan.segment.regrow import medians, regrow

__all__ = ["Lump", "real", "sift"]

STANDS_OUT = 4.0  # times the reach of artefacts, from which a lump is clear of them
LEAST_CLEAR = 2.0  # below which a lump is dropped
EVEN = 0.3  # standard deviation over mean, up to which a lump is even
EVEN_CLEAR = 1.5  # times the reach of artefacts, from which evenness tells
LARGE_MM3 = 1e4  # from which evenness tells
WISP_MM3 = 2e4  # up to which a lump may be what a correction left of streaks
JOINED = 0.1  # of its surface, by which a remainder must lie against what it continues
LEVELS = (1.0, 2.0, 0.0)  # times the reach of artefacts, above which lumps are looked for in turn


@dataclass(frozen=True)
class Lump:
    """Why a lump was kept.

    Parameters
    ----------
    edge : share of its surface that is an edge
    clear : its mean value over the reach of artefacts in its slices
    """

    edge: float
    clear: float


def sift(
    matter: Bool,
    faint: Bool,
    values: F32,
    reach: F32,
    doubt: F32,
    least: int,
    voxel_mm: Sequence[float],
    config: SegmentConfig,
) -> tuple[Labels32, list[Lump]]:
    """Label what is matter.

    What fails as a whole is looked at again above the level that artefacts reach, since streaks glue bodies
    together that stand clear of them.

    Parameters
    ----------
    matter : mask (z, y, x)
    faint : voxels above the floor, among them the blurred rims that `matter` leaves out
    values : attenuation
    reach : of artefacts, see `streak_reach`; large lumps must stand clear of it
    doubt : the same with what a correction may have left, see `still_streaked`; small lumps must stand clear of that
    least : voxels of the smallest lump
    voxel_mm : voxel size
    config : settings

    Returns
    -------
    labels : uint32 (z, y, x), from 1
    lumps : one a label
    """
    from xscan_kernels.measuring import region_statistics

    one = float(np.prod(voxel_mm))
    kept = np.zeros(matter.shape, np.uint32)
    lumps: list[Lump] = []
    for times in LEVELS:
        open_ = matter & (kept == 0)
        if times:
            open_ &= values > np.minimum(np.float32(times) * doubt, np.float32(METAL))
        labels, count = components(open_, 26, least)
        if not count:
            continue
        regrow(labels, count, values, faint & (kept == 0), config)
        stats = region_statistics(labels, [values, reach, doubt], count=count)
        edge = edge_support(labels, count, values, medians(labels, count, values))
        belongs = _continued(labels, count, kept, values, config) if not times and lumps else {}
        table = np.zeros(count + 1, np.uint32)
        for k in range(1, count + 1):
            if k in belongs:
                table[k] = belongs[k]
                continue
            mean, size = float(stats.mean[0, k]), int(stats.count[k])
            if mean / 1000 * size * one < config.least_mm3:
                continue  # noise and blur spread a crumb over many faint voxels
            wisp = size * one < WISP_MM3
            clear = mean / max(float(stats.mean[2 if wisp else 1, k]), 1e-6)
            spread = float(np.sqrt(stats.variance[0, k])) / mean
            even = spread <= EVEN and size * one >= LARGE_MM3 and clear >= EVEN_CLEAR
            if real(float(edge[k]), clear, even or mean >= METAL, config):
                lumps.append(Lump(float(edge[k]), clear))
                table[k] = len(lumps)
        named = table[labels]
        kept = np.where(named > 0, named, kept)
    return kept, lumps


def _continued(labels: Labels32, count: int, kept: Labels32, values: F32, config: SegmentConfig) -> dict[int, int]:
    """Which kept lump each label continues: one that it lies against, of the same value."""
    both = np.where(kept > 0, kept + np.uint32(count), labels)
    top = int(both.max())
    middle = medians(both, top, values)
    most: dict[int, tuple[int, int]] = {}
    for border in borders(both):
        if border.a <= count < border.b:
            a, b = border.a, border.b
            if abs(middle[a] - middle[b]) <= config.alike * middle[b] and len(border.points) > most.get(a, (0, 0))[0]:
                most[a] = len(border.points), b - count
    surface = surfaces(labels, count)
    return {k: b for k, (faces, b) in most.items() if faces >= JOINED * surface[k]}


def real(edge: float, clear: float, sure: bool, config: SegmentConfig) -> bool:
    """Whether a lump is matter.

    Parameters
    ----------
    edge : share of its surface that is an edge
    clear : its mean value over the reach of artefacts in its slices
    sure : whether it is metal, or large and of one value, which no streak is
    config : settings
    """
    if clear >= STANDS_OUT or sure:
        return edge >= config.edge_support
    # the less it stands out, the more of its surface must be an edge
    need = config.edge_support + (1 - config.edge_support) * (1 - clear / STANDS_OUT)
    return clear >= LEAST_CLEAR and edge >= need
