"""Bodies that touch are parted at the pinch between them; limbs of one body are not.

Where two bodies touch, the cut is a pinch: a few mm off it on either side matter is much thicker. Where a limb
leaves a body, or a thin wall runs on, matter on one side stays as thin as the cut itself. So a cut is judged by
its inscribed radius over the thickness reached near by, on the side where less is reached.

Blur fills the wedge between two rounded bodies, but not to the full height: depths are taken inside a level nearer
to the local maximum than the edge is, where the wedge is open again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xscan.segment.artefact import METAL
from xscan.segment.config import SegmentConfig
from xscan.segment.foreground import thin_metal
from xscan.segment.geometry import F32, Bool, Labels32, closed, components, depth, outside
from xscan.segment.regrow import medians
from xscan.segment.seam import part_seams
from xscan.segment.sheet import part_sheets

__all__ = ["Cut", "split"]

HOLLOW = 0.1  # of the matter, from which its cavities are worth keeping
DENSER = 1.4  # times the value of the thicker side; streaks and hardening move values by less
ROOM = 27  # voxels of a cavity
LEAST_PART = 0.1  # of a lump's volume, from which a thin part is a body of its own

Edges = dict[tuple[int, int], tuple[float, tuple[int, int, int]]]


@dataclass(frozen=True)
class Cut:
    """A neck, a seam or a sheet where a body was parted.

    Parameters
    ----------
    a, b : the parts on either side
    ratio : inscribed radius of the neck over that of what lies beside it; of a seam the share that is no valley, of a
        sheet the share of its rim that is no step
    """

    a: int
    b: int
    ratio: float


def split(
    body: Bool, values: F32, reach: F32, noise: float, voxel_mm: Sequence[float], config: SegmentConfig
) -> tuple[Labels32, tuple[Cut, ...]]:
    """Part one connected body along its sheets and seams, and each part at its pinches.

    Parameters
    ----------
    body : mask (z, y, x)
    values : attenuation
    reach : of artefacts, see `streak_reach`
    noise : standard deviation of `values`
    voxel_mm : voxel size
    config : settings

    Returns
    -------
    parts : uint32 (z, y, x), from 1 where `body`
    cuts : where it was parted
    """
    from scipy import ndimage as ndi

    parts = np.zeros(body.shape, np.uint32)
    box = ndi.find_objects(body.astype(np.int8))
    if not box:
        return parts, ()
    # a body is often one of many in its lump; blur is looked at past its rim
    margin = config.blur_voxels + 1
    near = tuple(slice(max(0, s.start - margin), s.stop + margin) for s in box[0])
    if parts[near].size < parts.size:
        own, low = np.ascontiguousarray(values[near]), np.ascontiguousarray(reach[near])
        within, cuts = split(np.ascontiguousarray(body[near]), own, low, noise, voxel_mm, config)
        parts[near] = within
        return parts, cuts
    flat, seams = part_sheets(body, values, noise, voxel_mm)
    again = split if seams else _pinches  # what lay between others has sheets that are whole only now
    if not seams:
        flat, seams = part_seams(body, values, reach, noise, voxel_mm, config)
    if not seams:
        return _pinches(body, values, reach, noise, voxel_mm, config)
    found: list[Cut] = []
    names: dict[int, list[int]] = {}
    done = 0
    for k, window in enumerate(ndi.find_objects(flat.astype(np.int32)), 1):
        part = np.ascontiguousarray(flat[window] == k)
        alone = np.where(part, values[window], np.float32(0))
        inner, pinched = again(part, alone, np.ascontiguousarray(reach[window]), noise, voxel_mm, config)
        parts[window][part] = inner[part] + np.uint32(done)
        found += [Cut(c.a + done, c.b + done, c.ratio) for c in pinched]
        names[k] = list(range(done + 1, done + int(inner.max()) + 1))
        done += len(names[k])
    found += [Cut(p, q, 1 - share) for (a, b), share in sorted(seams.items()) for p in names[a] for q in names[b]]
    return parts, tuple(found)


def _pinches(
    body: Bool, values: F32, reach: F32, noise: float, voxel_mm: Sequence[float], config: SegmentConfig
) -> tuple[Labels32, tuple[Cut, ...]]:
    """Part one connected body at its pinches; arguments and results as of `split`."""
    from xscan_kernels import h_maxima, watershed

    step = float(max(voxel_mm))
    solid = ~outside(closed(body, voxel_mm, step))
    core = body & _core(values, reach, noise, config)
    if solid.sum() > (1 + HOLLOW) * body.sum():
        # only the skirt that faces outwards goes: cavities stay filled, even where their wall is thin
        core = solid & ~outside((solid & ~body) | core)
    inner = ~outside(closed(core, voxel_mm, step)) & solid
    deep = depth(inner, voxel_mm)
    whole = body.astype(np.uint32), ()
    if float(deep.max(initial=0.0)) < config.least_radius_voxels * step:
        return whole
    seeds, count = components(h_maxima(deep, 0.5 * step, 26), 26)
    if count < 2:
        return whole
    parts = watershed(-deep, seeds, inner, 26)
    middle = medians(np.where(body, parts, np.uint32(0)), count, values)
    table, cuts = _judge(parts, count, deep, middle, _open_to(parts, count, solid & ~body), voxel_mm, config)
    if table.max() < 2:
        return whole
    parts = watershed(-depth(solid, voxel_mm), table[parts], solid, 26)
    parts[~body] = 0
    return parts, cuts


def _core(values: F32, reach: F32, noise: float, config: SegmentConfig) -> Bool:
    """Voxels near the local maximum, less what the noise explains."""
    from xscan_kernels import maximum_filter

    highest = maximum_filter(values, 2 * config.blur_voxels + 1)
    # beyond metal's threshold, hardening and starved rays move values as much as matter does
    level = config.core_fraction * np.minimum(highest, np.float32(METAL))
    level += config.edge_fraction * np.maximum(highest - np.float32(METAL), 0)
    # half of the reach of artefacts: they part nothing by themselves
    core = values >= level - np.float32(3 * noise) - reach / 2
    # along metal that is thinner than blur is wide values vary by more than that
    return np.asarray(core | thin_metal(values, core, 0.0, config))


def _open_to(parts: Labels32, count: int, cavity: Bool) -> set[tuple[int, int]]:
    """Pairs of parts that one cavity runs through: a hollow neck joins what a contact would close off."""
    rooms, n = components(cavity, 6, ROOM)
    pairs: set[tuple[int, int]] = set()
    if not n:
        return pairs
    seen = np.bincount(rooms.ravel().astype(np.int64) * (count + 1) + parts.ravel(), minlength=(n + 1) * (count + 1))
    for row in seen.reshape(n + 1, count + 1)[1:]:
        shares = [k for k in range(1, count + 1) if row[k] >= ROOM]
        pairs.update((p, q) for p in shares for q in shares if p < q)
    return pairs


def _necks(parts: Labels32, deep: F32) -> Edges:
    """Widest inscribed radius on the interface of each pair of touching parts, and where it is."""
    found: Edges = {}
    for axis in range(3):
        n = parts.shape[axis]
        low = tuple(slice(0, n - 1) if k == axis else slice(None) for k in range(3))
        high = tuple(slice(1, n) if k == axis else slice(None) for k in range(3))
        a, b = parts[low], parts[high]
        at = np.nonzero((a != b) & (a > 0) & (b > 0))
        radius = np.minimum(deep[low][at], deep[high][at])
        first, second = np.minimum(a[at], b[at]), np.maximum(a[at], b[at])
        order = np.lexsort((-radius, second, first))
        pairs = np.stack([first[order], second[order]], axis=1)
        new = np.ones(len(pairs), bool)
        new[1:] = (pairs[1:] != pairs[:-1]).any(axis=1)
        for k in order[new]:
            key = int(first[k]), int(second[k])
            if radius[k] > found.get(key, (-1.0, (0, 0, 0)))[0]:
                found[key] = float(radius[k]), (int(at[0][k]), int(at[1][k]), int(at[2][k]))
    return found


def _near(
    parts: Labels32, deep: F32, place: tuple[int, int, int], reach_mm: float, voxel_mm: Sequence[float]
) -> dict[int, float]:
    """Greatest depth of each part within `reach_mm` of a voxel."""
    span = [int(np.ceil(reach_mm / v)) for v in voxel_mm]
    window = tuple(slice(max(0, p - r), p + r + 1) for p, r in zip(place, span, strict=True))
    axes = [
        (np.arange(s.start, min(s.stop, n)) - p) * v
        for s, n, p, v in zip(window, parts.shape, place, voxel_mm, strict=True)
    ]
    away = axes[0][:, None, None] ** 2 + axes[1][None, :, None] ** 2 + axes[2][None, None, :] ** 2
    inside = (away <= reach_mm**2) & (parts[window] > 0)
    found: dict[int, float] = {}
    ids, d = parts[window][inside], deep[window][inside]
    for k in np.unique(ids):
        found[int(k)] = float(d[ids == k].max())
    return found


def _judge(
    parts: Labels32,
    count: int,
    deep: F32,
    middle: NDArray[np.float64],
    open_to: set[tuple[int, int]],
    voxel_mm: Sequence[float],
    config: SegmentConfig,
) -> tuple[NDArray[np.uint32], tuple[Cut, ...]]:
    """Join parts over every neck that is no pinch, the widest first; leave out what is too thin to be a body."""
    step = float(max(voxel_mm))
    root = np.arange(count + 1)
    edges = {
        key: (radius, _near(parts, deep, place, config.neck_reach * radius + 2 * step, voxel_mm))
        for key, (radius, place) in _necks(parts, deep).items()
    }

    def ratio(p: int, q: int) -> float:
        if (p, q) in open_to:
            return 1.0
        radius, near = edges[p, q]
        sides = [max((d for k, d in near.items() if root[k] == root[side]), default=radius) for side in (p, q)]
        # blur takes thin matter down, never up: what is thinner and yet denser is another material
        thin, thick = (p, q) if sides[0] < sides[1] else (q, p)
        if max(sides) >= config.least_radius_voxels * step and middle[thin] > DENSER * middle[thick]:
            return 0.0
        if min(sides) < config.least_radius_voxels * step:
            return 1.0  # too thin for its thickness to be told
        # depths go from centre to centre: a neck is known to half a voxel
        return min(1.0, (radius + step / 2) / min(sides))

    while True:
        open_: dict[tuple[int, int], float] = {}
        for p, q in sorted(edges):
            a, b = sorted((int(root[p]), int(root[q])))
            if a != b:
                open_[a, b] = max(open_.get((a, b), 0.0), ratio(p, q))
        worst = max(open_, key=lambda k: (open_[k], -k[0], -k[1]), default=None)
        if worst is None or open_[worst] < config.neck_ratio:
            break
        root[root == worst[1]] = worst[0]
    peak = np.zeros(count + 1)
    np.maximum.at(peak, root[parts.ravel()], deep.ravel())
    volume = np.bincount(root[parts.ravel()], minlength=count + 1)
    thick = peak >= config.least_radius_voxels * step
    roots = [int(r) for r in np.unique(root[1:]) if thick[r] or volume[r] >= LEAST_PART * volume[1:].sum()]
    names = {r: n for n, r in enumerate(roots, 1)}
    table = np.array([0] + [names.get(int(r), 0) for r in root[1:]], np.uint32)
    return table, tuple(Cut(names[a], names[b], r) for (a, b), r in sorted(open_.items()) if a in names and b in names)
