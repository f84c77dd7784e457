import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from tests.oracles import refining as oracle
from xscan_kernels import FieldGrid, lay_points, pose_costs, refine_poses

HALF = np.array([9.0, 6.0, 4.0])
LOW, HIGH = np.array([-40.0, -40, -40]), np.array([60.0, 60, 60])


def ellipsoid(half, centre, spacing, count=(18, 22, 26)):
    """A smooth field (z, y, x) around a centre (x, y, z)."""
    spacing = np.array(spacing)
    origin = np.array(centre) - spacing * np.array(count[::-1]) / 2
    axes = [origin[2 - k] + spacing[2 - k] * np.arange(count[k]) for k in range(3)]
    z, y, x = np.meshgrid(*axes, indexing="ij")
    p = np.stack([x, y, z], axis=-1) - centre
    r = np.linalg.norm(p / half, axis=-1)
    d = (r - 1) * np.cbrt(np.prod(half))
    return d.astype(np.float32), origin, spacing


def surface(half, n, seed):
    way = np.random.default_rng(seed).normal(size=(n, 3))
    return way / np.linalg.norm(way, axis=1, keepdims=True) * half


def case(seed=0, k=3):
    rng = np.random.default_rng(seed)
    centre = np.array([10.0, 12, 9])
    here, there = ellipsoid(HALF, centre, (1.1, 1.2, 1.3)), ellipsoid(HALF, np.zeros(3), (1.0, 1.0, 1.0))
    poses = (
        Rotation.from_rotvec(rng.normal(size=(k, 3)) * 0.2).as_matrix(),
        1 + rng.uniform(-0.03, 0.03, (k, 3)),
        centre + rng.normal(size=(k, 3)),
        rng.uniform(-0.2, 0.2, k),
    )
    return here, there, surface(HALF, 25, 1), surface(HALF, 20, 2) + centre, poses, centre


def one(poses, k):
    return tuple(p[k] for p in poses)


PRIOR = np.array([1e-9] * 6 + [0.5, 0.5, 0.5, 0.1])


@pytest.mark.parametrize("max_scale", [0.0, 0.08])
def test_a_step_is_that_of_gauss_newton(max_scale):
    here, there, x, q, poses, _ = case()
    box = (LOW, np.array([60.0, 60, 14]))  # some points lie beyond it
    options = {"prior": PRIOR, "max_scale": max_scale, "max_offset_mm": 0.8}
    found = refine_poses(FieldGrid(*here), box, x, FieldGrid(*there), q, poses, widths_mm=[3.0], **options)
    for k in range(3):
        expected = oracle.step(here, box, x, there, q, one(poses, k), 3.0, PRIOR, max_scale, 0.8)
        for got, want in zip(one(found, k), expected, strict=True):
            np.testing.assert_allclose(got, want, atol=2e-4)


def test_poses_are_led_to_where_the_shape_lies():
    here, there, x, q, poses, centre = case(k=8)
    widths = np.geomspace(6, 1, 15)
    arguments = (FieldGrid(*here), (LOW, HIGH), x, FieldGrid(*there), q, poses)
    options = {"widths_mm": widths, "prior": PRIOR, "max_scale": 0.08, "max_offset_mm": 0.8}
    found = refine_poses(*arguments, **options, threads=1)
    np.testing.assert_allclose(found[2], np.tile(centre, (8, 1)), atol=0.1)
    np.testing.assert_allclose(found[1], np.ones((8, 3)), atol=0.02)
    for got, again in zip(found, refine_poses(*arguments, **options, threads=3), strict=True):
        assert (got == again).all()
    costs = pose_costs(*arguments[:5], found, cap_mm=8)
    assert (costs < pose_costs(*arguments[:5], poses, cap_mm=8)).all()


def test_one_side_may_be_left_out():
    here, there, x, _, poses, centre = case()
    found = refine_poses(
        *(FieldGrid(*here), (LOW, HIGH), x, FieldGrid(*there), np.zeros((0, 3)), poses),
        widths_mm=np.geomspace(6, 1, 12),
        prior=PRIOR,
        max_scale=0,
        max_offset_mm=0,
    )
    np.testing.assert_allclose(found[2], np.tile(centre, (3, 1)), atol=0.4)
    assert (found[1] == poses[1]).all()
    assert (found[3] == poses[3]).all()


@pytest.mark.parametrize("mine", [np.inf, 0.3])
def test_costs_are_mean_capped_distances(mine):
    here, there, x, q, poses, _ = case(seed=3)
    box = (LOW, np.array([60.0, 60, 14]))
    got = pose_costs(FieldGrid(*here), box, x, FieldGrid(*there), q, poses, cap_mm=0.7, mine_mm=mine)
    want = [oracle.cost(here, box, x, there, q, one(poses, k), 0.7, mine) for k in range(3)]
    np.testing.assert_allclose(got, want, atol=1e-5)


def test_points_are_laid_on_seeds():
    here, _, x, q, _, _ = case()
    rng = np.random.default_rng(5)
    frames, back = (Rotation.random(n, rng=rng).as_matrix() for n in (4, 25))
    near = rng.integers(0, 25, (4, 3))
    got = lay_points(FieldGrid(*here), x[:6], q[:4], frames, x, back, near, twists=5, cap_mm=4)
    assert got.shape == (4, 3, 5)
    for s, c, k in [(0, 0, 0), (1, 2, 3), (3, 1, 4)]:
        point = near[s, c]
        want = oracle.laid_on(here, x[:6], q[s], frames[s], x[point], back[point], 2 * np.pi * k / 5, 4.0)
        assert got[s, c, k] == pytest.approx(want, abs=1e-4)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"x": np.zeros((4, 2))}, "x: got shape"),
        ({"widths_mm": [0.0]}, "widths_mm"),
        ({"prior": np.ones(6)}, "prior"),
        ({"here": FieldGrid(np.zeros((1, 4, 4), np.float32), (0, 0, 0), (1, 1, 1))}, "here.values"),
        ({"there": FieldGrid(np.zeros((4, 4, 4), np.float32), (0, 0), (1, 1, 1))}, "there.origin_mm"),
        ({"poses": (np.eye(3)[None], np.ones((2, 3)), np.zeros((1, 3)), np.zeros(1))}, "poses: got"),
    ],
)
def test_refuses_what_does_not_fit(change, word):
    here, there, x, q, poses, _ = case()
    given = {"here": FieldGrid(*here), "box": (LOW, HIGH), "x": x, "there": FieldGrid(*there), "q": q, "poses": poses}
    given |= {"widths_mm": [1.0], "prior": PRIOR, "max_scale": 0.1, "max_offset_mm": 1.0}
    with pytest.raises(ValueError, match=word):
        refine_poses(**{**given, **change})
