"""Pictures of triangle surfaces: a z-buffer in numpy, shaded by one lamp beside the eye."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from xscan.model import Mesh

__all__ = ["normals", "principal_views", "surface_pictures"]

Array = NDArray[np.float64]
LAMP = np.array([-0.35, -0.5, 0.79])  # x right, y down, z to the eye
PLAIN = np.array([0.76, 0.80, 0.84])
OVERSAMPLE = 2
SIZES = (2, 4, 8, 16, 32)  # boxes of triangles are tested in groups of like size, larger ones one by one
BATCH = 1 << 20  # pixel tests at once


def normals(mesh: Mesh) -> Array:
    """Return unit normals (n, 3) at the vertices: means of the faces', weighted by area."""
    a, b, c = (mesh.vertices[mesh.faces[:, i]] for i in range(3))
    across = np.cross(b - a, c - a)
    total = np.zeros_like(mesh.vertices)
    for i in range(3):
        for axis in range(3):
            total[:, axis] += np.bincount(mesh.faces[:, i], across[:, axis], len(total))
    return np.asarray(total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-12))


def principal_views(points: Array) -> list[Array]:
    """Return four turns (3, 3): broad side, the side behind it, the narrow side, and from above at a slant.

    Rows of a turn are right, down, and towards the eye; the longest axis of the points lies across.
    """
    centred = points - points.mean(axis=0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    long, mid, short = axes[:, 2], axes[:, 1], axes[:, 0]
    # the sign of an eigenvector is arbitrary; most things stand on something thinner than themselves (legs, feet)
    long, mid = (v * _sign(centred @ v) for v in (long, mid))
    short = np.cross(long, mid)
    front = np.stack([long, mid, short])
    return [
        front,
        np.stack([-long, mid, -short]),
        np.stack([short, mid, -long]),
        _turn_x(0.6) @ _turn_y(0.7) @ front,
    ]


def _sign(along: Array) -> int:
    """1 where the middle of the range lies ahead of the mean, else -1."""
    return 1 if along.max() + along.min() >= 0 else -1


def _turn_x(angle: float) -> Array:
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[1, 0, 0], [0, c, -s], [0, s, c]])


def _turn_y(angle: float) -> Array:
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])


def surface_pictures(
    mesh: Mesh, turns: Sequence[Array], *, centre: Array, span_mm: float, pixels: int, colours: Array | None = None
) -> list[NDArray[np.uint8]]:
    """Return a picture (pixels, pixels, 4) of a surface for each turn, clear where nothing is.

    Parameters
    ----------
    turns : rows of each are the directions right, down and towards the eye
    centre : point in the middle of the picture, mm
    span_mm : length that the picture's side shows
    colours : (n, 3) of the vertices, 0..1; pale grey where absent
    """
    across = normals(mesh)
    return [_picture(mesh, across, turn, centre, span_mm, pixels * OVERSAMPLE, colours) for turn in turns]


def _picture(
    mesh: Mesh, across: Array, turn: Array, centre: Array, span_mm: float, n: int, colours: Array | None
) -> NDArray[np.uint8]:
    points = (mesh.vertices - centre) @ turn.T
    points[:, :2] = (points[:, :2] / span_mm + 0.5) * n - 0.5
    face, weight = _rasterise(points, mesh.faces, n)
    seen = np.flatnonzero(face >= 0)
    corners, share = mesh.faces[face[seen]], weight[seen][:, :, None]
    normal = (across[corners] * share).sum(axis=1) @ turn.T
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-12)
    # an open or inside-out surface is lit from both sides
    lit = 0.30 + 0.70 * np.abs(normal @ LAMP) ** 0.9
    base = PLAIN if colours is None else (colours[corners] * share).sum(axis=1)
    picture = np.zeros((n * n, 4))
    picture[seen, :3] = base * lit[:, None]
    picture[seen, 3] = 1
    return _reduced(picture.reshape(n, n, 4))


def _reduced(picture: Array) -> NDArray[np.uint8]:
    n = picture.shape[0] // OVERSAMPLE
    mean = picture.reshape(n, OVERSAMPLE, n, OVERSAMPLE, 4).mean(axis=(1, 3))
    mean[..., :3] /= np.maximum(mean[..., 3:], 1e-9)
    return np.asarray((np.clip(mean, 0, 1) * 255).round().astype(np.uint8))


def _rasterise(points: Array, faces: NDArray[np.int64], n: int) -> tuple[NDArray[np.int64], Array]:
    """Face seen at each of n * n pixels (-1 where none), and its three weights there."""
    face = np.full(n * n, -1, dtype=np.int64)
    weight = np.zeros((n * n, 3))
    depth = np.full(n * n, -np.inf)
    triangles = points[faces]
    low = np.maximum(np.ceil(triangles[:, :, :2].min(axis=1)), 0).astype(np.int64)
    high = np.minimum(np.floor(triangles[:, :, :2].max(axis=1)), n - 1).astype(np.int64)
    extent = (high - low).max(axis=1) + 1
    on_picture = (high >= low).all(axis=1)
    least = 0
    for size in SIZES:
        group = np.flatnonzero(on_picture & (extent > least) & (extent <= size))
        least = size
        for start in range(0, len(group), max(1, BATCH // size**2)):
            ids = group[start : start + max(1, BATCH // size**2)]
            _fill(ids, triangles[ids], low[ids], (size, size), n, face, weight, depth)
    for i in np.flatnonzero(on_picture & (extent > least)):
        box = high[i] - low[i] + 1
        _fill(np.array([i]), triangles[i : i + 1], low[i : i + 1], (int(box[0]), int(box[1])), n, face, weight, depth)
    return face, weight


def _fill(
    ids: NDArray[np.int64],
    triangles: Array,
    low: NDArray[np.int64],
    box: tuple[int, int],
    n: int,
    face: NDArray[np.int64],
    weight: Array,
    depth: Array,
) -> None:
    """Test every pixel of boxes of `box` (x, y) pixels against its triangle, and keep the nearest."""
    x = low[:, 0, None, None] + np.arange(box[0])
    y = low[:, 1, None, None] + np.arange(box[1])[:, None]
    a, b, c = (triangles[:, i, :, None, None] for i in range(3))
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    with np.errstate(divide="ignore", invalid="ignore"):
        wb = ((x - a[:, 0]) * (c[:, 1] - a[:, 1]) - (y - a[:, 1]) * (c[:, 0] - a[:, 0])) / area
        wc = ((b[:, 0] - a[:, 0]) * (y - a[:, 1]) - (b[:, 1] - a[:, 1]) * (x - a[:, 0])) / area
        inside = (wb >= 0) & (wc >= 0) & (wb + wc <= 1) & (x < n) & (y < n)
    which, row, column = np.nonzero(inside)
    wb, wc = wb[which, row, column], wc[which, row, column]
    wa = 1 - wb - wc
    z = wa * triangles[which, 0, 2] + wb * triangles[which, 1, 2] + wc * triangles[which, 2, 2]
    pixel = (low[which, 1] + row) * n + low[which, 0] + column
    before = depth[pixel]
    np.maximum.at(depth, pixel, z)
    # of equally near triangles the first one stays: it is written last
    nearest = np.flatnonzero((z == depth[pixel]) & (z > before))[::-1]
    pixel, which = pixel[nearest], which[nearest]
    face[pixel] = ids[which]
    weight[pixel] = np.stack([wa[nearest], wb[nearest], wc[nearest]], axis=1)
