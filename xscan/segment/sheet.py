"""Bodies that lie flat on each other are parted along plane dark sheets between them.

Two faces leave a slit of air that blur fills to a faint dip. Near metal a streak may be as dark, and as flat; but a
streak ends within a body or runs straight through it, whereas where two bodies meet the outline has a step: seldom
are they of one size and one turn. So a sheet is a cut where it dips nearly everywhere and most of its rim is a step.
Sheets are looked for among voxels where values bend up along one direction alone (Frangi et al., MICCAI 1998).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from xscan.segment.geometry import F32, Bool, Labels32, components, near_cubic
from xscan.segment.matter import borders

__all__ = ["part_sheets"]

SCALE = 1.5  # voxels, standard deviation at which values are bent: that of the blur of a slit
FAINT = 0.008  # of a value, that it bends up by within that
FAINT_SIGMA = 0.25  # the same in standard deviations of the noise, of which the scale leaves a tenth
SHEET = 0.6  # of the strongest bend, that the next may be
DIRECTIONS = 400  # over half of a ball, 8 degrees apart
WITHIN = float(np.cos(np.radians(14)))  # of a direction, that normals are counted for it
ALONG = float(np.cos(np.radians(25)))  # of its own direction, that normals of a sheet lie
THICK = 1.5  # voxels to either side of its plane, that a sheet is looked for in
FEWEST = 80  # voxels of a sheet
MOST = 40  # planes of a body
PATCH = 4  # voxels, the edge of a patch
FULL = 6  # voxels with matter on both sides, that a patch is judged from
PATCHES = 5  # to judge a sheet by
ASIDE = 3  # voxels to either side, where blur has ended
DIP = 0.02  # of what is beside it, that a patch lies lower by
DARK = 0.6  # of the patches that must dip
SHORT = 4  # voxels of the section's rim, that a sheet may fall short of
COVER = 0.6  # of a section that a sheet holds, from which it is taken for all of it
STEP = 0.6  # of the rim that must be a step
RIM = 3  # voxels outside of a section, where its rim is looked at
HALF = 0.9  # voxels, half of the thickness of a cut that no face of a voxel leads across
LEAST_MM3 = 1000.0  # of a part; a thimble has as much

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class _Plane:
    """A plane, and two directions in it; all (z, y, x), in voxels."""

    normal: Floats
    offset: float
    u: Floats
    v: Floats

    def at(self, cells: Ints) -> Floats:
        """Places of cells (n, 2) of its grid."""
        return np.asarray(self.offset * self.normal + cells[:, :1] * self.u + cells[:, 1:] * self.v)


def part_sheets(
    body: Bool, values: F32, noise: float, voxel_mm: Sequence[float]
) -> tuple[Labels32, dict[tuple[int, int], float]]:
    """Part a connected body along flat sheets.

    Parameters
    ----------
    body : mask (z, y, x)
    values : attenuation, 0 outside of the body
    noise : standard deviation of `values`
    voxel_mm : voxel size

    Returns
    -------
    parts : uint32 (z, y, x), from 1 where `body`
    steps : by pair of parts that touch, the lower first: share of the cuts' rims that is a step
    """
    from xscan_kernels import watershed

    whole = body.astype(np.uint32)
    least = LEAST_MM3 / float(np.prod(voxel_mm))
    if body.sum() < 2 * least or not near_cubic(voxel_mm):
        return whole, {}
    cut = np.zeros(body.shape, bool)
    worst = 1.0
    for plane, cells in _sheets(body, values, noise):
        step = _judge(plane, cells, body, values, cut)
        worst = min(worst, step) if step >= STEP else worst
    if not cut.any():
        return whole, {}
    seeds, count = components(body & ~cut, 6, max(int(least), 2 * ASIDE * FEWEST))
    if count < 2:
        return whole, {}
    parts = watershed(np.zeros(body.shape, np.float32), seeds, body, 26)
    return parts, {(b.a, b.b): worst for b in borders(parts)}


def _sheets(body: Bool, values: F32, noise: float) -> Iterator[tuple[_Plane, Ints]]:
    """Planes along which values bend up, and the cells of each piece of them that is large enough."""
    from scipy import ndimage as ndi

    places, normals = _bent(body, values, noise)
    for plane, mine in _planes(places, normals):
        cells = np.round(np.stack([mine @ plane.u, mine @ plane.v], axis=1)).astype(np.int64)
        low = cells.min(axis=0) - 3
        grid = np.zeros(tuple(cells.max(axis=0) - low + 4), bool)
        grid[tuple((cells - low).T)] = True
        grid = ndi.binary_closing(grid, np.ones((3, 3), bool), iterations=2)
        pieces, count = ndi.label(grid, np.ones((3, 3)))
        for k in range(1, count + 1):
            piece = ndi.binary_fill_holes(pieces == k)
            if piece.sum() >= FEWEST:
                yield plane, np.argwhere(piece) + low


def _bent(body: Bool, values: F32, noise: float) -> tuple[Floats, Floats]:
    """Where values are least across a sheet, to a part of a voxel, and the sheet's normal there; (n, 3) each."""
    from scipy import ndimage as ndi

    def bend(*order: int) -> F32:
        return np.asarray(ndi.gaussian_filter(values, SCALE, order=order, mode="nearest", truncate=3.0))

    straight = [bend(2, 0, 0), bend(0, 2, 0), bend(0, 0, 2)]
    least = np.maximum(np.float32(FAINT) * values, np.float32(FAINT_SIGMA * noise)) / np.float32(SCALE**2)
    # the others are less than `SHEET`, and may be below zero
    at = np.nonzero(body & (sum(straight) > (1 - SHEET / 2) * least))
    matrix = np.empty((len(at[0]), 3, 3))
    for i, own in enumerate(straight):
        matrix[:, i, i] = own[at]
    for i, j, order in ((0, 1, (1, 1, 0)), (0, 2, (1, 0, 1)), (1, 2, (0, 1, 1))):
        matrix[:, i, j] = matrix[:, j, i] = bend(*order)[at]
    rates, ways = np.linalg.eigh(matrix)
    most, normals = rates[:, 2], ways[:, :, 2]
    slope = np.stack([bend(1, 0, 0)[at], bend(0, 1, 0)[at], bend(0, 0, 1)[at]], axis=1)
    off = -(slope * normals).sum(axis=1) / np.maximum(most, 1e-9)
    flat = (most > least[at]) & (np.abs(rates[:, 1]) < SHEET * most) & (np.abs(off) < 1.2)
    return (np.stack(at, axis=1) + off[:, None] * normals)[flat], normals[flat]


