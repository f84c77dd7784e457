import numpy as np
import pytest
from scipy import ndimage as ndi

from xscan.segment import SegmentConfig
from xscan.segment.foreground import foreground

CONFIG = SegmentConfig()


def spoon(turned: int) -> np.ndarray:
    """Sheet metal, 2 voxels thick at both ends and 1 half filled between them, blurred; along x or y or z."""
    values = np.zeros((24, 24, 60), np.float32)
    values[11:13, 8:16, 6:26] = 16000
    values[11:12, 9:15, 26:30] = 8000
    values[11:13, 8:16, 30:54] = 16000
    return np.ascontiguousarray(np.moveaxis(ndi.gaussian_filter(values, 0.8), 2, turned))


@pytest.mark.parametrize("turned", [0, 1, 2])
def test_thin_metal_is_not_torn_where_it_becomes_thinner(turned):
    found = foreground(spoon(turned), 100.0, CONFIG)
    assert ndi.label(found, np.ones((3, 3, 3)))[1] == 1
    middle = np.moveaxis(found, turned, 2)[:, :, 28]
    assert 6 <= middle.sum() <= 16  # and it is no thicker there than blur leaves it at half of its height


def test_the_skirt_of_thick_metal_is_not_taken_along():
    values = np.zeros((30, 30, 30), np.float32)
    values[10:20, 10:20, 10:20] = 16000
    found = foreground(ndi.gaussian_filter(values, 1.2), 100.0, CONFIG)
    assert 0.85 * 10**3 <= found.sum() <= 1.05 * 10**3
    assert (found & (values == 0)).sum() <= 0.03 * 10**3


def test_a_slit_between_two_pieces_of_metal_stays_open():
    values = np.zeros((30, 30, 40), np.float32)
    values[10:20, 10:20, 6:18] = 16000
    values[10:20, 10:20, 21:34] = 16000
    found = foreground(ndi.gaussian_filter(values, 0.8), 100.0, CONFIG)
    assert not found[15, 15, 19]
