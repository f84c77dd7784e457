"""The stage: reads as the order of its steps."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from xscan.model import Progress, Quantities, Segmentation, silent
from xscan.segment.artefact import still_streaked, streak_reach
from xscan.segment.bag import find_bag
from xscan.segment.bodies import part_bodies
from xscan.segment.coat import coated
from xscan.segment.config import SegmentConfig
from xscan.segment.describe import Other, describe
from xscan.segment.foreground import floor_of, foreground
from xscan.segment.geometry import Bool, Window
from xscan.segment.packaging import find_carton, interior
from xscan.segment.refill import refill
from xscan.segment.scanner import find_belt, find_table
from xscan.segment.stuffing import find_stuffing

__all__ = ["segment"]


def segment(
    quantities: Quantities, *, config: SegmentConfig | None = None, progress: Progress = silent
) -> Segmentation:
    """Find what a person would call a thing.

    Parameters
    ----------
    quantities : cleaned; `attenuation` is what objects are found on
    config : settings; the defaults where absent
    progress : told how far it is

    Returns
    -------
    Segmentation
        Goods first, in raster order, then packaging; an object inside another has that one as `parent`.
        What merely lies in a carton has no parent.
    """
    config = config or SegmentConfig()
    values = quantities.attenuation.array()
    voxel_mm = quantities.grid.voxel_size_mm
    floor = floor_of(quantities.has_scale, quantities.noise_mhu, config)

    progress(0.0, "looking for the belt and packaging")
    seen = values
    belt = find_belt(values, floor, voxel_mm)
    if belt is not None:
        seen = np.where(belt[1], np.float32(0), values)
    reach = streak_reach(seen, voxel_mm)
    carton = find_carton(seen, floor, quantities.noise_mhu, reach, voxel_mm, config, scaled=quantities.has_scale)

    inside, packed = interior(carton, values.shape)
    content, near = (np.ascontiguousarray(whole[inside]) for whole in (seen, reach))
    del seen, reach  # each as large as the scan

    progress(0.3, "telling matter from air")
    matter = foreground(content, floor, config) & packed
    faint = (content > floor) & packed

    progress(0.5, "parting what touches")
    doubt = still_streaked(near, quantities.streaks, quantities.streaks_voxels, inside)
    bodies = part_bodies(matter, faint, content, near, doubt, quantities.noise_mhu, voxel_mm, config)

    del matter, faint, near
    filling = None
    if quantities.has_scale:
        bodies = coated(bodies, packed, content, quantities.noise_mhu, config)
        bodies = replace(bodies, labels=refill(bodies.labels, packed, content, config))
        bodies, filling = find_stuffing(bodies, packed, content, doubt, quantities.noise_mhu, voxel_mm, config)

    del doubt

    progress(0.8, "measuring")
    whole = partial(_whole, inside=inside, shape=values.shape)
    others = []
    if carton is not None:
        known = {"flat": carton.flat}, {"wall_mm": carton.thickness_mm}
        others.append(Other("packaging", carton.name, carton.wall, *known))
    if filling is not None:
        others.append(Other("packaging", "filling", whole(filling)))
    own = np.zeros(values.shape, bool) if belt is None else belt[0]
    table = find_table(bodies, inside, values.shape)
    if table is not None:
        bodies = table[0]
        own |= whole(table[1])
    bag = find_bag(bodies, content, voxel_mm, config) if carton is None else None
    if bag is not None:
        bodies = bag[0]
        others.append(Other("packaging", "bag", whole(bag[1])))
    others.append(Other("scanner", "belt", own))
    result = describe(bodies, inside, others, values, quantities.grid, config)
    progress(1.0, f"{len(result.goods)} objects")
    return result


def _whole(mask: Bool, inside: Window, shape: tuple[int, ...]) -> Bool:
    out = np.zeros(shape, bool)
    out[inside] = mask
    return out
