"""From a scan's stored numbers to quantities that add up."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from xscan.errors import InputError
from xscan.language import speaker
from xscan.model import Calibration, Quantities, Scan, Unit, Volume
from xscan.model.progress import Progress, silent
from xscan.physics.config import PhysicsConfig
from xscan.physics.decomposed import decomposed
from xscan.physics.from_rods import MODEL
from xscan.physics.hardening import (
    METAL_Z,
    Blocks,
    Gains,
    block_means,
    doubled,
    hardening_gains,
    metal_reading,
    surely_metal,
)
from xscan.physics.noise import air_covariance
from xscan.physics.nominal import hardness_of_high, light_ratio
from xscan.physics.response import DualMap, dual_map
from xscan.physics.spectrum import Beam, water_lac
from xscan.physics.tube import tube_voltages

__all__ = ["quantify"]

say = speaker("physics")

Slab = NDArray[np.float32]

NOMINAL_LAC_REL = (0.05, 0.08)  # rho_e, z_e: no calibration, and water's LAC from a nominal spectrum
NOMINAL_HU_REL = (0.03, 0.06)  # rho_e, z_e: no calibration, but water is known to read 1000 MHU
# of each channel, with the range that a calibration file may give
PARAMETERS = {"scale": (1e-12, 1e12), "filter_mm_al": (0.0, 1e3), "scatter": (0.0, 1.0), "tilt": (-10.0, 10.0)}
METAL_LEAST = 1.5  # of water, in the high channel: less, beside metal, is taken for what it seems
CLEAR_SIGMAS = 8.0  # a voxel's ratio of channels is looked at from this many sigmas of air's noise on


def quantify(
    scan: Scan,
    calibration: Calibration | None = None,
    *,
    config: PhysicsConfig | None = None,
    progress: Progress = silent,
) -> Quantities:
    """Turn stored numbers into attenuation (MHU) and, where two energies tell it, electron density and photo.

    Without a calibration a nominal spectrum of the scan's tube voltage is believed, which the notes and the
    uncertainties say. A single energy gives attenuation alone.

    Raises
    ------
    InputError : not a CT scan, or the calibration is of another scanner, tube voltage, unit or channel
    """
    config = config or PhysicsConfig()
    if scan.modality != "CT":
        raise InputError(scan.provenance.path, "is a projection (DX)", "quantities are made from CT scans")
    names = set(scan.channels)
    if calibration is not None:
        _check_fits(scan, calibration, config)
    if {"rho_e", "z_e"} <= names or {"density", "zeff"} <= names:
        return decomposed(scan, config.slab, progress)
    if {"low", "high"} <= names:
        return _dual(scan, calibration, config, progress)
    single = next((c for c in ("mono", "high", "low") if c in names), None)
    if single is not None:
        return _single(scan, single, calibration, config, progress)
    if "density" in names or "rho_e" in names:
        return decomposed(scan, config.slab, progress)
    raise InputError(
        scan.provenance.path,
        f"has the channels {', '.join(scan.channels)}",
        "expected low and high, mono, density, or rho_e and z_e",
    )


def _check_fits(scan: Scan, calibration: Calibration, config: PhysicsConfig) -> None:
    """Refuse a calibration of another scanner or setting, by name."""
    where = "calibration" + (f" from {calibration.source}" if calibration.source else "")
    remedy = "calibrate this scanner at this setting, or leave the calibration out"
    if calibration.model != MODEL:
        raise InputError(where, f"model {calibration.model!r} is not known, expected {MODEL!r}", remedy)
    here = scan.provenance.scanner
    if calibration.scanner and here and calibration.scanner != here:
        raise InputError(where, f"is of the scanner {calibration.scanner!r}, this scan is of {here!r}", remedy)
    for channel in calibration.channels:
        if channel not in scan.channels:
            got = ", ".join(scan.channels)
            raise InputError(where, f"is for the channel {channel!r}, this scan has {got}", remedy)
        unit = scan.volume(channel).unit.value
        if calibration.units.get(channel) != unit:
            raise InputError(
                where,
                f"channel {channel!r} was in {calibration.units.get(channel)!r}, this scan's is in {unit!r}",
                remedy,
            )
        there, seen = calibration.kvp.get(channel), scan.provenance.kvp.get(channel)
        if there and seen and abs(seen / there - 1) > config.kvp_tolerance:
            raise InputError(where, f"{channel!r} was taken at {there:g} kVp, this scan's at {seen:g} kVp", remedy)
        for name, (least, most) in PARAMETERS.items():
            value = calibration.parameters.get(f"{channel}.{name}", math.nan)
            if not least <= value <= most:
                raise InputError(where, f"parameter {channel}.{name} is absent or out of range", remedy)


@dataclass(frozen=True)
class _Scale:
    """Turns a channel's values into multiples of water's: (value + offset) · factor; its beam."""

    volume: Volume
    beam: Beam
    offset: float
    factor: float

    def read(self, z: slice) -> Slab:
        values = self.volume.read(z)
        if not values.flags.writeable or values.base is self.volume.stored:
            values = values.copy()
        if self.offset:
            values += np.float32(self.offset)
        values *= np.float32(self.factor)
        return values


def _scale(scan: Scan, channel: str, calibration: Calibration | None, config: PhysicsConfig) -> _Scale:
    volume = scan.volume(channel)
    offset = 1000.0 if volume.unit is Unit.HU else 0.0
    if calibration is not None and channel in calibration.channels:
        p = calibration.parameters
        beam = Beam(
            calibration.kvp[channel], p[f"{channel}.filter_mm_al"], p[f"{channel}.scatter"], p[f"{channel}.tilt"]
        )
        return _Scale(volume, beam, offset, 1 / p[f"{channel}.scale"])
    beam = Beam(tube_voltages(scan, [channel], {}, config)[channel], config.filter_mm_al)
    return _Scale(volume, beam, offset, 1 / water_lac(beam) if volume.unit is Unit.LAC else 1e-3)


def _kvp_text(scan: Scan) -> str:
    values = [scan.provenance.kvp[c] for c in scan.channels if c in scan.provenance.kvp]
    return "/".join(f"{v:g}" for v in values) + " kVp" if values else ""


def _nominal_note(scan: Scan, scales: list[_Scale]) -> str:
    known = all(c in scan.provenance.kvp for c in scan.channels)
    tube = "/".join(f"{s.beam.kvp:g}" for s in scales)
    return say("nominal" if known else "nominal-assumed", tube=tube)


def _samples(volume: Volume, config: PhysicsConfig) -> list[slice]:
    """A few slices, evenly spread, to estimate noise from."""
    n = volume.grid.shape[0]
    return [slice(int(z), int(z) + 1) for z in np.unique(np.linspace(0, n - 1, 12).astype(int))]


def _dual(scan: Scan, calibration: Calibration | None, config: PhysicsConfig, progress: Progress) -> Quantities:
    low, high = (_scale(scan, c, calibration, config) for c in ("low", "high"))
    if Unit.ARBITRARY in (low.volume.unit, high.volume.unit) and calibration is None:
        return _single(scan, "high", None, config, progress)
    if calibration is None and low.volume.unit is high.volume.unit is Unit.LAC:
        high = _hardened(low, high, config)
    correct = config.hardening and _square(scan)
    try:
        mapping = dual_map(low.beam, high.beam, 0.0 if correct else config.context_mm / 10)
    except ValueError as error:
        raise InputError(scan.provenance.path, str(error), "treat it as single energy: keep one channel") from None
    samples = [(low.read(z) * 1000, high.read(z) * 1000) for z in _samples(low.volume, config)]
    covariance = air_covariance(*(np.concatenate([s[i].ravel() for s in samples]) for i in (0, 1)))
    share = _best_share(covariance)
    weights = np.array([share, 1 - share])
    noise = float(np.sqrt(weights @ covariance @ weights))

    grid = scan.grid
    attenuation, electrons, photo = (np.empty(grid.shape, np.float32) for _ in range(3))
    gains, metal = _gains(scan, low, high, mapping, config, progress) if correct else (None, None)
    metal_response = metal_reading(high.beam)
    for z in _slabs(grid.shape[0], config.slab):
        one, two = low.read(z), high.read(z)
        if gains is not None:
            gains.apply(z, one, two)
        _map_slab(one, two, mapping, share, CLEAR_SIGMAS * noise, attenuation[z], electrons[z], photo[z])
        if gains is not None and metal is not None:
            _as_metal(one, two, gains.places(metal, z), mapping, metal_response, electrons[z], photo[z])
        progress(0.6 + 0.4 * z.stop / grid.shape[0], "calibrate")
    rel, notes, basis = _trust(scan, calibration, [low, high])
    return Quantities(
        attenuation=Volume(grid, attenuation, Unit.MHU),
        basis="calibrated" if basis else "nominal",
        rho_e=Volume(grid, electrons, Unit.RHO_E),
        photo=Volume(grid, photo, Unit.ARBITRARY),
        photo_exponent=mapping.exponent,
        kvp=_kvp_text(scan),
        rho_e_rel=rel[0],
        z_e_rel=rel[1],
        noise_mhu=noise,
        notes=notes,
        corrected=gains.moved if gains is not None else None,
        corrected_voxels=gains.factors if gains is not None else (1, 1, 1),
    )


def _hardened(low: _Scale, high: _Scale, config: PhysicsConfig) -> _Scale:
    """The high channel with the beam that the scan's own light matter tells of, or as it was."""
    samples = [(low.volume.read(z), high.volume.read(z)) for z in _samples(low.volume, config)]
    one, two = (np.concatenate([s[i].ravel() for s in samples]).astype(np.float32) for i in (0, 1))
    noise = float(np.sqrt(air_covariance(two * np.float32(1000 * high.factor))[0, 0])) / (1000 * high.factor)
    ratio = light_ratio(one, two, CLEAR_SIGMAS * noise)
    beam = None if ratio is None else hardness_of_high(low.beam, high.beam.kvp, ratio)
    return high if beam is None else replace(high, beam=beam, factor=1 / water_lac(beam))


