"""From the positions of slices to a regular grid: order, spacing, gaps, tilt."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from xscan.errors import InputError
from xscan.io.dicom.image import Frame, Image
from xscan.io.messages import say

__all__ = ["Slices", "arrange"]

Member = tuple[Image, Frame]

_JITTER = 0.02  # of the spacing: what rounding in a file may move a slice before the stack is resampled
_SHIFT = 0.1  # of a pixel: what slices may lie off each other in the plane before the stack is resampled
_SAME_MM = 1e-3
_BRIDGED = 5.5  # usual gaps: a wider one was not scanned, and is left empty
_MOST_SLICES = 4  # resampled slices for each one that is there


@dataclass(frozen=True)
class Slices:
    """Slices in order, and the regular grid they belong on.

    Parameters
    ----------
    members : in the order of their positions along the normal
    axes_mm : 3 by 3, columns are the world steps of one voxel along x, y, z
    origin_mm : world position of the first voxel of the regular grid
    wanted_mm : positions along the normal of the regular grid's slices, from the first slice on; `None` where
        the slices already lie on it
    at_mm : positions along the normal of the slices that are there
    bridge_mm : longest gap that may be bridged by interpolation
    shift_px : (n, 2) how far each slice lies off the first in the plane, in rows and columns
    notes : what was noticed
    """

    members: tuple[Member, ...]
    axes_mm: NDArray[np.float64]
    origin_mm: NDArray[np.float64]
    wanted_mm: NDArray[np.float64] | None
    at_mm: NDArray[np.float64]
    bridge_mm: float
    shift_px: NDArray[np.float64]
    notes: tuple[str, ...]


def arrange(path: Path, members: tuple[Member, ...]) -> Slices:
    """Put slices of one orientation and size in order.

    Raises
    ------
    InputError
        where the orientation is no orientation
    """
    frame = members[0][1]
    row, column, normal = _orientation(path, frame)
    notes: list[str] = []
    spacing = frame.spacing
    if spacing is None or not all(0 < s < 1e4 for s in spacing):
        spacing = (1.0, 1.0)
        notes.append(say("size-unknown"))
    if all(f.position is not None for _, f in members):
        members, places = _by_position(members, normal, notes)
    else:
        members, places = _by_number(members, normal, notes)
    at = places @ normal
    at = at - at[0]
    shift = (places - places[0]) @ np.stack([column / spacing[0], row / spacing[1]], axis=1)
    if np.ptp(shift, axis=0).max() <= _SHIFT:
        shift = np.zeros_like(shift)
    step, wanted = _step(frame, at, notes)
    bridge = _BRIDGED * float(np.median(np.diff(at))) if len(at) > 1 else 0.0
    if shift.any():
        angle = np.degrees(np.arctan2(np.linalg.norm(shift[-1] * spacing), at[-1]))
        notes.append(say("slices-askew", angle=f"{angle:.1f}"))
        wanted = np.arange(len(members), dtype=np.float64) * step if wanted is None else wanted
    origin = places[0] + shift[:, 0].min() * spacing[0] * column + shift[:, 1].min() * spacing[1] * row
    axes = np.stack([row * spacing[1], column * spacing[0], normal * step], axis=1)
    return Slices(members, axes, origin, wanted, at, bridge, shift, tuple(notes))


def _orientation(path: Path, frame: Frame) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    row = np.array(frame.row if frame.row is not None else (1.0, 0.0, 0.0))
    column = np.array(frame.column if frame.column is not None else (0.0, 1.0, 0.0))
    lengths = np.linalg.norm(row), np.linalg.norm(column)
    if not np.isfinite(lengths).all() or min(lengths) < 0.5 or abs(row @ column) > 0.05 * lengths[0] * lengths[1]:
        raise InputError(path, f"the image orientation {tuple(row)}, {tuple(column)} is none", "fetch it again")
    row = row / lengths[0]
    column = column - (column @ row) * row
    column = column / np.linalg.norm(column)
    return row, column, np.cross(row, column)


def _by_position(
    members: tuple[Member, ...], normal: NDArray[np.float64], notes: list[str]
) -> tuple[tuple[Member, ...], NDArray[np.float64]]:
    places = np.array([f.position for _, f in members], dtype=np.float64)
    along = places @ normal
    order = sorted(range(len(members)), key=lambda i: (along[i], members[i][0].number, str(members[i][0].path)))
    kept = [order[0]]
    for i in order[1:]:
        if along[i] - along[kept[-1]] > _SAME_MM:
            kept.append(i)
    if len(kept) < len(order):
        notes.append(say("slices-twice", count=len(order) - len(kept)))
    return tuple(members[i] for i in kept), places[kept]


def _by_number(
    members: tuple[Member, ...], normal: NDArray[np.float64], notes: list[str]
) -> tuple[tuple[Member, ...], NDArray[np.float64]]:
    ordered = sorted(members, key=lambda m: (m[0].number, m[1].index, str(m[0].path)))
    gap = ordered[0][1].gap or ordered[0][1].thickness or 1.0
    if len(ordered) > 1:
        notes.append(say("slices-unplaced"))
    first = np.array(ordered[0][1].position or (0.0, 0.0, 0.0))
    return tuple(ordered), first + np.arange(len(ordered))[:, None] * abs(gap) * normal


def _step(frame: Frame, at: NDArray[np.float64], notes: list[str]) -> tuple[float, NDArray[np.float64] | None]:
    """Spacing of the regular grid, and its slices where those at hand do not lie on it already."""
    count = len(at)
    if count == 1:
        step = frame.gap or frame.thickness
        if not step or not 0 < step < 1e4:
            notes.append(say("size-unknown"))
            step = 1.0
        return float(step), None
    mean = float(at[-1] / (count - 1))
    if np.abs(at - mean * np.arange(count)).max() <= _JITTER * mean + _SAME_MM:
        return mean, None
    gaps = np.diff(at)
    usual = float(np.median(gaps))
    times = gaps / usual
    whole = np.round(times)
    if (whole >= 1).all() and np.abs(times - whole).max() <= 2 * _JITTER:
        missing = int(whole.sum()) - count + 1
        where = ", ".join(f"{v:.1f}" for v in at[:-1][whole > 1][:5])
        key = "slices-missing-empty" if whole.max() > _BRIDGED else "slices-missing-bridged"
        notes.append(say(key, count=missing, where=where))
        finest = usual
    else:
        notes.append(say("slices-uneven", low=f"{gaps.min():.3g}", high=f"{gaps.max():.3g}"))
        finest = float(gaps.min())
    steps = min(round(at[-1] / finest), _MOST_SLICES * count)
    step = float(at[-1] / steps)
    return step, np.arange(steps + 1) * step
