import numpy as np

from xscan.segment.assemble import assemble

V = (1.0, 1.0, 1.0)


def pillars(offset, second_radius=6, value=2.0, height=8):
    """A round post, and another one on top of it a voxel apart."""
    z, y, x = np.indices((60, 50, 50))
    labels = np.zeros(z.shape, np.uint32)
    labels[(z >= 5) & (z < 35) & (np.hypot(y - 25, x - 25) <= 10)] = 1
    labels[(z >= 36) & (z < 36 + height) & (np.hypot(y - 25, x - 25 - offset) <= second_radius)] = 2
    return labels, np.where(labels == 2, value, labels).astype(np.float32)


def test_a_cap_on_the_axis_is_part_of_the_bottle():
    labels, values = pillars(0)
    assert assemble(labels, 2, values, set(), V).tolist() == [0, 1, 1]


def test_what_lies_beside_the_axis_is_not():
    labels, values = pillars(5)
    assert assemble(labels, 2, values, set(), V).tolist() == [0, 1, 2]


def test_equal_pieces_in_a_row_and_what_was_parted_stay_apart():
    labels, values = pillars(0, second_radius=10, value=1.0, height=24)
    labels[5:11] = 0
    assert assemble(labels, 2, values, set(), V).tolist() == [0, 1, 2]
    labels, values = pillars(0)
    assert assemble(labels, 2, values, {(1, 2)}, V).tolist() == [0, 1, 2]


def test_what_lies_inside_a_thing_is_not_seated_on_it():
    labels, values = pillars(0)
    labels[labels == 2] = 0
    labels[12:28, 20:30, 20:30] = 2
    values[labels == 2] = 2.0
    assert assemble(labels, 2, values, set(), V).tolist() == [0, 1, 2]
