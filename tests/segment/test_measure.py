import numpy as np
import pytest

from xscan.segment.measure import reaches, symmetry

V = (1.0, 1.0, 1.0)


def points(mask):
    return np.argwhere(mask).astype(float)


def test_a_ball_has_the_reaches_of_a_ball_and_any_mirror():
    z, y, x = np.indices((50, 50, 50)) - 24.5
    ball = points(z**2 + y**2 + x**2 <= 22**2)
    expected = np.array([0.1, 0.3, 0.5, 0.7, 0.9]) ** (1 / 3) / np.sqrt(0.6)
    assert list(reaches(ball).values()) == pytest.approx(expected, rel=0.02)
    assert symmetry(ball, V) > 0.97


def test_reaches_do_not_depend_on_pose_or_size():
    block = np.zeros((60, 60, 60), bool)
    block[10:20, 10:30, 10:55] = True
    block[20:40, 10:20, 10:20] = True
    turn = np.linalg.qr(np.random.default_rng(0).normal(size=(3, 3)))[0]
    assert reaches(points(block) @ turn * 3 + 7) == pytest.approx(reaches(points(block)))


def test_a_twisted_body_is_less_symmetric_than_a_straight_one():
    z, y, x = np.indices((60, 40, 40)).astype(float)
    straight = (np.abs(y - 20) < 12) & (np.abs(x - 20) < 4)
    turn = z / 60 * np.pi / 2
    u, v = (y - 20) * np.cos(turn) - (x - 20) * np.sin(turn), (y - 20) * np.sin(turn) + (x - 20) * np.cos(turn)
    twisted = (np.abs(u) < 12) & (np.abs(v) < 4)
    assert symmetry(points(straight), V) > 0.95
    assert symmetry(points(twisted), V) < 0.85
