"""Poses made exact between two distance fields, and rough poses from points laid upon each other."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _refining
from ._check import as_volume, mm3, positive
from ._pool import run, slabs, thread_count

__all__ = ["FieldGrid", "lay_points", "pose_costs", "refine_poses"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class FieldGrid:
    """A distance field: ``values`` float32 (z, y, x); ``origin_mm`` and ``spacing_mm`` are x, y, z."""

    values: NDArray[np.float32]
    origin_mm: ArrayLike
    spacing_mm: ArrayLike

    def checked(self, name: str) -> tuple[NDArray[np.float32], Floats, Floats]:
        """Contiguous arrays, or an error naming the field."""
        values = as_volume(f"{name}.values", self.values, ("float32",))
        if min(values.shape) < 2:
            raise ValueError(f"{name}.values: got shape {values.shape}, expected at least 2 along each axis")
        origin = np.ascontiguousarray(self.origin_mm, np.float64)
        if origin.shape != (3,) or not np.isfinite(origin).all():
            raise ValueError(f"{name}.origin_mm: got {self.origin_mm!r}, expected three finite numbers (x, y, z)")
        return values, origin, np.array(mm3(f"{name}.spacing_mm", self.spacing_mm))


def _rows(name: str, value: ArrayLike, *shape: int) -> Floats:
    array = np.ascontiguousarray(value, np.float64)
    if array.shape[1:] != shape:
        raise ValueError(f"{name}: got shape {array.shape}, expected (n, {', '.join(map(str, shape))})")
    return array


def _poses(rotation: ArrayLike, scale: ArrayLike, place: ArrayLike, offset: ArrayLike) -> tuple[Floats, ...]:
    """Copies of the four parts of the poses, of one length."""
    found = (
        np.array(_rows("rotation", rotation, 3, 3)),
        np.array(_rows("scale", scale, 3)),
        np.array(_rows("place", place, 3)),
        np.array(_rows("offset", offset)),
    )
    if len({len(f) for f in found}) != 1:
        raise ValueError(f"poses: got {[len(f) for f in found]} of rotation, scale, place and offset")
    return found


def refine_poses(
    here: FieldGrid,
    box: tuple[ArrayLike, ArrayLike],
    x: ArrayLike,
    there: FieldGrid,
    q: ArrayLike,
    poses: tuple[ArrayLike, ArrayLike, ArrayLike, ArrayLike],
    *,
    widths_mm: Sequence[float],
    prior: ArrayLike,
    max_scale: float,
    max_offset_mm: float,
    threads: int | None = None,
) -> tuple[Floats, Floats, Floats, Floats]:
    """Improve poses ``y = R (s x) + t`` by robust Gauss-Newton steps on both distance fields.

    Parameters
    ----------
    here : FieldGrid
        Field in the frame that poses lead to; points ``x`` (n, 3), mm, are drawn to its zero.
    box : (low, high)
        Three floats x, y, z each, mm; points that fall outside of it count neither way.
    there : FieldGrid
        Field in the frame of ``x``; points ``q`` (m, 3), mm, are drawn to its zero; m may be 0.
    poses : rotation (k, 3, 3), scale (k, 3), place (k, 3), offset (k,) mm
        The zero of ``here`` is sought at the distance -offset, that of ``there`` at +offset.
    widths_mm : sequence of float
        Width of the Geman-McClure weights; one a step.
    prior : float array (10,)
        Precision, 1/mm² of mean squared residual, of place, turn, scale - 1 and offset about 0.
    max_scale, max_offset_mm : float
        How far scale may leave 1 and offset 0; with ``max_scale`` 0 both stay as they are.
    threads : int, optional

    Returns
    -------
    rotation, scale, place, offset
        Of the refined poses, in new arrays.
    """
    field, origin, spacing = here.checked("here")
    field2, origin2, spacing2 = there.checked("there")
    low, high = (np.ascontiguousarray(b, np.float64) for b in box)
    points, others = _rows("x", x, 3), _rows("q", q, 3)
    widths = np.array([positive("widths_mm", w) for w in widths_mm])
    precision = np.ascontiguousarray(prior, np.float64)
    if precision.shape != (10,) or precision.min() < 0:
        raise ValueError(f"prior: got shape {precision.shape}, expected ten numbers that are not negative")
    positive("max_scale", max_scale, zero=True)
    positive("max_offset_mm", max_offset_mm, zero=True)
    found = _poses(*poses)
    given = (field, origin, spacing, low, high, points, field2, origin2, spacing2, others, *found)
    workers = thread_count(threads)
    calls = [(*given, widths, precision, max_scale, max_offset_mm, a, b) for a, b in slabs(len(found[0]), workers * 4)]
    run(_refining.refine, calls, workers)
    return found[0], found[1], found[2], found[3]


def pose_costs(
    here: FieldGrid,
    box: tuple[ArrayLike, ArrayLike],
    x: ArrayLike,
    there: FieldGrid,
    q: ArrayLike,
    poses: tuple[ArrayLike, ArrayLike, ArrayLike, ArrayLike],
    *,
    cap_mm: float,
    mine_mm: float = np.inf,
    threads: int | None = None,
) -> Floats:
    """Mean capped distance of ``x`` from the zero of ``here`` plus that of ``q`` from the zero of ``there``.

    Parameters
    ----------
    here, box, x, there, q, poses
        As of :func:`refine_poses`.
    cap_mm : float
        Larger distances count as this; so does a side of which no point counts.
    mine_mm : float
        Points ``q`` farther outside of ``there`` do not count.
    threads : int, optional

    Returns
    -------
    float64 (k,), mm
    """
    field, origin, spacing = here.checked("here")
    field2, origin2, spacing2 = there.checked("there")
    low, high = (np.ascontiguousarray(b, np.float64) for b in box)
    found = _poses(*poses)
    costs = np.empty(len(found[0]))
    given = (field, origin, spacing, low, high, _rows("x", x, 3), field2, origin2, spacing2, _rows("q", q, 3), *found)
    workers = thread_count(threads)
    cap = positive("cap_mm", cap_mm)
    run(
        _refining.apart,
        [(*given, cap, float(mine_mm), costs, a, b) for a, b in slabs(len(costs), workers * 4)],
        workers,
    )
    return costs


def lay_points(
    here: FieldGrid,
    x: ArrayLike,
    seeds: ArrayLike,
    seed_frames: ArrayLike,
    points: ArrayLike,
    point_frames: ArrayLike,
    near: ArrayLike,
    *,
    twists: int,
    cap_mm: float,
    threads: int | None = None,
) -> Floats:
    """Mean squared capped distance for every pose that lays a point on a seed, third axis on third axis.

    Parameters
    ----------
    here : FieldGrid
        Field in the seeds' frame.
    x : float array (n, 3), mm
        Points, in the frame of ``points``, whose distances count.
    seeds, seed_frames : float arrays (s, 3), mm, and (s, 3, 3)
        Where points are laid, and right-handed frames whose third column is the normal.
    points, point_frames : float arrays (p, 3), mm, and (p, 3, 3)
    near : int array (s, c)
        Which points are laid on each seed.
    twists : int
        How many turns about the normal are tried, evenly.
    cap_mm : float
    threads : int, optional

    Returns
    -------
    float64 (s, c, twists), mm²
        The pose is ``seed_frame @ Rz(2 π k / twists) @ point_frame.T``, the point on the seed.
    """
    field, origin, spacing = here.checked("here")
    where, frames = _rows("seeds", seeds, 3), _rows("seed_frames", seed_frames, 3, 3)
    own, back = _rows("points", points, 3), _rows("point_frames", point_frames, 3, 3)
    choice = np.ascontiguousarray(near, np.int64)
    if choice.ndim != 2 or len(choice) != len(where) or len(frames) != len(where) or len(own) != len(back):
        raise ValueError(f"near: got shape {choice.shape}, expected ({len(where)}, c), a frame a seed and a point")
    if choice.size and not 0 <= choice.min() <= choice.max() < len(own):
        raise ValueError(f"near: got indices up to {choice.max()}, expected those of {len(own)} points")
    angle = np.arange(twists) * 2 * np.pi / twists
    losses = np.empty((*choice.shape, twists))
    turned = np.ascontiguousarray(back.transpose(0, 2, 1))
    cap = positive("cap_mm", cap_mm)
    given = (field, origin, spacing, _rows("x", x, 3), where, frames, own, turned, choice, np.cos(angle), np.sin(angle))
    workers = thread_count(threads)
    run(_refining.laid_on, [(*given, cap, losses, a, b) for a, b in slabs(len(where), workers * 4)], workers)
    return losses
