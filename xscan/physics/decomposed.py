"""Scans whose scanner has already told density or electron density, and atomic numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xscan.errors import InputError
from xscan.language import speaker
from xscan.model import Quantities, Scan, Unit, Volume
from xscan.model.progress import Progress

__all__ = ["decomposed"]

say = speaker("physics")

SCANNER_REL = (0.03, 0.03)  # rho_e, z_e: what published decompositions reach (Azevedo et al. 2016)
OTHER_Z_REL = 0.05  # power-law definitions of z_e differ from LLNL's by up to 0.2 in light materials
EXPONENT = 3.3  # of z_e in `photo`: any would do, since both sides of it are known here
WATER_RHO_E = 0.554
AIR_G_CM3 = 0.05  # below it a scanner's atomic number is noise
Z_RANGE = (1.0, 92.0)
# mol e⁻/g along z_e: medians of the table of materials (hydrogen makes the light ones rich in electrons)
Z_POINTS = (5.4, 6.0, 7.0, 8.0, 10.0, 12.0, 15.0, 20.0, 26.0, 30.0, 50.0, 82.0)
ELECTRONS_PER_G = (0.570, 0.545, 0.533, 0.530, 0.525, 0.500, 0.500, 0.485, 0.466, 0.457, 0.421, 0.396)


def decomposed(scan: Scan, slab: int, progress: Progress) -> Quantities:
    """Quantities of a scan with rho_e and z_e, or density and zeff, or one of them alone.

    Raises
    ------
    InputError : a channel is in a unit that it cannot be in
    """
    path = scan.provenance.path
    main = "rho_e" if "rho_e" in scan.channels else "density"
    number = next((c for c in ("z_e", "zeff") if c in scan.channels), None)
    expected = Unit.RHO_E if main == "rho_e" else Unit.DENSITY
    volume = scan.volume(main)
    if volume.unit is not expected:
        raise InputError(path, f"channel {main} is in {volume.unit.value}", f"expected {expected.value}")
    grid = scan.grid
    electrons = np.empty(grid.shape, np.float32)
    density = np.empty(grid.shape, np.float32) if main == "density" else None
    photo = np.empty(grid.shape, np.float32) if number else None
    for start in range(0, grid.shape[0], slab):
        z = slice(start, min(grid.shape[0], start + slab))
        values = volume.read(z)
        atoms = np.clip(scan.volume(number).read(z), *Z_RANGE) if number else np.full_like(values, 7.0)
        if density is not None:
            density[z] = values
            values = values * _electrons(atoms)
        electrons[z] = values
        if photo is not None:
            matter = values > AIR_G_CM3 * 0.5
            photo[z] = np.where(matter, values * atoms ** np.float32(EXPONENT), 0)
        progress(z.stop / grid.shape[0], "calibrate")
    notes = [say("decomposed")]
    if number == "zeff":
        notes.append(say("decomposed-zeff"))
    sample = electrons[:: max(1, grid.shape[0] // 12)]
    below = -sample[(sample < 0) & (sample > -0.15 * WATER_RHO_E)]
    return Quantities(
        attenuation=Volume(grid, electrons * np.float32(1000 / WATER_RHO_E), Unit.MHU),
        basis="scanner",
        rho_e=Volume(grid, electrons, Unit.RHO_E),
        photo=None if photo is None else Volume(grid, photo, Unit.ARBITRARY),
        photo_exponent=EXPONENT,
        density=None if density is None else Volume(grid, density, Unit.DENSITY),
        rho_e_rel=SCANNER_REL[0],
        z_e_rel=OTHER_Z_REL if number == "zeff" else SCANNER_REL[1],
        noise_mhu=float(1.4826 * np.median(below) * 1000 / WATER_RHO_E) if below.size > 100 else 0.0,
        notes=tuple(notes),
    )


def _electrons(atoms: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.interp(atoms, Z_POINTS, ELECTRONS_PER_G).astype(np.float32)
