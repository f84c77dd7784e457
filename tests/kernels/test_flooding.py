import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles import flooding as oracle
from xscan_kernels import h_maxima, reconstruct, watershed

SHAPES = st.tuples(st.integers(1, 5), st.integers(1, 5), st.integers(1, 12))
PROFILE = settings(max_examples=12, deadline=None)
CONNECTIVITY = st.sampled_from([6, 18, 26])


@PROFILE
@given(shape=SHAPES, seed=st.integers(0, 2**31), connectivity=CONNECTIVITY)
def test_the_first_flood_takes_the_voxel(shape, seed, connectivity):
    rng = np.random.default_rng(seed)
    image = rng.integers(0, 6, shape).astype(np.float32)
    chosen = rng.choice(image.size, min(3, image.size), replace=False)
    markers = np.zeros(image.size, np.int32)
    markers[chosen] = np.arange(1, len(chosen) + 1)
    image.reshape(-1)[chosen] = -np.arange(1, len(chosen) + 1)  # no two markers of one value
    markers = markers.reshape(shape)
    mask = rng.random(shape) < 0.8
    got = watershed(image, markers, mask, connectivity)
    np.testing.assert_array_equal(got, oracle.watershed(image, markers, mask, connectivity))


@pytest.mark.parametrize(("connectivity", "order"), [(6, 1), (18, 2), (26, 3)])
@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
@pytest.mark.parametrize("levels", [3, 200])
def test_equal_to_skimage_with_competing_markers(connectivity, order, dtype, levels):
    segmentation = pytest.importorskip("skimage.segmentation")
    rng = np.random.default_rng(levels)
    image = rng.integers(0, levels, (9, 10, 34)).astype(dtype)
    markers = (rng.random(image.shape) < 0.04) * rng.integers(1, 9, image.shape)
    mask = rng.random(image.shape) < 0.85
    expected = segmentation.watershed(image, markers, mask=mask, connectivity=order)
    np.testing.assert_array_equal(watershed(image, markers, mask, connectivity), expected)
    whole = segmentation.watershed(image, markers, connectivity=order)
    np.testing.assert_array_equal(watershed(image, markers, connectivity=connectivity), whole)


@pytest.mark.parametrize("width", [1, 61, 62, 63, 64, 65, 126, 127, 190])
@pytest.mark.parametrize(("connectivity", "order"), [(6, 1), (26, 3)])
def test_rows_of_any_width_end_where_they_end(width, connectivity, order):
    segmentation = pytest.importorskip("skimage.segmentation")
    rng = np.random.default_rng(width)
    image = -rng.integers(0, 30, (4, 5, width)).astype(np.int16)
    markers = (rng.random(image.shape) < 0.02) * rng.integers(1, 2**31 - 1, image.shape)
    markers[0, 0, 0] = markers[-1, -1, -1] = 7
    expected = segmentation.watershed(image, markers, connectivity=order)
    np.testing.assert_array_equal(watershed(image, markers, connectivity=connectivity), expected)
    np.testing.assert_array_equal(watershed(image, markers, connectivity=connectivity, threads=2), expected)


@PROFILE
@given(shape=SHAPES, seed=st.integers(0, 2**31), connectivity=CONNECTIVITY, kind=st.sampled_from(["u1", "f4", "?"]))
def test_reconstruction_is_dilation_until_nothing_changes(shape, seed, connectivity, kind):
    rng = np.random.default_rng(seed)
    mask = rng.integers(0, 2 if kind == "?" else 9, shape).astype(kind)
    seed_ = np.minimum(rng.integers(0, 2 if kind == "?" else 9, shape).astype(kind), mask)
    np.testing.assert_array_equal(reconstruct(seed_, mask, connectivity), oracle.reconstruct(seed_, mask, connectivity))


def test_reconstruction_equals_skimage():
    morphology = pytest.importorskip("skimage.morphology")
    rng = np.random.default_rng(0)
    mask = rng.integers(0, 200, (15, 16, 33)).astype(np.uint16)
    seed = np.where(rng.random(mask.shape) < 0.01, mask, 0).astype(np.uint16)
    expected = morphology.reconstruction(seed, mask, footprint=np.ones((3, 3, 3)))
    np.testing.assert_array_equal(reconstruct(seed, mask, 26), expected)


@pytest.mark.parametrize("h", [1, 3, 7])
def test_h_maxima_equal_to_skimage(h):
    morphology = pytest.importorskip("skimage.morphology")
    image = np.random.default_rng(1).integers(0, 20, (9, 10, 31)).astype(np.uint16)
    np.testing.assert_array_equal(h_maxima(image, h, 26), morphology.h_maxima(image, h) > 0)


def test_h_maxima_keeps_tall_tops():
    line = np.array([[[0, 5, 4, 6, 0, 3, 0, 2, 0]]], np.float32)
    np.testing.assert_array_equal(np.flatnonzero(h_maxima(line, 1.0)), [1, 3, 5, 7])
    np.testing.assert_array_equal(np.flatnonzero(h_maxima(line, 3.0)), [3, 5])


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda v: watershed(v, v.astype(int)[:1]), ValueError, "markers: got shape"),
        (lambda v: watershed(v, v), TypeError, "markers: got dtype float32"),
        (lambda v: watershed(v, v.astype(int) - 1), ValueError, "markers: expected values"),
        (lambda v: watershed(v, v.astype(int), connectivity=4), ValueError, "connectivity: got 4"),
        (lambda v: reconstruct(v + 1, v), ValueError, "seed: got values above mask"),
        (lambda v: reconstruct(v, v.astype(float)), TypeError, "mask: got dtype float64"),
        (lambda v: h_maxima(v, 0), ValueError, "h: got 0"),
    ],
)
def test_wrong_input_is_named(call, error, words):
    with pytest.raises(error, match=words):
        call(np.zeros((2, 3, 4), np.float32))
