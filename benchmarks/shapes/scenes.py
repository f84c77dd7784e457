"""Small scans with bodies of known shape and pose, voxelised, blurred and noisy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage as ndi

from xscan.model import Grid, Labels, Mesh, Object, Quantities, Region, Segmentation, Unit, Volume
from xscan.template.solid import Solid, solid_of_mesh


@dataclass(frozen=True, eq=False)
class Piece:
    """One body: its mesh's solid, and how it lies and is made."""

    solid: Solid
    rotation: NDArray[np.float64]
    scale: NDArray[np.float64]
    place: NDArray[np.float64]
    wall_mm: float | None = None
    mhu: float = 1200.0


def fine_solid(mesh: Mesh) -> Solid:
    """Return a solid finer than the one that templates are matched with."""
    return solid_of_mesh(mesh, budget=600_000)


def random_rotation(rng: np.random.Generator) -> NDArray[np.float64]:
    """Evenly over SO(3)."""
    from scipy.spatial.transform import Rotation

    return Rotation.random(random_state=rng).as_matrix()


def scan(
    pieces: Sequence[Piece],
    shape: tuple[int, int, int],
    voxel_mm: float,
    *,
    seed: int,
    psf_voxels: float = 0.7,
    noise_mhu: float = 25.0,
    streaks: float = 0.0,
    merged: bool = False,
    cuts: Sequence[float] = (),
    lost: bool = False,
) -> tuple[Segmentation, Quantities]:
    """Voxelise pieces and label them as a segmentation would.

    Parameters
    ----------
    streaks : how strong what metal elsewhere in the parcel leaves is: bands of up to a fifth of a body, and clouds
    merged : give all pieces one label, as where segmentation did not part what touches
    cuts : give the voxels of the first piece beyond each of these shares of its length another label
    lost : whether the two voxels at each cut are dark, and belong to nothing, as behind a streak
    """
    rng = np.random.default_rng(seed)
    sub = 2
    value = np.zeros(tuple(n * sub for n in shape), dtype=np.float32)
    owner = np.zeros(shape, dtype=np.uint32)
    step = voxel_mm / sub
    axes = [(np.arange(n * sub) + 0.5) * step for n in shape]
    for k, piece in enumerate(pieces, start=1):
        posed = (piece.solid.points * piece.scale) @ piece.rotation.T + piece.place
        low, high = (posed.min(axis=0) - 4)[::-1], (posed.max(axis=0) + 4)[::-1]
        lo = [int(max(0, a // step)) for a in low]
        hi = [int(min(len(axis), b // step + 1)) for axis, b in zip(axes, high, strict=True)]
        here = np.zeros(value.shape, dtype=bool)
        for first in range(lo[0], hi[0], 32):  # slab by slab: a whole box of places would fill the memory
            box = (slice(first, min(first + 32, hi[0])), slice(lo[1], hi[1]), slice(lo[2], hi[2]))
            z, y, x = np.meshgrid(*[axis[cells] for axis, cells in zip(axes, box, strict=True)], indexing="ij")
            local = (np.stack([x, y, z], axis=-1).reshape(-1, 3) - piece.place) @ piece.rotation / piece.scale
            field = piece.solid.distance
            index = field.index(local).T[::-1]
            d = ndi.map_coordinates(field.values, index, order=1, mode="nearest").reshape(x.shape)
            full = np.clip(0.5 - d / step, 0, 1)
            if piece.wall_mm is not None:
                full = full - np.clip(0.5 - (d + piece.wall_mm) / step, 0, 1)
            value[box] = np.maximum(value[box], piece.mhu * full)
            here[box] = d < 0.5 * step
        owner[(here.reshape(shape[0], sub, shape[1], sub, shape[2], sub).mean(axis=(1, 3, 5)) > 0.1) & (owner == 0)] = k
    coarse = value.reshape(shape[0], sub, shape[1], sub, shape[2], sub).mean(axis=(1, 3, 5))
    image = ndi.gaussian_filter(coarse, psf_voxels)
    image += rng.normal(0, noise_mhu, shape).astype(np.float32)
    if streaks:
        image += streaks * max(p.mhu for p in pieces) * _streaks(rng, shape)
    # the mask as a threshold on the denoised image would give it
    smooth = ndi.median_filter(image, 3)
    nearest = ndi.distance_transform_edt(owner == 0, return_distances=False, return_indices=True)
    label = np.where(smooth > 0.2 * min(p.mhu for p in pieces), owner[tuple(nearest)], 0).astype(np.uint32)
    if merged:
        label = (label > 0).astype(np.uint32)
    if cuts:
        first = np.argwhere(label == 1)
        axis = int(np.argmax(np.ptp(first, axis=0)))
        at = first[:, axis]
        ends = [round(at.min() + c * np.ptp(at)) for c in cuts]
        label[tuple(first.T)] = 1 + np.searchsorted(ends, at)
        for end in ends if lost else ():
            gap = tuple(first[(at == end) | (at == end + 1)].T)
            label[gap], image[gap] = 0, 0.1 * image[gap]
    grid = Grid(shape, (voxel_mm,) * 3)
    return label_objects(grid, label), Quantities(Volume(grid, image, Unit.MHU), "nominal", noise_mhu=noise_mhu)


def _streaks(rng: np.random.Generator, shape: tuple[int, int, int]) -> NDArray[np.float32]:
    """Three bands, dark or bright, in slices and across, and clouds of some voxels' size."""
    clouds = ndi.gaussian_filter(rng.normal(size=shape), 1.5)
    out = 0.04 * clouds / clouds.std()
    y, x = np.meshgrid(*[np.arange(n) - n / 2 for n in shape[1:]], indexing="ij")
    z = np.arange(shape[0])[:, None, None]
    for _ in range(3):
        angle = rng.uniform(0, np.pi)
        across = x * np.sin(angle) - y * np.cos(angle) - rng.uniform(-0.25, 0.25) * min(shape[1:])
        band = np.exp(-((across / rng.uniform(1, 3)) ** 2))[None] * np.exp(-(((z - rng.uniform(0, shape[0])) / 8) ** 2))
        out += rng.choice([-1, 1]) * rng.uniform(0.05, 0.2) * band
    return out.astype(np.float32)


def label_objects(grid: Grid, label: NDArray[np.uint32]) -> Segmentation:
    """One object a label."""
    regions, objects = [], []
    for i, window in enumerate(ndi.find_objects(label.astype(np.int32)), start=1):
        if window is None:
            continue
        where = np.argwhere(label[window] == i) + [s.start for s in window]
        bbox = (tuple(int(s.start) for s in window), tuple(int(s.stop) for s in window))
        centre = tuple(grid.position_mm(where.mean(axis=0)))
        regions.append(Region(i, len(where), bbox, centre))
        objects.append(Object(i, "goods", (i,), bbox, centre, len(where)))
    return Segmentation(Labels(grid, label), tuple(regions), tuple(objects))


def alone(
    mesh_solid: Solid,
    *,
    seed: int,
    voxel_mm: float,
    wall_mm: float | None,
    scale: NDArray[np.float64],
    out: float = 0.0,
    **options: object,
) -> tuple[Segmentation, Quantities, Piece]:
    """One body in the middle of a scan, turned at random; or with a share `out` of its length out of view."""
    rng = np.random.default_rng([7, seed])
    rotation = random_rotation(rng)
    posed = (mesh_solid.points * scale) @ rotation.T
    low, high = posed.min(axis=0) - 12, posed.max(axis=0) + 12
    high[0] -= (out > 0) * (12 + out * (high[0] - low[0] - 24))
    shape = tuple(int(n) for n in np.ceil((high - low) / voxel_mm)[::-1])
    piece = Piece(mesh_solid, rotation, scale, -low, wall_mm)
    segmentation, quantities = scan([piece], shape, voxel_mm, seed=seed, **options)  # type: ignore[arg-type]
    return segmentation, quantities, piece


def touching(
    solids: Sequence[Solid],
    *,
    seed: int,
    voxel_mm: float,
    wall_mm: float | None,
    scale: NDArray[np.float64],
    **options: object,
) -> tuple[Segmentation, Quantities, Piece]:
    """Bodies pushed together from random sides until they meet, under one label.

    Those that are the first one's solid are made as it is, `wall_mm` thick and scaled; the others are solid.
    """
    from scipy.spatial import cKDTree

    rng = np.random.default_rng([6, seed])
    turns = [random_rotation(rng) for _ in solids]
    scales = [scale if s is solids[0] else np.ones(3) for s in solids]
    heap = (solids[0].points * scale) @ turns[0].T
    places = [np.zeros(3)]
    for solid, own_scale, turn in zip(solids[1:], scales[1:], turns[1:], strict=True):
        other = (solid.points * own_scale) @ turn.T
        way = rng.normal(size=3)
        way /= np.linalg.norm(way)
        tree, far = cKDTree(heap), np.ptp(heap, axis=0).max() + np.ptp(other, axis=0).max()
        for _ in range(60):  # sphere tracing: never farther than the gap that is left
            gap = float(tree.query(other + far * way)[0].min())
            if gap < 0.5:
                break
            far -= 0.9 * gap
        heap = np.concatenate([heap, other + far * way])
        places.append(far * way)
    low, high = heap.min(axis=0) - 12, heap.max(axis=0) + 12
    shape = tuple(int(n) for n in np.ceil((high - low) / voxel_mm)[::-1])
    pieces = [
        Piece(s, turn, own_scale, place - low, wall_mm if s is solids[0] else None)
        for s, turn, own_scale, place in zip(solids, turns, scales, places, strict=True)
    ]
    segmentation, quantities = scan(pieces, shape, voxel_mm, seed=seed, merged=True, **options)  # type: ignore[arg-type]
    return segmentation, quantities, pieces[0]
