import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tests.oracles import labelling as oracle
from xscan_kernels import label

SHAPES = st.tuples(st.integers(1, 5), st.integers(1, 5), st.integers(1, 140))
PROFILE = settings(max_examples=25, deadline=None)


def masks(p):
    def draw(pair):
        shape, seed = pair
        return np.random.default_rng(seed).random(shape) < p

    return st.tuples(SHAPES, st.integers(0, 2**32 - 1)).map(draw)


@PROFILE
@given(mask=masks(0.4), connectivity=st.sampled_from([6, 18, 26]), min_size=st.integers(0, 4))
def test_a_mask_is_labelled_as_by_flood_fill(mask, connectivity, min_size):
    labels, count = label(mask, connectivity=connectivity, min_size=min_size)
    expected, number = oracle.label(mask.astype(np.uint8), connectivity, min_size=min_size)
    assert count == number
    np.testing.assert_array_equal(labels, expected)


@PROFILE
@given(
    values=hnp.arrays(np.uint16, SHAPES, elements=st.integers(0, 9)),
    connectivity=st.sampled_from([6, 18, 26]),
    delta=st.sampled_from([None, 0, 1, 3]),
)
def test_values_join_within_a_tolerance(values, connectivity, delta):
    labels, count = label(values, connectivity=connectivity, delta=delta)
    expected, number = oracle.label(values, connectivity, delta or 0)
    assert count == number
    np.testing.assert_array_equal(labels, expected)


@pytest.mark.parametrize("connectivity", [6, 18, 26])
@pytest.mark.parametrize("p", [0.1, 0.3116, 0.6, 0.97])
def test_equal_to_cc3d_and_the_same_at_any_thread_count(connectivity, p):
    cc3d = pytest.importorskip("cc3d")
    mask = np.random.default_rng(7).random((23, 31, 197)) < p
    expected, number = cc3d.connected_components(mask.view(np.uint8), connectivity=connectivity, return_N=True)
    for threads in (1, 2, 5):
        labels, count = label(mask, connectivity=connectivity, threads=threads)
        assert count == number
        np.testing.assert_array_equal(labels, expected)


@pytest.mark.parametrize("dtype", ["uint16", "int16", "float32"])
@pytest.mark.parametrize("threshold", [-1e9, -3, 3.5, 11, 1e9])
def test_threshold_is_fused_and_exact(dtype, threshold):
    values = np.random.default_rng(1).integers(0, 12, (6, 7, 70)).astype(dtype)
    labels, count = label(values, threshold=threshold)
    expected, number = label(values > threshold)
    assert count == number
    np.testing.assert_array_equal(labels, expected)


def test_float_threshold_between_two_floats():
    values = np.full((1, 1, 2), np.float32(0.1))
    assert label(values, threshold=0.1)[1] == int(np.float64(np.float32(0.1)) > 0.1)
    assert label(np.full((1, 1, 2), np.nan, np.float32), threshold=0.0)[1] == 0


def test_strided_input_and_callers_array():
    mask = np.random.default_rng(2).random((8, 9, 140)) < 0.5
    out = np.empty((4, 9, 70), np.uint32)
    labels, count = label(mask[::2, :, ::2], out=out)
    assert labels is out
    expected, number = oracle.label(np.ascontiguousarray(mask[::2, :, ::2]).astype(np.uint8))
    assert count == number
    np.testing.assert_array_equal(out, expected)


@pytest.mark.parametrize("shape", [(0, 3, 4), (3, 0, 4), (3, 4, 0), (1, 1, 1)])
def test_empty_and_single(shape):
    labels, count = label(np.ones(shape, bool))
    assert count == (1 if np.prod(shape) else 0)
    assert labels.shape == shape


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"values": np.zeros((2, 2))}, ValueError, "values: got 2 dimensions, expected 3"),
        ({"values": np.zeros((1, 1, 1))}, TypeError, "values: got dtype float64"),
        ({"values": np.zeros((1, 1, 1), bool), "connectivity": 8}, ValueError, "connectivity: got 8"),
        ({"values": np.zeros((1, 1, 1)), "threshold": 1, "delta": 1}, ValueError, "delta"),
        ({"values": np.zeros((1, 1, 1), bool), "out": np.zeros((1, 1, 1))}, ValueError, "out: got"),
        ({"values": np.zeros((1, 1, 1), bool), "threads": 0}, ValueError, "threads: got 0"),
        ({"values": np.zeros((1, 1, 1), bool), "min_size": -1}, ValueError, "min_size: got -1"),
        ({"values": np.zeros((1, 1, 1)), "delta": -1.0}, ValueError, "delta: got -1"),
        ({"values": np.zeros((1, 1, 1), np.uint16), "threshold": float("nan")}, ValueError, "threshold"),
    ],
)
def test_wrong_input_is_named(arguments, error, words):
    with pytest.raises(error, match=words):
        label(**arguments)
