from dataclasses import replace

import numpy as np
import pytest

from xscan.denoise import DenoiseConfig, denoise
from xscan.model import Grid, Quantities, Unit, Volume


def quantities(values: np.ndarray, noise: float) -> Quantities:
    return Quantities(Volume(Grid(values.shape, (1.5,) * 3), values, Unit.MHU), "nominal", noise_mhu=noise)


@pytest.fixture
def wall() -> np.ndarray:
    values = np.zeros((20, 20, 20), np.float32)
    values[:, :, 10:12] = 800.0
    return values


def test_noise_becomes_less_and_a_thin_wall_keeps_its_height(wall):
    noise = np.random.default_rng(0).normal(0, 10, wall.shape).astype(np.float32)
    q = quantities(wall[:, :, :11] * 1.0 + noise[:, :, :11], 10.0)  # one voxel thick at the edge
    cleaned = denoise(q).attenuation.array()
    assert cleaned[:, :, :8].std() < 0.5 * noise[:, :, :8].std()
    assert cleaned[:, :, 10].mean() > 750


def test_no_voxel_moves_by_more_than_the_limit(wall):
    q = quantities(wall, 10.0)
    change = denoise(q, config=DenoiseConfig(limit_sigma=2.0)).attenuation.array() - wall
    assert np.abs(change).max() <= 20.0


def test_plain_median_is_the_median(wall):
    from scipy import ndimage as ndi

    cleaned = denoise(quantities(wall, 0.0), config=DenoiseConfig(method="median")).attenuation.array()
    np.testing.assert_array_equal(cleaned, ndi.median_filter(wall, 3, mode="nearest"))


@pytest.mark.parametrize(("method", "noise"), [("none", 10.0), ("limited-median", 0.0)])
def test_nothing_to_do_returns_the_same_value(wall, method, noise):
    q = quantities(wall, noise)
    assert denoise(q, config=DenoiseConfig(method=method)) is q


def test_other_volumes_stay(wall):
    q = replace(quantities(wall, 10.0), rho_e=Volume(Grid(wall.shape, (1.5,) * 3), wall, Unit.RHO_E))
    before = wall.copy()
    after = denoise(q)
    assert after.rho_e is q.rho_e
    np.testing.assert_array_equal(wall, before)
