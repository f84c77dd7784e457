import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles import distances as oracle
from xscan_kernels import distance

SIZES = st.tuples(*[st.sampled_from([0.5, 1.0, 1.7])] * 3)


@settings(max_examples=12, deadline=None)
@given(
    shape=st.tuples(st.integers(1, 5), st.integers(1, 5), st.integers(1, 20)),
    seed=st.integers(0, 2**31),
    size=SIZES,
    kind=st.sampled_from(["mask", "labels"]),
)
def test_the_nearest_of_all_other_voxels(shape, seed, size, kind):
    labels = np.random.default_rng(seed).integers(0, 3, shape).astype(np.uint32)
    labels = labels > 0 if kind == "mask" else np.repeat(labels, 2, axis=1)
    expected = oracle.distance(labels, size)
    got = distance(labels, size)
    np.testing.assert_allclose(got, expected, rtol=1e-6)
    np.testing.assert_allclose(distance(labels, size, limit_mm=1.9), np.minimum(expected, 1.9), rtol=1e-6)


@pytest.mark.parametrize("p", [0.5, 0.97, 0.9995])
@pytest.mark.parametrize("size", [(1, 1, 1), (2.5, 1, 0.7)])
def test_equal_to_scipy_and_the_same_at_any_thread_count(p, size):
    ndimage = pytest.importorskip("scipy.ndimage")
    mask = np.random.default_rng(0).random((25, 30, 131)) < p
    expected = ndimage.distance_transform_edt(mask, size)
    results = [distance(mask, size, threads=threads) for threads in (1, 2)]
    np.testing.assert_allclose(results[0], expected, rtol=1e-6)
    np.testing.assert_array_equal(*results)


@pytest.mark.parametrize("shape", [(2, 220, 3), (220, 1, 66)])
def test_a_border_far_away(shape):
    ndimage = pytest.importorskip("scipy.ndimage")
    mask = np.ones(shape, bool)
    mask[0, 0, 0] = False
    expected = ndimage.distance_transform_edt(mask)
    np.testing.assert_allclose(distance(mask), expected, rtol=1e-6)
    labels = mask.astype(np.uint32)
    labels[0, -9:] = 2
    each = [ndimage.distance_transform_edt(labels == n) for n in (1, 2)]
    np.testing.assert_allclose(distance(labels), np.where(labels == 2, each[1], each[0]), rtol=1e-6)


def test_equal_to_edt_on_labels():
    edt = pytest.importorskip("edt")
    labels = np.kron(np.random.default_rng(3).integers(0, 4, (5, 5, 9)), np.ones((6, 6, 9))).astype(np.uint32)
    np.testing.assert_allclose(distance(labels, (1, 1, 2)), edt.edt(labels, anisotropy=(1, 1, 2)), rtol=1e-6)


def test_nothing_outside_is_infinitely_far():
    assert np.isinf(distance(np.ones((2, 3, 4), bool))).all()
    assert (distance(np.ones((2, 3, 4), bool), limit_mm=5) == 5).all()
    assert distance(np.zeros((0, 3, 4), bool)).shape == (0, 3, 4)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"voxel_size_mm": (1, 0, 1)}, "voxel_size_mm: got"),
        ({"limit_mm": 0}, "limit_mm: got 0"),
        ({"voxel_size_mm": (1, 1)}, "voxel_size_mm: got"),
    ],
)
def test_wrong_input_is_named(arguments, words):
    with pytest.raises(ValueError, match=words):
        distance(np.zeros((1, 1, 1), bool), **arguments)


def test_floats_are_refused():
    with pytest.raises(TypeError, match="mask_or_labels: got dtype float32"):
        distance(np.zeros((1, 1, 1), np.float32))
