import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles import labelling as oracle
from xscan_kernels import label, label_slabs

PROFILE = settings(max_examples=25, deadline=None)


def slab_mb(values, planes):
    """The memory of so many planes with their labels."""
    return planes * values[0].size * (values.itemsize + 4) / 1e6


@PROFILE
@given(
    shape=st.tuples(st.integers(1, 9), st.integers(1, 5), st.integers(1, 80)),
    seed=st.integers(0, 2**32 - 1),
    planes=st.sampled_from([0.1, 1, 2, 3, 20]),
    connectivity=st.sampled_from([6, 18, 26]),
    min_size=st.integers(0, 4),
    share=st.sampled_from([0.1, 0.3, 0.5]),
)
def test_slabs_give_the_labels_of_the_whole(shape, seed, planes, connectivity, min_size, share):
    mask = np.random.default_rng(seed).random(shape) < share
    out = np.full(shape, 7, np.uint32)
    count = label_slabs(mask, out, connectivity=connectivity, min_size=min_size, slab_mb=slab_mb(mask, planes))
    expected, number = oracle.label(mask.astype(np.uint8), connectivity, min_size=min_size)
    assert count == number
    np.testing.assert_array_equal(out, expected)


@pytest.mark.parametrize("options", [{"threshold": 4}, {"delta": 1}, {"delta": None}, {"threshold": -1}])
@pytest.mark.parametrize("dtype", ["uint16", "int16", "float32"])
def test_thresholds_and_tolerances_across_slabs(options, dtype):
    if dtype == "float32" and options == {"delta": None}:
        options = {"delta": 0}
    values = np.random.default_rng(5).integers(0, 9, (11, 6, 70)).astype(dtype)
    expected, number = label(values, connectivity=18, **options)
    for threads in (1, 3):
        out = np.empty(values.shape, np.uint32)
        count = label_slabs(values, out, connectivity=18, slab_mb=slab_mb(values, 2), threads=threads, **options)
        assert count == number
        np.testing.assert_array_equal(out, expected)


def test_a_file_goes_into_a_file(tmp_path):
    h5py = pytest.importorskip("h5py")
    values = np.random.default_rng(6).integers(0, 100, (20, 30, 40)).astype(np.uint16)
    expected, number = label(values, threshold=60, min_size=3)
    with h5py.File(tmp_path / "scan.h5", "w") as file:
        source = file.create_dataset("scan", data=values, chunks=(4, 30, 40), compression="gzip")
        out = file.create_dataset("labels", values.shape, np.uint32, chunks=(4, 30, 40))
        assert label_slabs(source, out, threshold=60, min_size=3, slab_mb=slab_mb(values, 4)) == number
        np.testing.assert_array_equal(out[:], expected)
        mapped = np.memmap(tmp_path / "labels.raw", np.uint32, "w+", shape=values.shape)
        assert label_slabs(source, mapped, threshold=60, min_size=3, slab_mb=0.1) == number
    np.testing.assert_array_equal(np.fromfile(tmp_path / "labels.raw", np.uint32).reshape(values.shape), expected)


def test_no_more_than_a_slab_is_ever_asked_for():
    values = np.random.default_rng(7).random((40, 16, 16)).astype(np.float32)
    asked, told = [], []

    def read(begin, end):
        asked.append((begin, end))
        return values[begin:end]

    class Labels:
        """Takes labels, once and in order, and gives none back."""

        shape = values.shape

        def __init__(self):
            self.planes = []

        def __setitem__(self, key, labels):
            assert key.start == sum(map(len, self.planes))
            self.planes.append(labels)

    out = Labels()
    given = {"threshold": 0.5, "slab_mb": slab_mb(values, 5)}
    count = label_slabs(read, out, shape=values.shape, progress=told.append, **given)
    assert max(end - begin for begin, end in asked) <= 6
    expected, number = label(values, threshold=0.5)
    assert count == number
    np.testing.assert_array_equal(np.concatenate(out.planes), expected)
    assert told == sorted(told)
    assert told[-1] == 1


@pytest.mark.parametrize("shape", [(0, 3, 4), (3, 0, 4), (1, 1, 1)])
def test_empty_and_single(shape):
    out = np.zeros(shape, np.uint32)
    assert label_slabs(np.ones(shape, bool), out) == (1 if np.prod(shape) else 0)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"source": lambda a, b: None}, "shape: got None"),
        ({"source": np.zeros((3, 3), bool)}, "source: got shape"),
        ({"shape": (1, 2, 3)}, r"shape: got \(1, 2, 3\)"),
        ({"out": np.zeros((3, 4, 4), np.uint32)}, "out: got shape"),
        ({"out": np.zeros((3, 4, 5), np.int64)}, "out: got int64"),
        ({"source": lambda a, b: np.zeros((1, 1, 1), bool), "shape": (3, 4, 5)}, "source: got .* for planes 0 to 3"),
        ({"slab_mb": 0}, "slab_mb: got 0"),
        ({"min_size": -1}, "min_size: got -1"),
        ({"threshold": 1, "delta": 1}, "delta: got a value together"),
    ],
)
def test_wrong_input_is_named(change, words):
    given = {"source": np.ones((3, 4, 5), bool), "out": np.zeros((3, 4, 5), np.uint32)}
    with pytest.raises(ValueError, match=words):
        label_slabs(**{**given, **change})


def test_the_source_is_not_written_over():
    values = np.ones((3, 4, 5), np.uint32)
    with pytest.raises(ValueError, match="out: got the source"):
        label_slabs(values, values)
