"""Sums over objects, background taken off, that blurring cannot change."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xscan.signature.neighbourhood import Layers

__all__ = ["Excess", "excess", "grouped_median", "sums_by"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Excess:
    """What a quantity sums to over each object and its blurred edge, by slot (the place of an id in `ids`).

    Parameters
    ----------
    total : sum over own and edge voxels of what lies above the background
    own : mean over own voxels alone
    plateau : median over core voxels; NaN without a core
    background : median of the layer beyond the edge; 0 where there is none
    spread : robust standard deviation of that layer
    voxels : own and edge voxels
    outmost : what of `total` lies in the outmost layer of the edge, where little should be left
    meeting : what a layer one voxel thick holds where another object, or the edge around it, begins
    """

    total: Array
    own: Array
    plateau: Array
    background: Array
    spread: Array
    voxels: Array
    outmost: Array
    meeting: Array


def sums_by(slots: NDArray[np.intp], n: int, weights: NDArray[np.float32] | None = None) -> Array:
    """Sum of weights (or count) by slot, in float64."""
    return np.bincount(slots, weights=weights, minlength=n).astype(np.float64)


def grouped_median(slots: NDArray[np.intp], values: NDArray[np.float32], n: int) -> Array:
    """Median of values by slot; NaN where a slot is empty."""
    order = np.lexsort((values, slots))
    ordered, counts = values[order], np.bincount(slots, minlength=n)
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    result = np.full(n, np.nan)
    filled = counts > 0
    low = starts[filled] + (counts[filled] - 1) // 2
    high = starts[filled] + counts[filled] // 2
    result[filled] = (ordered[low].astype(np.float64) + ordered[high]) / 2
    return result


def excess(
    values: NDArray[np.float32], where: Layers, slot_of: NDArray[np.intp], n: int, core: NDArray[np.bool_]
) -> Excess:
    """Integrate a flat volume over every object; `core` tells which own voxels are deep enough."""
    own_slot, edge_slot, far_slot = slot_of[where.own_id], slot_of[where.edge_id], slot_of[where.beyond_id]
    own_values, far_values = values[where.own], values[where.beyond]
    own_sum, own_count = sums_by(own_slot, n, own_values), sums_by(own_slot, n)
    edge_sum, edge_count = sums_by(edge_slot, n, values[where.edge]), sums_by(edge_slot, n)
    plateau = grouped_median(own_slot[core], own_values[core], n)
    background = grouped_median(far_slot, far_values, n)
    scatter = 1.4826 * grouped_median(far_slot, np.abs(far_values - background[far_slot].astype(np.float32)), n)
    background = np.nan_to_num(background)
    voxels = own_count + edge_count
    last = where.edge_ring == where.edge_ring.max(initial=0)
    last_sum, last_count = sums_by(edge_slot[last], n, values[where.edge[last]]), sums_by(edge_slot[last], n)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = own_sum / own_count
        level = np.where(np.isfinite(plateau), plateau, mean)
        # a voxel that the object fills by the share f shows f·object + (1 − f)·background
        kept = np.where(np.abs(level) > 4 * np.abs(background), 1 - background / level, 1.0)
        total = (own_sum + edge_sum - background * voxels) / kept
        outmost = (last_sum - background * last_count) / kept
    meeting = np.zeros(n)
    for voxel, slot, met in ((where.own, own_slot, where.own_met), (where.edge, edge_slot, where.edge_met)):
        at = np.flatnonzero(met)
        above = np.maximum(values[voxel[at]] - background[slot[at]].astype(np.float32), 0)
        meeting += sums_by(slot[at], n, (above * met[at]).astype(np.float32))
    return Excess(total, mean, plateau, background, np.nan_to_num(scatter), voxels, outmost, meeting)
