import numpy as np
import pytest

from xscan.model import Provenance, Scan
from xscan.physics import quantify, rho_e, z_e
from xscan.physics.attenuation import electron_cross_section
from xscan.physics.nominal import hardness_of_high, light_ratio
from xscan.physics.spectrum import Beam


def test_the_commonest_light_ratio_is_found_among_others():
    rng = np.random.default_rng(2)
    high = rng.uniform(0.03, 0.2, 20_000).astype(np.float32)
    ratio = np.where(rng.random(high.size) < 0.5, rng.normal(1.3, 0.03, high.size), rng.uniform(1.0, 4.0, high.size))
    assert light_ratio((high * ratio).astype(np.float32), high, 0.01) == pytest.approx(1.3, abs=0.03)
    assert light_ratio(high, high * 0, 0.01) is None


@pytest.mark.parametrize("filter_mm", [8.0, 30.0, 90.0])
def test_a_hard_beam_is_told_by_what_paper_shows(filter_mm):
    low, high = Beam(100, 10.0), Beam(150, filter_mm)
    paper = [float(b.weights @ electron_cross_section("C6H10O5", b.energy_kev)) for b in (low, high)]
    found = hardness_of_high(low, 150, paper[0] / paper[1])
    assert found.filter_mm == pytest.approx(filter_mm, rel=0.15)
    assert hardness_of_high(low, 150, 5.0) is None


def test_an_uncalibrated_scan_of_a_hard_beam_is_near_the_truth_within_its_uncertainty(make_phantom):
    scan, rods = make_phantom(filter_mm=(10.0, 60.0), scale=(0.211, 0.172))
    uncalibrated = quantify(Scan(scan.channels, Provenance("scan", kvp={"low": 100.0, "high": 150.0})))
    assert uncalibrated.basis == "nominal"
    y, x = np.meshgrid(*[(np.arange(n) + 0.5) * 2.0 for n in scan.grid.shape[1:]], indexing="ij")
    for rod in rods:
        core = np.hypot(y - rod.centre_mm[1], x - rod.centre_mm[2]) < 9
        electrons = uncalibrated.rho_e.array()[2:-2][:, core].mean()
        number = (uncalibrated.photo.array()[2:-2][:, core].mean() / electrons) ** (1 / uncalibrated.photo_exponent)
        far = 2 * uncalibrated.rho_e_rel
        assert electrons == pytest.approx(rho_e(rod.formula, rod.density_g_cm3), rel=far), rod.material
        assert number == pytest.approx(z_e(rod.formula), rel=2 * uncalibrated.z_e_rel), rod.material
