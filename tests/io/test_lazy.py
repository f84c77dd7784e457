import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xscan.errors import InputError
from xscan.io.config import IoConfig
from xscan.io.dicom.resample import ResampledStack
from xscan.io.frame import place
from xscan.io.lazy import FileArray, FlippedStack, Stack

ARRAY = np.arange(7 * 4 * 5, dtype=np.int16).reshape(7, 4, 5)


class Counted(Stack):
    def __init__(self):
        super().__init__(ARRAY.shape, ARRAY.dtype)

    def _slab(self, start, stop):
        return ARRAY[start:stop].copy()


INDEX = st.integers(-7, 6)
SLICE = st.builds(slice, st.none() | INDEX, st.none() | INDEX, st.none() | st.integers(1, 3))
KEY = st.one_of(
    INDEX, SLICE, st.just(...), st.tuples(SLICE, st.slices(4), st.slices(5)), st.tuples(INDEX, st.slices(4))
)


@settings(deadline=None)
@given(KEY)
def test_a_stack_answers_as_numpy_does(key):
    np.testing.assert_array_equal(Counted()[key], ARRAY[key])
    np.testing.assert_array_equal(FlippedStack(ARRAY)[key], ARRAY[::-1][key])
    np.testing.assert_array_equal(FileArray(Counted(), "f", "mono", IoConfig())[key], ARRAY[key])


def test_place_of_a_bad_value_is_of_the_whole_array():
    values = ARRAY.astype(np.float64)
    values[5, 2, 3] = 1e300
    array = FileArray(values, "f", "low", IoConfig())
    with pytest.raises(InputError, match=r"voxel \(5, 2, 3\): 1e\+300"):
        array[4:, 1:, 2:]
    assert array[4:, :2].shape == (3, 2, 5)


def test_place_refuses_what_is_no_frame():
    for axes in (
        np.zeros((3, 3)),
        np.full((3, 3), np.nan),
        np.diag([1, 1, 1e6]),
        np.array([[1, 0.3, 0], [0, 1, 0], [0, 0, 1]]),
    ):
        with pytest.raises(InputError):
            place("f", (ARRAY,), axes, (0, 0, 0))


def test_resampling_a_ramp_gives_the_ramp():
    """Linear interpolation is exact on values that are linear in the world, however the slices lie."""
    at = np.array([0.0, 1.0, 2.5, 3.0, 5.0])
    shift = np.array([[0.0, 0.0], [0.5, -0.25], [1.25, -0.5], [1.5, -0.75], [2.5, -1.0]])
    _, y, x = np.indices((5, 8, 9)).astype(float)
    values = 10 * at[:, None, None] + 3 * (y + shift[:, :1, None]) + 2 * (x + shift[:, 1:, None])
    wanted = np.arange(0, 5.1, 0.5)
    stack = ResampledStack(values, at, wanted, shift, -999.0, 10.0)
    assert stack.shape == (11, 11, 10)
    out = stack[...]
    k, j, i = np.indices(stack.shape)
    expected = 10 * wanted[k] + 3 * j + 2 * (i - 1)
    inside = out > -50
    assert inside.sum() > 400
    inner = np.zeros_like(inside)
    inner[:, 3:8, 2:9] = True
    np.testing.assert_allclose(out[inner], expected[inner], atol=1e-3)
