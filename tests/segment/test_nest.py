import numpy as np
import pytest

from xscan.segment.nest import parents

V = (1.5, 1.5, 1.5)


@pytest.fixture
def torn_box() -> np.ndarray:
    """A box with a bar in it, and a slit through two of its walls in the plane of the bar."""
    labels = np.zeros((40, 40, 40), np.uint32)
    labels[5:35, 5:35, 5:35] = 1
    labels[7:33, 7:33, 7:33] = 0
    labels[18:22, 14:26, 12:28] = 2
    labels[17:23, 18:21, :7] = 0
    labels[17:23, 18:21, 33:] = 0
    return labels


def boxes(labels: np.ndarray) -> dict[int, tuple[int, ...]]:
    found = {}
    for k in range(1, int(labels.max()) + 1):
        at = np.argwhere(labels == k)
        found[k] = (*at.min(0).tolist(), *(at.max(0) + 1).tolist())
    return found


def test_what_is_closed_in_has_a_parent(torn_box):
    labels = torn_box.copy()
    labels[5:35, 5:35, 5:7] = labels[5:35, 5:35, 33:35] = 1
    assert parents(labels, boxes(labels), set(), set(), V)[2] == (1, 1.0)
    assert parents(labels, boxes(labels), {1}, set(), V) == {}


def test_metal_is_still_inside_of_what_its_shadow_tore(torn_box):
    assert parents(torn_box, boxes(torn_box), set(), set(), V) == {}
    assert parents(torn_box, boxes(torn_box), set(), {2}, V)[2][0] == 1


def test_metal_in_an_open_cup_is_not_inside(torn_box):
    cup = torn_box.copy()
    cup[5:7] = 0
    cup[7:33, 5:7, 5:35] = 1
    cup[7:35, 5:35, 5:7] = cup[7:35, 5:35, 33:35] = 1
    assert parents(cup, boxes(cup), set(), {2}, V) == {}


def test_what_fits_into_a_torn_case_is_inside(torn_box):
    torn_box[torn_box == 2] = 0
    torn_box[8:32, 8:32, 8:32] = 2  # a tight fit
    torn_box[:20, :8][torn_box[:20, :8] == 1] = 0
    torn_box[:8, 8:20][torn_box[:8, 8:20] == 1] = 0
    assert set(parents(torn_box, boxes(torn_box), (), (), V)) == {2}
    torn_box[8:32, 8:32, 8:32] = 0
    torn_box[8:16, 8:16, 12:28] = 2  # room around it
    assert parents(torn_box, boxes(torn_box), (), (), V) == {}
