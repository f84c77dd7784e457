"""Watershed and its markers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

import xscan_kernels as k
from xscan.bench.case import Case, Peer, installed, same
from xscan.bench.subject import Subject

__all__ = ["maxima_cases", "watershed_cases"]


def _skimage(image: Any, seeds: Any, where: Any) -> dict[str, Peer | None]:
    segment = installed("skimage.segmentation")
    return {"skimage": segment and Peer(lambda: segment.watershed(image, seeds.astype(np.int32), mask=where), same)}


def watershed_cases(subject: Subject) -> Iterator[Case]:
    """From the h-maxima of the distance, and of the grey slope from cores."""
    yield from _of_distance(subject)
    part = subject.half()
    mask = part > subject.threshold
    cores = k.label(k.distance(mask, limit_mm=4) > 3)[0]
    cores[k.distance(~mask, limit_mm=4) > 3] = cores.max() + 1
    slope = np.abs(np.gradient(k.gaussian(part, 1.0), axis=2)).astype(np.float32)
    yield Case(
        "watershed",
        "of the grey slope from cores and air, half the edge",
        lambda t: k.watershed(slope, cores, threads=t),
        _skimage(slope, cores, None),
        8 * mask.size,
    )


def _of_distance(subject: Subject) -> Iterator[Case]:
    mask = subject.mask()
    depth = k.distance(mask)
    markers = k.label(k.h_maxima(depth, 1.0))[0]
    relief = -depth
    yield Case(
        "watershed",
        "of the distance from its h-maxima",
        lambda t: k.watershed(relief, markers, mask, threads=t),
        _skimage(relief, markers, mask),
        9 * mask.size,
    )


def maxima_cases(subject: Subject) -> Iterator[Case]:
    """h-maxima of the distance."""
    morphology = installed("skimage.morphology")
    part = k.distance(subject.half() > subject.threshold)

    def theirs() -> Any:
        low = np.asarray(part.astype(np.float64) - 1.0)
        return morphology.reconstruction(low, part.astype(np.float64), footprint=_cross()) == low

    peers = {"skimage reconstruction": morphology and Peer(theirs, same)}
    yield Case(
        "h_maxima", "of the distance, half the edge", lambda t: k.h_maxima(part, 1.0, threads=t), peers, 5 * part.size
    )


def _cross() -> Any:
    """A voxel and its six neighbours."""
    return np.abs(np.indices((3, 3, 3)) - 1).sum(axis=0) <= 1
