"""The flat faces that a parcel shows to the outside, and the box they make, at any angle.

Looking along the rows of the volume from all six sides, the first matter that is met is the outside. Planes are
fitted to these first hits by random sampling (Fischler, Bolles 1981), so that streaks and whatever else stands
before a face do not move it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xscan.segment.geometry import F32, Bool

__all__ = ["Box", "Face", "find_box"]

TRIALS = 400
SAMPLE = 4000
LEAST_SHARE = 0.2  # of the hits from one side that a plane must explain: at 45° two faces share them
SHUT = 0.5  # of a side, from which it is no open one whose face was not found
BEYOND = 0.05  # of all matter, that lies outside of a face of a carton at most: streaks
ANGLE = np.cos(np.radians(87.0))  # faces meet at right angles within 3°

Vector = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Face:
    """A plane: ``normal @ position_mm = offset``, the normal pointing into the box.

    Parameters
    ----------
    normal : unit vector (z, y, x)
    offset : mm
    area_mm2 : of the clear hits that lie on it
    """

    normal: Vector
    offset: float
    area_mm2: float


@dataclass(frozen=True, eq=False)
class Box:
    """Faces at right angles.

    Parameters
    ----------
    faces : four to six
    lids : planes that stand in for missing faces, where the matter ends
    """

    faces: tuple[Face, ...]
    lids: tuple[Face, ...]

    def depth(self, shape: Sequence[int], voxel_mm: Sequence[float]) -> F32:
        """Distance (mm) of every voxel centre to the nearest face; negative outside of the box."""
        return _depth(self.faces, shape, voxel_mm)

    def under_lids(self, shape: Sequence[int], voxel_mm: Sequence[float]) -> Bool:
        """Whether each voxel lies where there is matter, on the sides that show no face."""
        return _depth(self.lids, shape, voxel_mm) >= 0 if self.lids else np.ones(tuple(shape), bool)

    def is_open(self, matter: Bool, depth: F32, voxel_mm: Sequence[float]) -> bool:
        """Whether one side shows no face, and not much else: goods may stand out of a tray."""
        if len(self.lids) != 1:
            return False
        skin = (np.abs(_depth(self.lids, matter.shape, voxel_mm)) <= 1.5 * max(voxel_mm)) & (depth >= 0)
        return bool(skin.any()) and _met(matter, skin) < SHUT

    def covered(self, matter: Bool, depth: F32, voxel_mm: Sequence[float], clear: Bool) -> float:
        """Share of the skin under the faces, where it is `clear` of artefacts, with matter within a voxel."""
        step = max(voxel_mm)
        skin = (depth >= 0) & (depth <= 1.5 * step) & self.under_lids(matter.shape, voxel_mm)
        if (skin & clear).any():
            skin &= clear
        return _met(matter, skin) if skin.any() else 0.0


def _met(matter: Bool, skin: Bool) -> float:
    """Share of a skin with matter within a voxel."""
    from xscan_kernels import maximum_filter

    return float(maximum_filter(matter, 3)[skin].mean())


def _depth(faces: Sequence[Face], shape: Sequence[int], voxel_mm: Sequence[float]) -> F32:
    axes = [(np.arange(n) + 0.5) * v for n, v in zip(shape, voxel_mm, strict=True)]
    nearest = np.full(tuple(shape), np.inf, np.float32)
    for face in faces:
        z, y, x = (c * a for c, a in zip(face.normal, axes, strict=True))
        plane = (z[:, None, None] + y[None, :, None]).astype(np.float32)
        np.minimum(nearest, plane + (x - face.offset).astype(np.float32)[None, None, :], out=nearest)
    return nearest


def find_box(matter: Bool, clear: Bool, voxel_mm: Sequence[float]) -> Box | None:
    """Find the box whose faces a parcel shows to the outside.

    Parameters
    ----------
    matter : mask (z, y, x)
    clear : voxels that artefacts hardly reach; streaks can stand before a face, or look like one
    voxel_mm : voxel size

    Returns
    -------
    Box or None
        None where fewer than four faces at right angles were found.
    """
    voxel = np.asarray(voxel_mm)
    rng = np.random.default_rng(0)
    faces: list[Face] = []
    for axis in range(3):
        for side in (1, -1):
            hits, sure = _first_hits(matter, clear, axis, side, voxel)
            pixel = float(np.prod(np.delete(voxel, axis)))
            for _ in range(2):
                plane, inliers = _plane(hits, float(voxel.max()), rng)
                if plane is None or inliers.sum() < LEAST_SHARE * len(hits):
                    break
                normal, offset = plane
                if normal[axis] * side < 0:
                    normal, offset = -normal, -offset
                faces.append(Face(normal, offset, float(sure[inliers].sum()) * pixel / abs(float(normal[axis]))))
                hits, sure = hits[~inliers], sure[~inliers]
    return _assemble(faces, matter, clear, voxel)


def _first_hits(matter: Bool, clear: Bool, axis: int, side: int, voxel: Vector) -> tuple[Vector, NDArray[np.bool_]]:
    """Positions (n, 3), mm, of the outer edge of the first matter along each row, and whether each is clear."""
    looked = np.moveaxis(matter, axis, 0)[::side]
    first = looked.argmax(axis=0)
    met: Bool = np.asarray(looked.any(axis=0))
    rows = np.argwhere(met)
    sure = np.take_along_axis(np.moveaxis(clear, axis, 0)[::side], first[None], 0)[0][met]
    at = first[met].astype(np.float64)
    at = at if side > 0 else matter.shape[axis] - at
    out = np.empty((len(rows), 3))
    out[:, axis] = at * voxel[axis]
    for k, other in enumerate(i for i in range(3) if i != axis):
        out[:, other] = (rows[:, k] + 0.5) * voxel[other]
    return out, sure


def _plane(
    points: Vector, tolerance: float, rng: np.random.Generator
) -> tuple[tuple[Vector, float] | None, NDArray[np.bool_]]:
    """The plane that most points lie on, refined by least squares."""
    none = np.zeros(len(points), bool)
    if len(points) < 50:
        return None, none
    some = points[rng.integers(len(points), size=min(SAMPLE, len(points)))]
    three = some[rng.integers(len(some), size=(TRIALS, 3))]
    normals = np.cross(three[:, 1] - three[:, 0], three[:, 2] - three[:, 0])
    length = np.linalg.norm(normals, axis=1)
    three, normals = three[length > 1.0], normals[length > 1.0] / length[length > 1.0, None]
    if not len(normals):
        return None, none
    offsets = np.einsum("ij,ij->i", normals, three[:, 0])
    votes = (np.abs(some @ normals.T - offsets) <= tolerance).sum(axis=0)
    best = int(votes.argmax())
    normal, offset = normals[best], float(offsets[best])
    inliers = np.abs(points @ normal - offset) <= tolerance
    for _ in range(2):
        on = points[inliers]
        centre = on.mean(axis=0)
        normal = np.linalg.eigh(np.cov((on - centre).T))[1][:, 0]
        offset = float(normal @ centre)
        inliers = np.abs(points @ normal - offset) <= tolerance
        if inliers.sum() < 50:
            return None, none
    return (normal, offset), inliers


def _assemble(faces: list[Face], matter: Bool, clear: Bool, voxel: Vector) -> Box | None:
    """Keep the faces that meet at right angles, the largest first."""
    faces = sorted(faces, key=lambda f: -f.area_mm2)
    if not faces:
        return None
    first = faces[0].normal
    second = next((f.normal for f in faces if abs(float(f.normal @ first)) < ANGLE), None)
    if second is None:
        return None
    third = np.cross(first, second)
    third /= np.linalg.norm(third)
    axes = np.stack([first, np.cross(third, first), third])
    kept: dict[tuple[int, int], Face] = {}
    for face in faces:
        along = axes @ face.normal
        k = int(np.abs(along).argmax())
        if abs(float(along[k])) > np.cos(np.radians(3.0)):
            kept.setdefault((k, 1 if along[k] > 0 else -1), face)
    some = matter[::2, ::2, ::2]
    sure = some & clear[::2, ::2, ::2]
    points, told = ((np.argwhere(m) * 2 + 0.5) * voxel for m in (some, sure if sure.any() else some))
    # where a carton's own face does not show, as on a belt, what lies in it may show one
    slack = 2 * float(voxel.max())
    kept = {k: f for k, f in kept.items() if np.mean(told @ f.normal < f.offset - slack) <= BEYOND}
    if len(kept) < 4:
        return None
    return Box(tuple(kept[k] for k in sorted(kept)), _lids(kept, axes, points))


def _lids(kept: dict[tuple[int, int], Face], axes: Vector, points: Vector) -> tuple[Face, ...]:
    """Planes where the matter ends, on the sides that show no face."""
    missing = [(k, side) for k in range(3) for side in (1, -1) if (k, side) not in kept]
    return tuple(Face(axes[k] * side, float(np.quantile(points @ axes[k] * side, 0.01)), 0.0) for k, side in missing)
