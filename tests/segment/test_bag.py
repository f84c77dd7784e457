import numpy as np

from xscan.segment import SegmentConfig
from xscan.segment.bag import find_bag
from xscan.segment.bodies import Bodies

V = (1.5, 1.5, 1.5)


def scene(wall, mhu):
    """A ball and a block, with an envelope of `wall` voxels around both."""
    z, y, x = np.indices((60, 60, 80))
    labels = np.zeros(z.shape, np.uint32)
    outer = ((z - 30) / 24) ** 2 + ((y - 30) / 24) ** 2 + ((x - 40) / 34) ** 2
    inner = ((z - 30) / (24 - wall)) ** 2 + ((y - 30) / (24 - wall)) ** 2 + ((x - 40) / (34 - wall)) ** 2
    labels[(outer <= 1) & (inner > 1)] = 1
    labels[(z - 30) ** 2 + (y - 30) ** 2 + (x - 28) ** 2 <= 64] = 2
    labels[25:35, 25:35, 45:58] = 3
    values = np.select([labels == 1, labels > 1], [mhu, 1000.0], 0.0).astype(np.float32)
    return Bodies(labels, {1: {}, 2: {"edge": 0.9}, 3: {"edge": 0.8}}), values


def found(wall, mhu):
    bodies, values = scene(wall, mhu)
    return bodies, find_bag(bodies, values, V, SegmentConfig())


def test_an_envelope_around_everything_is_a_bag():
    bodies, bag = found(2, 200.0)
    rest, mask = bag
    assert np.array_equal(mask, bodies.labels == 1)
    assert rest.scores == {1: {"edge": 0.9}, 2: {"edge": 0.8}}
    assert np.array_equal(rest.labels == 2, bodies.labels == 3)


def test_a_hard_case_and_a_coat_are_goods():
    assert found(2, 1100.0)[1] is None
    assert found(8, 200.0)[1] is None


def test_an_envelope_beside_something_is_goods():
    bodies, values = scene(2, 200.0)
    bodies.labels[:6, :20, :20] = 3
    assert find_bag(bodies, values, V, SegmentConfig()) is None
