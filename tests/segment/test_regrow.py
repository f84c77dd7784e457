import numpy as np
from scipy import ndimage as ndi

from xscan.segment import SegmentConfig
from xscan.segment.regrow import regrow

CONFIG = SegmentConfig()


def scene() -> np.ndarray:
    """A light block with a metal block at one end of it, blurred."""
    values = np.zeros((20, 30, 60), np.float32)
    values[5:15, 8:22, 10:35] = 1000
    values[8:12, 12:18, 35:45] = 12000
    return ndi.gaussian_filter(values, 0.9)


def test_matter_beside_metal_gets_its_rim_back_and_the_skirt_of_metal_is_not_taken_for_it():
    values = scene()
    light = np.zeros(values.shape, bool)
    light[5:15, 8:22, 10:32] = True  # its rim beside metal is missing
    metal = values > 4000
    labels = (light | metal).astype(np.uint32)
    regrow(labels, 1, values, values > 100, CONFIG)
    gained = (labels > 0) & ~light & ~metal
    assert gained[7:13, 10:20, 32].all()
    assert gained[:, :, 38:].sum() == 0  # though the skirt there passes through the light block's value
