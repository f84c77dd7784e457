import numpy as np
import pytest
from scipy import ndimage as ndi

from xscan.segment import SegmentConfig
from xscan.segment.bodies import Bodies
from xscan.segment.coat import blur_of, coated
from xscan.segment.foreground import foreground

CONFIG = SegmentConfig()
FINE = 3
BLUR = (0.5, 0.7, 0.7)
NOISE = 5.0
AXIS = np.array([1.0, 0.1, 0.15]) / np.linalg.norm([1.0, 0.1, 0.15])


def scanned(shape, paint):
    """Values of a scene that `paint` makes of fine coordinates in voxels, averaged by voxel and blurred."""
    axes = [(np.arange(n * FINE) + 0.5) / FINE - 0.5 for n in shape]
    fine = paint(*np.meshgrid(*axes, indexing="ij", sparse=True)).astype(np.float32)
    z, y, x = shape
    seen = ndi.gaussian_filter(fine.reshape(z, FINE, y, FINE, x, FINE).mean((1, 3, 5)), BLUR)
    return seen + np.random.default_rng(1).normal(0, NOISE, shape).astype(np.float32)


def found(values):
    mask = foreground(values, 100.0, CONFIG)
    return Bodies(mask.astype(np.uint32), {1: {"edge": 1.0}})


def put_on(values, packed=None):
    return coated(found(values), np.ones(values.shape, bool) if packed is None else packed, values, NOISE, CONFIG)


def wire(metal, around, skin, height):
    """A wire aslant beside a board whose faces show how much the scan is blurred."""

    def paint(z, y, x):
        z, y, x = z - 18.2, y - 11.6, x - 11.9
        along = AXIS[0] * z + AXIS[1] * y + AXIS[2] * x
        off = np.sqrt(np.maximum(z**2 + y**2 + x**2 - along**2, 0))
        cable = np.where(off < metal, height, np.where(off < around, skin, 0))
        board = (abs(y - 23.2 + 0.1 * x + 0.07 * z) < 3.6) & (abs(z + 0.1 * y) < 13) & (abs(x + 0.1 * y) < 7)
        return np.where(board, 1000, cable)

    return scanned((36, 44, 24), paint)


def radius(mask):
    """Of a wire in the slices that it runs through."""
    return float(np.sqrt(mask[4:-4, :26].sum() / 28 * AXIS[0] / np.pi))


@pytest.mark.parametrize(("metal", "height"), [(0.7, 25000), (1.0, 16000), (1.3, 12000)])
def test_a_bare_wire_is_outlined_within_half_a_voxel(metal, height):
    assert abs(radius(put_on(wire(metal, metal, 0, height)).labels == 1) - metal) <= 0.5


@pytest.mark.parametrize(("metal", "around"), [(0.7, 1.7), (1.0, 2.0)])
def test_an_insulated_wire_is_outlined_within_half_a_voxel(metal, around):
    values = wire(metal, around, 1500, 25000 * (0.7 / metal) ** 2)
    assert radius(found(values).labels == 1) < around - 0.5
    assert abs(radius(put_on(values).labels == 1) - around) <= 0.5


def cased(wall):
    """A block of metal in a case 2 voxels thick, a voxel of air around it."""

    def paint(z, y, x):
        off = np.maximum(np.maximum(abs(z - 12) - 5, abs(y - 15) - 8), abs(x - 15) - 8)
        return np.where(off < 0, 6000, np.where((off > 1) & (off < 3), wall, 0))

    return scanned((25, 31, 31), paint)


def test_a_case_that_stands_off_belongs_to_what_it_holds():
    bodies = put_on(cased(1000))
    z, y, x = np.ogrid[-12:13, -15:16, -15:16]
    off = np.maximum(np.maximum(abs(z) - 5, abs(y) - 8), abs(x) - 8)
    wall = (off > 1) & (off < 3)
    assert (bodies.labels[wall] == 1).mean() >= 0.8
    assert not bodies.labels[off > 4].any()
    assert 0.5 <= bodies.scores[1]["coated"] <= 1


def test_bare_metal_has_no_coat():
    values = cased(0)
    assert np.array_equal(put_on(values).labels, found(values).labels)


def test_nothing_is_put_on_where_no_goods_can_be():
    values = cased(1000)
    packed = np.ones(values.shape, bool)
    packed[:5] = False
    before, after = found(values).labels, put_on(values, packed).labels
    assert np.array_equal(after[:5], before[:5])
    assert (after > 0).sum() > (before > 0).sum()


def test_what_holds_no_metal_stays_as_it_is():
    bodies = found(cased(1000) / 10)
    assert coated(bodies, bodies.labels > 0, cased(1000) / 10, NOISE, CONFIG) is bodies


def test_blur_is_read_from_edges():
    def paint(z, y, x):
        along = 0.95 * x + 0.3 * y
        return 1000 * ((along > 10.3) & (along < 24.8) & (0.95 * y - 0.3 * x > -2) & (0.95 * y - 0.3 * x < 15.4))

    flat = scanned((30, 40, 40), lambda z, y, x: paint(z, y, x) * ((z > 7.2) & (z < 22.7)))
    assert np.allclose(blur_of(flat, NOISE, CONFIG), BLUR, atol=0.1)


def test_without_edges_blur_is_what_reaches_as_far_as_the_settings_say():
    assert blur_of(np.zeros((8, 8, 8), np.float32), NOISE, CONFIG) == (0.8, 0.8, 0.8)
