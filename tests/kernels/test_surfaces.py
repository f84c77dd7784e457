import numpy as np
import pytest

from tests.oracles import surfaces as oracle
from xscan_kernels import mean_breadth, mean_curvature, surface_area
from xscan_kernels.surfaces import _directions, _shares

SIZES = [(1.0, 1.0, 1.0), (2.0, 1.0, 1.0), (1.5, 0.8, 1.0)]


def grid(reach, size):
    n = [int(r / s) + 3 for r, s in zip(reach, size, strict=True)]
    axes = [(np.arange(-k, k + 1) + 0.3) * s for k, s in zip(n, size, strict=True)]
    return np.meshgrid(*axes, indexing="ij")


def cylinder(radius, length, axis, size):
    way = np.array(axis) / np.linalg.norm(axis)
    z, y, x = grid([length] * 3, size)
    along = z * way[0] + y * way[1] + x * way[2]
    return (np.abs(along) <= length / 2) & (z * z + y * y + x * x - along * along <= radius**2)


@pytest.mark.parametrize("radius", [6.0, 10.0, 17.3])
@pytest.mark.parametrize("size", SIZES)
def test_a_ball_within_a_few_percent(radius, size):
    z, y, x = grid([radius] * 3, size)
    ball = z * z + y * y + x * x <= radius**2
    assert surface_area(ball, size)[1] == pytest.approx(oracle.ball_area(radius), rel=0.03)
    assert mean_breadth(ball, size)[1] == pytest.approx(2 * radius, rel=0.015)
    assert mean_curvature(ball, size)[1] == pytest.approx(1 / radius, rel=0.03)
    assert surface_area(ball, size)[0] == mean_breadth(ball, size)[0] == 0


@pytest.mark.parametrize("axis", [(1, 0, 0), (0, 0, 1), (1, 1, 0), (1, 2, 3)])
@pytest.mark.parametrize("size", SIZES)
def test_a_cylinder_within_a_tenth(axis, size):
    # thirteen directions stand for all: along an axis of the lattice the formula is at its worst
    radius, length = 6.0, 24.0
    body = cylinder(radius, length, axis, size)
    breadth, area = (length + np.pi * radius) / 2, 2 * np.pi * radius * (length + radius)
    assert mean_breadth(body, size)[1] == pytest.approx(breadth, rel=0.13)
    assert mean_curvature(body, size)[1] == pytest.approx(2 * np.pi * breadth / area, rel=0.1)


@pytest.mark.parametrize("size", SIZES)
def test_a_hollow_bends_inwards(size):
    z, y, x = grid([14] * 3, size)
    square = z * z + y * y + x * x
    shell = (square <= 14**2) & (square > 8**2)
    # the inner surface, seen from the shell, has the curvature -1/8
    expected = 4 * np.pi * (14 - 8) / (4 * np.pi * (14**2 + 8**2))
    assert mean_curvature(shell, size)[1] == pytest.approx(expected, rel=0.1)


def test_sections_are_counted_as_the_oracle_counts_them():
    labels = np.random.default_rng(3).integers(0, 3, (4, 5, 6)).astype(np.uint32)
    size = (1.5, 1.0, 0.8)
    apart = 1 / np.linalg.norm(_directions() / np.array(size), axis=1)
    got = mean_breadth(labels, size, count=3)
    for number in (1, 2):
        euler = oracle.section_euler(labels == number)
        expected = sum(share * s * e for share, s, e in zip(_shares(size, True), apart, euler, strict=True))
        assert got[number] == pytest.approx(expected, rel=1e-12)
    assert got[3] == 0
    assert np.isnan(mean_curvature(labels, size, count=3)[[0, 3]]).all()


def test_crossings_are_those_of_every_lattice_line():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, (5, 6, 7)).astype(np.uint32)
    size = np.array([1.5, 1.0, 0.8])
    got = surface_area(labels, size, count=4)
    for number in (1, 2):
        expected = 0.0
        counted = oracle.crossings(labels == number)
        for (step, n), share in zip(counted.items(), _shares(tuple(size), False), strict=True):
            expected += 2 * share * n * size.prod() / np.linalg.norm(np.array(step) * size)
        assert got[number] == pytest.approx(expected, rel=1e-12)
    assert got.shape == (5,)
    assert got[3] == 0


@pytest.mark.parametrize("planes", [False, True])
def test_directions_share_the_whole_sphere(planes):
    assert len(_directions()) == 13
    assert sum(_shares((1.0, 1.0, 1.0), planes)) == pytest.approx(1)


@pytest.mark.parametrize("shape", [(9, 8, 70), (3, 2, 128), (2, 1, 1), (1, 1, 64)])
def test_the_same_at_any_thread_count_and_type(shape):
    labels = np.random.default_rng(1).integers(0, 5, shape)
    one = surface_area(labels.astype(np.uint32), threads=1)
    np.testing.assert_array_equal(one, surface_area(labels.astype(np.uint8), threads=2))
    np.testing.assert_array_equal(
        mean_breadth(labels > 2, threads=1), mean_breadth((labels > 2).astype(np.uint32), threads=3)
    )


def test_wrong_input_is_named():
    with pytest.raises(ValueError, match="expected no label above count=1"):
        surface_area(np.full((1, 1, 1), 2, np.uint32), count=1)
    with pytest.raises(ValueError, match="labels: got -1"):
        mean_breadth(np.full((1, 1, 1), -1, np.int32))
    with pytest.raises(TypeError, match="labels: got dtype float64"):
        mean_curvature(np.zeros((1, 1, 1)))
