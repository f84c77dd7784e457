"""How thick the wall of a matched body is, from how attenuation runs inward from the template's surface."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from xscan.model import Measure, Quantities
from xscan.template.body import Body
from xscan.template.fit import Fit
from xscan.template.prepared import Prepared

__all__ = ["wall_of"]

_POINTS = 2000
_DEEPEST_MM = 14.0
_PARTS = 4  # of the points, fitted apart: their spread is the uncertainty
_SOLID = 0.8  # of the wall's own attenuation behind it: there is no wall
_WIDTHS = (0.35, 0.5, 0.7, 1.4, 2.0, 2.8)  # of the best width, at which it is asked whether the course fits as well
_AS_WELL = 1.5  # times the rms of the best fit: what it leaves is mostly the blur's not being a Gaussian


def wall_of(fit: Fit, body: Body, prepared: Prepared, quantities: Quantities) -> Measure | None:
    """Thickness of the wall, mm; of a solid body the depth to which it was looked into, and `None` if that is small.

    A wall thinner than the scanner's blur never shows its own attenuation, so it is not measured at one place: the
    mean course of attenuation along the inward normals of all places that are deep enough is compared with that of a
    blurred wall, whose attenuation, thickness, blur and filling are free.
    """
    x, n = prepared.points[:_POINTS], prepared.normals[:_POINTS]
    near = np.abs(fit.template_mm[:_POINTS]) < 0.75 * body.voxel_mm
    near &= fit.seen[:_POINTS]
    x, n = x[near], n[near]
    if len(x) < 40:
        return None
    step = 0.25 * body.voxel_mm
    depth = np.arange(-2.5 * body.voxel_mm, _DEEPEST_MM, step)
    at = x[:, None, :] - depth[None, :, None] * n[:, None, :]
    # beyond the middle of a part the normal runs out of it on the other side
    inward = -prepared.distance.value(at)
    straight = inward > 0.9 * depth - 0.3 * body.voxel_mm
    straight = np.logical_and.accumulate(straight, axis=1)
    values = _read(quantities, body, fit.poses.forward(at.reshape(-1, 3))[0]).reshape(straight.shape)
    everywhere = _fitted(depth, values, straight, body.voxel_mm)
    if everywhere is None:
        return None
    parts = [_fitted(depth, values[k::_PARTS], straight[k::_PARTS], body.voxel_mm) for k in range(_PARTS)]
    known = [p for p in parts if p is not None]
    if len(known) < _PARTS:
        return None
    spread = float(np.std([p[0] for p in known], ddof=1)) / np.sqrt(_PARTS)
    width, slack = everywhere
    return Measure(width, float(np.hypot(np.hypot(spread, slack), 0.15 * body.voxel_mm)), "mm")


def _read(quantities: Quantities, body: Body, places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Attenuation at places (n, 3), scan mm in x, y, z."""
    from scipy import ndimage as ndi

    size = np.array(quantities.attenuation.grid.voxel_size_mm)
    index = places[:, ::-1] / size - 0.5
    first = np.maximum(np.floor(index.min(axis=0)).astype(int) - 1, 0)
    last = np.ceil(index.max(axis=0)).astype(int) + 2
    z, y, x = (slice(int(a), int(b)) for a, b in zip(first, last, strict=True))
    values = quantities.attenuation.read(z)[:, y, x]
    out: NDArray[np.float64] = ndi.map_coordinates(values, (index - first).T, order=1, mode="nearest", output=float)
    return out


def _fitted(
    depth: NDArray[np.float64], values: NDArray[np.float64], straight: NDArray[np.bool_], voxel_mm: float
) -> tuple[float, float] | None:
    """Thickness by least squares, and how far from it others fit as well; the deepest place where the body is solid.

    Of a wall that is no thicker than the blur only the product of thickness and attenuation is told.
    """
    from scipy.optimize import least_squares
    from scipy.special import ndtr

    number = straight.sum(axis=0)
    kept = number >= max(10, 0.1 * number[0])
    if depth[kept].max(initial=0.0) < 2 * voxel_mm:
        return None
    t = depth[kept]
    mean = np.where(straight, values, 0).sum(axis=0)[kept] / number[kept]
    weight = np.sqrt(number[kept] / number.max())
    top = float(mean.max())
    if top <= 0:
        return None

    def course(p: NDArray[np.float64]) -> Any:
        wall, width, blur, begin, behind = p
        outer, inner = ndtr((t - begin) / blur), ndtr((t - begin - width) / blur)
        return wall * (outer - inner) + behind * inner

    def misfit(p: NDArray[np.float64]) -> Any:
        return weight * (course(p) - mean) / top

    low = [0.3 * top, 0.3 * voxel_mm, 0.3 * voxel_mm, -voxel_mm, -0.1 * top]
    high = [4.0 * top, 1.5 * _DEEPEST_MM, 1.2 * voxel_mm, voxel_mm, 1.1 * top]
    best = None
    for width in (1.0, 2.0, 4.0, 8.0):
        start = np.clip([top, width * voxel_mm, 0.65 * voxel_mm, 0.0, 0.2 * top], low, high)
        found = least_squares(misfit, start, bounds=(low, high))
        if best is None or found.cost < best.cost:
            best = found
    assert best is not None
    wall, width, _, _, behind = best.x
    if behind > _SOLID * min(wall, top) or width > t[-1]:
        return float(t[-1]), 0.0

    slack = 0.0
    for other in width * np.array(_WIDTHS):
        start = best.x.copy()
        start[0], start[1] = np.clip(wall * width / other, low[0], high[0]), other
        tight = [*low[:1], 0.999 * other, *low[2:]], [*high[:1], 1.001 * other, *high[2:]]
        found = least_squares(misfit, np.clip(start, *tight), bounds=tight)
        if found.cost < _AS_WELL**2 * best.cost:
            slack = max(slack, abs(float(other - width)))
    return float(width), slack
