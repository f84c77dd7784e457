import numpy as np
from scipy import ndimage as ndi

from xscan.segment.config import SegmentConfig
from xscan.segment.seam import part_seams

V = (1.5, 1.5, 1.5)


def seen(fill, noise=5.0):
    """Values of a body of which each voxel is filled to a share, blurred as a scanner does."""
    values = ndi.gaussian_filter(1000 * fill.astype(np.float32), 0.8)
    return values + np.random.default_rng(0).normal(0, noise, values.shape).astype(np.float32)


def parted(fill, reach=0.0):
    values = seen(fill)
    body = values > 500
    values = np.where(body, values, np.float32(0))
    return part_seams(body, values, np.full(values.shape, reach, np.float32), 5.0, V, SegmentConfig())


def boxes():
    fill = np.zeros((50, 60, 60), np.float32)
    fill[8:42, 10:50, 10:50] = 1
    return fill


def test_boxes_with_a_slit_between_them_are_two_though_they_meet_in_a_corner():
    fill = boxes()
    fill[25, 10:50, 10:50] = 0.6
    fill[25, 10:16, 10:16] = 1
    parts, seams = parted(fill)
    assert parts.max() == 2
    assert list(seams) == [(1, 2)]
    assert seams[1, 2] > 0.9
    assert set(parts[15][parts[15] > 0]) == {1}
    assert set(parts[35][parts[35] > 0]) == {2}


def test_a_slit_that_ends_within_parts_nothing():
    fill = boxes()
    fill[25, 10:32, 10:50] = 0.6
    parts, seams = parted(fill)
    assert parts.max() == 1
    assert not seams


def test_a_dip_that_artefacts_explain_parts_nothing():
    fill = boxes()
    fill[25, 10:50, 10:50] = 0.8
    assert parted(fill)[1]
    assert not parted(fill, reach=600.0)[1]


def test_what_is_held_all_around_stays_with_its_holder():
    fill = boxes()
    fill[14:36, 16:44, 16:44] = 0.5
    fill[16:34, 18:42, 18:42] = 1
    assert not parted(fill)[1]


def test_thin_pieces_too_small_for_a_thing_stay_together():
    fill = np.zeros((20, 40, 40), np.float32)
    fill[5:8, 10:30, 10:30] = fill[9:12, 10:30, 10:30] = 1
    fill[8, 10:30, 10:30] = 0.6
    assert not parted(fill)[1]
    wide = fill.repeat(3, 1).repeat(3, 2)
    assert parted(wide)[1]


def test_stacked_shells_are_parted():
    z, y, x = np.indices((60, 70, 70)).astype(np.float32)
    away = np.hypot(y - 35, x - 35)
    fill = np.zeros(z.shape, np.float32)
    for n in range(2):  # cones of 3 voxels, with a voxel of air half filled by blur between them
        depth = z - 8 - 4 * n - 0.8 * away
        fill[(depth >= 0) & (depth < 3) & (away < 28)] = 1
    values = seen(fill)
    body = values > 400
    values = np.where(body, values, np.float32(0))
    parts, _ = part_seams(body, values, np.zeros(values.shape, np.float32), 5.0, V, SegmentConfig())
    assert parts.max() == 2
    assert sorted((parts == k).sum() > 5000 for k in (1, 2)) == [True, True]


def test_a_wall_thinner_than_voxels_is_not_cut_across_where_they_sample_it_unevenly():
    z, y, x = np.indices((60, 60, 60))
    away = np.sqrt((z - 29.5) ** 2 + (y - 29.5) ** 2 + (x - 29.5) ** 2)
    fill = np.clip(1.2 - np.abs(away - 22), 0, 1) * np.where(np.abs(z - 29.5) < 2, 0.6, 1.0)
    values = np.where(fill > 0.25, 1000 * fill, 0).astype(np.float32)
    reach = np.zeros(values.shape, np.float32)
    parts, seams = part_seams(values > 0, values, reach, 5.0, (2.5,) * 3, SegmentConfig())
    assert parts.max() == 1
    assert not seams
