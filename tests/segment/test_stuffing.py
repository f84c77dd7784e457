import numpy as np
import pytest
from scipy import ndimage as ndi

from xscan.model import Grid, Quantities, Unit, Volume
from xscan.segment import segment

SHAPE = (70, 80, 90)
V = (1.5, 1.5, 1.5)


def box(lo, hi):
    mask = np.zeros(SHAPE, bool)
    mask[tuple(slice(a, b) for a, b in zip(lo, hi, strict=True))] = True
    return mask


def carton():
    return box((4, 4, 4), (66, 76, 86)) & ~box((7, 7, 7), (63, 73, 83))


def seen(values, noise=5.0, unit=Unit.MHU):
    values = ndi.gaussian_filter(values.astype(np.float32), 0.7)
    values += np.random.default_rng(0).normal(0, noise, SHAPE).astype(np.float32)
    return Quantities(Volume(Grid(SHAPE, V), values, unit), "nominal", noise_mhu=noise)


def iou(found, name_or_id, mask):
    own = found.object_labels() == name_or_id
    return (own & mask).sum() / (own | mask).sum()


def test_a_pillow_of_a_twentieth_of_water_is_goods():
    pillow, bottle = box((10, 45, 12), (50, 70, 70)), box((20, 15, 20), (45, 40, 40))
    found = segment(seen(carton() * 500.0 + pillow * 45.0 + bottle * 1000.0))
    light = next(o for o in found.goods if "light" in o.scores)
    assert len(found.goods) == 2
    assert iou(found, light.id, pillow) > 0.85


def test_stuffing_belongs_to_its_cover():
    whole, core = box((15, 20, 20), (55, 60, 70)), box((20, 25, 25), (50, 55, 65))
    found = segment(seen(carton() * 500.0 + (whole & ~core) * 130.0 + core * 45.0))
    assert [o.scores["stuffed"] > 0.9 for o in found.goods] == [True]
    assert iou(found, found.goods[0].id, whole) > 0.9


def test_what_fills_the_room_around_goods_is_packaging():
    room, vase = box((7, 7, 7), (63, 73, 83)), box((20, 20, 20), (50, 60, 70))
    found = segment(seen(carton() * 500.0 + (room & ~vase) * 45.0 + vase * 1500.0))
    assert len(found.goods) == 1
    filling = next(o for o in found.objects if o.name == "filling")
    assert filling.role == "packaging"
    assert iou(found, filling.id, room & ~vase) > 0.85


@pytest.mark.parametrize("level", [0.0, 12.0])
def test_air_and_haze_are_nothing(level):
    bottle = box((20, 15, 20), (45, 40, 40))
    haze = box((8, 8, 8), (62, 72, 82)) & ~bottle
    found = segment(seen(carton() * 500.0 + bottle * 1000.0 + haze * level))
    assert [o.name for o in found.objects if o.role == "packaging"] == ["carton"]
    assert len(found.goods) == 1


def test_a_scan_without_scale_tells_no_stuffing():
    pillow, bottle = box((10, 45, 12), (50, 70, 70)), box((20, 15, 20), (45, 40, 40))
    found = segment(seen(carton() * 500.0 + pillow * 45.0 + bottle * 1000.0, unit=Unit.ARBITRARY))
    assert len(found.goods) == 1
    assert "light" not in found.goods[0].scores
