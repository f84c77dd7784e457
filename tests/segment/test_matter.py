import numpy as np
from scipy import ndimage as ndi

from xscan.segment.compose import compose
from xscan.segment.config import SegmentConfig
from xscan.segment.matter import borders, part_matter, surfaces

V = (1.5, 1.5, 1.5)


def parted(values):
    sharp = values > 0
    values = ndi.gaussian_filter(values, 0.8)
    values += np.random.default_rng(0).normal(0, 3, values.shape).astype(np.float32)
    body = sharp & (values > 200)
    return part_matter(body, values, np.zeros_like(values), 3.0, V, SegmentConfig())


def test_flat_contact_of_other_matter_is_parted_where_values_step():
    values = np.zeros((40, 40, 60), np.float32)
    values[5:20, 5:35, 5:55] = 770
    values[20:34, 10:30, 10:30] = 870
    parts = parted(values)
    assert parts.max() == 2
    for block in (np.s_[7:18, 8:32, 8:52], np.s_[22:32, 12:28, 12:28]):
        assert len(np.unique(parts[block])) == 1


def test_one_matter_with_steps_in_its_shape_stays_whole():
    values = np.zeros((40, 40, 60), np.float32)
    values[5:20, 5:35, 5:55] = 800
    values[20:34, 10:30, 10:30] = 800
    assert parted(values).max() == 1


def test_a_shell_brighter_than_what_it_leans_on_is_another_body():
    z, y, x = np.indices((60, 60, 60))
    away = np.sqrt((z - 38) ** 2 + (y - 30) ** 2 + (x - 30) ** 2)
    values = np.where((away < 16) & (away > 13), 1750, 0).astype(np.float32)
    values[5:23, 5:55, 5:55] = 770
    parts = parted(values)
    assert parts.max() == 2
    assert parts[53, 30, 30] != parts[12, 30, 30]


def test_what_holds_a_part_on_most_sides_is_one_thing_with_it():
    parts = np.zeros((30, 30, 30), np.uint32)
    parts[4:26, 4:26, 4:26] = 1
    parts[8:26, 8:22, 8:22] = 2  # open above
    things, scores = compose(parts)
    assert things.max() == 1
    assert 0.6 <= scores[1] <= 1


def test_what_lies_on_another_is_not():
    parts = np.zeros((30, 30, 30), np.uint32)
    parts[4:14, 4:26, 4:26] = 1
    parts[14:18, 6:20, 6:20] = 2
    assert compose(parts)[0].max() == 2


def test_borders_and_surfaces_count_faces():
    parts = np.zeros((6, 6, 6), np.uint32)
    parts[1:3, 1:4, 1:4] = 1
    parts[3:5, 1:4, 1:4] = 2
    (border,) = borders(parts)
    assert (border.a, border.b, len(border.points)) == (1, 2, 9)
    assert np.all(parts[tuple(border.points.T)] == 1)
    assert surfaces(parts, 2).tolist() == [0, 42, 42]
