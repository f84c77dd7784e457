"""Bodies of different matter that lie flat against each other are parted where one value meets another.

Flat contact makes no neck. What tells a bag of rice from the candle on it is that both are even inside, and that
values step from one to the other at their border. Walls too thin to be even anywhere count as one kind with what
they run into, except where they are brighter: blur takes thin matter down, never up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xscan.segment.config import SegmentConfig
from xscan.segment.geometry import F32, Bool, Labels32, components

__all__ = ["Border", "borders", "part_matter", "surfaces"]

FLAT = 0.06  # of a value, that even matter varies by from voxel to voxel
FLAT_SIGMA = 6.0  # the same in standard deviations of the noise: the range of 27 values spans 4
WIDE = 0.5  # of the smaller part's mean projection (a quarter of a convex surface, Cauchy 1841)
EDGE = 3  # voxels from even matter to its surface, at most
LEAST = 27  # voxels of a seed
SAME = 0.1  # relative difference up to which even matter is the same
HARDENS = 0.1  # more of it for every 1000 MHU beyond water, up to which scanners correct hardening


@dataclass(frozen=True, eq=False)
class Border:
    """Faces between two regions.

    Parameters
    ----------
    a, b : the regions, a < b
    points : (n, 3) voxels of `a` on it
    """

    a: int
    b: int
    points: NDArray[np.int64]


def part_matter(
    body: Bool, values: F32, reach: F32, noise: float, voxel_mm: Sequence[float], config: SegmentConfig
) -> Labels32:
    """Part a connected lump where one matter meets another.

    Parameters
    ----------
    body : mask (z, y, x)
    values : attenuation
    reach : of artefacts, see `streak_reach`
    noise : standard deviation of `values`
    voxel_mm : voxel size
    config : settings

    Returns
    -------
    uint32 (z, y, x), from 1 where `body`
    """
    from xscan_kernels import maximum_filter, minimum_filter, watershed
    from xscan_kernels.distances import distance

    whole = body.astype(np.uint32)
    step = maximum_filter(values, 3) - minimum_filter(values, 3)
    even = body & (step <= np.maximum(np.float32(FLAT) * values, np.float32(FLAT_SIGMA * noise)))
    seeds, solid = components(even, 6, LEAST)
    if not solid:
        return whole
    away = distance(np.ascontiguousarray(seeds == 0), (1.0, 1.0, 1.0), limit_mm=EDGE + 2.0)
    thin, walls = components(body & (away > EDGE), 26, LEAST)
    if solid + walls < 2:
        return whole
    seeds = np.where(thin > 0, thin + np.uint32(solid), seeds)
    parts = watershed(step, seeds, body, 26)
    count = solid + walls
    found = borders(parts)
    level, slack = _levels(parts, solid, count, even, values, reach, noise)
    # a rim that hugs even matter of its own value is that matter, and must not join two of them
    seeded = np.arange(count + 1)
    root = np.arange(count + 1)

    def join(p: int, q: int) -> None:
        p, q = sorted((_top(root, p), _top(root, q)))
        root[q] = p

    def alike(p: int, q: int) -> bool:
        most = max(level[p], level[q])
        return bool(abs(level[p] - level[q]) <= max((SAME + _hardens(most)) * most, slack[p], slack[q]))

    gaps = _gaps(found, solid, parts, values, level, slack)
    against: dict[int, dict[int, int]] = {}
    for x in found:
        if x.a <= solid < x.b:
            against.setdefault(x.b, {})[x.a] = len(x.points)
    size = np.bincount(parts.ravel(), minlength=count + 1)
    for k, mine in against.items():
        fits = [m for m in mine if level[k] <= (1 + config.alike + _hardens(level[m])) * level[m] + slack[k]]
        if fits:
            most = max(fits, key=lambda m: (mine[m], -m))
            same = [m for m in fits if alike(m, most) and (min(m, most), max(m, most)) not in gaps]
            if len(same) < len(fits) and size[k] <= EDGE * sum(mine.values()):
                seeded[k] = 0
            else:
                for m in same:
                    join(m, k)
    if (seeded == 0).sum() > 1:
        parts = watershed(step, seeded[seeds].astype(np.uint32), body, 26)
        found = borders(parts)
    for border in found:
        if border.b <= solid:
            if alike(border.a, border.b) and (border.a, border.b) not in gaps:
                join(border.a, border.b)
        elif border.a > solid:
            join(border.a, border.b)
    roots = sorted({_top(root, int(k)) for k in np.unique(parts[body])})
    names = {r: n for n, r in enumerate(roots, 1)}
    table = np.array([names.get(_top(root, k), 0) for k in range(count + 1)], np.uint32)
    return table[parts]


def _gaps(
    found: list[Border],
    solid: int,
    parts: Labels32,
    values: F32,
    level: NDArray[np.float64],
    slack: NDArray[np.float64],
) -> set[tuple[int, int]]:
    """Pairs of even regions with a slit of air between them, too narrow to be seen as more than a dip.

    They lie flat against each other, so that the border is wide, and even where it is highest it stays below both.
    """
    surface = surfaces(parts, len(level) - 1)
    out: set[tuple[int, int]] = set()
    for x in found:
        if x.b > solid or len(x.points) < WIDE * min(surface[x.a], surface[x.b]) / 4:
            continue
        ridge = float(np.quantile(values[tuple(x.points.T)], 0.9))
        least = min(level[x.a], level[x.b])
        if ridge < (1 - FLAT) * least - max(slack[x.a], slack[x.b]):
            out.add((x.a, x.b))
    return out


def _hardens(level: float) -> float:
    return HARDENS * max(0.0, level / 1000 - 1)


def _top(root: NDArray[np.int64], k: int) -> int:
    while root[k] != k:
        k = int(root[k])
    return k


def _levels(
    parts: Labels32, solid: int, count: int, even: Bool, values: F32, reach: F32, noise: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Value of every region where artefacts reach it least, and what they may have changed it by.

    Even regions are read where they are even, walls on their ridge.
    """
    from scipy import ndimage as ndi

    from xscan_kernels import maximum_filter

    ridge = values >= maximum_filter(values, 3)
    level, slack = np.zeros(count + 1), np.zeros(count + 1)
    for k, window in enumerate(ndi.find_objects(parts.astype(np.int32), max_label=count), 1):
        if window is None:
            continue
        at = (parts[window] == k) & (even if k <= solid else ridge)[window]
        if not at.any():
            at = parts[window] == k
        v, r = values[window][at], reach[window][at]
        clean = r <= np.quantile(r, 0.25)
        level[k] = float(np.median(v[clean]))
        slack[k] = max(FLAT_SIGMA / 2 * noise, 0.5 * float(np.median(r[clean])))
    return level, slack


