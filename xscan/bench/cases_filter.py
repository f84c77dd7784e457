"""Filters: median, extremes, Gaussian, guided, bilateral."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

import xscan_kernels as k
from xscan.bench.case import Case, Peer, close, installed, same
from xscan.bench.subject import Subject

__all__ = ["bilateral_cases", "extreme_cases", "gaussian_cases", "guided_cases", "median_cases"]


def median_cases(subject: Subject) -> Iterator[Case]:
    """3 × 3 × 3 median of half the edge."""
    itk, ndimage = installed("SimpleITK"), installed("scipy.ndimage")
    part = subject.half()
    peers = {
        "SimpleITK": itk
        and Peer(lambda: itk.GetArrayFromImage(itk.Median(itk.GetImageFromArray(part), (1, 1, 1))), same),
        "scipy": ndimage and Peer(lambda: ndimage.median_filter(part, 3, mode="nearest"), same),
    }
    yield Case("median3", "half the edge", lambda t: k.median3(part, threads=t), peers, 2 * part.nbytes)


def extreme_cases(subject: Subject) -> Iterator[Case]:
    """Highest of cubes of three and of five voxels."""
    itk, ndimage = installed("SimpleITK"), installed("scipy.ndimage")
    real = subject.volume.astype(np.float32)
    for size in (3, 5):

        def dilated(size: int = size) -> Any:
            radius = (size // 2,) * 3
            return itk.GetArrayFromImage(itk.GrayscaleDilate(itk.GetImageFromArray(real), radius, itk.sitkBox))

        def ours(t: int, size: int = size) -> Any:
            return k.maximum_filter(real, size, threads=t)

        def theirs(size: int = size) -> Any:
            return ndimage.maximum_filter(real, size)

        peers = {"SimpleITK": itk and Peer(dilated, same), "scipy": ndimage and Peer(theirs, same)}
        yield Case("maximum_filter", f"cube of {size}, float32", ours, peers, 8 * real.size)


def gaussian_cases(subject: Subject) -> Iterator[Case]:
    """Gaussian of 1.5 voxels."""
    ndimage = installed("scipy.ndimage")
    real = subject.volume.astype(np.float32)
    peers = {"scipy": ndimage and Peer(lambda: ndimage.gaussian_filter(real, 1.5, mode="nearest"), close(1e-5))}
    yield Case("gaussian", "sigma 1.5, float32", lambda t: k.gaussian(real, 1.5, threads=t), peers, 8 * real.size)


def guided_cases(subject: Subject) -> Iterator[Case]:
    """Guided filter of half the edge, by itself and by a second channel."""
    ndimage = installed("scipy.ndimage")
    part = subject.half().astype(np.float32)
    lead = np.sqrt(np.abs(part)) + np.float32(3)
    for name, guide, eps in (("by itself", part, 400.0), ("by another channel", lead, 4.0)):

        def by_boxes(guide: Any = guide, eps: float = eps) -> Any:
            """He's filter of box means over the voxels that exist, in double precision."""
            shares = ndimage.uniform_filter(np.ones(part.shape), 5, mode="constant")

            def mean(v: Any) -> Any:
                return ndimage.uniform_filter(v, 5, mode="constant") / shares

            i, p = guide.astype(np.float64), part.astype(np.float64)
            mean_i, mean_p = mean(i), mean(p)
            slope = (mean(i * p) - mean_i * mean_p) / (np.maximum(mean(i * i) - mean_i**2, 0) + eps)
            return mean(slope) * i + mean(mean_p - slope * mean_i)

        def ours(t: int, guide: Any = guide, eps: float = eps) -> Any:
            return k.guided(part, guide, 2, eps, threads=t)

        peers = {"scipy": ndimage and Peer(by_boxes, close(1e-4))}
        yield Case("guided", f"radius 2, half the edge, {name}", ours, peers, 12 * part.size)


def bilateral_cases(subject: Subject) -> Iterator[Case]:
    """Bilateral filter of a quarter of the edge."""
    itk = installed("SimpleITK")
    part = subject.part(tuple(max(1, n // 4) for n in subject.volume.shape)).astype(np.float32)
    wide = float(np.ptp(part)) / 20

    def theirs() -> Any:
        return itk.GetArrayFromImage(itk.Bilateral(itk.GetImageFromArray(part), 1.0, wide, 1000))

    # it cuts its window off elsewhere and takes the weights from a table of 1000 entries: a hundredth of the
    # value range, in the middle where no edge is repeated
    def agree(a: Any, b: Any) -> bool:
        inner = tuple(slice(4, -4) for _ in range(3))
        return bool(np.allclose(a[inner], b[inner], atol=0.01 * float(np.ptp(part))))

    peers = {"SimpleITK": itk and Peer(theirs, agree)}
    yield Case(
        "bilateral",
        "sigma 1 voxel, a quarter of the edge",
        lambda t: k.bilateral(part, 1.0, wide, radius=3, threads=t),
        peers,
        8 * part.size,
    )
