import numpy as np
import pytest

from tests.oracles import surfaces as oracle
from xscan_kernels import surface_area
from xscan_kernels.surfaces import _directions, _weights


@pytest.mark.parametrize("radius", [6.0, 10.0, 17.3])
@pytest.mark.parametrize("size", [(1.0, 1.0, 1.0), (2.0, 1.0, 1.0)])
def test_a_ball_within_a_few_percent(radius, size):
    n = [int(radius / s) + 2 for s in size]
    z, y, x = np.meshgrid(*[np.arange(-k, k + 1) * s for k, s in zip(n, size, strict=True)], indexing="ij")
    area = surface_area(z * z + y * y + x * x <= radius**2, size)
    assert area[1] == pytest.approx(oracle.ball_area(radius), rel=0.03)
    assert area[0] == 0


def test_crossings_are_those_of_every_lattice_line():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, (5, 6, 7)).astype(np.uint32)
    size = np.array([1.5, 1.0, 0.8])
    got = surface_area(labels, size, count=4)
    for number in (1, 2):
        expected = 0.0
        for (step, n), share in zip(oracle.crossings(labels == number).items(), _weights(tuple(size)), strict=True):
            expected += 2 * share * n * size.prod() / np.linalg.norm(np.array(step) * size)
        assert got[number] == pytest.approx(expected, rel=1e-12)
    assert got.shape == (5,)
    assert got[3] == 0


def test_directions_share_the_whole_sphere():
    assert len(_directions()) == 13
    assert sum(_weights((1.0, 1.0, 1.0))) == pytest.approx(1)


def test_the_same_at_any_thread_count():
    labels = np.random.default_rng(1).integers(0, 5, (9, 8, 70)).astype(np.uint32)
    np.testing.assert_array_equal(surface_area(labels, threads=1), surface_area(labels, threads=2))


def test_wrong_input_is_named():
    with pytest.raises(ValueError, match="expected no label above count=1"):
        surface_area(np.full((1, 1, 1), 2, np.uint32), count=1)
    with pytest.raises(TypeError, match="labels: got dtype float64"):
        surface_area(np.zeros((1, 1, 1)))