def borders(parts: Labels32) -> list[Border]:
    """Borders of all pairs of touching regions, in the order of their numbers."""
    firsts, seconds, places = [], [], []
    for axis in range(3):
        n = parts.shape[axis]
        low = tuple(slice(0, n - 1) if k == axis else slice(None) for k in range(3))
        high = tuple(slice(1, n) if k == axis else slice(None) for k in range(3))
        a, b = parts[low], parts[high]
        at = np.argwhere((a != b) & (a > 0) & (b > 0))
        p, q = a[tuple(at.T)], b[tuple(at.T)]
        turned = p > q
        other = at.copy()
        other[:, axis] += 1
        firsts.append(np.where(turned, q, p))
        seconds.append(np.where(turned, p, q))
        places.append(np.where(turned[:, None], other, at))
    first, second, place = np.concatenate(firsts), np.concatenate(seconds), np.concatenate(places)
    order = np.lexsort((second, first))
    first, second, place = first[order], second[order], place[order]
    if not len(first):
        return []
    starts = np.flatnonzero(np.diff(first, prepend=0).astype(bool) | np.diff(second, prepend=0).astype(bool))
    return [
        Border(int(first[i]), int(second[i]), place[i:j])
        for i, j in zip(starts, [*starts[1:], len(first)], strict=True)
    ]


def surfaces(parts: Labels32, count: int) -> NDArray[np.float64]:
    """Faces of every part, to others and to air."""
    faces = np.zeros(count + 1)
    for axis in range(3):
        wide = np.moveaxis(np.pad(parts, [(int(k == axis),) * 2 for k in range(3)]), axis, 0)
        a, b = wide[:-1], wide[1:]
        differ = a != b
        faces += np.bincount(a[differ], minlength=count + 1) + np.bincount(b[differ], minlength=count + 1)
    faces[0] = 0
    return faces