def _planes(places: Floats, normals: Floats) -> Iterator[tuple[_Plane, Floats]]:
    """The planes that most places lie in, one by one, with those."""
    z = (np.arange(DIRECTIONS) + 0.5) / DIRECTIONS
    turn = np.pi * (1 + np.sqrt(5.0)) * np.arange(DIRECTIONS)
    ways = np.stack([z, np.sqrt(1 - z * z) * np.cos(turn), np.sqrt(1 - z * z) * np.sin(turn)], axis=1)
    if len(places) < FEWEST:
        return
    # a Hough transform, in which every place counts for the directions near its normal
    near = [np.flatnonzero(np.abs(normals @ way) > WITHIN) for way in ways]
    along = np.concatenate([places[at] @ way for at, way in zip(near, ways, strict=True)])
    origin = float(along.min(initial=0.0))
    slots = ((along - origin) / 2).astype(np.int64)
    wide = int(slots.max(initial=0)) + 2
    slots += np.repeat(np.arange(DIRECTIONS) * wide, [len(at) for at in near])
    of = np.concatenate(near)
    left = np.ones(len(places), bool)
    for _ in range(MOST):
        held = np.bincount(slots[left[of]], minlength=DIRECTIONS * wide).reshape(DIRECTIONS, wide)
        pairs = held[:, :-1] + held[:, 1:]
        k, slot = np.unravel_index(int(pairs.argmax()), pairs.shape)
        if pairs[k, slot] < FEWEST:
            return
        way, offset = ways[k], origin + 2 * (float(slot) + 1)
        first = left & (np.abs(places @ way - offset) < 2)
        for reach in (2.0, 1.7, 1.5, 1.2, 1.2):
            mine = left & (np.abs(places @ way - offset) < reach) & (np.abs(normals @ way) > ALONG)
            if mine.sum() < FEWEST / 2:
                break
            middle = places[mine].mean(axis=0)
            way = np.linalg.eigh(np.cov((places[mine] - middle).T))[1][:, 0]
            offset = float(middle @ way)
        mine = left & (np.abs(places @ way - offset) < THICK) & (np.abs(normals @ way) > ALONG)
        if mine.sum() >= FEWEST / 2:
            u = np.cross(way, np.eye(3)[np.abs(way).argmin()])
            u /= np.linalg.norm(u)
            yield _Plane(way, offset, u, np.cross(way, u)), places[mine]
        else:
            mine = first
        left &= ~mine


