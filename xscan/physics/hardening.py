"""Beam hardening and scatter that a correction for water leaves, found by projecting what was seen once more.

A first map of the scan is projected through the beams of the calibration, on a coarse grid; what the scanner would
make of it, less what it should have shown, is what it lost. (Joseph and Spital, J. Comput. Assist. Tomogr. 2 (1978)
100; with a basis of two functions for the material, as Alvarez and Macovski, Phys. Med. Biol. 21 (1976) 733.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xscan.physics.attenuation import element_cross_sections
from xscan.physics.response import DualMap
from xscan.physics.scatter import with_scatter
from xscan.physics.spectrum import Beam

__all__ = ["METAL_Z", "Blocks", "Gains", "block_means", "doubled", "hardening_gains", "metal_reading", "surely_metal"]

Array = NDArray[np.float64]
Stack = NDArray[np.float32]

# elements between which a material is shared: their mixture follows its attenuation at every energy
NODES = (5.0, 7.5, 13.0, 26.0, 40.0)
# no solid of elements lighter than titanium holds more electrons (corundum has 1.95 mol/cm³): what attenuates more
# than that much of Z 14 is metal, and where its rays are starved its ratio of channels tells too light an element
LIGHT_RHO_E, LIGHT_Z = 2.0, 14.0
METAL_Z = 26.0  # iron, by far the commonest
AIR = 0.05  # of water: less is not projected
FLOOR = 0.30  # of water: least signal that a gain is a ratio to
STEEPEST = 2.0  # times its neighbourhood's level, beyond which a voxel gets no larger share of the loss
SETTLED = 1e-3  # change of gains, root mean square over matter, after which they are taken as found
SHRINKS = 0.7  # per round, at most, that a correction is believed to shrink by when its end is foreseen
GAIN = (0.7, 2.5)  # beyond it the first map is too wrong to be mended


@dataclass(frozen=True, eq=False)
class Gains:
    """Factors that bring every voxel to what a thin sample in air would read; kept coarse, spread when applied.

    What a scanner's correction for water leaves is lost by what attenuates more than water: a voxel gets of its
    coarse neighbourhood's loss a share that grows with the square of its value, so that a wall of glass is mended and
    not the drink beside it.

    Parameters
    ----------
    low, high : float32 (z, y, x) of a coarse grid, of channels as they are on the mean
    low_level, high_level : value that attenuates on the mean there, weighted with itself
    moved : how far they move electron density, as a share, on that grid
    shape : of the scan
    factors : voxels of the scan that make a coarse one, along z, y, x
    """

    low: Stack
    high: Stack
    low_level: Stack
    high_level: Stack
    moved: Stack
    shape: tuple[int, int, int]
    factors: tuple[int, int, int]

    def apply(self, z: slice, low: Stack, high: Stack) -> None:
        """Correct both channels of the slices `z`, at the scan's own voxels, in place."""
        for values, gain, level in ((low, self.low, self.low_level), (high, self.high, self.high_level)):
            share = self._fine(level, z)
            np.divide(values, share, out=share)
            np.clip(share, 0, STEEPEST, out=share)
            share *= self._fine(gain - np.float32(1), z)
            share += 1
            values *= share

    def places(self, coarse: NDArray[np.bool_], z: slice) -> NDArray[np.bool_]:
        """Coarse truths for the slices `z`, at the scan's own voxels."""
        at = [np.arange(n) // f for n, f in zip(self.shape, self.factors, strict=True)]
        fine: NDArray[np.bool_] = coarse[np.ix_(at[0][z], at[1], at[2])]
        return fine

    def _fine(self, coarse: Stack, z: slice) -> Stack:
        # an axis at a time, and without matrix products, whose threads would fight with ours
        for axis, wanted in enumerate((z, slice(None), slice(None))):
            below, share = _places(self.shape[axis], self.factors[axis], coarse.shape[axis], wanted)
            shape = tuple(-1 if k == axis else 1 for k in range(3))
            first = np.take(coarse, below, axis=axis)
            second = np.take(coarse, np.minimum(below + 1, coarse.shape[axis] - 1), axis=axis)
            coarse = first + (second - first) * share.reshape(shape)
        return np.ascontiguousarray(coarse)


def _places(fine: int, factor: int, coarse: int, wanted: slice) -> tuple[NDArray[np.intp], Stack]:
    """Coarse cell below each fine voxel's middle, and how far towards the next it lies."""
    place = np.clip((np.arange(fine)[wanted] + 0.5) / factor - 0.5, 0, coarse - 1)
    below = np.floor(place).astype(np.intp)
    return below, (place - below).astype(np.float32)


def block_means(slab: Stack, factor_y: int, factor_x: int) -> Array:
    """Sum over z and mean over blocks of y and x of a slab (z, y, x); the last blocks may be smaller."""
    flat = slab.sum(axis=0, dtype=np.float64)
    rows, columns = (np.arange(0, n, f) for n, f in zip(flat.shape, (factor_y, factor_x), strict=True))
    sums = np.add.reduceat(np.add.reduceat(flat, rows, axis=0), columns, axis=1)
    counts = np.outer(np.diff(np.append(rows, flat.shape[0])), np.diff(np.append(columns, flat.shape[1])))
    means: Array = sums / counts
    return means


def metal_reading(high: Beam) -> float:
    """What iron reads in the high channel, water 1, per unit of electron density."""
    return float(high.response(element_cross_sections([METAL_Z], high.energy_kev))[0])


def surely_metal(high: Beam) -> float:
    """Reading of the high channel, water 1, above which a voxel cannot be of light elements."""
    return LIGHT_RHO_E * float(high.response(element_cross_sections([LIGHT_Z], high.energy_kev))[0])


@dataclass(frozen=True, eq=False)
class Blocks:
    """A scan in larger voxels (z, y, x), square in y and x.

    Parameters
    ----------
    low, high : means of the channels, in multiples of water
    low_square, high_square : means of their squares
    metal : where `surely_metal` holds for a voxel inside, or beside
    pixel_mm : size in y and x
    """

    low: Stack
    high: Stack
    low_square: Stack
    high_square: Stack
    metal: NDArray[np.bool_]
    pixel_mm: float

    def halved(self) -> Blocks:
        """Blocks of two by two, in y and x."""

        def means(stack: Stack) -> Stack:
            return np.stack([block_means(z[None], 2, 2) for z in stack]).astype(np.float32)

        return Blocks(
            means(self.low),
            means(self.high),
            means(self.low_square),
            means(self.high_square),
            means(self.metal.astype(np.float32)) > 0,
            2 * self.pixel_mm,
        )


def doubled(stack: NDArray[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    """A stack of halved blocks, spread over the blocks they were halved from."""
    _, rows, columns = shape
    return np.ascontiguousarray(stack.repeat(2, axis=1).repeat(2, axis=2)[:, :rows, :columns])


def hardening_gains(
    blocks: Blocks,
    beams: tuple[Beam, Beam],
    mapping: DualMap,
    *,
    angles: int,
    rounds: int,
    start: Sequence[Stack] | None = None,
) -> tuple[Stack, Stack, Stack, Stack, Stack]:
    """The first fields of `Gains`.

    Parameters
    ----------
    mapping : of thin samples in air
    start : gains to begin with
    """
    from xscan_kernels.projecting import backproject, project_parallel

    low, high, metal, pixel_mm = blocks.low, blocks.high, blocks.metal, blocks.pixel_mm
    _, rows, columns = low.shape
    detectors = int(np.ceil(np.hypot(rows, columns))) | 1
    at = np.arange(angles) * np.pi / angles

    def project(image: Stack) -> Stack:
        return project_parallel(image, at, detectors, pixel_mm, pixel_mm=pixel_mm)

    def image_of(sinogram: Stack) -> Stack:
        return backproject(sinogram, at, (rows, columns), pixel_mm, pixel_mm=pixel_mm, window="hann")

    metal_response = metal_reading(beams[1])
    seen = [np.where(low > AIR, low, 0).astype(np.float32), np.where(low > AIR, high, 0).astype(np.float32)]
    blurred = [np.maximum(image_of(project(s)), FLOOR) for s in seen]
    levels = [
        np.maximum(image_of(project(s)) / b, FLOOR)
        for s, b in zip((blocks.low_square, blocks.high_square), blurred, strict=True)
    ]
    matter = low > FLOOR
    gains = [np.ones_like(low), np.ones_like(low)] if start is None else list(start)
    true = [s * g for s, g in zip(seen, gains, strict=True)]
    before: list[list[Stack]] = []
    for _ in range(rounds):
        shares = _shares(true[0], true[1], metal, mapping, metal_response)
        paths = {node: project(share) * np.float32(0.1) for node, share in shares.items()}  # mol/cm² of electrons
        last, gains = gains, []
        for c, beam in enumerate(beams):
            straight = project(true[c])
            lost = straight - _read(beam, paths, straight.shape, pixel_mm)
            gains.append(np.clip(1 + image_of(lost.astype(np.float32)) / blurred[c], *GAIN).astype(np.float32))
        if not matter.any() or max(_change(g, b, matter) for g, b in zip(gains, last, strict=True)) < SETTLED:
            break
        before.append(gains)
        if len(before) == 3:
            gains = [_limit(*three) for three in zip(*before, strict=True)]
            before.clear()
        true = [s * g for s, g in zip(seen, gains, strict=True)]
    return gains[0], gains[1], levels[0], levels[1], _moved(seen, gains, mapping)


def _moved(seen: list[Stack], gains: list[Stack], mapping: DualMap) -> Stack:
    """How far gains move electron density, as a share; no less than they move the high channel."""
    electrons = [
        (mapping.rho_e[0] * low + mapping.rho_e[1] * high)
        * np.interp(low / np.maximum(high, AIR), mapping.ratio, mapping.rho_e_factor)
        for low, high in (seen, [s * g for s, g in zip(seen, gains, strict=True)])
    ]
    share = np.abs(electrons[1] / np.maximum(electrons[0], AIR * mapping.rho_e[1]) - 1)
    return np.where(seen[0] > FLOOR, np.maximum(share, np.abs(gains[1] - 1)), 0).astype(np.float32)


def _change(gain: Stack, before: Stack, where: NDArray[np.bool_]) -> float:
    return float(np.sqrt(np.mean((gain[where] - before[where]) ** 2)))


def _limit(first: Stack, second: Stack, third: Stack) -> Stack:
    """Where a sequence that shrinks by a steady factor goes (Aitken, Proc. R. Soc. Edinburgh 46 (1926) 289)."""
    last = third - second
    steady = np.clip(last / np.where(np.abs(second - first) > 1e-6, second - first, 1e-6), 0.0, SHRINKS)
    return np.clip(third + last * steady / (1 - steady), *GAIN).astype(np.float32)


def _shares(
    low: Stack, high: Stack, metal: NDArray[np.bool_], mapping: DualMap, metal_response: float
) -> dict[float, Stack]:
    """Electron density shared between the two nodes around each voxel's z_e."""
    ratio = low / np.maximum(high, 1e-3)
    electrons = (mapping.rho_e[0] * low + mapping.rho_e[1] * high) * np.interp(
        ratio, mapping.ratio, mapping.rho_e_factor
    )
    number = np.interp(ratio, mapping.ratio, mapping.z_e)
    hidden = metal & (number < METAL_Z)
    electrons[hidden] = high[hidden] / metal_response
    number[hidden] = METAL_Z
    # shared so that both electrons and z_e^p add up, which is what attenuation does
    place = np.interp(number**mapping.exponent, np.power(NODES, mapping.exponent), np.arange(len(NODES)))
    shares = {}
    for k, node in enumerate(NODES):
        share = (electrons * np.clip(1 - np.abs(place - k), 0, 1)).astype(np.float32)
        if share.any():
            shares[node] = share
    return shares


def _read(beam: Beam, paths: dict[float, Stack], shape: tuple[int, ...], element_mm: float) -> Array:
    """What the scanner reads along every ray, mm of water."""
    from xscan_kernels.transmission import transmit

    if not paths:
        return np.zeros(shape)
    nodes = np.array(list(paths))
    energy, weights = beam.gathered()
    sections = element_cross_sections(nodes, energy)
    flat = np.stack([p.ravel() for p in paths.values()], axis=-1)
    # a first map may be negative beside metal: `transmit` sees to it that this amplifies no ray
    signal = transmit(flat, sections.T, weights[None])
    return beam.water_equivalent_cm(with_scatter(signal.reshape(shape), beam.scatter, element_mm)) * 10
