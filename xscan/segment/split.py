"""Bodies that touch are parted at the neck between them; limbs of one body are not.

Where two bodies touch, the cut is a pinch: far narrower than the inscribed ball of either. Where a limb leaves
a body, the cut is about as wide as the limb itself. So a cut is judged by its inscribed radius over that of the
thinner of both sides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xscan.segment.config import SegmentConfig
from xscan.segment.geometry import F32, Bool, Labels32, closed, depth, outside

__all__ = ["Cut", "split"]


@dataclass(frozen=True)
class Cut:
    """A neck that was judged.

    Parameters
    ----------
    a, b : the parts on either side
    ratio : inscribed radius of the neck over that of the thinner part
    """

    a: int
    b: int
    ratio: float


def split(body: Bool, voxel_mm: Sequence[float], config: SegmentConfig) -> tuple[Labels32, tuple[Cut, ...]]:
    """Part one connected body at its necks.

    Parameters
    ----------
    body : mask (z, y, x)
    voxel_mm : voxel size
    config : settings

    Returns
    -------
    parts : uint32 (z, y, x), from 1 where `body`
    cuts : the necks that were cut
    """
    from xscan_kernels.flooding import h_maxima, watershed

    solid = ~outside(closed(body, voxel_mm, max(voxel_mm)))
    deep = depth(solid, voxel_mm)
    step = float(max(voxel_mm))
    if float(deep.max(initial=0.0)) < 2.5 * step:
        return body.astype(np.uint32), ()
    from xscan.segment.geometry import components

    seeds, count = components(h_maxima(deep, 0.5 * step, 26), 26)
    if count < 2:
        return body.astype(np.uint32), ()
    parts = watershed(-deep, seeds, solid, 26)
    table, cuts = _judge(parts, count, deep, step, voxel_mm, config)
    parts = table[parts]
    parts[~body] = 0
    return parts, cuts


def necks(parts: Labels32, deep: F32) -> dict[tuple[int, int], float]:
    """Widest inscribed radius on the interface of each pair of touching parts."""
    found: dict[tuple[int, int], float] = {}
    for axis in range(3):
        a = parts.take(np.arange(parts.shape[axis] - 1), axis)
        b = parts.take(np.arange(1, parts.shape[axis]), axis)
        at = (a != b) & (a > 0) & (b > 0)
        low = np.minimum(
            deep.take(np.arange(deep.shape[axis] - 1), axis)[at], deep.take(np.arange(1, deep.shape[axis]), axis)[at]
        )
        pairs = np.sort(np.stack([a[at], b[at]], 1), axis=1)
        if not len(pairs):
            continue
        unique, inverse = np.unique(pairs, axis=0, return_inverse=True)
        top = np.zeros(len(unique), np.float64)
        np.maximum.at(top, inverse.ravel(), low)
        for (p, q), r in zip(unique.tolist(), top.tolist(), strict=True):
            found[p, q] = max(found.get((p, q), 0.0), r)
    return found


def _judge(
    parts: Labels32, count: int, deep: F32, step: float, voxel_mm: Sequence[float], config: SegmentConfig
) -> tuple[NDArray[np.uint32], tuple[Cut, ...]]:
    """Join parts over every neck that is no pinch, the widest first."""
    from scipy import ndimage as ndi

    ids = np.arange(1, count + 1)
    peak = dict(zip(ids.tolist(), np.asarray(ndi.maximum(deep, parts, ids)).tolist(), strict=True))
    joined = {int(i): int(i) for i in ids}
    edges = necks(parts, deep)

    def ratio(pair: tuple[int, int]) -> float:
        return edges[pair] / min(peak[pair[0]], peak[pair[1]])

    def stays(pair: tuple[int, int]) -> bool:
        return ratio(pair) < config.neck_ratio and min(peak[pair[0]], peak[pair[1]]) >= 2.5 * step

    while True:
        loose = [p for p in sorted(edges) if not stays(p)]
        if not loose:
            break
        a, b = max(loose, key=lambda p: (ratio(p), -p[0], -p[1]))
        for k, v in joined.items():
            if v == b:
                joined[k] = a
        peak[a] = max(peak[a], peak.pop(b))
        merged: dict[tuple[int, int], float] = {}
        for (p, q), r in edges.items():
            p, q = (a if p == b else p), (a if q == b else q)
            if p != q:
                key = (min(p, q), max(p, q))
                merged[key] = max(merged.get(key, 0.0), r)
        edges = merged
    names = {root: n for n, root in enumerate(sorted(set(joined.values())), 1)}
    table = np.zeros(count + 1, np.uint32)
    for k, root in joined.items():
        table[k] = names[root]
    return table, tuple(Cut(names[a], names[b], ratio((a, b))) for a, b in sorted(edges))