def _square(scan: Scan) -> bool:
    _, y, x = scan.grid.voxel_size_mm
    return abs(y / x - 1) < 0.01 and min(scan.grid.shape[1:]) > 8


def _gains(
    scan: Scan, low: _Scale, high: _Scale, mapping: DualMap, config: PhysicsConfig, progress: Progress
) -> tuple[Gains, NDArray[np.bool_]]:
    """Look at the scan in coarse voxels, project it again, and refine that in blocks of half their size."""
    shape, sizes = scan.grid.shape, scan.grid.voxel_size_mm
    fz = max(1, round(config.hardening_mm / sizes[0]))
    fy = fx = max(1, round(config.hardening_mm / 2 / sizes[2]))
    sums: list[list[NDArray[np.float64]]] = [[], [], [], []]
    dense: list[NDArray[np.bool_]] = []
    threshold = surely_metal(high.beam)
    for z in _slabs(shape[0], fz):
        for channel, values, squares in zip((low, high), sums[:2], sums[2:], strict=True):
            slab = channel.read(z)
            values.append(block_means(slab, fy, fx) / (z.stop - z.start))
            squares.append(block_means(np.maximum(slab, 0) ** 2, fy, fx) / (z.stop - z.start))
        dense.append(block_means((slab > threshold).astype(np.float32), fy, fx) > 0)
    one, two, one_square, two_square = (np.stack(values).astype(np.float32) for values in sums)
    fine = Blocks(one, two, one_square, two_square, metal=np.stack(dense), pixel_mm=fx * sizes[2])
    coarse = fine.halved()
    coarse = replace(coarse, metal=_near(coarse.metal))
    fine = replace(fine, metal=doubled(coarse.metal, fine.low.shape))
    progress(0.2, "beam hardening")
    beams, angles = (low.beam, high.beam), config.hardening_angles
    gains = hardening_gains(coarse, beams, mapping, angles=angles, rounds=config.hardening_rounds)
    progress(0.4, "beam hardening")
    start = [doubled(g, fine.low.shape) for g in gains[:2]]
    gains = hardening_gains(
        fine, beams, mapping, angles=angles * 3 // 2, rounds=config.hardening_fine_rounds, start=start
    )
    progress(0.6, "beam hardening")
    return Gains(*gains, shape=shape, factors=(fz, fy, fx)), fine.metal


