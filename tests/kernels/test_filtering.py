import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles import filtering as oracle
from xscan_kernels import bilateral, gaussian, guided, maximum_filter, median3, minimum_filter

SHAPES = st.tuples(st.integers(1, 4), st.integers(1, 4), st.integers(1, 30))
PROFILE = settings(max_examples=12, deadline=None)


def noise(shape, seed, dtype=np.float32):
    return np.random.default_rng(seed).integers(0, 1000, shape).astype(dtype)


@PROFILE
@given(shape=SHAPES, seed=st.integers(0, 2**31), dtype=st.sampled_from([np.uint16, np.float32]))
def test_median_is_the_fourteenth_of_27(shape, seed, dtype):
    volume = noise(shape, seed, dtype)
    np.testing.assert_array_equal(median3(volume), oracle.median3(volume))


@pytest.mark.parametrize("dtype", ["uint8", "int16", "float64"])
@pytest.mark.parametrize("width", [1, 2, 64, 130])
def test_median_equals_scipy(dtype, width):
    ndimage = pytest.importorskip("scipy.ndimage")
    volume = (noise((7, 9, width), 3) % 100).astype(dtype)
    expected = ndimage.median_filter(volume, size=3, mode="nearest")
    for threads in (1, 2):
        np.testing.assert_array_equal(median3(volume, threads=threads), expected)


@PROFILE
@given(shape=SHAPES, seed=st.integers(0, 2**31), size=st.sampled_from([1, 3, 7]))
def test_extremes_are_those_of_the_window(shape, seed, size):
    volume = noise(shape, seed)
    np.testing.assert_array_equal(maximum_filter(volume, size), oracle.extreme(volume, size, np.max))
    np.testing.assert_array_equal(minimum_filter(volume, size), oracle.extreme(volume, size, np.min))


@pytest.mark.parametrize("dtype", ["bool", "int16", "uint32", "float32"])
@pytest.mark.parametrize("size", [3, 5, 9])
def test_extremes_equal_scipy(dtype, size):
    ndimage = pytest.importorskip("scipy.ndimage")
    volume = (noise((7, 9, 67), 5) - (0 if dtype in ("bool", "uint32") else 500)).astype(dtype)
    if dtype == "bool":
        volume = noise((7, 9, 67), 5) < 30
    for threads in (1, 3):
        for ours, theirs in ((maximum_filter, ndimage.maximum_filter), (minimum_filter, ndimage.minimum_filter)):
            found = ours(volume, size, threads=threads)
            assert found.dtype == volume.dtype
            np.testing.assert_array_equal(found, theirs(volume, size=size))


@pytest.mark.parametrize("size", [0, 2, -3, 1.5])
def test_extremes_refuse_a_cube_without_a_middle(size):
    with pytest.raises(ValueError, match=r"size: got .* expected an odd whole number"):
        maximum_filter(np.zeros((2, 2, 2), np.float32), size)


@PROFILE
@given(shape=SHAPES, seed=st.integers(0, 2**31), sigma=st.sampled_from([0.4, 0.8]))
def test_gaussian_is_the_weighted_window(shape, seed, sigma):
    volume = noise(shape, seed)
    np.testing.assert_allclose(gaussian(volume, sigma), oracle.gaussian(volume, sigma), rtol=1e-5, atol=1e-3)


@pytest.mark.parametrize("sigma", [0, 1.5, (0.5, 0, 3)])
def test_gaussian_equals_scipy(sigma):
    ndimage = pytest.importorskip("scipy.ndimage")
    volume = noise((11, 13, 67), 4)
    expected = ndimage.gaussian_filter(volume, sigma, mode="nearest")
    results = [gaussian(volume, sigma, threads=threads) for threads in (1, 2)]
    np.testing.assert_allclose(results[0], expected, rtol=1e-5, atol=1e-3)
    np.testing.assert_array_equal(*results)
    assert not np.shares_memory(results[0], volume)


@PROFILE
@given(shape=SHAPES, seed=st.integers(0, 2**31), radius=st.integers(1, 3))
def test_guided_fits_a_line_in_every_window(shape, seed, radius):
    volume, guide = noise(shape, seed), noise(shape, seed + 1)
    expected = oracle.guided(volume, guide, radius, 500.0)
    np.testing.assert_allclose(guided(volume, guide, radius, 500.0), expected, rtol=2e-4, atol=0.2)
    results = [guided(volume, None, radius, 500.0, threads=threads) for threads in (1, 2)]
    np.testing.assert_array_equal(*results)
    np.testing.assert_allclose(results[0], oracle.guided(volume, volume, radius, 500.0), rtol=2e-4, atol=0.2)


@settings(max_examples=6, deadline=None)
@given(
    shape=st.tuples(st.integers(1, 4), st.integers(1, 4), st.integers(1, 9)),
    seed=st.integers(0, 2**31),
    channels=st.integers(1, 2),
)
def test_bilateral_weighs_space_and_guides(shape, seed, channels):
    volume = noise(shape, seed)
    guides = [noise(shape, seed + 1 + i) for i in range(channels)]
    widths = [300.0, 500.0][:channels]
    got = bilateral(volume, 1.0, widths, guides=guides, radius=2)
    np.testing.assert_allclose(got, oracle.bilateral(volume, 1.0, widths, guides, 2), rtol=1e-3)
    np.testing.assert_array_equal(got, bilateral(volume, 1.0, widths, guides=guides, radius=2, threads=2))


def test_edges_stay_where_noise_goes():
    step = np.zeros((12, 12, 24), np.float32)
    step[:, :, 12:] = 100
    noisy = step + np.random.default_rng(0).normal(0, 3, step.shape).astype(np.float32)
    for clean in (guided(noisy, None, 2, 100.0), bilateral(noisy, 1.5, 20.0)):
        assert np.abs(clean - step).mean() < 0.5 * np.abs(noisy - step).mean()
        assert (clean[:, :, 12:].min() - clean[:, :, :12].max()) > 80


def test_empty_volume():
    empty = np.zeros((0, 3, 4), np.float32)
    for result in (median3(empty), gaussian(empty, 1), guided(empty), bilateral(empty, 1, 1)):
        assert result.shape == (0, 3, 4)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda v: median3(v[0]), "volume: got 2 dimensions"),
        (lambda v: gaussian(v, -1), "sigma_voxels: got -1"),
        (lambda v: guided(v, None, 0), "radius: got 0"),
        (lambda v: guided(v, v[:1], 1), "guide: got shape"),
        (lambda v: bilateral(v, 1, 0), "sigma_value: got 0"),
        (lambda v: bilateral(v, 1, 1, radius=0), "radius: got 0, expected"),
    ],
)
def test_wrong_input_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call(np.zeros((2, 3, 4), np.float32))


def test_complex_is_refused():
    with pytest.raises(TypeError, match="volume: got dtype complex128"):
        median3(np.zeros((1, 1, 1), complex))


@pytest.mark.parametrize("width", [1, 15, 16, 17, 33])
def test_rows_of_any_width_weigh_no_more_than_there_is(width):
    ndimage = pytest.importorskip("scipy.ndimage")
    volume = np.random.default_rng(width).normal(100, 20, (3, 4, width)).astype(np.float32)
    got = bilateral(volume, 1.0, 15.0, radius=3)
    np.testing.assert_allclose(got, oracle.bilateral(volume, 1.0, (15.0,), (volume,), 3), rtol=1e-4)
    blurred = gaussian(volume, (1.5, 0, 0.7), threads=2)
    np.testing.assert_allclose(blurred, ndimage.gaussian_filter(volume, (1.5, 0, 0.7), mode="nearest"), rtol=1e-5)
