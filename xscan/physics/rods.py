"""Reference rods: read from their file, found in the scan, sampled in their core."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from xscan.errors import InputError
from xscan.model import Rod, Scan, Volume
from xscan.physics.composition import mass_fractions

__all__ = ["FoundRod", "find_rods", "read_rods"]

MAX_BYTES = 1 << 20
MAX_RODS = 200
FORM = 'expected {"rods": [{"material", "formula", "density_g_cm3", "centre_mm", "radius_mm", "length_mm"}], "kvp": …}'


def read_rods(path: str | Path) -> tuple[tuple[Rod, ...], Mapping[str, float]]:
    """Rods and tube voltages by channel from a JSON file (see the project's contract).

    Raises
    ------
    InputError : no such file, not JSON, a rod without a field, or numbers out of range; the rod is named
    """
    try:
        if Path(path).stat().st_size > MAX_BYTES:
            raise InputError(path, f"larger than {MAX_BYTES} bytes", "give the JSON file of the reference rods")
        stored = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(path, f"could not be read ({error.strerror})", "give the JSON file of the rods") from None
    except (ValueError, RecursionError):
        raise InputError(path, "is not JSON text", FORM) from None
    if not isinstance(stored, dict) or not isinstance(stored.get("rods"), list) or not stored["rods"]:
        raise InputError(path, "names no rods", FORM)
    if len(stored["rods"]) > MAX_RODS:
        raise InputError(path, f"names {len(stored['rods'])} rods", f"at most {MAX_RODS} are read")
    rods = tuple(_rod(path, i, entry) for i, entry in enumerate(stored["rods"], 1))
    kvp = stored.get("kvp") or {}
    if not isinstance(kvp, dict):
        raise InputError(path, f"kvp: got {kvp!r}", 'expected {"low": kV, "high": kV}')
    return rods, {str(name): _number(path, f"kvp.{name}", value, 20, 1000) for name, value in kvp.items()}


def _number(path: str | Path, name: str, value: object, low: float, high: float) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        raise InputError(path, f"{name}: got {value!r}", f"expected a number from {low:g} to {high:g}")
    return float(value)


def _rod(path: str | Path, i: int, entry: object) -> Rod:
    if not isinstance(entry, dict):
        raise InputError(path, f"rod {i}: got {entry!r}", FORM)
    name = f"rod {i} ({entry.get('material', '?')})"
    centre = entry.get("centre_mm")
    if not isinstance(centre, list) or len(centre) != 3:
        raise InputError(path, f"{name}: centre_mm: got {centre!r}", "expected [z, y, x] in mm")
    try:
        mass_fractions(str(entry.get("formula", "")))
    except ValueError as error:
        raise InputError(path, f"{name}: {error}", "give a formula such as C2H4") from None
    z, y, x = (_number(path, f"{name}: centre_mm", v, -1e4, 1e4) for v in centre)
    return Rod(
        material=str(entry.get("material") or entry["formula"]),
        formula=str(entry["formula"]),
        density_g_cm3=_number(path, f"{name}: density_g_cm3", entry.get("density_g_cm3"), 1e-3, 25),
        centre_mm=(z, y, x),
        radius_mm=_number(path, f"{name}: radius_mm", entry.get("radius_mm"), 0.1, 1e3),
        length_mm=_number(path, f"{name}: length_mm", entry.get("length_mm"), 0.1, 1e4),
    )


@dataclass(frozen=True)
class FoundRod:
    """A rod where it really lies.

    Parameters
    ----------
    centre_mm : (z, y, x), found
    mean : of its core, by channel, in the channel's unit (HU as MHU)
    spread : standard deviation of its core's voxels, by channel
    warning : what is wrong with it, or empty
    """

    rod: Rod
    centre_mm: tuple[float, float, float]
    mean: Mapping[str, float]
    spread: Mapping[str, float]
    warning: str


def find_rods(
    scan: Scan, rods: tuple[Rod, ...], channels: tuple[str, ...], search_mm: float, core: float
) -> tuple[FoundRod, ...]:
    """Find every rod near its given centre, and sample its core.

    Raises
    ------
    InputError : a rod lies outside the scan, or is too thin for its voxels
    """
    grid = scan.grid
    found = []
    for rod in rods:
        for axis, (c, extent) in enumerate(zip(rod.centre_mm, grid.extent_mm, strict=True)):
            if not 0 <= c <= extent:
                raise InputError(
                    scan.provenance.path,
                    f"rod {rod.material}: centre {c:g} mm is outside the scan (0 to {extent:g} mm along {'zyx'[axis]})",
                    "give centre_mm as [z, y, x] from the outer corner of the first voxel",
                )
        voxel = max(grid.voxel_size_mm[1:])
        if rod.radius_mm * core < voxel:
            raise InputError(
                scan.provenance.path,
                f"rod {rod.material}: radius {rod.radius_mm:g} mm is too thin for voxels of {voxel:g} mm",
                "use thicker rods or a finer reconstruction",
            )
        found.append(_find(scan, rod, channels, search_mm, core))
    return tuple(found)


def _window(
    volume: Volume, centre: tuple[float, float, float], half: tuple[float, float, float]
) -> tuple[slice, slice, slice]:
    z, y, x = (
        slice(max(0, int((c - h) / s)), min(n, math.ceil((c + h) / s)))
        for c, h, s, n in zip(centre, half, volume.grid.voxel_size_mm, volume.grid.shape, strict=True)
    )
    return z, y, x


def _axes(volume: Volume, window: tuple[slice, slice, slice]) -> list[NDArray[np.float64]]:
    return [(np.arange(w.start, w.stop) + 0.5) * s for w, s in zip(window, volume.grid.voxel_size_mm, strict=True)]


def _find(scan: Scan, rod: Rod, channels: tuple[str, ...], search: float, core: float) -> FoundRod:
    reach = rod.radius_mm * 1.4 + search
    first = scan.volume(channels[0])
    window = _window(first, rod.centre_mm, (rod.length_mm / 2 + search, reach, reach))
    parts = {c: scan.volume(c).read(window[0])[:, window[1], window[2]] for c in channels}
    z, y, x = _axes(first, window)
    middle = np.abs(z - rod.centre_mm[0]) <= max(rod.length_mm * core / 2 - search / 2, first.grid.voxel_size_mm[0])
    slice_ = parts[channels[0]][middle].mean(axis=0)
    centre, contrast, noise = _disc_centre(slice_, y, x, rod, search)
    distance = np.hypot(y[:, None] - centre[0], x[None] - centre[1])
    inside = distance <= rod.radius_mm * core
    z_found, z_half = _extent(parts[channels[0]][:, inside].mean(axis=1), z, rod)
    slices = np.abs(z - z_found) <= max(z_half * core, first.grid.voxel_size_mm[0] * 0.51)
    mean, spread = {}, {}
    for name, part in parts.items():
        voxels = part[slices][:, inside].astype(np.float64)
        mean[name], spread[name] = float(voxels.mean()), float(voxels.std())
    moved = math.dist(centre, rod.centre_mm[1:])
    warning = ""
    if abs(contrast) < 3 * noise:
        warning = "does not stand out where it should lie"
    elif moved > 0.9 * search > 0:
        warning = f"found {moved:.1f} mm off, at the edge of the search"
    return FoundRod(rod, (z_found, *centre), mean, spread, warning)


def _disc_centre(
    image: NDArray[np.float32], y: NDArray[np.float64], x: NDArray[np.float64], rod: Rod, search: float
) -> tuple[tuple[float, float], float, float]:
    """Centre (y, x) of the disc that stands out most from the ring around it, its contrast, and the noise."""
    step = max(0.5, min(np.diff(y).mean(), np.diff(x).mean()) / 2)
    offsets = np.arange(-math.floor(search / step), math.floor(search / step) + 1) * step
    grid_y, grid_x = y[:, None], x[None]
    best = (-1.0, rod.centre_mm[1], rod.centre_mm[2], 0.0, 1.0)
    for dy in offsets:
        for dx in offsets:
            if math.hypot(dy, dx) > search + 1e-9:
                continue
            d = np.hypot(grid_y - rod.centre_mm[1] - dy, grid_x - rod.centre_mm[2] - dx) / rod.radius_mm
            disc, ring = image[d <= 0.9], image[(d >= 1.1) & (d <= 1.4)]
            if disc.size < 3 or ring.size < 3:
                continue
            contrast = float(disc.mean()) - float(np.median(ring))
            noise = float(disc.std()) + float(ring.std())
            # an even disc within an even ring: a shift takes some of one into the other
            score = abs(contrast) - noise
            if best[0] == -1.0 or score > best[0]:
                best = (score, rod.centre_mm[1] + dy, rod.centre_mm[2] + dx, contrast, float(disc.std()))
    centre = _centroid(image, grid_y, grid_x, (best[1], best[2]), rod, best[3])
    return centre, best[3], best[4]


def _centroid(
    image: NDArray[np.float32],
    y: NDArray[np.float64],
    x: NDArray[np.float64],
    centre: tuple[float, float],
    rod: Rod,
    contrast: float,
) -> tuple[float, float]:
    """Refine a centre to a fraction of a voxel, where nothing else is near."""
    d = np.hypot(y - centre[0], x - centre[1]) / rod.radius_mm
    near = d <= 1.25
    background = float(np.median(image[(d >= 1.15) & (d <= 1.4)])) if (d >= 1.15).any() else 0.0
    weight = np.where(near, np.clip((image - background) / (contrast or 1.0), 0, 1), 0)
    total = float(weight.sum())
    if total <= 0:
        return centre
    return float((weight * y).sum() / total), float((weight * x).sum() / total)


def _extent(profile: NDArray[np.float32], z: NDArray[np.float64], rod: Rod) -> tuple[float, float]:
    """Middle and half length, mm, of the rod along z, from the half heights of its core's profile."""
    voxel = float(np.diff(z).mean()) if z.size > 1 else rod.length_mm
    level = float(np.median(profile[np.abs(z - rod.centre_mm[0]) <= rod.length_mm / 4 + voxel]))
    ends = np.concatenate([profile[:1], profile[-1:]])
    floor = float(ends[np.argmax(np.abs(ends - level))])
    inside = (profile - floor) * np.sign(level - floor) > 0.5 * abs(level - floor)
    if floor == level or not inside.any():
        return rod.centre_mm[0], rod.length_mm / 2
    first, last = float(z[inside][0]) - voxel / 2, float(z[inside][-1]) + voxel / 2
    half = min((last - first) / 2, rod.length_mm / 2)
    return (first + last) / 2, half
