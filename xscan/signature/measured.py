"""Everything that one pass over the volumes tells of every object."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xscan.model import Quantities, Segmentation, Volume
from xscan.model.progress import Progress
from xscan.signature.config import SignatureConfig
from xscan.signature.integrals import Excess, excess, grouped_median
from xscan.signature.neighbourhood import Layers, families, layers

__all__ = ["HISTOGRAM_EDGES", "Measured", "measured_of"]

Array = NDArray[np.float64]

HISTOGRAM_EDGES = np.linspace(-200.0, 6200.0, 129)


@dataclass(frozen=True, eq=False)
class Measured:
    """Everything that one pass over the volumes gives, by slot (the order of the objects)."""

    attenuation: Excess
    rho_e: Excess | None
    photo: Excess | None
    density: Excess | None
    voxels: Array
    core: Array
    peak: Array
    std: Array
    histogram: NDArray[np.int64]
    metal: Array
    deep: Array
    deep_rho_e: Array
    deep_photo: Array
    shared: Array
    border: Array
    corrected: Array


def measured_of(
    ids: NDArray[np.uint32],
    segmentation: Segmentation,
    quantities: Quantities,
    config: SignatureConfig,
    progress: Progress,
) -> Measured:
    """Measure every object.

    Parameters
    ----------
    ids : object ids (z, y, x); what is 0 is background to the rest
    segmentation : of which they are
    quantities : what was scanned
    config : settings
    progress : told how far it is
    """
    size = min(segmentation.grid.voxel_size_mm)
    inward = max(1, math.ceil(config.core_mm / size - 1e-6))
    outward = max(1, math.ceil(config.reach_mm / size - 1e-6))
    family = families({o.id: o.parent for o in segmentation.objects})
    where = layers(ids, family, inward=2 * inward, outward=outward, beyond=2)
    progress(0.4, "sign")
    n = len(segmentation.objects)
    slot_of = np.zeros(max(o.id for o in segmentation.objects) + 1, np.intp)
    for i, o in enumerate(segmentation.objects):
        slot_of[o.id] = i
    slots = slot_of[where.own_id]
    core, deep = where.depth > inward, where.depth > 2 * inward
    attenuation = quantities.attenuation.array().ravel()
    values = attenuation[where.own]
    count = np.bincount(slots, minlength=n).astype(np.float64)
    mean = np.bincount(slots, values, minlength=n) / np.maximum(count, 1)
    variance = np.bincount(slots, (values - mean[slots].astype(np.float32)) ** 2, minlength=n) / np.maximum(count, 1)
    bins = np.clip(np.searchsorted(HISTOGRAM_EDGES, values, side="right") - 1, 0, HISTOGRAM_EDGES.size - 2)
    width = HISTOGRAM_EDGES.size - 1
    histogram = np.bincount(slots * width + bins, minlength=n * width).reshape(n, width)
    volumes = {
        name: None if volume is None else excess(volume.array().ravel(), where, slot_of, n, core)
        for name, volume in (("rho_e", quantities.rho_e), ("photo", quantities.photo), ("density", quantities.density))
    }
    progress(0.9, "sign")
    return Measured(
        attenuation=excess(attenuation, where, slot_of, n, core),
        voxels=count,
        core=np.bincount(slots[core], minlength=n).astype(np.float64),
        peak=_peaks(slots, None if quantities.rho_e is None else quantities.rho_e.array().ravel()[where.own], n),
        std=np.sqrt(variance),
        histogram=histogram.astype(np.int64),
        deep=np.bincount(slots[deep], minlength=n).astype(np.float64),
        deep_rho_e=_medians(quantities.rho_e, where, slots, deep, n),
        deep_photo=_medians(quantities.photo, where, slots, deep, n),
        shared=np.bincount(slots, where.shared, minlength=n).astype(np.float64),
        border=np.bincount(slots[where.depth == 1], minlength=n).astype(np.float64),
        corrected=_corrected(where, slots, n, quantities),
        metal=_metal(where, slots, values, n, segmentation.grid.shape, config) if quantities.has_scale else np.zeros(n),
        **volumes,
    )


def _medians(volume: Volume | None, where: Layers, slots: NDArray[np.intp], among: NDArray[np.bool_], n: int) -> Array:
    """Median of a volume over some of each object's own voxels; NaN without."""
    if volume is None:
        return np.full(n, np.nan)
    return grouped_median(slots[among], volume.array().ravel()[where.own[among]], n)


def _corrected(where: Layers, slots: NDArray[np.intp], n: int, quantities: Quantities) -> Array:
    """Mean share by which the correction for hardening moved each object, weighted with its electrons."""
    if quantities.corrected is None or quantities.rho_e is None:
        return np.zeros(n)
    places = np.unravel_index(where.own, quantities.grid.shape)
    coarse = quantities.corrected[tuple(p // f for p, f in zip(places, quantities.corrected_voxels, strict=True))]
    electrons = np.maximum(quantities.rho_e.array().ravel()[where.own], 0)
    total = np.bincount(slots, electrons, minlength=n)
    share: Array = np.bincount(slots, electrons * coarse, minlength=n) / np.maximum(total, 1e-9)
    return share


def _peaks(slots: NDArray[np.intp], values: NDArray[np.float32] | None, n: int) -> Array:
    """The 90th percentile of each object's own voxels; NaN without values."""
    result = np.full(n, np.nan)
    if values is None:
        return result
    order = np.lexsort((values, slots))
    counts = np.bincount(slots, minlength=n)
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    filled = counts > 0
    result[filled] = values[order][starts[filled] + (0.9 * (counts[filled] - 1)).astype(int)]
    return result


def _metal(
    where: Layers,
    slots: NDArray[np.intp],
    values: NDArray[np.float32],
    n: int,
    shape: tuple[int, int, int],
    config: SignatureConfig,
) -> Array:
    """Share of each object that lies in slices with metal of another object (rays run within slices)."""
    z = where.own // (shape[1] * shape[2])
    bright = values > config.metal_mhu
    everywhere = np.bincount(z[bright], minlength=shape[0])
    flat = slots * shape[0] + z
    own_metal = np.bincount(flat[bright], minlength=n * shape[0]).reshape(n, -1)
    own = np.bincount(flat, minlength=n * shape[0]).reshape(n, -1)
    touched = (everywhere[None] - own_metal) > 0
    share: Array = (own * touched).sum(axis=1) / np.maximum(own.sum(axis=1), 1)
    return share
