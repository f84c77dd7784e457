import numpy as np

from xscan.segment.bodies import Bodies
from xscan.segment.scanner import find_table

WHOLE = (slice(0, 40), slice(0, 60), slice(0, 80))


def scene():
    labels = np.zeros((40, 60, 80), np.uint32)
    _z, y, x = np.indices(labels.shape)
    labels[(y > 40 + (x - 40) ** 2 // 100) & (y < 44 + (x - 40) ** 2 // 100)] = 1  # curved, through every slice
    labels[5:35, 20:40, 30:50] = 2
    return Bodies(labels, {1: {}, 2: {"edge": 0.9}})


def test_a_curved_table_is_the_scanner():
    bodies, table = find_table(scene(), WHOLE, (40, 60, 80))
    assert bodies.scores == {1: {"edge": 0.9}}
    assert np.array_equal(bodies.labels > 0, scene().labels == 2)
    assert np.array_equal(table, scene().labels == 1)


def test_what_ends_inside_the_scan_is_goods():
    bodies = scene()
    bodies.labels[:6] = 0
    assert find_table(bodies, WHOLE, (40, 60, 80)) is None
