"""Sparse cuts of a body: few faces between voxels, with much on either side.

The voxels of a body are nodes of a graph, faces between them its edges. Where the slowest modes of such a graph change
sign it hangs together least (Fiedler, Czech. Math. J. 23 (1973) 298; Shi, Malik, IEEE PAMI 22 (2000) 888). They are
found on blocks of voxels; the cut is then drawn voxel by voxel where the fewest faces are (Boykov, Kolmogorov, IEEE
PAMI 26 (2004) 1124).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xscan.segment.geometry import Bool, Labels32, around, beside, components, spread

__all__ = ["sparse_cuts"]

MODES = 5  # of the graph, in which cuts are looked for
BLOCKS = 3000  # about as many, in which a body is taken at first
WIDEST = 6  # voxels of a block
FEWEST = 12  # blocks, below which there is nothing to tell apart
BAND = 5  # voxels to both sides of a cut between blocks, in which it is drawn anew
LOOSE = 0.9  # faces of a cut between blocks over voxels of the smaller side to the power 2/3; half of a ball has 1.2
SPARSE = 0.6  # the same of a cut between voxels
SHIFT = 1e-5  # of a mode's rate, that keeps the graph's matrix invertible
FACE, CORNER = 2, 1  # what holds two voxels together
DIAGONAL = [s for s in product((-1, 0, 1), repeat=3) if sum(map(abs, s)) > 1 and s > (0, 0, 0)]
STRAIGHT = [(0, 0, 1), (0, 1, 0), (1, 0, 0)]

Ints = NDArray[np.int64]


def sparse_cuts(body: Bool, least: float) -> Iterator[Bool]:
    """Sides of the sparsest cuts of a body, one of each, the smaller.

    Parameters
    ----------
    body : mask (z, y, x), connected by faces, edges or corners
    least : voxels on either side of a cut
    """
    count = int(body.sum())
    if count < 2 * least:
        return
    apart = components(body, 6)[0]
    blocks, n = _blocks(body, int(np.clip(round((count / BLOCKS) ** (1 / 3)), 2, WIDEST)))
    if n < FEWEST:
        return
    a, b, hold = _edges(blocks, apart)
    size = np.bincount(blocks.ravel(), minlength=n + 1)[1:].astype(np.float64)
    found: list[Bool] = []
    for mode in _modes(a - 1, b - 1, hold, size):
        score, low = _sweep(mode, a - 1, b - 1, hold, size, least)
        if score > LOOSE:
            continue
        side = np.append(False, low)[blocks]
        if not _draw(side, body, apart):
            continue
        if 2 * int(side.sum()) > count:
            side = body & ~side
        side = _largest(side)
        mine = int(side.sum())
        if mine < least or _held(side, body, apart) > SPARSE * mine ** (2 / 3):
            continue
        if all((side != f).sum() > mine / 10 for f in found):
            found.append(side)
            yield side


def _largest(mask: Bool) -> Bool:
    parts, count = components(mask, 26)
    if count < 2:
        return mask
    sizes = np.bincount(parts.ravel())
    sizes[0] = 0
    return np.asarray(parts == sizes.argmax())


def _blocks(body: Bool, edge: int) -> tuple[Labels32, int]:
    """Label what hangs together by faces in every cube of `edge` voxels."""
    at = [np.arange(n) + np.arange(n) // edge for n in body.shape]
    wide = np.zeros([int(a[-1]) + 1 for a in at], bool)
    place = np.ix_(*at)
    wide[place] = body
    labels, count = components(wide, 6)
    return labels[place], count


def _shifted(array: NDArray[Any], step: Sequence[int]) -> tuple[NDArray[Any], NDArray[Any]]:
    """The array, and what lies a step further, where both are inside."""
    low = tuple(slice(max(0, -s), n - max(0, s)) for s, n in zip(step, array.shape, strict=True))
    high = tuple(slice(max(0, s), n + min(0, s)) for s, n in zip(step, array.shape, strict=True))
    return array[low], array[high]


def _edges(nodes: NDArray[Any], apart: Labels32) -> tuple[Ints, Ints, NDArray[np.float64]]:
    """Pairs of different nodes (0 is none) that touch, and how much holds them together, in faces.

    Corners count where nothing else joins two pieces (`apart`).
    """
    top = int(nodes.max()) + 1
    keys, holds = [], []
    for step in STRAIGHT + (DIAGONAL if int(apart.max()) > 1 else []):
        p, q = _shifted(nodes, step)
        touch = (p != q) & (p > 0) & (q > 0)
        if sum(map(abs, step)) > 1:
            u, v = _shifted(apart, step)
            touch &= u != v
        p, q = p[touch].astype(np.int64), q[touch].astype(np.int64)
        keys.append(np.minimum(p, q) * top + np.maximum(p, q))
        holds.append(np.full(len(p), FACE if sum(map(abs, step)) == 1 else CORNER))
    pair, place = np.unique(np.concatenate(keys), return_inverse=True)
    return pair // top, pair % top, np.bincount(place, weights=np.concatenate(holds)) / FACE


def _modes(a: Ints, b: Ints, hold: NDArray[np.float64], size: NDArray[np.float64]) -> NDArray[np.float64]:
    """Slowest modes of blocks that are as heavy as they are large, one a row."""
    from scipy import sparse
    from scipy.sparse import linalg

    n = len(size)
    graph = sparse.coo_array((np.r_[hold, hold], (np.r_[a, b], np.r_[b, a])), shape=(n, n)).tocsr()
    light = sparse.diags_array(1 / np.sqrt(size))
    whole = light @ (sparse.diags_array(np.asarray(graph.sum(axis=1)).ravel()) - graph) @ light
    matrix = (whole + SHIFT * sparse.eye_array(n)).tocsc()
    solved = linalg.splu(matrix, "MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True})
    back = linalg.LinearOperator((n, n), matvec=solved.solve, dtype=np.float64)
    rate, mode = linalg.eigsh(back, k=min(MODES + 1, n - 2), which="LM", v0=np.cos(np.arange(n)), tol=1e-4)
    slow = np.argsort(-rate, kind="stable")[1:]
    return np.asarray((mode[:, slow] / np.sqrt(size)[:, None]).T)


def _sweep(
    mode: NDArray[np.float64], a: Ints, b: Ints, hold: NDArray[np.float64], size: NDArray[np.float64], least: float
) -> tuple[float, Bool]:
    """The sparsest cut between blocks below and above a level of a mode, and the blocks below."""
    rank = np.empty(len(mode), np.int64)
    # modes are known to a few digits
    rank[np.argsort(np.round(mode / np.abs(mode).max(), 6), kind="stable")] = np.arange(len(mode))
    first, last = np.minimum(rank[a], rank[b]), np.maximum(rank[a], rank[b])
    cut = np.cumsum(np.bincount(first, hold, len(mode)) - np.bincount(last, hold, len(mode)))
    ordered = np.empty(len(mode))
    ordered[rank] = size
    below = np.cumsum(ordered)
    smaller = np.minimum(below, below[-1] - below)
    score = np.where(smaller >= least, cut / np.maximum(smaller, 1) ** (2 / 3), np.inf)
    best = int(score.argmin())
    return float(score[best]), rank <= best


def _draw(side: Bool, body: Bool, apart: Labels32) -> bool:
    """Move a cut, in place, to where the fewest faces are near by; False where it has no room."""
    from scipy import sparse
    from scipy.sparse import csgraph

    other = body & ~side
    front = _front(side, other)
    if not front.any():
        return False
    window = around(front, BAND + 1)
    near, mine, held = front[window], side[window], body[window]
    free = near
    for _ in range(BAND):
        free = spread(free) & held
    if not (side.sum() > (mine & free).sum() and other.sum() > (held & ~mine & free).sum()):
        return False
    nodes = np.zeros(free.shape, np.int64)
    nodes[held & ~free] = np.where(mine[held & ~free], 1, 2)
    count = int(free.sum())
    nodes[free] = np.arange(3, count + 3)
    a, b, hold = _edges(nodes, apart[window])
    rim = (a > 2) | (b > 2)
    a, b, hold = a[rim], b[rim], np.round(hold[rim] * FACE).astype(np.int32)
    shape = (count + 3, count + 3)
    room = sparse.csr_array((np.r_[hold, hold], (np.r_[a, b], np.r_[b, a])), shape=shape)
    left = room - csgraph.maximum_flow(room, 1, 2).flow
    left.data = np.maximum(left.data, 0)
    left.eliminate_zeros()
    reached = np.zeros(count + 3, bool)
    reached[csgraph.breadth_first_order(left, 1, return_predecessors=False)] = True
    mine[free] = reached[nodes[free]]
    return True


def _front(side: Bool, other: Bool) -> Bool:
    """Voxels of both sides that touch the other."""
    window = around(side, 1)
    out = np.zeros(side.shape, bool)
    mine, yours = side[window], other[window]
    out[window] = (beside(mine) & yours) | (beside(yours) & mine)
    return out


def _held(side: Bool, body: Bool, apart: Labels32) -> float:
    """Faces of a cut."""
    window = around(side, 1)
    nodes = np.where(side[window], 1, np.where(body[window], 2, 0))
    return float(_edges(nodes, apart[window])[2].sum())
