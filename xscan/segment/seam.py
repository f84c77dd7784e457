"""Bodies that lie flat against each other, of one matter, are parted along the dark seam between them.

Two faces never close on each other: a slit of air is left, which blur fills to a shallow valley of values. A cut
along a valley is a seam where most of it is valley; a single leak joins nothing, as one shadow parts nothing.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from xscan.segment.compose import compose
from xscan.segment.config import SegmentConfig
from xscan.segment.geometry import F32, Bool, Labels32, components, depth

__all__ = ["part_seams", "valleys"]

DIP = 0.04  # of a value, that a seam lies below what is beside it; even matter varies by less
DIP_SIGMA = 4.0  # the same in standard deviations of the noise, of which closing takes the highest near by
SEAM = 0.75  # share of a border that must be valley
DOUBT = 30.0  # faces that a border has beyond those seen, at the share of a seam: narrow borders are judged last
LEAST = 27  # voxels of a seam in one piece
SLIVER = 0.125  # of what it lies against, below which a part of one matter is a piece of it: a cap, a handle, a fold
LEAST_MM3 = 1000.0  # of a part; what is smaller than a thimble and of one matter with its neighbour is a piece of it
PAPER = 2.0  # voxels of depth, below which voxels sample a wall so unevenly that it has valleys of its own
ACROSS = (5.0, 50.0)  # voxels of a wall for each face of a cut around it; seams between walls have more, contacts less
SHELL_MM3 = 1.5e4  # of a part whose walls are too thin to have a core: a cup has as much, a brick of a toy has not


def valleys(body: Bool, values: F32, reach: F32, noise: float, config: SegmentConfig) -> Bool:
    """Voxels of a body that lie lower than what is on both sides of them, within the reach of blur.

    Parameters
    ----------
    body : mask (z, y, x)
    values : attenuation, 0 outside of the body
    reach : of artefacts, see `streak_reach`
    noise : standard deviation of `values`
    config : settings
    """
    from xscan_kernels import maximum_filter, minimum_filter

    size = 2 * config.blur_voxels + 1
    high = minimum_filter(maximum_filter(values, size), size)
    least = np.maximum(np.float32(DIP) * high, np.float32(DIP_SIGMA * noise))
    return np.asarray(body & (high - values > np.maximum(least, reach)))


def part_seams(
    body: Bool, values: F32, reach: F32, noise: float, voxel_mm: Sequence[float], config: SegmentConfig
) -> tuple[Labels32, dict[tuple[int, int], float]]:
    """Part a connected body along its seams.

    Parameters
    ----------
    body : mask (z, y, x)
    values : attenuation, 0 outside of the body
    reach : of artefacts, see `streak_reach`
    noise : standard deviation of `values`
    voxel_mm : voxel size
    config : settings

    Returns
    -------
    parts : uint32 (z, y, x), from 1 where `body`
    seams : by pair of parts that touch, the lower first: share of their border that is valley
    """
    from xscan_kernels import h_maxima, watershed

    whole = body.astype(np.uint32)
    valley = valleys(body, values, reach, noise, config)
    one = float(np.prod(voxel_mm))
    if body.sum() * one < 2 * LEAST_MM3 or not components(valley, 26, LEAST)[1]:
        return whole, {}
    step = max(voxel_mm)
    deep = depth(body & ~valley, voxel_mm)
    seeds, count = components(h_maxima(deep, 0.5 * step, 26) & (deep > 0), 26)
    if count < 2:
        return whole, {}
    cells = watershed(-deep, seeds, body, 26)
    core = np.zeros(count + 1)
    np.maximum.at(core, cells.ravel(), deep.ravel())
    # depths go from centre to centre: half a voxel further than the radius
    thick = core >= (config.least_radius_voxels + 0.5) * step
    root = _cluster(cells, valley, thick, core < PAPER * step, LEAST_MM3 / one, SHELL_MM3 / one)
    roots = np.unique(root[1:])
    if len(roots) < 2:
        return whole, {}
    table = np.zeros(count + 1, np.uint32)
    table[1:] = np.searchsorted(roots, root[1:]) + 1
    parts = table[cells]
    # what is held all around is the inside of a thing
    parts = compose(parts)[0]
    pair, faces, low = _faces(parts, valley)
    top = int(parts.max()) + 1
    return parts, {(int(p) // top, int(p) % top): float(s / n) for p, n, s in zip(pair, faces, low, strict=True)}


def _faces(cells: Labels32, valley: Bool) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Of each pair of touching cells (as ``a * (count + 1) + b``, a < b): faces, and those in a valley."""
    top = int(cells.max()) + 1
    keys, wet = [], []
    for axis in range(3):
        n = cells.shape[axis]
        low = tuple(slice(0, n - 1) if k == axis else slice(None) for k in range(3))
        high = tuple(slice(1, n) if k == axis else slice(None) for k in range(3))
        a, b = cells[low], cells[high]
        at = np.nonzero((a != b) & (a > 0) & (b > 0))
        p, q = a[at].astype(np.int64), b[at].astype(np.int64)
        keys.append(np.minimum(p, q) * top + np.maximum(p, q))
        wet.append((valley[low][at] | valley[high][at]).astype(np.float64))
    pair, place = np.unique(np.concatenate(keys), return_inverse=True)
    dark = np.bincount(place, weights=np.concatenate(wet), minlength=len(pair)).astype(np.float64)
    return pair, np.bincount(place, minlength=len(pair)).astype(np.float64), dark


