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


def test_the_cap_of_a_long_bottle_may_lie_as_far_beside_as_its_seat_is_tilted():
    labels, values = pillars(0, second_radius=5)
    lean = np.zeros_like(labels)
    for z in range(5, 35):  # half a voxel in six
        lean[z] = np.roll(labels[z], (35 - z) // 6, axis=1)
    lean[35:] = labels[35:]
    assert assemble(lean, 2, values, set(), V).tolist() == [0, 1, 1]


def test_a_skin_of_card_is_part_of_what_it_wraps():
    labels = np.zeros((40, 40, 40), np.uint32)
    labels[9:31, 9:31, 9:31] = 2
    labels[10:30, 10:30, 10:30] = 1
    values = np.where(labels == 2, 900, 600).astype(np.float32) * (labels > 0)
    assert assemble(labels, 2, values, set(), V).tolist() == [0, 1, 1]
    labels[6:34, 6:34, 6:34] = 2  # a box of its own
    labels[10:30, 10:30, 10:30] = 1
    assert assemble(labels, 2, values, set(), V).tolist() == [0, 1, 2]
