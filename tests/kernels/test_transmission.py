import numpy as np
import pytest

from tests.oracles import transmission as oracle
from xscan_kernels import project_parallel
from xscan_kernels.transmission import material_paths, transmit

ANGLES = np.array([0.0, 0.31, np.pi / 4, 1.2, np.pi / 2, 2.5, -0.7])


def blobs(shape, materials, seed=0):
    rng = np.random.default_rng(seed)
    labels = np.zeros(shape, np.uint8)
    for m in range(1, materials + 1):
        y, x = rng.integers(1, shape[0] - 6), rng.integers(1, shape[1] - 6)
        labels[y : y + 5, x : x + 4] = m
    return labels


@pytest.mark.parametrize("threads", [1, 2])
def test_every_ray_is_walked_cell_by_cell(threads):
    labels = blobs((17, 23), 3)
    got = material_paths(labels, 0.8, ANGLES, rays=29, spacing=0.7, materials=3, threads=threads)
    for a, angle in enumerate(ANGLES):
        for r in range(29):
            expected = oracle.paths(labels, 0.8, angle, (r - 14) * 0.7, 3)
            # a ray on the border of two cells may take either: the lengths agree in sum
            assert got[a, r].sum() == pytest.approx(expected.sum(), abs=1.2)
    exact = [
        np.abs(got[a, r] - oracle.paths(labels, 0.8, angle, (r - 14) * 0.7, 3)).max() < 1e-4
        for a, angle in enumerate(ANGLES)
        for r in range(29)
    ]
    assert np.mean(exact) > 0.98


def test_lengths_add_up_to_the_area_and_to_josephs_sums():
    labels = blobs((40, 40), 4, seed=1)
    angles = np.linspace(0, np.pi, 30, endpoint=False)
    got = material_paths(labels, 1.0, angles, rays=241, spacing=0.25, materials=4)
    areas = [(labels == m).sum() for m in range(1, 5)]
    np.testing.assert_allclose(got.sum(1).mean(0) * 0.25, areas, rtol=0.01)
    joseph = project_parallel((labels > 0).astype(np.float32), angles, 241, 0.25)
    assert np.abs(got.sum(2) - joseph).mean() < 0.3
    assert abs(got.sum() / joseph.sum() - 1) < 0.005


def test_an_empty_slice_costs_nothing_and_gives_nothing():
    assert not material_paths(np.zeros((9, 9), np.uint8), 1.0, ANGLES, rays=5, spacing=1.0, materials=2).any()


def test_transmission_is_beers_law():
    rng = np.random.default_rng(2)
    lengths = (rng.random((3, 50, 4)) * 40).astype(np.float32)
    lengths[rng.random(lengths.shape) < 0.5] = 0
    lengths[0, 0] = 0
    lengths[0, 1] = 5000  # beyond what a number can tell from nothing
    lac, weights = rng.random((21, 4)) * 0.3, rng.random((2, 21))
    for threads in (1, 2):
        got = transmit(lengths, lac, weights, threads=threads)
        np.testing.assert_allclose(got, oracle.transmit(lengths, lac, weights), rtol=1e-9, atol=1e-290)
    np.testing.assert_array_equal(got[0, 0], transmit(np.zeros((1, 4)), lac, weights)[0])


def test_wrong_arguments_are_named():
    labels = blobs((9, 9), 2)
    with pytest.raises(ValueError, match="materials"):
        material_paths(labels, 1.0, ANGLES, rays=5, spacing=1.0, materials=1)
    with pytest.raises(TypeError, match="labels"):
        material_paths(labels.astype(float), 1.0, ANGLES, rays=5, spacing=1.0, materials=2)
    with pytest.raises(ValueError, match="angles"):
        material_paths(labels, 1.0, [[0.0]], rays=5, spacing=1.0, materials=2)
    with pytest.raises(ValueError, match="rays"):
        material_paths(labels, 1.0, ANGLES, rays=1, spacing=1.0, materials=2)
    with pytest.raises(ValueError, match="spacing"):
        material_paths(labels, 1.0, ANGLES, rays=5, spacing=0.0, materials=2)
    with pytest.raises(ValueError, match="paths, lac, weights"):
        transmit(np.zeros((5, 3)), np.zeros((7, 2)), np.zeros((1, 7)))
