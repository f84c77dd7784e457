import numpy as np
import pytest

from xscan.physics import quantify, rho_e, z_e


@pytest.fixture(scope="module")
def bottle(found, scan_discs):
    """Ethanol in a quartz wall of 4 mm, beside aluminium."""
    discs = [
        ("SiO2", 2.4, 0, -40, 26),
        ("SiO2", -2.4, 0, -40, 22),
        ("C2H6O", 0.8, 0, -40, 22),
        ("Al", 2.7, 0, 40, 12),
    ]
    return quantify(scan_discs(discs), found)


def _ring(q, x, inner, outer):
    rows, columns = np.indices(q.grid.shape[1:])
    r = np.hypot((rows + 0.5) * 2.0 - 120, (columns + 0.5) * 2.0 - 120 - x)
    where = (r >= inner) & (r < outer)
    electrons, photo = (v.array()[2:-2][:, where].sum(dtype=float) for v in (q.rho_e, q.photo))
    return electrons * 0.008 / (q.grid.shape[0] - 4) / 0.2, (photo / electrons) ** (1 / q.photo_exponent)


def test_a_wall_of_glass_is_mended_and_not_the_drink_in_it(bottle):
    electrons, number = _ring(bottle, -40, 0, 14)
    assert electrons == pytest.approx(rho_e("C2H6O", 0.8) * np.pi * 1.4**2, rel=0.02)
    assert number == pytest.approx(z_e("C2H6O"), rel=0.08)
    whole, _ = _ring(bottle, -40, 0, 32)
    wall = rho_e("SiO2", 2.4) * np.pi * (2.6**2 - 2.2**2)
    assert whole == pytest.approx(wall + rho_e("C2H6O", 0.8) * np.pi * 2.2**2, rel=0.03)


def test_metal_is_read_whole_and_said_to_have_been_moved(bottle):
    electrons, number = _ring(bottle, 40, 0, 18)
    assert electrons == pytest.approx(rho_e("Al", 2.7) * np.pi * 1.2**2, rel=0.03)
    assert number == pytest.approx(13, rel=0.03)
    z, y, x = bottle.corrected_voxels
    at = bottle.corrected[2, 60 // y]
    assert at[80 // x] > at[40 // x] > 0
    assert bottle.corrected.shape == tuple(-(-n // f) for n, f in zip(bottle.grid.shape, (z, y, x), strict=True))
