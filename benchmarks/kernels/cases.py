"""What is measured: for each kernel and case our call, the peers' calls, and when two results are equal."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import xscan_kernels as k

Call = Callable[[], Any]


@dataclass
class Case:
    """One row of the table before it is measured; ``ours`` takes the number of threads."""

    kernel: str
    case: str
    ours: Callable[[int], Any]
    peers: dict[str, Call]
    equal: Callable[[Any, Any], bool]
    moved: int = 0  # bytes that must go through memory at least
    repeats: int = field(default=5)


def parcel(n: int, seed: int = 1) -> np.ndarray:
    """Forty bodies of one density each in noisy air, n³ uint16."""
    rng = np.random.default_rng(seed)
    volume = rng.normal(30, 12, (n, n, n)).clip(0).astype(np.uint16)
    for _ in range(40):
        centre, radius = rng.integers(0, n, 3), rng.integers(max(2, n // 32), n // 6, 3)
        part = tuple(slice(max(0, c - r), min(n, c + r)) for c, r in zip(centre, radius, strict=True))
        grid = np.ogrid[part]
        inside = sum(((g - c) / r) ** 2 for g, c, r in zip(grid, centre, radius, strict=True)) < 1
        volume[part] += (inside * rng.integers(200, 2000)).astype(np.uint16)
    return volume


def same(a: Any, b: Any) -> bool:
    return bool(np.array_equal(a, b))


def close(tolerance: float) -> Callable[[Any, Any], bool]:
    return lambda a, b: bool(np.allclose(a, b, rtol=tolerance, atol=tolerance * float(np.abs(b).max())))


def cases(n: int) -> list[Case]:
    """All cases at n³ (the widest filters at half that, where the slowest peers would take minutes)."""
    import cc3d
    import edt
    import fastmorph
    import fill_voids
    import numexpr
    import SimpleITK as sitk
    from scipy import ndimage
    from skimage.segmentation import watershed

    numexpr.set_num_threads(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1)
    volume = parcel(n)
    mask = volume > 100
    labels, count = k.label(mask)
    out = np.empty(volume.shape, np.uint32)
    noise = np.random.default_rng(0).random(volume.shape, np.float32) < 0.3116
    smooth = ndimage.uniform_filter(volume, 3)
    real = volume.astype(np.float32)
    small = volume[: n // 2, : n // 2, : n // 2].copy()
    small_real = small.astype(np.float32)
    depth = k.distance(mask)
    markers = k.label(k.h_maxima(depth, 1.0))[0]
    bins = ((0, 4096, 256),)
    scaled = real / 2000
    weights = np.random.default_rng(1).normal(size=(2, 4, 4)).astype(np.float32)
    size = volume.size

    def join(delta: float) -> Call:
        return lambda: cc3d.connected_components(smooth, connectivity=6, delta=delta)

    def components(v: Any, connectivity: int) -> Call:
        return lambda: cc3d.connected_components(v(), connectivity=connectivity)

    def statistics_equal(a: Any, b: Any) -> bool:
        return same(a.count, b["voxel_counts"]) and np.allclose(a.centroid, b["centroids"], equal_nan=True)

    def polynomial() -> np.ndarray:
        a, b = scaled, scaled  # noqa: F841 - numexpr reads the names
        rows = []
        for w in weights:
            text = "+".join(f"({w[i, j]!r})*a**{i}*b**{j}" for i in range(4) for j in range(4))
            rows.append(numexpr.evaluate(text.replace("np.float32", "")))
        return np.stack(rows)

    def itk(run: Callable[[Any], Any], array: np.ndarray) -> Call:
        return lambda: sitk.GetArrayViewFromImage(run(sitk.GetImageFromArray(array)))

    return [
        Case(
            "label",
            "parcel, > threshold, 6, fresh",
            lambda t: k.label(volume, threshold=100, threads=t)[0],
            {"cc3d": components(lambda: volume > 100, 6)},
            same,
            6 * size,
        ),
        Case(
            "label",
            "parcel, > threshold, 6, given",
            lambda t: k.label(volume, threshold=100, threads=t, out=out)[0],
            {"cc3d": components(lambda: volume > 100, 6)},
            same,
            6 * size,
        ),
        Case(
            "label",
            "parcel, > threshold, 26, given",
            lambda t: k.label(volume, threshold=100, connectivity=26, threads=t, out=out)[0],
            {"cc3d": components(lambda: volume > 100, 26)},
            same,
            6 * size,
        ),
        Case(
            "label",
            "percolation 0.3116, 6, given",
            lambda t: k.label(noise, threads=t, out=out)[0],
            {"cc3d": components(lambda: noise, 6)},
            same,
            5 * size,
        ),
        Case(
            "label",
            "grey, delta 5, 6, given",
            lambda t: k.label(smooth, delta=5, threads=t, out=out)[0],
            {"cc3d": join(5)},
            lambda a, b: bool(a.max() == b.max()),
            6 * size,
        ),
        Case(
            "region_statistics",
            "moments and 256 bins, parcel",
            lambda t: k.region_statistics(labels, (volume,), bins=bins, count=count, threads=t),
            {"cc3d.statistics": lambda: cc3d.statistics(labels)},
            statistics_equal,
            6 * size,
        ),
        Case(
            "component_statistics",
            "threshold to histogram, no labels",
            lambda t: k.component_statistics(volume, threshold=100, bins=bins, threads=t),
            {"cc3d": lambda: cc3d.statistics(cc3d.connected_components(volume > 100, connectivity=6))},
            lambda a, b: same(a.count[1:], b["voxel_counts"][1:]),
            2 * size,
        ),
        Case(
            "median3",
            "parcel, half the edge",
            lambda t: k.median3(small, threads=t),
            {"SimpleITK": itk(lambda i: sitk.Median(i, (1, 1, 1)), small)},
            same,
            small.nbytes * 2,
        ),
        Case(
            "gaussian",
            "sigma 1.5, float32",
            lambda t: k.gaussian(real, 1.5, threads=t),
            {"scipy": lambda: ndimage.gaussian_filter(real, 1.5, mode="nearest")},
            close(1e-5),
            8 * size,
        ),
        Case(
            "guided",
            "radius 2; peer is bilateral, half the edge",
            lambda t: k.guided(small_real, None, 2, 400.0, threads=t),
            {"SimpleITK bilateral": itk(lambda i: sitk.Bilateral(i, 1.0, 20.0), small_real)},
            lambda a, b: a.shape == b.shape,  # different filters: time only
            8 * small.size,
            2,
        ),
        Case(
            "distance",
            "exact, parcel",
            lambda t: k.distance(mask, threads=t),
            {"edt": lambda: edt.edt(mask.view(np.uint8), parallel=1)},
            close(1e-6),
            5 * size,
        ),
        Case(
            "distance",
            "exact, outside of the parcel",
            lambda t: k.distance(~mask, threads=t),
            {"edt": lambda: edt.edt((~mask).view(np.uint8), parallel=1)},
            close(1e-6),
            5 * size,
        ),
        Case(
            "distance",
            "saturated at 10",
            lambda t: k.distance(mask, limit_mm=10, threads=t),
            {"edt": lambda: np.minimum(edt.edt(mask.view(np.uint8), parallel=1), 10)},
            close(1e-6),
            5 * size,
        ),
        Case(
            "closing",
            "ball of 5",
            lambda t: k.closing(mask, 5, threads=t),
            {"fastmorph": lambda: fastmorph.spherical_close(mask, radius=5, parallel=1)},
            lambda a, b: bool((~a | b)[8:-8, 8:-8, 8:-8].all()),  # see README: its erosion is smaller
            2 * size,
        ),
        Case(
            "fill_holes",
            "parcel",
            lambda t: k.fill_holes(mask, threads=t),
            {"fill_voids": lambda: fill_voids.fill(mask)},
            same,
            2 * size,
        ),
        Case(
            "watershed",
            "distance, h-maxima",
            lambda t: k.watershed(-depth, markers, mask, threads=t),
            {"skimage": lambda: watershed(-depth, markers.astype(np.int32), mask=mask)},
            same,
            9 * size,
            2,
        ),
        Case(
            "dual_energy_polynomial",
            "cubic, 2 to 2",
            lambda t: k.dual_energy_polynomial(scaled, scaled, weights, threads=t),
            {"numexpr": polynomial},
            close(1e-4),
            16 * size,
        ),
    ]
