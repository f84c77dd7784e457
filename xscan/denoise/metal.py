"""Streaks and shadows of metal, taken away by what beam hardening does to second and third order.

A ray that crosses metal reads too little, by an amount that grows with powers of what it crossed: of metal alone, of
metal times the rest, and of all. Each of these is projected back to an image of its own; how much of each a slice
needs is found in the slice itself, whose air must come out as near to nothing as it can while goods change little. No
spectrum and no kind of metal need be known, and no ray is thrown away, so that what lies between two pieces of metal
is kept. (After Kyriakou, Meyer, Prell, Kachelrieß, Med. Phys. 37 (2010) 5179; terms as of Joseph and Spital, J.
Comput. Assist. Tomogr. 2 (1978) 100.)
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

__all__ = ["METAL", "without_streaks"]

Array = NDArray[np.float32]
Bool = NDArray[np.bool_]

METAL = 3000.0  # MHU: above aluminium, glass and glazed ceramics (2000 to 2700)
AIR = 300.0  # MHU, below which a smoothed voxel may be air; carton walls and loose cloth among it pull both ways alike
CELLS = 128  # across a slice, in which streaks are reckoned; they are smooth but where they start
ANGLES = 80  # of projections; with 180 what is left in air differs by less than 1 %
LOOKS = 6  # at what is air: where streaks hid it before, it shows when they are gone
STILL = 0.1  # weight of goods, which are to change little, against air, which is to come out as nothing
ALONG = 1.0  # slices, standard deviation, over which shares are found together
LEAST_AIR = 64  # cells, below which a slice is left as it is
STEADY = 1e-3  # of the square of a term, that keeps terms which look alike from growing against each other
SLAB = 32  # slices at once
NEAR = 15  # voxels across, within which streaks take about as much from one place as from another


def without_streaks(
    values: Array, tell: Callable[[float], None] = lambda _: None
) -> tuple[Array, Array | None, tuple[int, int, int]]:
    """Take away what metal throws over the rest of its slices.

    Metal itself is left as it is, and slices without metal are.

    Parameters
    ----------
    values : float32 (z, y, x)
        Attenuation, MHU, of square pixels.
    tell : told the share that is done

    Returns
    -------
    cleaned : float32 (z, y, x)
        The same array where there is nothing to do.
    moved : float32 (z, cells, cells), None where there is nothing to do
        The mean change in a cell, whatever its sign, MHU.
    cell : voxels of a cell along z, y, x
    """
    found = np.flatnonzero(values.max(axis=(1, 2)) > METAL)
    step = max(1, -(-max(values.shape[1:]) // CELLS))
    if not found.size:
        return values, None, (1, step, step)
    slabs = [found[start : start + SLAB] for start in range(0, found.size, SLAB)]
    cells = np.concatenate([_cells(values[some], step) for some in slabs])
    metal_cells = (np.where(values[some] > METAL, values[some], np.float32(0)) for some in slabs)
    dense = np.concatenate([_cells(metal, step) for metal in metal_cells])
    tell(0.1)
    coarse, beside = _streaks(cells, dense, found, lambda share: tell(0.1 + 0.6 * share))
    out = values.copy()
    moved = np.zeros((len(values), *cells.shape[1:]), np.float32)
    done = 0
    for some in slabs:
        seen = values[some]
        metal = seen > METAL
        here = slice(done, done + some.size)
        change = _fine(coarse[here], step, seen.shape)
        # a cell is wider than metal's edge is sharp: beside metal its glow is taken away and nothing is put there
        near = beside[here].repeat(step, 1).repeat(step, 2)[:, : seen.shape[1], : seen.shape[2]]
        np.minimum(change, 0, out=change, where=near)
        np.minimum(change, _short(seen, metal), out=change)
        change[metal] = 0
        out[some] += change
        moved[some] = _cells(np.abs(change), step)
        done += some.size
        tell(0.7 + 0.3 * done / found.size)
    return out, moved, (1, step, step)


def _streaks(cells: Array, dense: Array, slices: NDArray[np.intp], tell: Callable[[float], None]) -> tuple[Array, Bool]:
    """What to add to every cell, and which cells hold metal or lie beside it."""
    from scipy import ndimage as ndi

    terms = _terms(cells, dense, tell)
    beside = np.asarray(ndi.maximum_filter(dense, size=(1, 3, 3)) > 0)
    usable = ~beside & _in_view((cells.shape[1], cells.shape[2]))
    change = np.zeros_like(cells)
    for _ in range(LOOKS):
        air = usable & (ndi.median_filter(cells + change, size=(1, 3, 3)) < AIR)
        change = _least(cells, terms, air, usable & ~air, slices)
    return change, beside


def _terms(cells: Array, dense: Array, tell: Callable[[float], None]) -> Array:
    """Images (term, z, y, x) of what hardening does to second and third order, whatever their scale."""
    from xscan_kernels.projecting import backproject, project_parallel

    shape = (cells.shape[1], cells.shape[2])
    detectors = int(np.ceil(np.hypot(*shape))) | 1
    angles = np.arange(ANGLES) * np.pi / ANGLES
    through = project_parallel(dense, angles, detectors)
    crossed = np.maximum(project_parallel(cells, angles, detectors), 0)
    most = through.max()
    through /= most
    crossed /= most
    crossed *= through > 0
    orders: tuple[Callable[[], Array], ...] = (
        lambda: through**2,
        lambda: through**3,
        lambda: through * np.maximum(crossed - through, 0),
        lambda: crossed**2,
        lambda: crossed**3,
    )
    terms = np.empty((len(orders), *cells.shape), np.float32)
    for k, order in enumerate(orders):
        terms[k] = backproject(order(), angles, shape, window="hann")
        tell((k + 1) / len(orders))
    return terms


def _least(cells: Array, terms: Array, air: Bool, goods: Bool, slices: NDArray[np.intp]) -> Array:
    """Sum of terms that brings air closest to nothing and changes goods little.

    Air alone does not tell what the terms do within a closed tin: shares that differ by much there may do the same
    outside. Metal runs on from slice to slice, and so do its shares.
    """
    from scipy import ndimage as ndi

    count = len(terms)
    normal = np.zeros((slices[-1] + 1, count, count))
    wanted = np.zeros((slices[-1] + 1, count))
    for k, z in enumerate(slices):
        here, there = (terms[:, k][:, at].astype(np.float64) for at in (air[k], goods[k]))
        normal[z] = here @ here.T + STILL * there @ there.T
        wanted[z] = here @ -cells[k][air[k]].astype(np.float64)
    normal, wanted = (ndi.gaussian_filter1d(a, ALONG, axis=0, mode="constant", truncate=3.0) for a in (normal, wanted))
    total = np.zeros_like(cells)
    for k, z in enumerate(slices):
        if air[k].sum() < LEAST_AIR:
            continue
        scale = np.sqrt(np.diag(normal[z])) + 1e-12
        shares = np.linalg.solve(normal[z] / np.outer(scale, scale) + STEADY * np.eye(count), wanted[z] / scale) / scale
        total[k] = np.tensordot(shares, terms[:, k], axes=1)
    return total


def _short(seen: Array, metal: Bool) -> Array:
    """The most that is given back to a voxel: what the darkest place near by is short of air.

    What shows as air near metal is brought up to air, no higher: there streaks are steeper than the terms, and whether
    goods are in the shadow it does not tell.
    """
    from scipy import ndimage as ndi

    short = np.maximum(-ndi.minimum_filter(seen, size=(1, NEAR, NEAR)), np.float32(0))
    close = ndi.maximum_filter(metal, size=(1, 2 * NEAR + 1, 2 * NEAR + 1))
    return np.where(close & (seen < AIR), np.maximum(-seen, 0), short)


def _in_view(shape: tuple[int, int]) -> Bool:
    """The circle that scanners reconstruct; beyond it some write a constant."""
    y, x = (np.arange(n) - (n - 1) / 2 for n in shape)
    return np.asarray(np.hypot(y[:, None], x[None]) < min(shape) / 2)


def _cells(values: Array, step: int) -> Array:
    """Means over `step` by `step` voxels; beyond the last voxel is air."""
    if step == 1:
        return values
    spare = [(0, 0), *((0, -n % step) for n in values.shape[1:])]
    padded = np.pad(values, spare)
    z, y, x = padded.shape
    means: Array = padded.reshape(z, y // step, step, x // step, step).mean(axis=(2, 4))
    return means


def _fine(coarse: Array, step: int, shape: tuple[int, ...]) -> Array:
    """Cells spread over their voxels, linear between their middles."""
    for axis in (1, 2):
        place = np.clip((np.arange(shape[axis]) + 0.5) / step - 0.5, 0, coarse.shape[axis] - 1)
        below = np.floor(place).astype(np.intp)
        share = (place - below).astype(np.float32).reshape(tuple(-1 if k == axis else 1 for k in range(3)))
        first = np.take(coarse, below, axis=axis)
        second = np.take(coarse, np.minimum(below + 1, coarse.shape[axis] - 1), axis=axis)
        coarse = first + (second - first) * share
    return np.ascontiguousarray(coarse)
