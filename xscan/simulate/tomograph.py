"""Voxels become a CT scan: transmission, noise, correction for water, filtered back-projection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xscan.model import Progress, silent
from xscan.simulate.materials import SceneMaterial, attenuation, material
from xscan.simulate.scanner import Beam, Scanner
from xscan.simulate.spectrum import detected
from xscan.simulate.voxelise import Voxels

__all__ = ["acquire"]

NODES = 20  # energies a beam is gathered into: transmission within 0.1 % (tests/simulate)
WATER = SceneMaterial(mix={"H2O": 1.0}, density=0.998)
WATER_REFERENCE_MM = 100.0


@dataclass(frozen=True, eq=False)
class _Channel:
    """What one beam does to paths (mm) through materials, and how the scanner reads it."""

    beam: Beam
    lac: NDArray[np.float64]
    weights: NDArray[np.float64]
    log_water: NDArray[np.float64]
    equivalent: NDArray[np.float64]


def _channel(beam: Beam, scanner: Scanner, materials: list[SceneMaterial]) -> _Channel:
    seen = detected(beam, scanner)
    table = np.stack([attenuation(m, seen.energy_kev) for m in materials], axis=1)
    lac, weights, variance = seen.nodes(table, NODES)
    water = attenuation(WATER, seen.energy_kev)
    lengths = np.concatenate([np.arange(0, 100, 1.0), np.arange(100, 1500, 10.0)])
    logs = -np.log(seen.transmission(water, lengths))
    slope = float(np.interp(WATER_REFERENCE_MM, lengths, logs)) / WATER_REFERENCE_MM
    return _Channel(beam, lac, np.stack([weights, variance / beam.photons]), logs, lengths * slope)


def _readings(
    fine: NDArray[np.uint8],
    pitch: float,
    angles: NDArray[np.float64],
    scanner: Scanner,
    channels: list[_Channel],
    rays: int,
) -> NDArray[np.float64]:
    """Noise-free readings and variances of one slice, (views, rays, channels, 2); air is 1."""
    from scipy.ndimage import gaussian_filter1d

    from xscan_kernels.transmission import material_paths, transmit

    s = scanner.oversampling
    spacing = scanner.voxel_mm / s
    total = np.zeros((angles.size, rays, len(channels), 2))
    for layer in fine:
        present = np.unique(layer[layer > 0]) if layer.any() else np.zeros(0, np.uint8)
        if not present.size:
            total += np.stack([c.weights.sum(1) for c in channels])
            continue
        small = np.zeros(256, np.uint8)
        small[present] = np.arange(1, present.size + 1)
        paths = material_paths(
            small[layer], pitch, angles, rays=rays * s, spacing=spacing, materials=present.size, threads=1
        )
        for k, channel in enumerate(channels):
            passed = transmit(paths, channel.lac[:, present.astype(int) - 1], channel.weights, threads=1)
            if scanner.blur_mm:
                passed = gaussian_filter1d(passed, scanner.blur_mm / spacing, axis=1, mode="nearest")
            total[:, :, k] += passed.reshape(angles.size, rays, s, 2).mean(2)
    return total / len(fine)


def _slice(
    number: int,
    fine: NDArray[np.uint8],
    pitch: float,
    angles: NDArray[np.float64],
    scanner: Scanner,
    channels: list[_Channel],
    rays: int,
    seed: int,
) -> NDArray[np.float32]:
    from scipy.ndimage import gaussian_filter1d

    from xscan_kernels import backproject

    readings = _readings(fine, pitch, angles, scanner, channels, rays)
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence((seed, number))))
    logs = np.empty((len(channels), angles.size, rays), dtype=np.float32)
    for k, channel in enumerate(channels):
        signal, variance = readings[:, :, k, 0], readings[:, :, k, 1]
        if scanner.scatter:
            # Ohnesorge et al. 1999: scatter is born where a beam is partly absorbed, and spreads
            born = signal * -np.log(np.maximum(signal, 1e-9))
            signal = signal + scanner.scatter * gaussian_filter1d(
                born, scanner.scatter_mm / scanner.voxel_mm, axis=1, mode="constant", truncate=3.0
            )
        noise = rng.standard_normal(signal.shape, dtype=np.float32)
        read = signal + noise * np.sqrt(variance + scanner.electronic**2)
        # A starved reading is held at a quarter of a quantum, as scanners do before the logarithm.
        read = np.maximum(read, 0.25 / channel.beam.photons)
        logs[k] = np.interp(-np.log(read), channel.log_water, channel.equivalent)
        thin = read > 1
        logs[k][thin] = (-np.log(read[thin]) * channel.equivalent[1] / channel.log_water[1]).astype(np.float32)
    v = scanner.voxel_mm
    shape = (scanner.pixels, scanner.pixels)
    return backproject(logs, angles, shape, v, pixel_mm=v, window=scanner.window, threads=1)


def acquire(
    voxels: Voxels,
    scanner: Scanner,
    *,
    seed: int,
    extra: Mapping[str, SceneMaterial] | None = None,
    threads: int | None = None,
    progress: Progress = silent,
) -> dict[str, NDArray[np.float32]]:
    """Scan the voxels: LAC volumes (z, y, x), 1/cm, by channel ("low", "high").

    Slices are independent, each with noise of its own seed: the result is the same at any number of threads.
    """
    from xscan_kernels._pool import run, thread_count

    s, n = scanner.oversampling, scanner.pixels
    if voxels.material.shape[1:] != (n * s, n * s):
        raise ValueError(f"voxels: expected slices of {n * s} cells, got {voxels.material.shape}")
    materials = [material(name, extra or {}) for name in voxels.materials]
    channels = [_channel(beam, scanner, materials) for beam in (scanner.low, scanner.high)]
    angles = np.linspace(0.0, np.pi, scanner.views, endpoint=False)
    rays = int(np.ceil(np.hypot(n, n) / 2)) * 2 + 2
    slices = voxels.material.shape[0] // s
    out = np.empty((2, slices, n, n), dtype=np.float32)
    done = 0

    def work(i: int) -> None:
        nonlocal done
        part = voxels.material[i * s : (i + 1) * s]
        out[:, i] = _slice(i, part, voxels.pitch_mm, angles, scanner, channels, rays, seed) * 10.0
        done += 1
        progress(done / slices, "project and reconstruct")

    run(work, [(i,) for i in range(slices)], thread_count(threads))
    if scanner.slice_blur_mm:
        from scipy.ndimage import gaussian_filter1d

        gaussian_filter1d(out, scanner.slice_blur_mm / scanner.voxel_mm, axis=1, mode="nearest", output=out)
    return {"low": out[0], "high": out[1]}
