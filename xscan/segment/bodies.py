"""Matter becomes bodies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xscan.segment.assemble import assemble
from xscan.segment.compose import compose
from xscan.segment.config import SegmentConfig
from xscan.segment.contact import part_contacts
from xscan.segment.geometry import F32, Bool, Labels32, window_of
from xscan.segment.matter import part_matter
from xscan.segment.sift import STANDS_OUT, sift
from xscan.segment.split import split

__all__ = ["Bodies", "part_bodies"]


@dataclass(frozen=True, eq=False)
class Bodies:
    """Bodies, and what is known of how they came about.

    Parameters
    ----------
    labels : uint32 (z, y, x), from 1
    scores : by body, the decisions that made it, 0..1
    """

    labels: Labels32
    scores: dict[int, dict[str, float]]

    def without(self, found: Sequence[int]) -> tuple[Bodies, Bool]:
        """The bodies but those in `found`, numbered anew, and the voxels (z, y, x) of those."""
        rest = [k for k in sorted(self.scores) if k not in found]
        table = np.zeros(len(self.scores) + 1, np.uint32)
        table[rest] = np.arange(1, len(rest) + 1)
        mask = np.isin(self.labels, np.asarray(found, np.uint32))
        return Bodies(table[self.labels], {int(table[k]): self.scores[k] for k in rest}), mask


def part_bodies(
    matter: Bool,
    faint: Bool,
    values: F32,
    reach: F32,
    doubt: F32,
    noise: float,
    voxel_mm: Sequence[float],
    config: SegmentConfig,
) -> Bodies:
    """Label matter without its artefacts, part what touches, and drop what is too small.

    Parameters
    ----------
    matter : mask (z, y, x)
    faint : voxels above the floor, among them the blurred rims that `matter` leaves out
    values : attenuation
    reach : of artefacts, see `streak_reach`
    doubt : the same with what a correction may have left, see `still_streaked`
    noise : standard deviation of `values`
    voxel_mm : voxel size
    config : settings
    """
    from xscan_kernels.measuring import region_statistics

    least = max(1, int(np.ceil(config.least_mm3 / float(np.prod(voxel_mm)))))
    lumps, kept = sift(matter, faint, values, reach, doubt, least, voxel_mm, config)
    boxes = region_statistics(lumps, count=len(kept)).bbox
    labels = np.zeros(matter.shape, np.uint32)
    scores: dict[int, dict[str, float]] = {}
    apart: set[tuple[int, int]] = set()
    for k, lump in enumerate(kept, 1):
        window = window_of(boxes[k], matter.shape)
        mass = part_matter(lumps[window] == k, values[window], reach[window], noise, voxel_mm, config)
        things, firm = compose(mass)
        for t in range(1, int(things.max()) + 1):
            thing = things == t
            parts, cuts = split(thing, np.where(thing, values[window], 0), reach[window], noise, voxel_mm, config)
            parts, cuts, contacts = part_contacts(parts, cuts, voxel_mm)
            named: dict[int, int] = {}
            for p in range(1, int(parts.max()) + 1):
                mask = parts == p
                if mask.sum() < least:
                    continue
                n = named[p] = len(scores) + 1
                labels[window][mask] = n
                scores[n] = {"edge": lump.edge, "clear": min(1.0, lump.clear / STANDS_OUT)}
                if t in firm:
                    scores[n]["joined"] = firm[t]
                ratios = [c.ratio for c in (*cuts, *contacts) if p in (c.a, c.b)]
                if ratios:
                    scores[n]["parted"] = 1 - max(ratios)
            # a bulb touches its base as little as a cup its neighbour: `assemble` tells which contacts are seats
            apart.update((named[c.a], named[c.b]) for c in cuts if c.a in named and c.b in named)
    root = assemble(labels, len(scores), values, apart, voxel_mm)
    kept_roots = [k for k in scores if root[k] == k]
    for k in scores:
        if root[k] != k:
            scores[int(root[k])]["seated"] = 1.0
    table = np.zeros(len(scores) + 1, np.uint32)
    table[kept_roots] = np.arange(1, len(kept_roots) + 1)
    return Bodies(table[root][labels], {int(table[k]): scores[k] for k in kept_roots})
