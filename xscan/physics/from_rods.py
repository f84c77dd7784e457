"""From reference rods to a calibration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xscan.errors import InputError
from xscan.model import Calibration, Rod, RodResidual, Scan, Unit
from xscan.physics.attenuation import electron_cross_section, element_cross_sections, rho_e
from xscan.physics.config import PhysicsConfig
from xscan.physics.response import DualMap, dual_map
from xscan.physics.rod_scene import RodScene
from xscan.physics.rods import FoundRod, find_rods
from xscan.physics.spectrum import Beam
from xscan.physics.tube import tube_voltages
from xscan.physics.zeff import z_e

__all__ = ["MODEL", "calibrate"]

Array = NDArray[np.float64]
Indices = NDArray[np.intp]
Errors = tuple[float | None, float | None]

MODEL = "beam-2"
PRIOR_FILTER = (10.0, 1.2)  # mm aluminium: median and natural logarithm's sigma of what scanners have
PRIOR_SCATTER = 0.03  # sigma
PRIOR_TILT = 0.5  # sigma: efficiencies of common scintillators fall towards high energies, those of thin windows rise
READING_SIGMA = 0.003  # relative: what rods of one phantom typically disagree by
FILTER_RANGE = (0.05, 300.0)  # mm aluminium
SCATTER_RANGE = (0.0, 0.3)
TILT_RANGE = (-3.0, 3.0)
STEPS = np.array([1e-3, 1e-2, 1e-4, 1e-2])  # of the parameters, to see how readings follow them
ROUNDS, CONVERGED = 20, 2e-4  # of the hardening that a rod of unknown material has
OFF = 0.02  # a rod whose left-out electron density is off by more is warned about
MIN_FOR_FILTER, MIN_FOR_SCATTER, MIN_FOR_TILT = 2, 4, 5  # rods


@dataclass(frozen=True, eq=False)
class _Seen:
    """The rods as found, and what is known of them."""

    found: tuple[FoundRod, ...]
    scenes: tuple[tuple[RodScene, Indices, Indices], ...]  # rods that stand together, and those read there
    rho_e: Array
    z_e: Array

    def readings(self, beam: Beam, lac: Array) -> Array:
        """Reading of each rod, water 1; LAC (rods, bins)."""
        values = np.empty(len(self.found))
        for scene, members, targets in self.scenes:
            values[targets] = scene.readings(beam, lac[members])[np.isin(members, targets)]
        return values

    def lac(self, beam: Beam) -> Array:
        return np.array(
            [
                electron_cross_section(f.rod.formula, beam.energy_kev) * r
                for f, r in zip(self.found, self.rho_e, strict=True)
            ]
        )


def calibrate(
    scan: Scan, rods: Sequence[Rod], *, kvp: Mapping[str, float] | None = None, config: PhysicsConfig | None = None
) -> Calibration:
    """Find what a scanner's numbers mean from rods of known material.

    The spectrum of each channel has three parameters, filtration, scatter and the power of energy that the
    detector's efficiency follows, and the channel has one scale; they are fitted to what the whole phantom would
    read with the hardening of every rod by itself and its neighbours.

    Parameters
    ----------
    scan : dual energy (low, high) or single energy (mono)
    rods : along z; where each is given may be some millimetres off
    kvp : tube voltage by channel; the scan's own where absent

    Raises
    ------
    InputError : the scan is of another kind, a rod lies outside it or is too thin, or no rod was given
    """
    config = config or PhysicsConfig()
    path = scan.provenance.path
    if scan.modality != "CT":
        raise InputError(path, "is a projection (DX)", "rods are read from a CT scan")
    channels = tuple(c for c in ("low", "high", "mono") if c in scan.channels)
    if channels not in (("low", "high"), ("mono",)):
        raise InputError(
            path, f"has the channels {', '.join(scan.channels)}", "expected low and high, or mono, to calibrate"
        )
    if not rods:
        raise InputError("rods", "none given", "expected at least one rod of known material")
    units = {c: _unit(path, c, scan.volume(c).unit) for c in channels}
    voltages = tube_voltages(scan, channels, kvp or {}, config)
    found = find_rods(scan, tuple(rods), channels, config.search_mm, config.core)
    seen = _seen(found, config.core)
    measured = {c: np.array([_value(f.mean[c], scan.volume(c).unit) for f in found]) for c in channels}
    usable = np.array([not f.warning.startswith("does not") for f in found]) & np.all(
        [m > 0 for m in measured.values()], axis=0
    )
    if not usable.any():
        raise InputError(path, "no rod stands out where it should lie", "check centre_mm ([z, y, x]) and the scan")

    fits = {c: _fit(seen, measured[c], voltages[c], usable, config) for c in channels}
    residuals = _residuals(seen, measured, voltages, usable, fits)
    if len(channels) == 2:
        rho_rel = _spread(
            [r.rho_e_error_left_out if r.rho_e_error_left_out is not None else r.rho_e_error for r in residuals]
        )
        z_rel = _spread([r.z_e_error_left_out if r.z_e_error_left_out is not None else r.z_e_error for r in residuals])
    else:
        rho_rel, z_rel = 0.0, 0.0
    kinds = len({round(float(z), 1) for z in seen.z_e[usable]})
    notes = []
    if kinds < 3:
        notes.append(f"only {kinds} kind(s) of rod: beyond it the nominal spectrum is believed")
        rho_rel, z_rel = max(rho_rel, 0.03), max(z_rel, 0.06)
    return Calibration(
        model=MODEL,
        channels=channels,
        units=units,
        kvp=voltages,
        parameters={f"{c}.{name}": value for c in channels for name, value in fits[c].parameters().items()},
        valid={
            "rho_e": (float(seen.rho_e[usable].min()), float(seen.rho_e[usable].max())),
            "z_e": (float(seen.z_e[usable].min()), float(seen.z_e[usable].max())),
        },
        rho_e_rel=rho_rel,
        z_e_rel=z_rel,
        residuals=residuals,
        scanner=scan.provenance.scanner,
        source=f"{path} (sha256 {scan.provenance.sha256})" if scan.provenance.sha256 else path,
        notes=tuple(notes),
    )


def _unit(path: str, channel: str, unit: Unit) -> str:
    if unit not in (Unit.LAC, Unit.HU, Unit.MHU, Unit.ARBITRARY):
        raise InputError(path, f"channel {channel} is in {unit.value}", "expected 1/cm, HU or MHU")
    return unit.value


def _value(mean: float, unit: Unit) -> float:
    """A reading that is 0 in air."""
    return mean + 1000.0 if unit is Unit.HU else mean


def _seen(found: tuple[FoundRod, ...], core: float) -> _Seen:
    """Bring rods together with those that stand in the same slices."""
    spans = [(f.centre_mm[0] - f.rod.length_mm / 2, f.centre_mm[0] + f.rod.length_mm / 2) for f in found]
    groups: dict[tuple[int, ...], list[int]] = {}
    for i, f in enumerate(found):
        beside = tuple(j for j, (first, last) in enumerate(spans) if j == i or first <= f.centre_mm[0] <= last)
        groups.setdefault(beside, []).append(i)
    scenes = []
    for members, targets in groups.items():
        centres = np.array([found[j].centre_mm[1:] for j in members])
        scene = RodScene.of(centres, np.array([found[j].rod.radius_mm for j in members]), core)
        scenes.append((scene, np.array(members), np.array(targets)))
    return _Seen(
        found,
        tuple(scenes),
        np.array([rho_e(f.rod.formula, f.rod.density_g_cm3) for f in found]),
        np.array([z_e(f.rod.formula) for f in found]),
    )


@dataclass(frozen=True, eq=False)
class _Fit:
    """One channel fitted: logarithm of scale, logarithm of filtration, scatter, tilt (as many as the rods can tell).

    `slope` holds how the relative misfit of every rod follows the parameters, `misfit` what is left, both in
    sigmas and weighted; with them a rod is left out without fitting anew.
    """

    kvp: float
    x: Array
    slope: Array
    misfit: Array
    prior: Array
    filter_mm: float

    def parameters(self, left_out: int | None = None) -> dict[str, float]:
        x = self.x if left_out is None else self._without(left_out)
        beam = _beam(self.kvp, x, self.filter_mm)
        return {
            "scale": float(np.exp(x[0])),
            "filter_mm_al": beam.filter_mm,
            "scatter": beam.scatter,
            "tilt": beam.tilt,
        }

    def _without(self, i: int) -> Array:
        kept = np.arange(len(self.misfit)) != i
        slope = self.slope[kept]
        step = np.linalg.lstsq(slope.T @ slope + np.diag(self.prior), -self.slope[i] * self.misfit[i], rcond=None)[0]
        # the misfit of what is kept was balanced by that of rod i, which no longer counts
        x: Array = self.x - step
        x[1:2] = np.clip(x[1:2], *np.log(FILTER_RANGE))
        x[2:3] = np.clip(x[2:3], *SCATTER_RANGE)
        x[3:4] = np.clip(x[3:4], *TILT_RANGE)
        return x


def _beam(kvp: float, x: Array, filter_mm: float) -> Beam:
    return Beam(
        kvp,
        float(np.exp(x[1])) if x.size > 1 else filter_mm,
        float(x[2]) if x.size > 2 else 0.0,
        float(x[3]) if x.size > 3 else 0.0,
    )


def _fit(seen: _Seen, measured: Array, kvp: float, use: NDArray[np.bool_], config: PhysicsConfig) -> _Fit:
    """Scale, filtration, scatter and tilt of one channel."""
    from scipy.optimize import least_squares

    n = int(use.sum())
    kinds = len({round(float(z), 1) for z in seen.z_e[use]})
    free = 1 if kinds < MIN_FOR_FILTER else 2 + (n >= MIN_FOR_SCATTER) + (n >= MIN_FOR_TILT)
    lac = seen.lac(Beam(kvp, config.filter_mm_al))
    prior = np.array([0.0, PRIOR_FILTER[1] ** -2, PRIOR_SCATTER**-2, PRIOR_TILT**-2][:free])
    expected = np.array([0.0, np.log(PRIOR_FILTER[0]), 0.0, 0.0][:free])

    def relative(x: Array) -> Array:
        readings = seen.readings(_beam(kvp, x, config.filter_mm_al), lac)
        ratio: Array = np.log(np.exp(x[0]) * readings[use] / measured[use]) / READING_SIGMA
        return ratio

    start = np.array([0.0, np.log(PRIOR_FILTER[0]), 0.005, 0.0][:free])
    start[0] = -float(np.median(relative(start))) * READING_SIGMA

    def misfit_of(x: Array) -> Array:
        return np.concatenate([relative(x), np.sqrt(prior) * (x - expected)])

    best = least_squares(
        misfit_of,
        start,
        bounds=(
            np.array([-np.inf, np.log(FILTER_RANGE[0]), SCATTER_RANGE[0], TILT_RANGE[0]][:free]),
            np.array([np.inf, np.log(FILTER_RANGE[1]), SCATTER_RANGE[1], TILT_RANGE[1]][:free]),
        ),
        loss="soft_l1",
        x_scale=STEPS[:free] * 10,
        diff_step=[1e-3] * free,
    )
    left = relative(best.x)
    slopes = np.stack([(relative(best.x + np.eye(free)[k] * STEPS[k]) - left) / STEPS[k] for k in range(free)], axis=1)
    weight = (1 + left**2) ** -0.25  # of soft_l1, square root
    slope, misfit = np.zeros((len(use), free)), np.zeros(len(use))
    slope[use], misfit[use] = slopes * weight[:, None], left * weight
    return _Fit(kvp, best.x, slope, misfit, prior, config.filter_mm_al)


def _residuals(
    seen: _Seen,
    measured: dict[str, Array],
    kvp: Mapping[str, float],
    use: NDArray[np.bool_],
    fits: dict[str, _Fit],
) -> tuple[RodResidual, ...]:
    rows = []
    dual = len(measured) == 2
    for i, f in enumerate(seen.found):
        without = use.copy()
        without[i] = False
        errors: Errors = (None, None)
        errors_out: Errors = (None, None)
        if dual and min(measured["low"][i], measured["high"][i]) > 0:
            errors = _errors(seen, i, measured, kvp, {c: f.parameters() for c, f in fits.items()})
            if without.any():
                errors_out = _errors(seen, i, measured, kvp, {c: f.parameters(i) for c, f in fits.items()})
        warning = f.warning
        off = errors_out[0] if errors_out[0] is not None else errors[0]
        if not warning and off is not None and abs(off) > OFF:
            warning = f"reads {100 * off:+.1f} % in electron density: check its material and density"
        rows.append(
            RodResidual(
                material=f.rod.material,
                measured={c: float(m[i]) for c, m in measured.items()},
                rho_e_true=float(seen.rho_e[i]),
                z_e_true=float(seen.z_e[i]),
                rho_e_error=errors[0],
                z_e_error=errors[1],
                rho_e_error_left_out=errors_out[0],
                z_e_error_left_out=errors_out[1],
                warning=warning,
            )
        )
    return tuple(rows)


def _errors(
    seen: _Seen,
    i: int,
    measured: dict[str, Array],
    kvp: Mapping[str, float],
    fits: dict[str, dict[str, float]],
) -> Errors:
    """Relative errors of one rod, measured as an unknown: hardening is taken from what was measured, not from truth."""
    beams = {c: Beam(kvp[c], fits[c]["filter_mm_al"], fits[c]["scatter"], fits[c]["tilt"]) for c in measured}
    try:
        to_physics: DualMap = dual_map(beams["low"], beams["high"], 0.0)
    except ValueError:
        return None, None
    plain = {c: float(measured[c][i]) / fits[c]["scale"] for c in measured}
    electrons, number = to_physics.invert(plain["low"], plain["high"])
    known = {c: seen.lac(beam) for c, beam in beams.items()}
    for _ in range(ROUNDS):
        corrected, before = {}, number
        for c, beam in beams.items():
            sections = element_cross_sections([number], beam.energy_kev)[0]
            lac = known[c]
            lac[i] = electrons * sections
            thin = electrons * float(beam.response(sections))
            corrected[c] = plain[c] * thin / float(seen.readings(beam, lac)[i])
        electrons, number = to_physics.invert(corrected["low"], corrected["high"])
        if abs(number - before) < CONVERGED * number:
            break
    return electrons / seen.rho_e[i] - 1, number / seen.z_e[i] - 1


def _spread(errors: list[float | None]) -> float:
    """Robust sigma of relative errors, at least that of half a per cent."""
    known = np.abs([e for e in errors if e is not None])
    if known.size == 0:
        return 0.05
    return max(0.005, float(1.4826 * np.median(known)), float(np.sqrt(np.mean(np.minimum(known, 0.1) ** 2))) * 0.7)
