import numpy as np
from scipy import ndimage as ndi

from xscan.segment import SegmentConfig
from xscan.segment.artefact import streak_reach
from xscan.segment.foreground import foreground
from xscan.segment.sift import real, sift

CONFIG = SegmentConfig()


def test_a_glow_is_no_matter_and_a_cloth_is():
    _z, y, x = np.indices((30, 100, 160)).astype(np.float32)
    values = 300 * np.exp(-(((y - 50) ** 2 + (x - 50) ** 2) / (2 * 20.0**2))).astype(np.float32)  # fades
    values[5:25, 30:70, 115:150] = 230  # light, but with edges
    values = ndi.gaussian_filter(values, 0.7) + np.random.default_rng(0).normal(0, 8, values.shape).astype(np.float32)
    matter = foreground(values, 100.0, CONFIG)
    reach = streak_reach(values, (1.5,) * 3)
    labels, lumps = sift(matter, values > 100, values, reach, reach, 10, (1.5,) * 3, CONFIG)
    large = [k for k in range(1, len(lumps) + 1) if (labels == k).sum() > 500]
    assert len(large) == 1
    assert labels[15, 50, 130] == large[0]


def test_the_less_a_lump_stands_out_the_more_edge_it_needs():
    assert real(0.6, 5.0, False, CONFIG)
    assert not real(0.6, 2.1, False, CONFIG)
    assert real(0.9, 2.1, False, CONFIG)
    assert not real(1.0, 1.0, False, CONFIG)
    assert real(0.6, 1.0, True, CONFIG)
