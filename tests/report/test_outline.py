from __future__ import annotations

import re

import numpy as np

from xscan.report.figure import Mark, figure
from xscan.report.outline import inner_points, outline


def _area(path):
    total = 0.0
    for part in path.split("M")[1:]:
        points = np.array([[float(v) for v in p.split(",")] for p in part.rstrip("Z").split()])
        x, y = points.T
        total += 0.5 * (x @ np.roll(y, -1) - y @ np.roll(x, -1))
    return abs(total)


def test_the_line_encloses_what_the_mask_covers():
    mask = np.zeros((30, 40), bool)
    mask[5:20, 10:35] = True
    mask[8:12, 15:20] = False
    pixels = _area(outline(mask, (0, 0), (1, 1)))
    assert abs(pixels - mask.sum()) < 4  # corners are cut
    assert abs(_area(outline(mask, (7, 3), (2, 3))) - 6 * pixels) < 1e-6


def test_points_on_a_straight_line_are_left_out():
    assert len(outline(np.ones((50, 50), bool), (0, 0), (1, 1)).split()) == 8


def test_numbers_stand_inside_and_apart():
    ring = np.hypot(*np.indices((41, 41)) - 20) < 18
    core = np.hypot(*np.indices((41, 41)) - 20) < 3
    for row, column in inner_points(ring):
        assert ring[int(row), int(column)]
    svg = figure(
        np.full((41, 41, 3), 255, np.uint8),
        (1.0, 1.0),
        width=200,
        title="<b>&",
        marks=[Mark("object", 2, ring), Mark("alarm", 3, core)],
    )
    assert "<title>&lt;b&gt;&amp;</title>" in svg
    tags = re.findall(r'<text x="([\d.]+)" y="([\d.]+)">(\d+)</text>', svg)
    places = {int(n): (float(x), float(y)) for x, y, n in tags}
    assert set(places) == {2, 3}
    assert max(abs(a - b) for a, b in zip(places[2], places[3], strict=True)) > 15


def test_a_picture_too_large_is_averaged_and_its_outlines_stay_in_place():
    mask = np.zeros((300, 407), bool)
    mask[100:200, 100:300] = True
    picture = np.where(mask[..., None], 0, 255).astype(np.uint8).repeat(3, axis=2)
    marks = [Mark("object", 1, mask)]
    large, small = (
        figure(picture, (1.0, 1.0), width=407, title="t", marks=marks, pixels=pixels) for pixels in (4096, 100)
    )
    assert re.findall(r'class="line object" d="([^"]+)"', large) == re.findall(
        r'class="line object" d="([^"]+)"', small
    )
    assert 'width="407.0"' in large
    assert 'width="405.0"' in small  # 81 blocks of 5
    assert len(small) < len(large)
