"""Which templates a body could be at all, by measures that need no pose."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from xscan.template.config import TemplateConfig
from xscan.template.prepared import Prepared
from xscan.template.shape import Shape

__all__ = ["could_be"]


def could_be(body: Shape, prepared: Mapping[str, Prepared], voxel_mm: float, config: TemplateConfig) -> list[str]:
    """Ids of the templates of the body's size and proportions, the most alike first.

    A copy scaled by up to `max_scale` unevenly, and an outer skin off by up to 0.75 voxel, stay in.
    """
    ids = sorted(prepared)
    if not ids:
        return []
    spreads = np.array([prepared[i].shape.spreads for i in ids])
    volumes = np.array([prepared[i].shape.volume for i in ids])
    areas = np.array([prepared[i].shape.area for i in ids])
    radii = np.array([prepared[i].shape.radii for i in ids])
    size = 1.25 * config.max_scale
    skin = 0.75 * voxel_mm
    # moving the skin outward by d changes the spread of a slab of half-width √3 σ by d / √3
    gap = np.maximum(0, np.abs(spreads - body.spreads) - skin / np.sqrt(3) - 0.3) / spreads
    low = volumes * (1 - config.max_scale) ** 3 - skin * areas
    high = volumes * (1 + config.max_scale) ** 3 + skin * areas
    fits = (gap < size).all(axis=1) & (body.volume > low) & (body.volume < high)
    unlike = np.abs(radii - body.radii).mean(axis=1) / radii.mean(axis=1)
    unlike = unlike + np.abs(np.log(spreads / body.spreads)).mean(axis=1)
    order = np.argsort(unlike, kind="stable")
    return [ids[k] for k in order if fits[k]][: config.candidates]
