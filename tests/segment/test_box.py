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
    found = find_box(matter, V)
    assert len(found.faces) == 6
    normals = np.array([f.normal for f in found.faces])
    assert np.all((np.abs(normals @ normals.T) < 0.06) | (np.abs(normals @ normals.T) > 0.998))
    depth = found.depth(matter.shape, V)
    assert (depth[matter] > -1.6).mean() > 0.999
    assert found.covered(matter, depth, V, np.ones(matter.shape, bool)) > 0.95


def test_a_ball_shows_none():
    z, y, x = np.indices((60, 60, 60)) - 29.5
    found = find_box(z**2 + y**2 + x**2 < 25**2, V)
    assert found is None
