from types import ModuleType

import numpy as np
import pytest

from xscan.errors import InputError
from xscan.model import Grid, Projection, Provenance, Scan, Unit, Volume
from xscan.physics import PhysicsConfig, lac, quantify, rho_e, z_e

GRID = Grid((6, 40, 40), (2.0, 2.0, 2.0))
RNG = np.random.default_rng(3)


def block(value, air=0.0, noise=0.0):
    array = np.full(GRID.shape, air, np.float32)
    array[1:5, 10:30, 10:30] = value
    return array + RNG.normal(0, noise, GRID.shape).astype(np.float32) if noise else array


def scan(kvp=None, **channels):
    return Scan({n: Volume(GRID, a, u) for n, (a, u) in channels.items()}, Provenance("scan", kvp=kvp or {}))


def inside(volume):
    return float(volume.array()[2:4, 14:26, 14:26].mean())


def test_dual_energy_without_calibration_is_nominal_and_says_so():
    # a sample seen by a monochromatic scanner near the nominal mean energies
    low, high = lac("H2O", 1.0, 60.0), lac("H2O", 1.0, 80.0)
    q = quantify(scan({"low": 100, "high": 150}, low=(block(low), Unit.LAC), high=(block(high), Unit.LAC)))
    assert q.basis == "nominal"
    assert "No calibration" in q.notes[0]
    assert q.rho_e_rel >= 0.03
    assert inside(q.attenuation) == pytest.approx(1000, rel=0.15)
    assert q.kvp == "100/150 kVp"


def test_hounsfield_water_is_water():
    q = quantify(scan(low=(block(0.0, -1000, 5), Unit.HU), high=(block(0.0, -1000, 5), Unit.HU)))
    assert inside(q.attenuation) == pytest.approx(1000, abs=3)
    assert inside(q.rho_e) == pytest.approx(rho_e("H2O", 0.998), rel=0.02)
    assert "(assumed)" in q.notes[0]
    assert q.attenuation.array()[0].mean() == pytest.approx(0, abs=2)


def test_partly_filled_voxels_show_their_share():
    # water and aluminium at two fillings: every quantity must halve with the filling
    for formula, density in (("H2O", 1.0), ("Al", 2.7)):
        low, high = float(lac(formula, density, 58.0)), float(lac(formula, density, 85.0))
        # hardening is not additive, and its correction is not either
        config = PhysicsConfig(hardening=False)
        whole = quantify(scan(low=(block(low), Unit.LAC), high=(block(high), Unit.LAC)), config=config)
        half = quantify(scan(low=(block(low / 2), Unit.LAC), high=(block(high / 2), Unit.LAC)), config=config)
        for name in ("attenuation", "rho_e", "photo"):
            assert inside(getattr(half, name)) == pytest.approx(inside(getattr(whole, name)) / 2, rel=1e-4)


def test_single_energy_gives_attenuation_alone():
    q = quantify(scan(mono=(block(200.0, -1000, 8), Unit.HU)))
    assert q.basis == "single-energy"
    assert q.rho_e is None
    assert q.photo is None
    assert inside(q.attenuation) == pytest.approx(1200, abs=3)
    assert q.noise_mhu == pytest.approx(8, rel=0.1)
    lac_scan = quantify(scan({"mono": 120}, mono=(block(0.2), Unit.LAC)))
    assert 900 < inside(lac_scan.attenuation) < 1150
    assert "1/cm" in lac_scan.notes[1]


def test_arbitrary_numbers_are_scaled_to_air_and_what_is_bright():
    q = quantify(scan(mono=(block(180, 20, 3).clip(0, 255).astype(np.uint8), Unit.ARBITRARY)))
    assert q.attenuation.unit is Unit.ARBITRARY
    assert q.basis == "none"
    assert inside(q.attenuation) == pytest.approx(1000, abs=20)
    assert q.attenuation.array()[0].mean() == pytest.approx(0, abs=20)
    flat = quantify(scan(mono=(np.full(GRID.shape, 7, np.uint8), Unit.ARBITRARY)))
    assert np.isfinite(flat.attenuation.array()).all()


def test_what_the_scanner_decomposed_is_believed():
    q = quantify(scan(rho_e=(block(0.7), Unit.RHO_E), z_e=(block(14.0), Unit.NUMBER)))
    assert q.basis == "scanner"
    assert inside(q.rho_e) == pytest.approx(0.7)
    assert (inside(q.photo) / inside(q.rho_e)) ** (1 / q.photo_exponent) == pytest.approx(14, rel=1e-3)
    d = quantify(scan(density=(block(1.38), Unit.DENSITY), zeff=(block(14.07), Unit.NUMBER)))
    assert inside(d.density) == pytest.approx(1.38)
    assert inside(d.rho_e) == pytest.approx(rho_e("C2H3Cl", 1.38), rel=0.04)
    assert d.z_e_rel > q.z_e_rel
    alone = quantify(scan(density=(block(1.0), Unit.DENSITY)))
    assert alone.photo is None


def test_clipped_noise_is_still_seen():
    clipped = block(200.0, 0.0, 8).clip(0)
    q = quantify(scan(mono=(clipped, Unit.MHU)))
    assert 3 < q.noise_mhu < 14


def test_projections_are_refused():
    shadow = Projection(np.ones((4, 4), np.float32), (1.0, 1.0))
    with pytest.raises(InputError, match="projection"):
        quantify(Scan({"mono": shadow}, Provenance("x")))


def test_slabs_of_any_thickness_give_the_same_bytes():
    low, high = block(0.2, 0, 0.002), block(0.18, 0, 0.002)
    s = scan(low=(low, Unit.LAC), high=(high, Unit.LAC))
    one = quantify(s, config=PhysicsConfig(slab=1))
    all_ = quantify(s, config=PhysicsConfig(slab=64))
    for name in ("attenuation", "rho_e", "photo"):
        assert np.array_equal(getattr(one, name).array(), getattr(all_, name).array())


def test_z_e_of_compounds_through_the_map():
    from xscan.physics.attenuation import electron_cross_section
    from xscan.physics.response import dual_map
    from xscan.physics.spectrum import Beam

    low, high = Beam(100, 12.0), Beam(160, 30.0)
    mapping = dual_map(low, high, 0.0)
    for formula in ("H2O", "CH2O", "C2F4", "C2H3Cl", "C5H8O2", "SiO2", "CaCO3", "NaCl", "Al", "Ti", "Fe"):
        readings = [float(b.response(electron_cross_section(formula, b.energy_kev))) for b in (low, high)]
        electrons, number = mapping.invert(*readings)
        assert electrons == pytest.approx(1, rel=0.005), formula
        assert number == pytest.approx(z_e(formula), rel=0.01), formula


def test_no_name_of_the_package_is_hidden_by_a_module():
    import xscan.physics
    import xscan.physics.to_quantities  # imports most of the others

    for name in xscan.physics.__all__:
        assert not isinstance(getattr(xscan.physics, name), ModuleType), name
