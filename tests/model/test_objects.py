import numpy as np
import pytest

from xscan.model import Grid, Labels, Object, Region, Segmentation

GRID = Grid((4, 4, 4), (1, 1, 1))


def _segmentation(**change):
    array = np.zeros(GRID.shape, np.uint32)
    array[0, 0, :2] = 1
    array[0, 0, 3] = 2
    array[2:, 2:, 2:] = 3
    regions = (
        Region(1, 2, ((0, 0, 0), (1, 1, 2)), (0.5, 0.5, 1)),
        Region(2, 1, ((0, 0, 3), (1, 1, 4)), (0.5, 0.5, 3.5)),
        Region(3, 8, ((2, 2, 2), (4, 4, 4)), (3, 3, 3)),
    )
    two = Object(7, "goods", (1, 2), ((0, 0, 0), (1, 1, 4)), (0.5, 0.5, 1.8), 3)
    box = Object(9, "packaging", (3,), ((2, 2, 2), (4, 4, 4)), (3, 3, 3), 8, **change)
    return Segmentation(Labels(GRID, array), regions, (two, box))


def test_object_labels_join_the_regions_of_an_object():
    labels = _segmentation().object_labels()
    assert labels[0, 0].tolist() == [7, 7, 0, 7]
    assert (labels == 9).sum() == 8


def test_mask_covers_the_box_with_its_margin():
    segmentation = _segmentation()
    mask, window = segmentation.mask(segmentation.object(7), margin=1)
    assert mask.sum() == 3
    assert window == (slice(0, 2), slice(0, 2), slice(0, 4))
    assert [o.id for o in segmentation.goods] == [7]


@pytest.mark.parametrize(
    ("change", "told"),
    [({"parent": 5}, "parent 5"), ({"parent": 9}, "other than itself"), ({"scores": {"split": 1.2}}, "from 0 to 1")],
)
def test_wrong_objects_are_refused(change, told):
    with pytest.raises(ValueError, match=told):
        _segmentation(**change)


def test_a_region_belongs_to_one_object():
    s = _segmentation()
    with pytest.raises(ValueError, match="regions of its own"):
        Segmentation(s.labels, s.regions, (*s.objects, Object(8, "goods", (2,), ((0, 0, 3), (1, 1, 4)), (0, 0, 0), 1)))


def test_labels_must_be_uint32_of_the_grid():
    with pytest.raises(ValueError, match="uint32"):
        Labels(GRID, np.zeros((4, 4, 4), np.int32))