def _cluster(
    cells: Labels32, valley: Bool, thick: NDArray[np.bool_], paper: NDArray[np.bool_], least: float, shell: float
) -> NDArray[np.int64]:
    """Join cells over the border of which the least share is valley, while that is less than a seam's.

    What is left smaller than `least` voxels, or `shell` where no cell of it is `thick`, then joins what it lies
    against most, and so does a part of a wall all of `paper` that was cut across.
    """
    count = len(thick) - 1
    thick, paper = thick.copy(), paper.copy()
    beside: list[dict[int, tuple[float, float]]] = [{} for _ in range(count + 1)]
    pair, faces, dark = _faces(cells, valley)
    for key, n, s in zip(pair.tolist(), faces.tolist(), dark.tolist(), strict=True):
        a, b = divmod(key, count + 1)
        beside[a][b] = beside[b][a] = (n, s)

    def rank(n: float, s: float) -> float:
        return (s + SEAM * DOUBT) / (n + DOUBT)

    heap = [(rank(n, s), -n, a, b) for a in range(count + 1) for b, (n, s) in beside[a].items() if a < b]
    heapq.heapify(heap)
    root = np.arange(count + 1)
    size = np.bincount(cells.ravel(), minlength=count + 1)

    def join(a: int, b: int) -> None:
        del beside[a][b], beside[b][a]
        for c, (m, s) in beside[b].items():
            m0, s0 = beside[a].get(c, (0.0, 0.0))
            beside[a][c] = beside[c][a] = (m + m0, s + s0)
            del beside[c][b]
            heapq.heappush(heap, (rank(m + m0, s + s0), -(m + m0), min(a, c), max(a, c)))
        beside[b] = {}
        size[a] += size[b]
        thick[a] |= thick[b]
        paper[a] &= paper[b]
        root[b] = a

    while heap:
        share, n, a, b = heapq.heappop(heap)
        if share >= SEAM:
            break
        if beside[a].get(b, (0.0, 0.0))[0] == -n:
            join(a, b)

    def small(k: int) -> bool:
        if root[k] != k or not beside[k]:
            return False
        if paper[k] and ACROSS[0] <= size[k] / max(n for n, _ in beside[k].values()) <= ACROSS[1]:
            return True
        return bool(size[k] < max(least if thick[k] else shell, SLIVER * max(size[c] for c in beside[k])))

    crumbs = [(int(size[k]), k) for k in range(1, count + 1) if small(k)]
    heapq.heapify(crumbs)
    while crumbs:
        was, k = heapq.heappop(crumbs)
        if size[k] != was or not small(k):
            continue
        most = max(beside[k], key=lambda c: (beside[k][c][0], -c))
        join(most, k)
        if small(most):
            heapq.heappush(crumbs, (int(size[most]), most))
    for k in range(1, count + 1):
        while root[k] != root[root[k]]:
            root[k] = root[root[k]]
    return root
