"""Parts of different matter of which one holds the other.

A drink lies against its bottle on all sides but the top; soap lies against the book beneath it with one side of six.
"""

from __future__ import annotations

import numpy as np

from xscan.segment.geometry import Labels32
from xscan.segment.matter import borders, surfaces

__all__ = ["compose"]

HELD = 0.6  # of a part's surface that must lie against what holds it; a thin slab on a table reaches a half


def compose(parts: Labels32) -> tuple[Labels32, dict[int, float]]:
    """Join parts that belong together.

    Parameters
    ----------
    parts : uint32 (z, y, x), touching parts of different matter

    Returns
    -------
    things : uint32 (z, y, x), from 1
    scores : by thing that was joined, 0..1: how firmly its loosest part is held
    """
    count = int(parts.max())
    if count < 2:
        return parts, {}
    found = borders(parts)
    shared = np.zeros((count + 1, count + 1))
    for border in found:
        shared[border.a, border.b] = shared[border.b, border.a] = len(border.points)
    surface = surfaces(parts, count)
    volume = np.bincount(parts.ravel(), minlength=count + 1)
    root = np.arange(count + 1)
    firm = np.ones(count + 1)

    def join(a: int, b: int, score: float) -> None:
        shared[a] += shared[b]
        shared[:, a] += shared[:, b]
        surface[a] += surface[b] - shared[a, a]
        shared[a, a] = 0
        shared[b], shared[:, b] = 0, 0
        firm[a] = min(firm[a], firm[b], score)
        root[root == b] = a

    while True:
        share = shared / np.maximum(surface, 1)[:, None]
        inner, outer = (int(k) for k in np.unravel_index(int(share.argmax()), share.shape))
        if share[inner, outer] < HELD:
            break
        a, b = sorted((inner, outer))
        join(a, b, min(1.0, float(share[inner, outer])))
    roots = [k for k in range(1, count + 1) if root[k] == k and volume[k]]
    names = {r: n for n, r in enumerate(roots, 1)}
    table = np.array([0] + [names[int(root[k])] for k in range(1, count + 1)], np.uint32)
    return table[parts], {names[r]: float(firm[r]) for r in roots if (root == r).sum() > 1}
