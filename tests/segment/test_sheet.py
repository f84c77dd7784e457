import numpy as np
from scipy import ndimage as ndi

from xscan.segment.sheet import part_sheets

V = (1.5, 1.5, 1.5)


def parted(fill, noise=5.0):
    """Parts of a body of which each voxel is filled to a share, blurred as a scanner does."""
    values = ndi.gaussian_filter(1000 * fill.astype(np.float32), 0.8)
    values += np.random.default_rng(0).normal(0, noise, values.shape).astype(np.float32)
    body = ndi.binary_opening(values > 500)
    return part_sheets(body, np.where(body, values, np.float32(0)), noise, V)


def pile(slit=0.7, over=8):
    """Two boxes, the upper of which is turned or pushed so that it reaches over the lower."""
    fill = np.zeros((50, 60, 70), np.float32)
    fill[8:25, 10:44, 10:50] = 1
    fill[25:42, 10 + over : 44 + over, 10 + over : 50 + over] = 1
    fill[25, 10 + over : 44, 10 + over : 50] = slit
    return fill


def test_boxes_of_which_one_reaches_over_the_other_are_two():
    parts, steps = parted(pile())
    assert parts.max() == 2
    assert steps[1, 2] > 0.7
    assert set(parts[15][parts[15] > 0]) == {1}
    assert set(parts[35][parts[35] > 0]) == {2}


def test_boxes_turned_against_each_other_are_two():
    fill = np.zeros((60, 90, 90), np.float32)
    z, y, x = np.indices(fill.shape) - np.array([30, 45, 45])[:, None, None, None]
    u, v = 0.9 * y - 0.436 * x, 0.436 * y + 0.9 * x
    fill[(abs(y) < 20) & (abs(x) < 26) & (z >= -18) & (z < 0)] = 1
    fill[(abs(u) < 20) & (abs(v) < 26) & (z >= 0) & (z < 18)] = 1
    fill[30] *= 0.75
    # the scanner sees them askew
    parts, _ = parted(ndi.rotate(fill, 17.0, (0, 2), reshape=False, order=1))
    assert parts.max() == 2
    sizes = np.bincount(parts.ravel())[1:]
    assert sizes.min() > 0.8 * sizes.max()


def test_a_streak_straight_through_a_box_parts_nothing():
    fill = pile(slit=1.0, over=0)
    fill[25] *= 0.7
    parts, steps = parted(fill)
    assert parts.max() == 1
    assert not steps


def test_a_step_without_a_dip_parts_nothing():
    assert not parted(pile(slit=1.0))[1]


def test_a_dip_in_a_part_of_a_face_parts_nothing():
    fill = pile(slit=1.0)
    fill[25, 18:44, 18:30] = 0.7
    assert not parted(fill)[1]


def test_a_small_body_is_left_alone():
    fill = np.zeros((20, 20, 20), np.float32)
    fill[6:12, 6:12, 6:12] = 1
    parts, steps = parted(fill)
    assert not steps
    assert parts.max() == 1
