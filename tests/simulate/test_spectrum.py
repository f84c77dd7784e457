import numpy as np
import pytest

from xscan.simulate.materials import SceneMaterial, attenuation, known_materials
from xscan.simulate.scanner import SCANNERS, Beam
from xscan.simulate.spectrum import detected, fluence
from xscan.simulate.tomograph import NODES

SCANNER = SCANNERS["a-100-160"]
ENERGY = np.arange(10.5, 160, 1.0)


def half_value_mm(photons, energy, symbol="Al", density=2.699):
    xraydb = pytest.importorskip("xraydb")
    lac = xraydb.mu_elam(symbol, energy * 1000) * density / 10
    kerma = photons * energy * xraydb.mu_elam("N", energy * 1000)
    thickness = np.linspace(0, 40, 2001)
    left = np.exp(-np.outer(thickness, lac)) @ kerma
    return float(np.interp(-0.5, -left / left[0], thickness))


@pytest.mark.parametrize(("kvp", "filters"), [(100, {"Al": 2.0, "Cu": 0.2}), (160, {"Al": 2.0, "Cu": 2.5})])
def test_the_tungsten_model_is_as_hard_as_spekpys(kvp, filters):
    spekpy = pytest.importorskip("spekpy")
    ours = fluence(Beam(kvp=kvp, filters_mm=filters, photons=1), SCANNER, ENERGY)
    tube = spekpy.Spek(kvp=kvp, th=SCANNER.anode_angle_deg, dk=1.0)
    tube.multi_filter(list(filters.items()))
    energy, photons = tube.get_spectrum()
    assert half_value_mm(ours, ENERGY) == pytest.approx(half_value_mm(photons, energy), rel=0.05)
    assert (ours @ ENERGY) == pytest.approx((photons @ energy) / photons.sum(), rel=0.03)


def test_nothing_above_the_tube_voltage():
    photons = fluence(SCANNER.low, SCANNER, ENERGY)
    assert photons.sum() == pytest.approx(1)
    assert photons[ENERGY > 100].max() == 0
    assert photons.min() >= 0


@pytest.mark.parametrize("name", ["water", "pvc", "al", "glass", "steel"])
def test_narrow_beam_transmission_is_xraydbs_within_a_thousandth(name):
    """Our nodes and our attenuation against xraydb's, energy by energy, over the same detected spectrum."""
    xraydb = pytest.importorskip("xraydb")
    from xscan.physics.composition import mixture

    made_of = known_materials()[name]
    for beam in (SCANNER.low, SCANNER.high):
        seen = detected(beam, SCANNER)
        lac = sum(w * xraydb.mu_elam(s, seen.energy_kev * 1000) for s, w in mixture(made_of.mix)) * made_of.density / 10
        nodes, weights, _ = seen.nodes(attenuation(made_of, seen.energy_kev)[:, None], NODES)
        for share in (0.9, 0.5, 0.1):  # down to a tenth of the beam
            mm = np.linspace(0, 500, 50001)
            passed = seen.transmission(lac, mm[::50])
            length = float(np.interp(-share, -passed, mm[::50]))
            exact = float(seen.transmission(lac, np.array([length]))[0])
            assert float(weights @ np.exp(-nodes[:, 0] * length)) == pytest.approx(exact, rel=1e-3)


def test_attenuation_adds_up_over_a_mixture():
    water, salt, brine = (
        SceneMaterial(mix=m, density=1.0) for m in ({"H2O": 1}, {"NaCl": 1}, {"H2O": 0.9, "NaCl": 0.1})
    )
    expected = 0.9 * attenuation(water, ENERGY) + 0.1 * attenuation(salt, ENERGY)
    np.testing.assert_allclose(attenuation(brine, ENERGY), expected, rtol=1e-9)
