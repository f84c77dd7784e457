from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles import measuring as oracle
from xscan_kernels import component_statistics, label, region_statistics

EDGES = (0.0, 100.0, 10)


def make(shape, seed, dtype=np.uint16, labels=4):
    rng = np.random.default_rng(seed)
    field = rng.integers(0, labels, shape).astype(np.uint32)
    field = np.repeat(field, 3, axis=2)  # runs longer than one voxel
    return field, rng.integers(0, 120, field.shape).astype(dtype)


@settings(max_examples=20, deadline=None)
@given(
    shape=st.tuples(st.integers(2, 6), st.integers(2, 6), st.integers(2, 50)),
    seed=st.integers(0, 2**31),
    dtype=st.sampled_from([np.uint16, np.float32]),
)
def test_every_number_agrees_with_the_list_of_voxels(shape, seed, dtype):
    labels, channel = make(shape, seed, dtype)
    found = region_statistics(labels, (channel,), bins=(EDGES,), count=5, background=True)
    for number in np.unique(labels):
        expected = oracle.region(labels, number, channel, EDGES)
        for name, value in expected.items():
            got = getattr(found, name)
            if name in ("count", "bbox", "centroid", "second_moments", "surface_voxels"):
                got = got[number]
            else:
                got = got[0][number]
            if name == "surface_voxels" and number == 0:
                assert got == 0
                continue
            np.testing.assert_allclose(got, value, rtol=1e-9, atol=1e-9, err_msg=name)
    assert found.count[5] == 0
    assert np.isnan(found.centroid[5]).all()
    assert not found.bbox[5].any()
    assert np.isnan(found.minimum[0, 5])


@pytest.mark.parametrize("dtype", [np.uint16, np.float32])
def test_the_same_bits_at_any_thread_count(dtype):
    labels, channel = make((9, 8, 24), 3, dtype, 50)
    weights = np.random.default_rng(0).random(labels.shape, np.float32)
    given = {"bins": (EDGES, EDGES), "joint": True, "weights": weights}
    base = region_statistics(labels, (channel, channel), threads=1, **given)
    for threads in (2, 3):
        other = region_statistics(labels, (channel, channel), threads=threads, **given)
        for field in fields(base):
            a, b = getattr(base, field.name), getattr(other, field.name)
            for one, two in zip(a, b, strict=True):
                np.testing.assert_array_equal(one, two, err_msg=field.name)


def test_equal_to_regionprops():
    skimage = pytest.importorskip("skimage.measure")
    labels, channel = make((9, 10, 11), 5)
    found = region_statistics(labels, (channel,))
    for region in skimage.regionprops(labels.astype(np.int64), channel):
        n = region.label
        assert found.count[n] == region.area
        assert tuple(found.bbox[n]) == region.bbox
        np.testing.assert_allclose(found.weighted_centroid[0, n], region.centroid_weighted)
        np.testing.assert_allclose(found.inertia[n] / found.count[n], region.inertia_tensor, atol=1e-9)


def test_weights_weigh_values_only():
    labels = np.ones((1, 1, 2), np.uint32)
    channel = np.array([[[2.0, 6.0]]])
    found = region_statistics(labels, (channel,), weights=np.array([[[3.0, 1.0]]]))
    assert found.count[1] == 2
    assert found.sum[0, 1] == 12
    assert found.mean[0, 1] == 3
    assert found.variance[0, 1] == 3
    assert found.maximum[0, 1] == 6


def test_joint_histogram_and_values_out_of_range():
    labels = np.ones((1, 1, 4), np.uint32)
    a = np.array([[[0.0, 1.0, 2.0, -1.0]]])
    b = np.array([[[0.0, 1.0, 1.0, 1.0]]])
    found = region_statistics(labels, (a, b), bins=((0, 2, 2), (0, 2, 2)), joint=True)
    np.testing.assert_array_equal(found.joint_histogram[1], [[1, 0], [0, 1]])
    np.testing.assert_array_equal(found.histogram[0][1], [1, 1])


@pytest.mark.parametrize("width", [1, 64, 70, 130])
def test_components_are_measured_without_writing_labels(width):
    rng = np.random.default_rng(width)
    values = rng.integers(0, 120, (7, 9, width)).astype(np.uint16)
    other = rng.random(values.shape, np.float32)
    given = {"bins": (EDGES, (0, 1, 4))}
    for connectivity, min_size in ((6, 3), (26, 0)):
        got = component_statistics(
            values,
            threshold=80,
            connectivity=connectivity,
            min_size=min_size,
            channels=(values, other),
            **given,
        )
        labels, count = label(values, threshold=80, connectivity=connectivity, min_size=min_size)
        expected = region_statistics(labels, (values, other), count=count, **given)
        for field in fields(got):
            one, two = getattr(got, field.name), getattr(expected, field.name)
            if field.name == "joint_histogram":
                assert one is None
            elif field.name == "histogram":
                for a, b in zip(one, two, strict=True):
                    np.testing.assert_array_equal(a, b)
            elif field.name in ("count", "bbox", "centroid", "second_moments", "surface_voxels"):
                np.testing.assert_array_equal(one[1:], two[1:], err_msg=field.name)
            else:
                np.testing.assert_array_equal(one[:, 1:], two[:, 1:], err_msg=field.name)


def test_outside_is_measured_only_if_asked():
    labels = np.zeros((2, 3, 4), np.uint32)
    values = np.ones(labels.shape, np.float32)
    assert region_statistics(labels, (values,)).sum[0, 0] == 0
    assert region_statistics(labels, (values,), background=True).sum[0, 0] == 24


def test_no_channel_no_voxel():
    assert region_statistics(np.zeros((0, 3, 3), np.uint32)).count.tolist() == [0]
    assert region_statistics(np.zeros((2, 3, 3), bool)).count.tolist() == [18]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"labels": np.full((1, 1, 1), -1)}, "labels: got -1"),
        ({"labels": np.full((1, 1, 1), 7, np.uint32), "count": 3}, "labels: got 7, expected no label above"),
        ({"labels": np.zeros((1, 1, 1), bool), "channels": [np.zeros((1, 1, 2))]}, "channels.0.: got shape"),
        ({"labels": np.zeros((1, 1, 1), bool), "bins": [None]}, "bins: got 1 entries"),
        (
            {"labels": np.zeros((1, 1, 1), bool), "channels": [np.zeros((1, 1, 1))], "bins": [(1, 1, 5)]},
            "bins.0.: got",
        ),
        ({"labels": np.zeros((1, 1, 1), bool), "joint": True}, "joint: got True"),
    ],
)
def test_wrong_input_is_named(arguments, words):
    with pytest.raises(ValueError, match=words):
        region_statistics(**arguments)
