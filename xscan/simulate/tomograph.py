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

__all__ = ["acquire", "radiograph"]

NODES = 40  # energies a beam is gathered into: transmission within 0.1 % (tests/simulate)
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
    fine: NDArray[np.uint8], pitch: float, angles: NDArray[np.float64], scanner: Scanner, channels: list[_Channel]
) -> NDArray[np.float64]:
    """Noise-free readings and variances of one slice, (views, rays, channels, 2); air is 1."""
    from scipy.ndimage import gaussian_filter1d

    from xscan_kernels.transmission import transmit

    s = scanner.oversampling
    rays = scanner.elements
    spacing = scanner.voxel_mm / s
    total = np.zeros((angles.size, rays, len(channels), 2))
    for layer in fine:
        present = np.unique(layer[layer > 0]) if layer.any() else np.zeros(0, np.uint8)
        if not present.size:
            total += np.stack([c.weights.sum(1) for c in channels])
            continue
        small = np.zeros(256, np.uint8)
        small[present] = np.arange(1, present.size + 1)
        paths = _paths(small[layer], pitch, angles, rays * s, spacing, present.size, scanner.source_mm)
        for k, channel in enumerate(channels):
            passed = transmit(paths, channel.lac[:, present.astype(int) - 1], channel.weights, threads=1)
            if scanner.blur_mm:
                passed = gaussian_filter1d(passed, scanner.blur_mm / spacing, axis=1, mode="nearest")
            total[:, :, k] += passed.reshape(angles.size, rays, s, 2).mean(2)
    return total / len(fine)


def _paths(
    layer: NDArray[np.uint8],
    pitch: float,
    angles: NDArray[np.float64],
    rays: int,
    spacing: float,
    materials: int,
    source_mm: float | None,
) -> NDArray[np.float32]:
    """Length of every ray in every material (views, rays, materials), mm."""
    from xscan_kernels.projecting import project_fan
    from xscan_kernels.transmission import material_paths

    if source_mm is None:
        return material_paths(layer, pitch, angles, rays=rays, spacing=spacing, materials=materials, threads=1)
    masks = np.stack([layer == m for m in range(1, materials + 1)])
    paths = project_fan(masks, angles, rays, spacing, source_mm=source_mm, pixel_mm=pitch, threads=1)
    return np.ascontiguousarray(np.moveaxis(paths, 0, -1))


def _read(
    readings: NDArray[np.float64], channels: list[_Channel], scanner: Scanner, seed: tuple[int, int]
) -> NDArray[np.float64]:
    """Noisy readings (channels, views, rays) with what scatter the scanner's own correction leaves; air is 1."""
    from scipy.ndimage import gaussian_filter1d

    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed)))
    read = np.empty((len(channels), *readings.shape[:2]))
    for k, channel in enumerate(channels):
        signal, variance = readings[:, :, k, 0], readings[:, :, k, 1]
        if scanner.scatter:
            # Ohnesorge et al. 1999: scatter is born where a beam is partly absorbed, and spreads
            born = signal * -np.log(np.maximum(signal, 1e-9))
            signal = signal + scanner.scatter * gaussian_filter1d(
                born, scanner.scatter_mm / scanner.voxel_mm, axis=1, mode="constant", truncate=3.0
            )
        noise = rng.standard_normal(signal.shape, dtype=np.float32)
        # A starved reading is held at a quarter of a quantum, as scanners do before the logarithm.
        read[k] = np.maximum(signal + noise * np.sqrt(variance + scanner.electronic**2), 0.25 / channel.beam.photons)
    return read


def _slice(
    number: int,
    fine: NDArray[np.uint8],
    pitch: float,
    angles: NDArray[np.float64],
    scanner: Scanner,
    channels: list[_Channel],
    seed: int,
) -> NDArray[np.float32]:
    """One slice of every channel (channels, y, x), 1/mm."""
    from xscan_kernels import backproject

    read = _read(_readings(fine, pitch, angles, scanner, channels), channels, scanner, (seed, number))
    paths = np.empty(read.shape, dtype=np.float32)
    for k, channel in enumerate(channels):
        logs = -np.log(read[k])
        in_air = logs * (channel.equivalent[1] / channel.log_water[1])  # noise about air keeps its sign
        paths[k] = np.where(logs > 0, np.interp(logs, channel.log_water, channel.equivalent), in_air)
    v = scanner.voxel_mm
    return backproject(
        paths,
        angles,
        (scanner.pixels, scanner.pixels),
        v,
        pixel_mm=v,
        source_mm=scanner.source_mm,
        window=scanner.window,
        threads=1,
    )


def radiograph(
    voxels: Voxels,
    scanner: Scanner,
    angle_deg: float,
    *,
    seed: int,
    extra: Mapping[str, SceneMaterial] | None = None,
    progress: Progress = silent,
) -> dict[str, NDArray[np.float32]]:
    """Image the voxels along one direction: transmitted shares (z, detector), air 1, by channel.

    The rays lie in slices, along y at 0 degrees and along -x at 90, as under a line scanner; its source is
    far, or where the scanner has it.
    """
    channels = [_channel(beam, scanner, _materials(voxels, extra)) for beam in (scanner.low, scanner.high)]
    s, angles = scanner.oversampling, np.radians([angle_deg])
    slices = voxels.material.shape[0] // s
    rows = []
    for i in range(slices):
        readings = _readings(voxels.material[i * s : (i + 1) * s], voxels.pitch_mm, angles, scanner, channels)
        rows.append(_read(readings, channels, scanner, (seed, i))[:, 0])
        progress((i + 1) / slices, "project")
    low, high = np.stack(rows, axis=1).astype(np.float32)
    return {"low": low, "high": high}


def _materials(voxels: Voxels, extra: Mapping[str, SceneMaterial] | None) -> list[SceneMaterial]:
    return [material(name, extra or {}) for name in voxels.materials]


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
    channels = [_channel(beam, scanner, _materials(voxels, extra)) for beam in (scanner.low, scanner.high)]
    angles = np.linspace(0.0, scanner.turn_rad, scanner.views, endpoint=False)
    slices = voxels.material.shape[0] // s
    out = np.empty((2, slices, n, n), dtype=np.float32)
    done = 0

    def work(i: int) -> None:
        nonlocal done
        part = voxels.material[i * s : (i + 1) * s]
        out[:, i] = _slice(i, part, voxels.pitch_mm, angles, scanner, channels, seed) * 10.0
        done += 1
        progress(done / slices, "project and reconstruct")

    run(work, [(i,) for i in range(slices)], thread_count(threads))
    if scanner.slice_blur_mm:
        from scipy.ndimage import gaussian_filter1d

        gaussian_filter1d(out, scanner.slice_blur_mm / scanner.voxel_mm, axis=1, mode="nearest", output=out)
    return {"low": out[0], "high": out[1]}