def _trust(
    scan: Scan, calibration: Calibration | None, scales: list[_Scale]
) -> tuple[tuple[float, float], tuple[str, ...], bool]:
    if calibration is not None:
        off = [say("rod", material=r.material, warning=r.warning) for r in calibration.residuals if r.warning]
        return (calibration.rho_e_rel, calibration.z_e_rel), (*calibration.notes, *off), True
    absolute = all(s.volume.unit in (Unit.HU, Unit.MHU) for s in scales)
    return NOMINAL_HU_REL if absolute else NOMINAL_LAC_REL, (_nominal_note(scan, scales),), False


def _slabs(n: int, thickness: int) -> list[slice]:
    return [slice(start, min(n, start + thickness)) for start in range(0, n, thickness)]


def _best_share(covariance: NDArray[np.float64]) -> float:
    """Share of the low channel that makes the mix quietest."""
    (a, c), (_, b) = covariance
    rest = a + b - 2 * c
    return float(np.clip((b - c) / rest, 0.1, 0.9)) if rest > 0 else 0.5


def _map_slab(
    low: Slab,
    high: Slab,
    mapping: DualMap,
    share: float,
    clear_mhu: float,
    attenuation: Slab,
    electrons: Slab,
    photo: Slab,
) -> None:
    """Fill one slab of the three volumes from water-scaled channels."""
    f = np.float32
    np.multiply(low, f(1000 * share), out=attenuation)
    attenuation += high * f(1000 * (1 - share))
    for out, (a, b) in ((electrons, mapping.rho_e), (photo, mapping.photo)):
        np.multiply(low, f(a), out=out)
        out += high * f(b)
    clear = np.flatnonzero(attenuation.ravel() > clear_mhu)
    if clear.size == 0:
        return
    ratio = low.ravel()[clear] / np.maximum(high.ravel()[clear], f(1e-3))
    for out, factor in ((electrons, mapping.rho_e_factor), (photo, mapping.photo_factor)):
        out.ravel()[clear] *= np.interp(ratio, mapping.ratio, factor).astype(np.float32)


