"""Matter too light to be told voxel by voxel: stuffing, down, foam, crumpled paper.

It shows a few hundredths of what water does, hardly more than noise and the haze of streaks. Many voxels together
tell it: an even region of some size, read where nothing denser lies within blur's reach.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xscan.segment.bodies import Bodies
from xscan.segment.config import SegmentConfig
from xscan.segment.geometry import F32, Bool, Labels32, components, depth
from xscan.segment.matter import borders, surfaces
from xscan.segment.regrow import medians

__all__ = ["find_stuffing"]

WIDTH = 1.5  # voxels, standard deviation over which values are taken together
KEPT = 0.082  # of the noise of single voxels that is left then, were it white: (2 sqrt(pi) WIDTH)^-1.5
SEEN = 0.05  # of that window, that must hold nothing denser
LEAST_MM3 = 3e4  # of a region; a fist of stuffing has ten times as much
THICK_MM = 8.0  # inscribed radius that it reaches: haze between two bodies is thin
EVEN = 0.5  # interquartile range over median; streaks swing from nothing to much
CLEAR = 0.33  # of a region, that must be clear of streaks
COVERED = 0.5  # of its surface that lies against one soft body, which then is its cover
FILLS = 0.6  # of its surface that lies against goods and packaging, which it then cushions


def find_stuffing(
    bodies: Bodies,
    packed: Bool,
    values: F32,
    doubt: F32,
    noise: float,
    voxel_mm: Sequence[float],
    config: SegmentConfig,
) -> tuple[Bodies, Bool | None]:
    """Add what is light and large to what was found: inside of its cover, as goods, or as filling.

    Parameters
    ----------
    bodies : what was found of denser matter
    packed : voxels that may be goods (z, y, x)
    values : attenuation
    doubt : how far artefacts reach, see `still_streaked`
    noise : standard deviation of `values`
    voxel_mm : voxel size
    config : settings

    Returns
    -------
    bodies : with their stuffing, and with light goods as the last of them
    filling : voxels of what fills the room around goods, None where there is none
    """
    from scipy import ndimage as ndi

    from xscan_kernels import maximum_filter

    held = bodies.labels > 0
    reach = config.blur_voxels
    smooth, free = _smooth(values, packed, maximum_filter(held, 2 * reach + 1))
    least = max(config.stuffing_mhu, config.floor_sigma * noise * KEPT)
    regions, count = components(
        free & (smooth > np.maximum(np.float32(least), doubt)), 6, int(LEAST_MM3 / float(np.prod(voxel_mm)))
    )
    first = len(bodies.scores) + 1
    light, last = np.zeros(values.shape, np.uint32), first - 1
    sizes = np.bincount(regions.ravel(), minlength=count + 1)
    boxes = ndi.find_objects(regions.astype(np.int32), max_label=count)
    for k in sorted(range(1, count + 1), key=lambda k: (-int(sizes[k]), k)):
        own = regions[boxes[k - 1]] == k
        low, middle, high = np.quantile(smooth[boxes[k - 1]][own], [0.25, 0.5, 0.75])
        if high - low > EVEN * middle or float(depth(own, voxel_mm).max()) < THICK_MM:
            continue
        own = regions == k
        if light[own].any():
            continue
        last += 1
        light[_across_streaks(own, free & (np.abs(smooth - middle) <= EVEN * middle), regions)] = last
    if last < first:
        return bodies, None
    # back to where denser matter or air was too near
    near = maximum_filter(light, 2 * reach + 3)
    least_of = (medians(light, last, smooth) / 2).astype(np.float32)
    rim = packed & ~held & (light == 0) & (near > 0) & (values > least_of[near])
    both = np.where(held, bodies.labels, np.where(rim, near, light))
    return _told(bodies, both, first, packed, values, config)


def _across_streaks(seed: Bool, alike: Bool, clear: Labels32) -> Bool:
    """A region with what continues it at its own value, where streaks may reach as high: unless that is the most."""
    whole = components(alike, 6)[0]
    grown = (whole == np.bincount(whole[seed]).argmax()) & alike
    return grown | seed if (grown & (clear > 0)).sum() >= CLEAR * grown.sum() else seed


def _smooth(values: F32, packed: Bool, shut: Bool) -> tuple[F32, Bool]:
    """Values taken together over what is not `shut`, and where enough of that is near."""
    from xscan_kernels.filtering import gaussian

    free = packed & ~shut
    weight = gaussian(free.astype(np.float32), WIDTH)
    total = gaussian(np.where(free, values, np.float32(0)), WIDTH)
    smooth: F32 = np.divide(total, np.maximum(weight, np.float32(SEEN)), dtype=np.float32)
    return smooth, free & (weight >= SEEN)


def _told(
    bodies: Bodies, both: Labels32, first: int, packed: Bool, values: F32, config: SegmentConfig
) -> tuple[Bodies, Bool | None]:
    """Tell stuffing from filling and from light goods; in `both` what is light has the numbers from `first` on."""
    top = int(both.max())
    middle = medians(both, top, values)
    outer = np.uint32(top + 1)
    against: dict[int, dict[int, int]] = {}
    for border in borders(np.where(packed, both, outer)):
        if border.a < first <= border.b <= top:
            against.setdefault(border.b, {})[border.a] = len(border.points)
        elif first <= border.a <= top and border.b == outer:
            against.setdefault(border.a, {})[border.b] = len(border.points)
    surface = surfaces(both, top)
    table = np.arange(top + 1, dtype=np.uint32)
    scores = dict(bodies.scores)
    filling = []
    for k in range(first, top + 1):
        mine = against.get(k, {})
        soft = {a: n for a, n in mine.items() if a != outer and middle[a] < config.soft_mhu}
        cover = max(soft, key=lambda a: (soft[a], -a), default=0)
        if cover and soft[cover] >= COVERED * surface[k]:
            table[k] = cover
            scores[cover] = scores[cover] | {"stuffed": min(1.0, soft[cover] / surface[k])}
        elif sum(mine.values()) >= FILLS * surface[k]:
            table[k] = 0
            filling.append(k)
        else:
            table[k] = len(scores) + 1
            scores[len(scores) + 1] = {"light": 1.0}
    return Bodies(table[both], scores), np.isin(both, filling) if filling else None
