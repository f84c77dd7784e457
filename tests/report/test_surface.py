from __future__ import annotations

import numpy as np
import pytest

from xscan.model import Mesh
from xscan.report.scene import scene_of
from xscan.report.shape import cut, object_surface
from xscan.report.surface import normals, principal_views, surface_pictures

FRONT = np.eye(3)


def _ball(radius, n):
    """A ball of latitude and longitude triangles."""
    u, v = np.meshgrid(np.linspace(0, np.pi, n), np.linspace(0, 2 * np.pi, 2 * n))
    points = radius * np.stack([np.sin(u) * np.cos(v), np.sin(u) * np.sin(v), np.cos(u)], axis=-1).reshape(-1, 3)
    i = np.arange(len(points)).reshape(u.shape)
    a, b, c, d = i[:-1, :-1].ravel(), i[:-1, 1:].ravel(), i[1:, 1:].ravel(), i[1:, :-1].ravel()
    return Mesh(points, np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)]))


@pytest.mark.parametrize("n", [8, 60, 200])
def test_a_ball_is_a_full_disc_whatever_the_size_of_its_triangles(n):
    picture = surface_pictures(_ball(10, n), [FRONT], centre=np.zeros(3), span_mm=25.0, pixels=100)[0]
    covered = picture[..., 3].sum() / 255
    assert covered == pytest.approx(np.pi * 40**2, rel=0.1 if n == 8 else 0.01)
    assert (picture[40:60, 40:60, 3] == 255).all()


def test_the_nearer_surface_hides_the_farther():
    points = np.array([[-9, -9, 0], [9, -9, 0], [0, 9, 0], [-3, -3, 5], [3, -3, 5], [0, 3, 5]], float)
    colours = np.array([[1, 0, 0]] * 3 + [[0, 0, 1]] * 3, float)
    for faces in ([[0, 1, 2], [3, 4, 5]], [[3, 4, 5], [0, 1, 2]]):
        picture = surface_pictures(
            Mesh(points, np.array(faces)), [FRONT], centre=np.zeros(3), span_mm=20.0, pixels=80, colours=colours
        )[0]
        assert picture[38, 40, 2] > picture[38, 40, 0]
        assert picture[8, 8, 3] == 255
        assert picture[8, 8, 0] > picture[8, 8, 2]


def test_normals_of_a_ball_point_outwards_or_inwards_alike():
    ball = _ball(10, 40)
    along = (normals(ball) * ball.vertices).sum(axis=1) / 10
    assert np.median(np.abs(along)) > 0.999


def test_views_are_turns_and_the_longest_axis_lies_across():
    points = np.random.default_rng(0).normal(size=(500, 3)) * (9, 2, 1)
    views = principal_views(points)
    for turn in views:
        assert np.allclose(turn @ turn.T, np.eye(3))
        assert np.linalg.det(turn) == pytest.approx(1.0)
    assert np.ptp(points @ views[0][0]) > np.ptp(points @ views[0][1]) > np.ptp(points @ views[0][2])


def test_a_cut_of_a_ball_is_a_circle():
    ball = _ball(10, 80)
    segments = np.array(cut(ball.vertices, ball.faces, 2, 6.0))
    assert np.allclose(segments[..., 2], 6.0)
    assert np.allclose(np.hypot(segments[..., 0], segments[..., 1]), 8.0, atol=0.05)
    lengths = np.linalg.norm(segments[:, 1] - segments[:, 0], axis=1).sum()
    assert lengths == pytest.approx(2 * np.pi * 8, rel=0.01)


def test_the_surface_of_an_object_lies_where_its_voxels_end(analysis):
    surface = object_surface(scene_of(analysis, _document(analysis)), [4])
    assert surface is not None
    distance = np.linalg.norm(surface.vertices - (58, 50, 36), axis=1)
    assert np.abs(distance - 11).max() < 1.6
    assert np.median(distance) == pytest.approx(11, abs=0.4)


def _document(analysis):
    from xscan.report import report_json

    return report_json(analysis, "1")
