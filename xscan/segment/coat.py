"""The coat of metal: a cable's insulation, the case of a battery.

Beside metal half of its height is more than all of a plastic's, so that plastic close to it passes for blur. Here the
values around metal are compared with what blur alone makes of what was found: the non-negative matter on the voxels
found whose blur gives the values there (image space reconstruction, Daube-Witherspoon and Muehllehner, IEEE Trans.
Med. Imaging 5 (1986) 61). What is left over is matter of its own where it goes along with most of the metal's surface.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from xscan.segment.artefact import METAL
from xscan.segment.config import SegmentConfig
from xscan.segment.geometry import F32, Bool, Labels32, window_of

if TYPE_CHECKING:
    from xscan.segment.bodies import Bodies

__all__ = ["blur_of", "coated"]

PLASTIC = 1000.0  # MHU; polyethylene shows 900, ABS 1000, PVC more
TAIL = 0.1  # of metal's height near by, up to which no point spread is known two of its widths out
MOST = 0.5  # of what lies beside metal, from which it is so all along
FREE = 0.25  # of what lies beyond a skin, up to which there is air
THIN = 2.0  # voxels of depth, below which metal is all edge
LEAST = 50  # voxels from which shares tell
EDGES = 30  # from which blur is known
LOOPS = 12
PROFILE = 3  # voxels that an edge is looked at on either side of its steepest step
FAINT = 0.02  # of an edge's height, that noise may have
FLAT = 0.05  # of an edge's height, that values may still change where it has ended


def coated(bodies: Bodies, packed: Bool, values: F32, noise: float, config: SegmentConfig) -> Bodies:
    """Bodies of metal with the coat that lies around them, as far as blur reaches.

    A case stands off: it is told by what is left over two voxels from the metal. In the voxel beside metal a skin
    looks like metal that fills a part of it; either is matter, which counts where metal is so thin that it is all
    edge and where nothing is left over beyond, as there is in a glow.

    Parameters
    ----------
    bodies : found so far
    packed : mask (z, y, x) of where goods can be
    values : attenuation (z, y, x), MHU
    noise : standard deviation of `values`
    config : settings
    """
    from xscan_kernels.measuring import region_statistics

    hot = np.where(values > METAL, bodies.labels, np.uint32(0))
    stats = region_statistics(hot, count=len(bodies.scores))
    some = [k for k in sorted(bodies.scores) if stats.count[k] >= LEAST]
    if not some:
        return bodies
    blur = blur_of(values, noise, config)
    labels, scores = bodies.labels.copy(), dict(bodies.scores)
    for k in some:
        # no blur comes from further away than it reaches, once out and once back
        window = window_of(stats.bbox[k], values.shape, 4 * config.blur_voxels)
        coat, share = _coat(bodies.labels[window], k, np.ascontiguousarray(values[window]), noise, blur, config)
        if share:
            labels[window][coat & packed[window] & (labels[window] == 0)] = k
            scores[k] = scores[k] | {"coated": share}
    return replace(bodies, labels=labels, scores=scores)


def blur_of(values: F32, noise: float, config: SegmentConfig) -> tuple[float, float, float]:
    """Standard deviation (voxels, along z, y, x) of the point spread, from a scan's own edges.

    That of a step's slope across the step, less what voxels and their differences add, in half of the edges.
    Where there are few edges, as much as leaves nothing beyond the reach of blur.

    Parameters
    ----------
    values : attenuation (z, y, x)
    noise : standard deviation of `values`
    config : settings
    """
    along = [_edges(values, axis, max(PLASTIC / 2, noise / FAINT)) for axis in range(3)]
    across, within = (
        float(np.sqrt(max(0.0, np.median(found)))) if found.size >= EDGES else config.blur_voxels / 2.5
        for found in (along[0], np.concatenate(along[1:]))
    )
    return across, within, within


def _edges(values: F32, axis: int, least: float) -> NDArray[np.float64]:
    """Variance of the slope of every clean edge of at least that height, voxels²."""
    rows = np.moveaxis(values, axis, -1)
    if min(rows.shape) < 2 * PROFILE + 2:
        return np.zeros(0)
    inner = rows[1:-1, 1:-1]
    middle = inner[..., PROFILE + 1 : -PROFILE] - inner[..., PROFILE : -PROFILE - 1]
    at = np.nonzero(np.abs(middle) > least / 4)
    i, j, n = at[0] + 1, at[1] + 1, at[2]
    seen = np.stack([rows[i, j, n + k] for k in range(2 * PROFILE + 2)], axis=1).astype(np.float64)
    steps = np.diff(seen, axis=1) * np.sign(middle[at])[:, None]
    height = steps.sum(axis=1)
    before, top, after = (steps[:, PROFILE + k] for k in (-1, 0, 1))
    clean = (height > least) & (np.minimum(before, after) > FAINT * height) & (top > np.maximum(before, after))
    clean &= (np.abs(steps[:, [0, -1]]) < FLAT * height[:, None]).all(axis=1)
    # the logarithm of a Gaussian is a parabola, wherever between two voxels its middle lies
    bend = np.log(top[clean] ** 2 / (before[clean] * after[clean]))
    i, j, n, top = i[clean], j[clean], n[clean] + PROFILE, top[clean]
    slant = sum(
        ((rows[i + a, j + b, m] - rows[i - a, j - b, m]).astype(np.float64) / 2) ** 2 / 2
        for a, b in ((1, 0), (0, 1))
        for m in (n, n + 1)
    )
    return np.asarray((1 / bend - 1 / 6) * top**2 / (top**2 + slant))


def _coat(
    labels: Labels32, k: int, values: F32, noise: float, blur: Sequence[float], config: SegmentConfig
) -> tuple[Bool, float]:
    """The coat of body `k`, and the share of its metal's surface that it goes along with; 0 where it has none."""
    from xscan_kernels import maximum_filter
    from xscan_kernels.distances import distance

    own = labels == k
    far = float(config.blur_voxels + 1)
    away, others = (
        distance(np.ascontiguousarray(~mask), (1.0, 1.0, 1.0), limit_mm=far + 1) for mask in (own, (labels > 0) & ~own)
    )
    height = maximum_filter(np.where(own, values, np.float32(0)), 2 * config.blur_voxels + 3)
    beside = (labels == 0) & (away <= np.minimum(far, others)) & (height > METAL)
    rest = values - _explained(values, labels > 0, blur)
    least = max(PLASTIC / 2, config.floor_sigma * noise)
    over = beside & (rest > least)
    first = beside & (away <= 1)
    second = beside & (away > np.sqrt(2.0)) & (away <= 2)
    if second.sum() < LEAST:
        return over, 0.0
    wall = float((rest[second] > np.maximum(np.float32(least), np.float32(TAIL) * height[second])).mean())
    if wall >= MOST:
        return over, wall
    deep = float(distance(np.pad(own, 1), (1.0, 1.0, 1.0), limit_mm=THIN + 1).max())
    if deep < THIN and np.median(values[own]) > METAL and over[second].mean() <= FREE:
        return over & first, float(over[first].mean())
    return over, 0.0


def _explained(values: F32, found: Bool, blur: Sequence[float]) -> F32:
    """What blur makes of the matter on the voxels found that explains the values there best."""
    from xscan_kernels.filtering import gaussian

    def spread(matter: F32) -> F32:
        return gaussian(matter, blur, truncate=3.0)

    matter = np.where(found, np.maximum(values, np.float32(1)), np.float32(0))
    seen = spread(matter)
    for _ in range(LOOPS):
        matter *= seen / np.maximum(spread(np.where(found, spread(matter), np.float32(0))), np.float32(1))
        matter[~found] = 0
    return spread(matter)
