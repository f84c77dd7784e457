"""Parallel and fan-beam projection, and filtered back-projection.

Geometry: the rotation axis runs through the middle of the image. At angle t the detector axis is
(x, y) = (cos t, sin t), and rays run along (-sin t, cos t); x counts columns, y rows. Element d of n lies
(d - (n - 1) / 2) × detector_mm from the middle. For a fan, detector places are those on the line through
the axis (divide a real detector's by its magnification).
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _rays
from ._check import REAL, as_volume, one_of, positive
from ._pool import run, slabs, thread_count

__all__ = ["backproject", "project_fan", "project_parallel"]

Image = NDArray[np.float32]


def _stack(name: str, value: ArrayLike) -> tuple[Image, bool]:
    """``value`` as a float32 stack, and whether it was a single image."""
    array = np.asarray(value)
    single = array.ndim == 2
    stack = as_volume(name, array[None] if single else array, ("bool", *REAL))
    return stack.astype(np.float32, copy=False), single


def _angles(value: ArrayLike) -> NDArray[np.float64]:
    angles = np.ascontiguousarray(value, np.float64)
    if angles.ndim != 1 or not np.all(np.isfinite(angles)):
        raise ValueError(f"angles_rad: got shape {angles.shape}, expected a row of finite numbers")
    return angles


def _places(detectors: int, detector_mm: float) -> NDArray[np.float64]:
    if int(detectors) != detectors or detectors < 1:
        raise ValueError(f"detectors: got {detectors!r}, expected a whole number >= 1")
    places = np.arange(detectors, dtype=np.float64) - (detectors - 1) / 2
    return np.asarray(places * positive("detector_mm", detector_mm), np.float64)


def _project(image: Any, angles_rad: Any, places: Any, source: float, pixel_mm: float, threads: Any) -> Image:
    workers = thread_count(threads)
    stack, single = _stack("image", image)
    angles = _angles(angles_rad)
    out = np.empty((len(stack), len(angles), len(places)), np.float32)
    if stack.size:
        room = ((0, 0), (0, 0), (_rays.BEFORE, _rays.AFTER))
        turned = np.pad(np.ascontiguousarray(stack.transpose(0, 2, 1)), room)
        given = (np.pad(stack, room), turned, angles, places, source, positive("pixel_mm", pixel_mm), out)
        run(_rays.sum_rays, [(*given, a, b) for a, b in slabs(len(angles), workers * 4)], workers)
    else:
        out[:] = 0
    return out[0] if single else out


def project_parallel(
    image: ArrayLike,
    angles_rad: ArrayLike,
    detectors: int,
    detector_mm: float = 1.0,
    *,
    pixel_mm: float = 1.0,
    threads: int | None = None,
) -> Image:
    """Line integrals along parallel rays.

    Parameters
    ----------
    image : array (y, x) or a stack (z, y, x), real, per mm
    angles_rad : float array (n_angle,)
    detectors : int
        Number of detector elements.
    detector_mm, pixel_mm : float
        Pitch of the elements and size of the square pixels.
    threads : int, optional

    Returns
    -------
    float32 array (n_angle, detectors) or (z, n_angle, detectors)

    Notes
    -----
    Joseph 1982 (IEEE Trans. Med. Imaging 1:192).
    """
    return _project(image, angles_rad, _places(detectors, detector_mm), np.inf, pixel_mm, threads)


def project_fan(
    image: ArrayLike,
    angles_rad: ArrayLike,
    detectors: int,
    detector_mm: float = 1.0,
    *,
    source_mm: float,
    pixel_mm: float = 1.0,
    threads: int | None = None,
) -> Image:
    """Line integrals along the rays of a fan; ``source_mm`` is the distance of source and axis.

    Other parameters and the result as of :func:`project_parallel`.
    """
    source = positive("source_mm", source_mm)
    return _project(image, angles_rad, _places(detectors, detector_mm), source, pixel_mm, threads)


def _ramp(sinogram: Image, step: float, window: str) -> Image:
    """Ramp filter of every projection (band-limited kernel, Kak and Slaney 1988, eq. 3.61)."""
    n = sinogram.shape[-1]
    size = 1 << (2 * n - 1).bit_length()
    kernel = np.zeros(size)
    odd = np.arange(1, size // 2, 2)
    kernel[0] = 0.25
    kernel[odd] = kernel[-odd] = -1 / (np.pi * odd) ** 2
    response = np.fft.rfft(kernel).real / step
    if window == "hann":
        response *= 0.5 + 0.5 * np.cos(np.linspace(0, np.pi, len(response)))
    filtered = np.fft.irfft(np.fft.rfft(sinogram, size) * response, size)[..., :n]
    return np.ascontiguousarray(filtered, np.float32)


def backproject(
    sinogram: ArrayLike,
    angles_rad: ArrayLike,
    shape: tuple[int, int],
    detector_mm: float = 1.0,
    *,
    pixel_mm: float = 1.0,
    source_mm: float | None = None,
    window: str | None = "ramp",
    threads: int | None = None,
) -> Image:
    """Filtered back-projection of parallel projections, or of a fan's where ``source_mm`` is given.

    Parameters
    ----------
    sinogram : array (n_angle, detectors) or (z, n_angle, detectors), real
    angles_rad : float array (n_angle,)
        Evenly spaced over a half turn (parallel) or a whole turn (fan).
    shape : (rows, columns) of the image
    detector_mm, pixel_mm, source_mm
        As of :func:`project_parallel` and :func:`project_fan`.
    window : {"ramp", "hann", None}
        Filter; None adds the projections back as they are, without scale.
    threads : int, optional

    Returns
    -------
    float32 array (rows, columns) or (z, rows, columns), per mm
    """
    workers = thread_count(threads)
    rays, single = _stack("sinogram", sinogram)
    angles = _angles(angles_rad)
    if rays.shape[1] != len(angles):
        raise ValueError(f"sinogram: got {rays.shape[1]} projections, expected {len(angles)}, one an angle")
    one_of("window", window, ("ramp", "hann", None))
    places = _places(rays.shape[2], detector_mm)
    out = np.zeros((len(rays), *shape), np.float32)
    source = None if source_mm is None else positive("source_mm", source_mm)
    if source is not None and window is not None:
        rays = rays * (source / np.hypot(source, places)).astype(np.float32)
    if window is not None:
        rays = _ramp(rays, detector_mm, window)
    scale = np.float32(1 if window is None else np.pi / max(1, len(angles)))
    pixel = positive("pixel_mm", pixel_mm)
    parts = slabs(shape[0], workers * 4) if out.size else []
    if source is None:
        given: tuple[Any, ...] = (rays, angles, places[0], detector_mm, pixel, scale, out)
        run(_rays.spread_parallel, [(*given, a, b) for a, b in parts], workers)
    else:
        given = (rays, angles, places[0], detector_mm, source, pixel, scale, out)
        run(_rays.spread_fan, [(*given, a, b) for a, b in parts], workers)
    return out[0] if single else out
