import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles import distances as balls
from tests.oracles import labelling as components
from xscan_kernels import closing, dilate, erode, fill_holes, opening

SIZES = st.tuples(*[st.sampled_from([0.5, 1.0, 1.5])] * 3)


def random_mask(shape, seed, p):
    return np.random.default_rng(seed).random(shape) < p


@settings(max_examples=12, deadline=None)
@given(
    shape=st.tuples(st.integers(1, 5), st.integers(1, 5), st.integers(1, 30)),
    seed=st.integers(0, 2**31),
    p=st.sampled_from([0.02, 0.5, 0.95]),
    radius=st.sampled_from([0.0, 1.0, 2.0, 2.6]),
    size=SIZES,
)
def test_balls_reach_as_far_as_their_radius(shape, seed, p, radius, size):
    mask = random_mask(shape, seed, p)
    expected = balls.dilate(mask, radius, size)
    np.testing.assert_array_equal(dilate(mask, radius, size), expected)
    thin = balls.erode(mask, radius, size)
    np.testing.assert_array_equal(erode(mask, radius, size), thin)
    np.testing.assert_array_equal(opening(mask, radius, size), balls.dilate(thin, radius, size))
    assert (closing(mask, radius, size) >= mask).all()


@pytest.mark.parametrize("width", [1, 63, 64, 130])
@pytest.mark.parametrize(("radius", "size"), [(5, (1, 1, 1)), (3.5, (2, 1, 0.5)), (7, (3, 3, 0.25))])
def test_equal_to_scipy_and_the_same_at_any_thread_count(width, radius, size):
    ndimage = pytest.importorskip("scipy.ndimage")
    mask = random_mask((9, 11, width), 0, 0.05)
    reach = [int(radius / s + 1e-9) for s in size]
    grid = np.meshgrid(*[np.arange(-n, n + 1) for n in reach], indexing="ij")
    ball = sum((g * s) ** 2 for g, s in zip(grid, size, strict=True)) <= radius**2 + 1e-9
    pad = [(n, n) for n in reach]
    inner = tuple(slice(n, n + length) for n, length in zip(reach, mask.shape, strict=True))
    for threads in (1, 2):
        np.testing.assert_array_equal(dilate(mask, radius, size, threads=threads), ndimage.binary_dilation(mask, ball))
        np.testing.assert_array_equal(
            erode(~mask, radius, size, threads=threads), ndimage.binary_erosion(~mask, ball, border_value=1)
        )
        np.testing.assert_array_equal(
            closing(mask, radius, size, threads=threads),
            ndimage.binary_closing(np.pad(mask, pad), ball)[inner],
        )


@settings(max_examples=25, deadline=None)
@given(
    shape=st.tuples(st.integers(1, 6), st.integers(1, 6), st.integers(1, 80)),
    seed=st.integers(0, 2**31),
    p=st.sampled_from([0.5, 0.7, 0.85]),
    connectivity=st.sampled_from([6, 18, 26]),
)
def test_holes_are_what_the_edge_cannot_reach(shape, seed, p, connectivity):
    mask = random_mask(shape, seed, p)
    np.testing.assert_array_equal(fill_holes(mask, connectivity), components.fill_holes(mask, connectivity))


def test_holes_equal_to_scipy_and_the_same_at_any_thread_count():
    ndimage = pytest.importorskip("scipy.ndimage")
    mask = random_mask((30, 40, 150), 1, 0.69)
    expected = ndimage.binary_fill_holes(mask)
    assert expected.sum() > mask.sum()
    for threads in (1, 2):
        np.testing.assert_array_equal(fill_holes(mask, threads=threads), expected)


def test_empty_volume():
    empty = np.zeros((2, 0, 4), bool)
    for result in (dilate(empty, 1), closing(empty, 1), fill_holes(empty)):
        assert result.shape == (2, 0, 4)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: dilate(np.zeros((1, 1, 1), bool), -1), ValueError, "radius_mm: got -1"),
        (lambda: dilate(np.zeros((1, 1, 1)), 1), TypeError, "mask: got dtype float64"),
        (lambda: closing(np.zeros((1, 1)), 1), ValueError, "mask: got 2 dimensions"),
        (lambda: erode(np.zeros((1, 1, 1), bool), 1, 0), ValueError, "voxel_size_mm: got 0"),
        (lambda: fill_holes(np.zeros((1, 1, 1), bool), 4), ValueError, "connectivity: got 4"),
    ],
)
def test_wrong_input_is_named(call, error, words):
    with pytest.raises(error, match=words):
        call()
