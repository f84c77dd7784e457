import os
import subprocess
import sys

import numpy as np
import pytest
from scipy import ndimage as ndi

from xscan.model import Grid, Quantities, Unit, Volume
from xscan.segment import segment


def ball(shape, centre_mm, radius_mm, voxel_mm):
    z, y, x = ((np.arange(n) + 0.5) * v for n, v in zip(shape, voxel_mm, strict=True))
    cz, cy, cx = centre_mm
    return (z[:, None, None] - cz) ** 2 + (y[None, :, None] - cy) ** 2 + (x[None, None, :] - cx) ** 2 <= radius_mm**2


def rod(shape, centre_mm, radius_mm, half_mm, voxel_mm):
    z, y, x = ((np.arange(n) + 0.5) * v for n, v in zip(shape, voxel_mm, strict=True))
    cz, cy, cx = centre_mm
    round_ = (z[:, None, None] - cz) ** 2 + (y[None, :, None] - cy) ** 2 <= radius_mm**2
    return round_ & (np.abs(x - cx) <= half_mm)[None, None, :]


def seen(values, voxel_mm=(1.5,) * 3, noise=5.0, unit=Unit.MHU, blur=0.7, seed=0):
    values = ndi.gaussian_filter(values.astype(np.float32), blur)
    values += np.random.default_rng(seed).normal(0, noise, values.shape).astype(np.float32)
    return Quantities(Volume(Grid(values.shape, voxel_mm), values, unit), "nominal", noise_mhu=noise)


def overlap(found, mask):
    labels = found.object_labels()
    return max(
        ((labels == o.id) & mask).sum() / ((labels == o.id) | mask).sum() for o in found.objects if o.role == "goods"
    )


SHAPE = (60, 70, 90)
V = (1.5, 1.5, 1.5)


def test_touching_balls_are_two():
    a, b = ball(SHAPE, (45, 52, 45), 20, V), ball(SHAPE, (45, 52, 85), 20, V)
    found = segment(seen((a | b) * 1000.0))
    assert len(found.goods) == 2
    assert overlap(found, a) > 0.85
    assert overlap(found, b) > 0.85
    assert all(o.scores["parted"] > 0.3 for o in found.goods)
    assert found.goods[0].group == found.goods[1].group == 1


def test_parallel_cells_are_two():
    a, b = rod(SHAPE, (45, 40, 67), 9, 32, V), rod(SHAPE, (45, 58.5, 67), 9, 32, V)
    found = segment(seen((a | b) * 3500.0))
    assert len(found.goods) == 2


def test_a_figure_with_a_thin_waist_stays_one():
    a, b = ball(SHAPE, (45, 52, 35), 16, V), ball(SHAPE, (45, 52, 100), 16, V)
    found = segment(seen((a | b | rod(SHAPE, (45, 52, 67), 6, 30, V)) * 1000.0))
    assert len(found.goods) == 1


def test_a_body_with_thin_legs_stays_one():
    body = ball(SHAPE, (30, 52, 67), 20, V)
    z, y, x = ((np.arange(n) + 0.5) * v for n, v in zip(SHAPE, V, strict=True))
    for cy in (42, 62):
        for cx in (57, 77):
            leg = (y[None, :, None] - cy) ** 2 + (x[None, None, :] - cx) ** 2 <= 4.5**2
            body |= leg & ((z > 30) & (z < 80))[:, None, None]
    found = segment(seen(body * 1000.0))
    assert len(found.goods) == 1


def test_a_thin_shell_is_one_hollow_object():
    shell = ball(SHAPE, (45, 52, 67), 30, V) & ~ball(SHAPE, (45, 52, 67), 27, V)
    found = segment(seen(shell * 1500.0))
    (o,) = found.goods
    assert o.shape["hollow"] == 1.0
    assert o.shape["wall_mm"] == pytest.approx(3.0, abs=1.6)
    assert o.shape["length_mm"] == pytest.approx(60, rel=0.07)
    assert o.shape["sphericity"] > 0.85


def test_what_lies_in_a_cavity_has_a_parent():
    pot = ball(SHAPE, (45, 52, 67), 38, V) & ~ball(SHAPE, (45, 52, 67), 33, V)
    hidden = ball(SHAPE, (40, 52, 67), 12, V)
    found = segment(seen(pot * 2000.0 + hidden * 900.0))
    inner = min(found.goods, key=lambda o: o.voxels)
    outer = max(found.goods, key=lambda o: o.voxels)
    assert (inner.parent, outer.parent) == (outer.id, None)
    assert inner.scores["enclosed"] > 0.9


