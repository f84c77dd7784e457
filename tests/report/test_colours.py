from __future__ import annotations

import numpy as np
import pytest

from xscan.report.colours import diverging, paint
from xscan.report.ink import ink_rays, ink_slice


def _hue(colour):
    red, green, blue = (int(c) for c in colour)
    return "grey" if max(red, green, blue) - min(red, green, blue) < 12 else "rgb"[int(np.argmax((red, green, blue)))]


@pytest.mark.parametrize(
    ("z_e", "hue"), [(6.0, "r"), (7.4, "r"), (13.0, "g"), (26.0, "b"), (60.0, "b"), (np.nan, "grey")]
)
def test_organic_is_orange_light_metal_green_metal_blue(z_e, hue):
    assert _hue(paint(np.array([0.5]), np.array([z_e]))[0]) == hue


def test_brighter_is_thinner_for_every_class():
    darkness = np.linspace(0, 1, 50)
    for z_e in (6.0, 13.0, 26.0, np.nan):
        light = paint(darkness, np.full(50, z_e)).astype(int).sum(axis=1)
        assert (np.diff(light) <= 0).all()
        assert light[0] == 3 * 255


def test_without_z_e_all_is_grey():
    picture = paint(np.linspace(0, 1, 9), None).astype(int)
    assert (np.ptp(picture, axis=1) < 12).all()


def test_a_starved_ray_is_black_and_a_thin_one_has_no_class():
    depth = np.array([[0.02, 1.0, 4.7]])
    picture = ink_rays(depth, np.ones((1, 3)), np.full((1, 3), 6.0**3), 3.0)
    assert picture[0, 2].tolist() == [0, 0, 0]
    assert _hue(picture[0, 1]) == "r"
    assert _hue(picture[0, 0]) == "grey"


def test_noise_in_air_is_white():
    picture = ink_slice(np.array([[15.0, -15.0, 1000.0]]), None, None, 3.0, 10.0)
    assert (picture[0, :2] == 255).all()
    assert picture[0, 2].max() < 200


def test_deviation_colours_leave_red_to_alarms():
    low, zero, high = diverging(np.array([-1.0, 0.0, 1.0]))
    assert np.ptp(zero) < 0.03
    for colour in (low, high):
        assert colour[0] < colour[2]
