"""What a scanner shows of several round rods at once: hardening and scatter by themselves and their neighbours.

The mean of a disc in a filtered back-projection is linear in the sinogram, and the chords of circles are known in
closed form: the reading of every rod is one weighted sum over rays, without making an image.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xscan.physics.scatter import with_scatter
from xscan.physics.spectrum import Beam

__all__ = ["RodScene"]

Array = NDArray[np.float64]

ANGLES = 144  # fewer, and streaks between rods fall between them (0.2 % of a reading at 48)
RAYS_PER_RADIUS = 6
LEAST_WEIGHT = 1e-5  # of an energy bin


@dataclass(frozen=True, eq=False)
class RodScene:
    """Round rods in air, seen by parallel rays.

    Parameters
    ----------
    chord_cm : length of every ray in every rod (rods, rays)
    weight : weight of every ray in the mean of every rod's core (rods, rays), 1/cm
    shape : directions and detector elements that rays are
    step_mm : between detector elements
    """

    chord_cm: Array
    weight: Array
    shape: tuple[int, int]
    step_mm: float

    @staticmethod
    def of(centres_mm: Array, radii_mm: Array, core: float) -> RodScene:
        """Rods at `centres_mm` (rods, 2), whose readings are means over `core` of the radius."""
        away = centres_mm - centres_mm.mean(axis=0)
        step = float(radii_mm.min()) / RAYS_PER_RADIUS
        reach = float((np.hypot(*away.T) + radii_mm).max()) + 2 * step
        offset = np.arange(-np.ceil(reach / step), np.ceil(reach / step) + 1) * step
        angle = (np.arange(ANGLES) + 0.5) * np.pi / ANGLES
        shadow = away[:, :1] * np.sin(angle) + away[:, 1:] * np.cos(angle)
        across = offset - shadow[..., None]
        radius = radii_mm[:, None, None]
        chord = 2 * np.sqrt(np.clip(radius**2 - across**2, 0, None))
        inner = 2 * np.sqrt(np.clip((core * radius) ** 2 - across**2, 0, None)) / (np.pi * (core * radius) ** 2)
        weight = _ramp(inner, step) * step * np.pi / ANGLES
        chord, weight = chord.reshape(len(radii_mm), -1), weight.reshape(len(radii_mm), -1)
        # rays are finite in number: where nothing hardens, every rod must read itself and nothing of the others
        weight = np.linalg.solve(weight @ chord.T, weight)
        return RodScene(chord / 10, weight * 10, (ANGLES, offset.size), step)

    def readings(self, beam: Beam, lac: Array) -> Array:
        """Reading of every rod, water 1, for LAC (rods, bins) in 1/cm."""
        bins = beam.weights > LEAST_WEIGHT
        weights = (beam.weights[bins] / beam.weights[bins].sum()).astype(np.float32)
        # single precision: 1e-6 of a reading, in a quarter of the time
        through = weights @ np.exp(-lac[:, bins].T.astype(np.float32) @ self.chord_cm.astype(np.float32))
        read = with_scatter(through.astype(np.float64).reshape(self.shape), beam.scatter, self.step_mm).ravel()
        values: Array = self.weight @ beam.water_equivalent_cm(read)
        return values


def _ramp(profile: Array, step: float) -> Array:
    """Filter along the last axis by Ramachandran and Lakshminarayanan's ramp (PNAS 68 (1971) 2236)."""
    n = profile.shape[-1]
    size = 1 << int(2 * n - 1).bit_length()
    index = np.fft.fftfreq(size, 1 / size).round().astype(int)
    kernel = np.zeros(size)
    kernel[0] = 1 / (4 * step * step)
    odd = index % 2 != 0
    kernel[odd] = -1 / (np.pi * index[odd] * step) ** 2
    transfer = np.fft.fft(kernel).real * step
    filtered: Array = np.fft.ifft(np.fft.fft(profile, size) * transfer).real[..., :n]
    return filtered
