import numpy as np
from scipy import ndimage as ndi

from xscan.segment import SegmentConfig
from xscan.segment.refill import refill

CONFIG = SegmentConfig()


def bars() -> np.ndarray:
    """Two bars of metal, a lone voxel of each at twice and more of what the rest shows."""
    values = np.zeros((24, 24, 60), np.float32)
    values[4:8, 8:16, 6:54] = 16000
    values[12:16, 8:16, 6:54] = 16000
    values = ndi.gaussian_filter(values, 0.8)
    values[6, 12, 8:54:5] = values[14, 12, 8:54:5] = 40000
    return values


def test_metal_gets_back_what_lies_beside_a_lone_bright_voxel():
    values = bars()
    bodies = ndi.label(values > 0.6 * ndi.maximum_filter(values, size=5))[0].astype(np.uint32)
    labels = np.where((bodies > 0) & (values > 8000), np.where(np.indices(values.shape)[0] < 10, 1, 2), 0)
    labels = labels.astype(np.uint32)
    full = refill(labels, np.ones(values.shape, bool), values, CONFIG)
    assert (full[labels > 0] == labels[labels > 0]).all()
    assert (labels[4:8, 8:16, 8:52] == 1).mean() < 0.8
    assert (full[4:8, 9:15, 8:52] == 1).mean() > 0.95
    assert (full[12:16, 9:15, 8:52] == 2).mean() > 0.95
    assert not full[9:11].any()
    assert not full[:, :, :4].any()


def test_nothing_is_refilled_where_goods_cannot_be_or_there_is_no_metal():
    values = bars()
    labels = (values > 30000).astype(np.uint32)
    assert (refill(labels, labels > 0, values, CONFIG) == labels).all()
    assert (refill(labels, np.ones(values.shape, bool), values / 20, CONFIG) == labels).all()
