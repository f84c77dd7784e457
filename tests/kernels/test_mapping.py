import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles import mapping as oracle
from xscan_kernels import dual_energy_map, dual_energy_polynomial


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 2**31),
    shape=st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(1, 40)),
    outputs=st.integers(1, 3),
    dtype=st.sampled_from([np.uint16, np.float32]),
)
def test_a_table_is_read_between_its_entries(seed, shape, outputs, dtype):
    rng = np.random.default_rng(seed)
    table = rng.random((outputs, 5, 7))
    low, high = (rng.integers(0, 120, shape).astype(dtype) for _ in range(2))
    mask = rng.random(shape) < 0.7
    got = dual_energy_map(low, high, table, (10, 90), (20, 110), mask=mask)
    for k in range(outputs):
        for at in np.ndindex(shape):
            expected = oracle.look_up(table[k], low[at], high[at], (10, 90), (20, 110)) if mask[at] else 0
            assert got[(k, *at)] == pytest.approx(expected, abs=1e-5)
    weights = rng.normal(size=(outputs, 3, 2))
    got = dual_energy_polynomial(low / 100, high / 100, weights, mask=mask)
    for at in np.ndindex(shape):
        expected = oracle.polynomial(weights[0], low[at] / 100, high[at] / 100) if mask[at] else 0
        assert got[(0, *at)] == pytest.approx(expected, abs=1e-4)


def test_equal_to_scipy_and_the_same_at_any_thread_count():
    ndimage = pytest.importorskip("scipy.ndimage")
    rng = np.random.default_rng(0)
    table = rng.random((2, 30, 40))
    low, high = rng.random((2, 10, 11, 130)).astype(np.float32)
    out = np.empty((2, *low.shape), np.float32)
    results = [dual_energy_map(low, high, table, (0, 1), (0, 1), threads=t) for t in (1, 2)]
    assert dual_energy_map(low, high, table, (0, 1), (0, 1), out=out) is out
    np.testing.assert_array_equal(*results)
    np.testing.assert_array_equal(results[0], out)
    for k in range(2):
        expected = ndimage.map_coordinates(table[k], [low * 29.0, high * 39.0], order=1)
        np.testing.assert_allclose(out[k], expected, atol=1e-5)


def test_nan_gives_a_number_of_the_table_and_no_crash():
    nothing, zero = np.full((1, 1, 1), np.nan), np.zeros((1, 1, 1))
    for low, high in ((nothing, zero), (zero, nothing)):
        np.testing.assert_array_equal(dual_energy_map(low, high, np.full((1, 2, 2), 7.0), (0, 1), (0, 1)), 7)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"table": np.zeros((1, 1, 2))}, "table: got shape"),
        ({"low_range": (1, 1)}, "low_range: got"),
        ({"high": np.zeros((1, 1, 3))}, "high: got shape"),
        ({"mask": np.zeros((1, 1, 3), bool)}, "mask: got shape"),
        ({"out": np.zeros((1, 1, 1, 2))}, "out: got"),
    ],
)
def test_wrong_input_is_named(change, words):
    given = {
        "low": np.zeros((1, 1, 2)),
        "high": np.zeros((1, 1, 2)),
        "table": np.zeros((1, 2, 2)),
        "low_range": (0, 1),
        "high_range": (0, 1),
    }
    with pytest.raises(ValueError, match=words):
        dual_energy_map(**{**given, **change})