def _near(dense: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Coarse voxels with metal, and those beside, into which it is blurred."""
    grown = dense.copy()
    for axis in range(3):
        for a, b in ((slice(1, None), slice(None, -1)), (slice(None, -1), slice(1, None))):
            here = tuple(a if k == axis else slice(None) for k in range(3))
            there = tuple(b if k == axis else slice(None) for k in range(3))
            grown[here] |= dense[there]
    return grown


def _as_metal(
    low: Slab,
    high: Slab,
    near: NDArray[np.bool_],
    mapping: DualMap,
    metal_response: float,
    electrons: Slab,
    photo: Slab,
) -> None:
    """Read voxels of metal by the high channel alone where their ratio of channels tells too light an element."""
    for k in np.flatnonzero(near.any(axis=(1, 2))):
        where = near[k] & (high[k] > METAL_LEAST)
        ratio = low[k][where] / high[k][where]
        hidden = np.interp(ratio, mapping.ratio, mapping.z_e) < METAL_Z
        value = np.where(hidden, high[k][where] / np.float32(metal_response), electrons[k][where])
        photo[k][where] = np.where(hidden, value * np.float32(METAL_Z**mapping.exponent), photo[k][where])
        electrons[k][where] = value


def _single(
    scan: Scan, channel: str, calibration: Calibration | None, config: PhysicsConfig, progress: Progress
) -> Quantities:
    scale = _scale(scan, channel, calibration, config)
    calibrated = calibration is not None and channel in calibration.channels
    unit = Unit.MHU
    notes: tuple[str, ...] = (say("single"),)
    if scale.volume.unit is Unit.ARBITRARY and not calibrated:
        air, bright = _arbitrary_scale(scale.volume, config)
        scale = replace(scale, offset=-air, factor=1 / (bright - air))
        unit, notes = Unit.ARBITRARY, (say("arbitrary"),)
    elif scale.volume.unit not in (Unit.LAC, Unit.HU, Unit.MHU, Unit.ARBITRARY):
        raise InputError(
            scan.provenance.path,
            f"channel {channel} is in {scale.volume.unit.value}",
            "expected 1/cm, HU, MHU or arbitrary",
        )
    elif scale.volume.unit is Unit.LAC and not calibrated:
        notes = (*notes, say("water", lac=f"{1 / scale.factor:.4f}", kvp=f"{scale.beam.kvp:g}"))
    samples = np.concatenate([scale.read(z).ravel() * 1000 for z in _samples(scale.volume, config)])
    attenuation = np.empty(scan.grid.shape, np.float32)
    for z in _slabs(scan.grid.shape[0], config.slab):
        np.multiply(scale.read(z), np.float32(1000), out=attenuation[z])
        progress(z.stop / scan.grid.shape[0], "calibrate")
    return Quantities(
        attenuation=Volume(scan.grid, attenuation, unit),
        basis="none" if unit is Unit.ARBITRARY else "single-energy",
        kvp=_kvp_text(scan),
        noise_mhu=float(np.sqrt(air_covariance(samples)[0, 0])),
        notes=notes,
    )


def _arbitrary_scale(volume: Volume, config: PhysicsConfig) -> tuple[float, float]:
    """Levels of air and of what is bright: medians below and above Otsu's threshold (IEEE Trans. SMC 9 (1979) 62)."""
    values = np.concatenate([volume.read(z).ravel() for z in _samples(volume, config)])
    first, last = np.percentile(values, (0.05, 99.95))
    if not last > first:
        return float(first) - 1.0, float(first)
    counts, edges = np.histogram(np.clip(values, first, last), bins=256)
    middle = (edges[:-1] + edges[1:]) / 2
    below = np.cumsum(counts)[:-1]
    above = values.size - below
    sums = np.cumsum(counts * middle)
    means_below = sums[:-1] / np.maximum(below, 1)
    means_above = (sums[-1] - sums[:-1]) / np.maximum(above, 1)
    threshold = edges[1 + int(np.argmax(below * above * (means_above - means_below) ** 2.0))]
    air, bright = float(np.median(values[values <= threshold])), float(np.median(values[values > threshold]))
    return (air, bright) if bright > air else (float(first), float(last))