def _judge(plane: _Plane, cells: Ints, body: Bool, values: F32, cut: Bool) -> float:
    """Share of the rim of a sheet that is a step, 0 where it does not dip; the cut of one that parts joins `cut`."""
    from scipy import ndimage as ndi

    if not _dark(plane, cells, body, values):
        return 0.0
    # the section of the body, of whose rim the sheet may fall short
    corners = np.array(list(product(*((0, n) for n in body.shape))), np.float64)
    across = np.stack([corners @ plane.u, corners @ plane.v], axis=1)
    low = np.minimum(np.floor(across.min(axis=0)).astype(np.int64), cells.min(axis=0)) - RIM
    size = tuple(np.maximum(np.ceil(across.max(axis=0)).astype(np.int64), cells.max(axis=0)) - low + 1 + RIM)
    section, _ = ndi.label(_between(body, plane, plane.at(np.argwhere(np.ones(size, bool)) + low), 1.0).reshape(size))
    sheet = np.zeros(size, bool)
    sheet[tuple((cells - low).T)] = True
    inside = section[sheet & (section > 0)]
    if not len(inside):
        return 0.0
    face = np.asarray(section == np.bincount(inside).argmax())
    if (face & sheet).sum() < COVER * face.sum():
        face &= ndi.binary_dilation(sheet, iterations=SHORT)
    if not _dark(plane, np.argwhere(face) + low, body, values):
        return 0.0
    rim = ndi.binary_dilation(face, iterations=RIM) & ~ndi.binary_dilation(face, iterations=RIM - 1)
    places = plane.at(np.argwhere(rim) + low)
    beside = [_held(body, places + off * plane.normal) for off in (-ASIDE - 1, -ASIDE, ASIDE, ASIDE + 1)]
    step = float((np.any(beside, axis=0) & ~_between(body, plane, places, 1.0)).mean())
    if step >= STEP:
        at = np.argwhere(body)
        at = at[np.abs(at @ plane.normal - plane.offset) <= HALF]
        cell = np.round(np.stack([at @ plane.u, at @ plane.v], axis=1)).astype(np.int64) - low
        wide = ndi.binary_dilation(face, np.ones((3, 3), bool))
        cut[tuple(at[wide[tuple(cell.T)]].T)] = True
    return step


def _held(body: Bool, places: Floats) -> Bool:
    """Whether places (n, 3) lie in the body."""
    at = np.round(places).astype(np.int64)
    inside = ((at >= 0) & (at < body.shape)).all(axis=1)
    out = np.zeros(len(at), bool)
    out[inside] = body[tuple(at[inside].T)]
    return out


def _between(body: Bool, plane: _Plane, places: Floats, off: float) -> Bool:
    """Whether there is matter on both sides of places (n, 3) in a plane."""
    return _held(body, places - off * plane.normal) & _held(body, places + off * plane.normal)


def _dark(plane: _Plane, cells: Ints, body: Bool, values: F32) -> bool:
    """Whether a sheet lies lower than what is on both sides of it in nearly all of its patches."""
    from scipy import ndimage as ndi

    places = plane.at(cells)
    between = _between(body, plane, places, ASIDE)
    if not between.any():
        return False
    patch = np.unique(cells[between] // PATCH, axis=0, return_inverse=True)[1].ravel()
    count = np.bincount(patch)
    if (count >= FULL).sum() < PATCHES:
        return False
    across = []
    for off in range(-ASIDE - 1, ASIDE + 2):
        value = ndi.map_coordinates(values, (places[between] + off * plane.normal).T, order=1)
        across.append((np.bincount(patch, value) / count)[count >= FULL])
    sides = np.minimum(np.max(across[:3], axis=0), np.max(across[-3:], axis=0))
    dips = sides - np.min(across[3:-3], axis=0) > DIP * sides
    return bool(dips.mean() >= DARK)
