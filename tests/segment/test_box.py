import numpy as np
import pytest
from scipy import ndimage as ndi

from xscan.segment.box import find_box

V = (1.5, 1.5, 1.5)


def hollow(angle: float) -> np.ndarray:
    box = np.zeros((50, 70, 90), np.float32)
    box[5:-5, 5:-5, 5:-5] = 1
    box[8:-8, 8:-8, 8:-8] = 0
    return ndi.rotate(np.pad(box, 5), angle, (1, 2), order=1) > 0.5


@pytest.mark.parametrize("angle", [0, 17, 45])
def test_a_box_shows_six_faces_at_right_angles(angle):
    matter = hollow(angle)
    found = find_box(matter, np.ones(matter.shape, bool), V)
    assert len(found.faces) == 6
    normals = np.array([f.normal for f in found.faces])
    assert np.all((np.abs(normals @ normals.T) < 0.06) | (np.abs(normals @ normals.T) > 0.998))
    depth = found.depth(matter.shape, V)
    assert (depth[matter] > -1.6).mean() > 0.999
    assert found.covered(matter, depth, V, np.ones(matter.shape, bool)) > 0.95


def test_a_ball_shows_none():
    z, y, x = np.indices((60, 60, 60)) - 29.5
    ball = z**2 + y**2 + x**2 < 25**2
    found = find_box(ball, np.ones(ball.shape, bool), V)
    assert found is None


def test_streaks_that_fill_slices_do_not_pass_for_a_face():
    matter = ndi.rotate(hollow(0).astype(np.float32), 5, (0, 1), order=1) > 0.5
    matter = np.pad(matter, ((0, 0), (30, 30), (30, 30)))
    streaked = np.zeros(matter.shape, bool)
    streaked[30:34] = True
    assert find_box(matter | streaked, np.ones(matter.shape, bool), V) is None
    assert len(find_box(matter | streaked, ~streaked, V).faces) == 6
