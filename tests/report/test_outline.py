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
