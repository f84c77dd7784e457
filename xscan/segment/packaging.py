"""Cartons: thin, flat walls around everything else.

The outer faces of a carton are found as planes; the wall is what lies within its thickness of them, and the
thickness is read from how attenuation falls with depth below the faces.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xscan.segment.box import find_box
from xscan.segment.config import SegmentConfig
from xscan.segment.geometry import F32, Bool, Window, window_of

__all__ = ["Carton", "find_carton", "interior"]

LOW_QUANTILE = 0.3  # of the values at one depth: most of a wall has air behind it, some of it goods
BRIGHT = 2.0  # times the wall's own value, which shows half where voxels cut it: brighter is goods pressed against it
THIN = 4.0  # voxels with its blur, up to which a wall may be thinner than one
WHOLE = 1.5  # times what a wall thinner than a voxel shows where one voxel holds all of it
FAINTER = (1.0, 0.5, 0.25)  # of the floor: board thinner than voxels are wide shows no more


@dataclass(frozen=True, eq=False)
class Carton:
    """A carton, closed or open.

    Parameters
    ----------
    wall : its voxels
    outside : voxels before its faces
    thickness_mm : of the wall, between its half heights
    level : typical value in the middle of the wall
    flat : share of the skin under the faces where a wall was met
    name : "carton", or "tray" where one side is open
    """

    wall: Bool
    outside: Bool
    thickness_mm: float
    level: float
    flat: float
    name: str


def find_carton(
    values: F32,
    floor: float,
    noise: float,
    reach: F32,
    voxel_mm: Sequence[float],
    config: SegmentConfig,
    *,
    scaled: bool,
) -> Carton | None:
    """Find the carton that everything else lies in.

    Parameters
    ----------
    values : attenuation (z, y, x)
    floor : least value of matter
    noise : standard deviation of `values`; board that shows less than goods do is looked for down to it
    reach : of artefacts, see `streak_reach`
    voxel_mm : voxel size
    config : settings
    scaled : whether values have a scale; without, what is fainter than goods may be anything

    Returns
    -------
    Carton or None
        None where what shows to the outside is no box of thin walls.
    """
    from xscan_kernels.filtering import gaussian

    # board is thin and light: a little smoothing brings it out of the noise
    smooth = gaussian(values, 1.0)
    for share in FAINTER if scaled else FAINTER[:1]:
        least = share * floor
        if share == 1 or least >= config.floor_sigma * noise:
            carton = _find(values, smooth, least, reach, voxel_mm, config)
            if carton is not None and (share == 1 or carton.level < BRIGHT * floor):
                return carton
    return None


def _find(
    values: F32, smooth: F32, floor: float, reach: F32, voxel_mm: Sequence[float], config: SegmentConfig
) -> Carton | None:
    faint = smooth > np.maximum(reach, np.float32(floor)) / 2
    quiet = reach < floor / 2  # there nothing but matter shows
    box = find_box(faint, quiet, voxel_mm)
    if box is None:
        return None
    depth = box.depth(values.shape, voxel_mm)
    clear = (reach < floor) & box.under_lids(values.shape, voxel_mm)
    flat = box.covered(faint, depth, voxel_mm, clear)
    half = float(np.mean(voxel_mm)) / 2
    level, thickness, whole = _wall(values, depth, half, config.wall_mm, clear)
    if flat < config.flat_share or level < floor / 2 or thickness > config.wall_mm:
        return None
    brightest = BRIGHT * level
    if thickness <= THIN * min(voxel_mm):
        brightest = max(brightest, WHOLE * whole / min(voxel_mm))
    wall = (depth <= thickness + half) & (depth >= -2 * half) & (values > floor / 2) & (values < brightest)
    name = "tray" if box.is_open(faint, depth, voxel_mm) else "carton"
    return Carton(wall, depth < -half, thickness, level, flat, name)


def _wall(values: F32, depth: F32, step: float, until: float, clear: Bool) -> tuple[float, float, float]:
    """Value in the middle of the wall, its thickness (mm), infinite where values do not fall behind it, their sum."""
    near = (depth >= 0) & (depth <= until + 2 * step)
    if (near & clear).any():
        near &= clear
    count = int(until / step) + 2
    bins, v = (depth[near] / step).astype(np.min_scalar_type(count)), values[near]
    layers = (v[bins == k] for k in range(count))
    profile = np.array([np.quantile(layer, LOW_QUANTILE) if layer.size else np.nan for layer in layers])
    known = np.flatnonzero(np.isfinite(profile))
    if known.size == 0:
        return 0.0, np.inf, 0.0
    profile = np.interp(np.arange(count), known, profile[known])
    top = int(np.argmax(profile[: count // 2 + 1]))
    falls = np.flatnonzero(profile[top:] < profile[top] / 2)
    end = top + int(falls[0]) if falls.size else count
    return float(profile[top]), end * step if falls.size else np.inf, float(profile[: end + 1].sum()) * step


def interior(carton: Carton | None, shape: tuple[int, ...]) -> tuple[Window, Bool]:
    """Box of all that may be goods, and which voxels of that box may be.

    Parameters
    ----------
    carton : None where nothing is packed: then goods may be anywhere
    shape : of the volume
    """
    if carton is None:
        return (slice(0, shape[0]), slice(0, shape[1]), slice(0, shape[2])), np.ones(shape, bool)
    free = ~(carton.wall | carton.outside)
    spans = [np.flatnonzero(free.any(axis=tuple(i for i in range(3) if i != k))) for k in range(3)]
    if not spans[0].size:
        return (slice(0, 0),) * 3, np.zeros((0, 0, 0), bool)
    box = window_of([s[0] for s in spans] + [s[-1] + 1 for s in spans], shape)
    return box, np.ascontiguousarray(free[box])