@pytest.mark.parametrize(("angle", "tilt"), [(0, 0), (30, 0), (45, 0), (-20, 10)])
def test_a_carton_at_any_angle_is_packaging(angle, tilt):
    fine = np.zeros((64, 90, 120), np.float32)
    fine[8:-8, 8:-8, 8:-8] = 700.0
    fine[10:-10, 10:-10, 10:-10] = 0.0
    goods = np.zeros_like(fine, bool)
    goods[10:30, 20:50, 30:60] = True  # on the floor
    fine[goods] = 1000.0
    turned = ndi.rotate(ndi.rotate(np.pad(fine, 10), angle, (1, 2), order=1), tilt, (0, 2), order=1)
    truth = ndi.rotate(ndi.rotate(np.pad(goods * 1.0, 10), angle, (1, 2), order=1), tilt, (0, 2), order=1) > 0.5
    found = segment(seen(turned, blur=0.5))
    assert [o.name for o in found.objects if o.role == "packaging"] == ["carton"]
    assert len(found.goods) == 1
    assert found.goods[0].parent is None
    assert overlap(found, truth) > 0.85


def test_a_carton_of_board_thinner_than_voxels_is_packaging():
    """At a slant voxels cut its walls, so that they show from a third to all of what board shows."""
    fine = np.zeros((160, 240, 280), np.float32)
    fine[20:140, 30:210, 30:250] = 130
    fine[21:139, 31:209, 31:249] = 0
    fine = ndi.rotate(fine, 13, axes=(0, 2), reshape=False, order=1)
    fine[60:100, 90:150, 100:180] = 900
    values = fine.reshape(80, 2, 120, 2, 140, 2).mean(axis=(1, 3, 5))
    result = segment(seen(values, (2.5,) * 3, noise=2.0))
    assert len(result.goods) == 1
    assert [o.name for o in result.objects if o.role == "packaging"] == ["carton"]


def test_five_millimetre_slices():
    voxel = (5.0, 1.0, 1.0)
    shape = (16, 90, 110)
    a, b = ball(shape, (40, 45, 33), 20, voxel), ball(shape, (40, 45, 75), 20, voxel)
    found = segment(seen((a | b) * 1000.0, voxel, blur=(0.3, 0.8, 0.8)))
    assert len(found.goods) == 2
    assert found.goods[0].shape["volume_mm3"] == pytest.approx(4 / 3 * np.pi * 20**3, rel=0.1)


@pytest.mark.parametrize("noise", [0.0, 5.0, 40.0])
def test_nothing_in_an_empty_scan(noise):
    found = segment(seen(np.zeros(SHAPE), noise=noise))
    assert found.objects == ()


def test_a_scan_without_scale():
    found = segment(seen(ball(SHAPE, (45, 52, 67), 25, V) * 900.0, unit=Unit.ARBITRARY))
    assert len(found.goods) == 1


def test_one_voxel_thin_scan():
    assert segment(seen(np.zeros((1, 1, 1)))).objects == ()


SCRIPT = """
import hashlib, numpy as np
from scipy import ndimage as ndi
from xscan.model import Grid, Quantities, Unit, Volume
from xscan.segment import segment
r = np.random.default_rng(3)
v = np.maximum(ndi.gaussian_filter(r.normal(size=(40, 60, 60)), 4) * 2e4, 0).astype(np.float32)
s = segment(Quantities(Volume(Grid(v.shape, (1.5,) * 3), v, Unit.MHU), "nominal", noise_mhu=5.0))
print(len(s.objects), hashlib.sha256(s.labels.array.tobytes() + repr(s.objects).encode()).hexdigest())
"""


def test_same_bytes_at_any_thread_count():
    said = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env=os.environ | {"XSCAN_THREADS": n},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for n in ("1", "2")
    }
    assert len(said) == 1
    assert int(said.pop().split()[0]) >= 2


def test_a_tray_is_an_open_carton():
    shape = (60, 70, 90)
    walls = np.zeros(shape, bool)
    walls[5:55, 20:65, 5:85] = True
    walls[8:52, :62, 8:82] = False
    found = segment(seen(walls * 500.0 + ball(shape, (45, 75, 67), 15, V) * 1000.0))
    assert [(o.role, o.name) for o in found.objects if o.role != "goods"] == [("packaging", "tray")]
    assert len(found.goods) == 1
