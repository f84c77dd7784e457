"""A small phantom of rods, scanned by a simple scanner made here: Kramers' spectrum, water correction, FBP."""

import numpy as np
import pytest

from xscan.model import Grid, Provenance, Rod, Scan, Unit, Volume

RODS = [
    ("water", "H2O", 0.998),
    ("graphite", "C", 1.80),
    ("delrin", "CH2O", 1.42),
    ("teflon", "C2F4", 2.17),
    ("magnesium", "Mg", 1.74),
    ("aluminium", "Al", 2.70),
    ("pvc", "C2H3Cl", 1.38),
    ("pmma", "C5H8O2", 1.18),
]
VOXEL = 2.0
SIDE = 120
DEPTH = 10


def spectrum(kvp, filter_mm):
    """Photon energies weighted by energy; xraydb would be slow to import, so that the project's table filters."""
    from xscan.physics import lac

    energy = np.arange(15.5, kvp, 2.0)
    signal = (kvp - energy) * np.exp(-lac("Al", 2.7, energy) * filter_mm / 10)
    return energy, signal / signal.sum()


def scanned(discs, kvp, filter_mm, scale):
    """One slice of discs (formula, density, y, x, radius mm; offsets from the middle) as LAC."""
    from xscan.physics import lac
    from xscan_kernels.projecting import backproject

    energy, weight = spectrum(kvp, filter_mm)
    angles = np.arange(120) * np.pi / 120
    place = (np.arange(2 * SIDE + 1) - SIDE) * VOXEL / 2 * 1.45
    exponent = np.zeros((energy.size, angles.size, place.size))
    for formula, density, y, x, radius in discs:
        across = place - (x * np.cos(angles) + y * np.sin(angles))[:, None]
        chord = 2 * np.sqrt(np.clip(radius**2 - across**2, 0, None)) / 10
        exponent += lac(formula, density, energy)[:, None, None] * chord
    water = lac("H2O", 0.998, energy)
    length = np.linspace(0, 60, 601)
    curve = -np.log(np.exp(-np.outer(length, water)) @ weight)
    logs = -np.log(np.tensordot(weight, np.exp(-exponent), 1))
    equivalent = np.interp(logs, curve, length) * scale  # dimensionless: cm · 1/cm
    image = backproject(
        equivalent.astype(np.float32), angles, (SIDE, SIDE), float(place[1] - place[0]), pixel_mm=VOXEL, window="hann"
    )
    return image * 10


@pytest.fixture(scope="session")
def make_phantom():
    def make(
        kvp=(100, 150), filter_mm=(8.0, 12.0), scale=(0.21, 0.175), unit=Unit.LAC, shift=0.0, noise=0.002, names=None
    ):
        middle = SIDE * VOXEL / 2
        chosen = [r for r in RODS if names is None or r[0] in names]
        discs, rods = [], []
        for i, (name, formula, density) in enumerate(chosen):
            turn = 2 * np.pi * i / len(chosen)
            y, x = 75 * np.sin(turn), 75 * np.cos(turn)
            discs.append((formula, density, y, x, 14.0))
            centre = (DEPTH * VOXEL / 2, middle + y + shift, middle + x - shift)
            rods.append(Rod(name, formula, density, centre, 14.0, 16.0))
        rng = np.random.default_rng(7)
        grid = Grid((DEPTH, SIDE, SIDE), (VOXEL,) * 3)
        channels = {}
        for name, k, f, s in zip(("low", "high"), kvp, filter_mm, scale, strict=True):
            stack = np.zeros(grid.shape)
            stack[1:-1] = scanned(discs, k, f, s)
            stack += rng.normal(0, noise, grid.shape)
            if unit is Unit.HU:
                stack = 1000 * stack / s - 1000
            elif unit is Unit.MHU:
                stack = 1000 * stack / s
            channels[name] = Volume(grid, stack.astype(np.float32), unit)
        return Scan(channels, Provenance("phantom", kvp=dict(zip(("low", "high"), kvp, strict=True)))), tuple(rods)

    return make


@pytest.fixture(scope="session")
def phantom(make_phantom):
    return make_phantom(shift=4.0)


@pytest.fixture(scope="session")
def found(phantom):
    from xscan.physics import calibrate

    return calibrate(*phantom)


@pytest.fixture(scope="session")
def scan_discs():
    """A scan by the scanner of `make_phantom`'s defaults of discs (formula, density, y, x, radius mm)."""

    def scan(discs, kvp=(100, 150), filter_mm=(8.0, 12.0), scale=(0.21, 0.175), noise=0.002):
        rng = np.random.default_rng(8)
        grid = Grid((DEPTH, SIDE, SIDE), (VOXEL,) * 3)
        channels = {}
        for name, k, f, s in zip(("low", "high"), kvp, filter_mm, scale, strict=True):
            stack = np.repeat(scanned(discs, k, f, s)[None], DEPTH, axis=0) + rng.normal(0, noise, grid.shape)
            channels[name] = Volume(grid, stack.astype(np.float32), Unit.LAC)
        return Scan(channels, Provenance("discs", kvp=dict(zip(("low", "high"), kvp, strict=True))))

    return scan
