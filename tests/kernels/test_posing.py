import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles import posing as oracle
from xscan_kernels import pair_histogram, pose_scores, sample_field


def rotation(rng):
    q, r = np.linalg.qr(rng.normal(size=(3, 3)))
    q *= np.sign(np.diag(r))
    return q * np.linalg.det(q)


def poses(rng, number):
    out = np.tile(np.eye(4), (number, 1, 1))
    for pose in out:
        pose[:3, :3] = rotation(rng)
        pose[:3, 3] = rng.uniform(5, 8, 3)
    return out


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**31))
def test_values_are_trilinear_at_the_moved_points(seed):
    rng = np.random.default_rng(seed)
    field = rng.random(tuple(rng.integers(1, 9, 3))).astype(np.float32)
    origin, spacing = rng.normal(size=3), rng.uniform(0.5, 2, 3)
    points, moves = rng.normal(size=(20, 3)) * 3, poses(rng, 3)
    values, gradients = sample_field(field, origin, spacing, points, moves, gradient=True, outside=-7)
    for p, pose in enumerate(moves):
        moved = points @ pose[:3, :3].T + pose[:3, 3]
        for n, place in enumerate(moved):
            at = (place[::-1] - origin) / spacing
            inside = (at >= 0).all() and (at <= np.array(field.shape) - 1).all()
            expected = oracle.read(field, at) if inside else -7
            assert values[p, n] == pytest.approx(expected, abs=1e-5)
            if not inside:
                assert not gradients[p, n].any()


def test_gradients_of_a_plane_are_its_slope():
    z, y, x = np.indices((5, 6, 7)).astype(np.float64)
    field = 2 * z * 1.5 + 3 * y * 1.0 - x * 0.5  # per mm: 2, 3, -1 at spacing 1.5, 1, 0.5
    points = np.random.default_rng(0).uniform(0.1, 2.9, (30, 3))
    values, gradients = sample_field(field, (0, 0, 0), (1.5, 1.0, 0.5), points, np.eye(4), gradient=True)
    np.testing.assert_allclose(gradients[0], np.tile([-2.0 / 2, 3, 2], (30, 1)), rtol=1e-5)
    np.testing.assert_allclose(values[0], points @ [-1.0, 3, 2], rtol=1e-5)


def twist(step):
    pose = np.eye(4)
    w = step[3:]
    pose[:3, :3] += np.array([[0, -w[2], w[1]], [w[2], 0, -w[0]], [-w[1], w[0], 0]])
    pose[:3, 3] = step[:3]
    return pose


def test_scores_and_their_slopes():
    rng = np.random.default_rng(3)
    field = rng.random((14, 15, 16))
    points, weights, moves = rng.normal(size=(40, 3)) * 3, rng.random(40), poses(rng, 5)
    values = sample_field(field, (0, 0, 0), 1, points, moves)[0].astype(np.float64)
    got = pose_scores(
        field, (0, 0, 0), 1, points, moves, truncate_mm=0.9, inlier_mm=0.4, weights=weights, gradient=True
    )
    np.testing.assert_allclose(
        got.loss, (np.minimum(values, 0.9) ** 2 * weights).sum(axis=1) / weights.sum(), rtol=1e-5
    )
    np.testing.assert_allclose(got.inliers, ((values <= 0.4) * weights).sum(axis=1) / weights.sum(), rtol=1e-5)
    for axis in range(6):
        step = np.zeros(6)
        step[axis] = 1e-6
        shifted = [
            pose_scores(field, (0, 0, 0), 1, points, twist(s) @ moves, truncate_mm=0.9, weights=weights).loss
            for s in (step, -step)
        ]
        np.testing.assert_allclose(got.gradient[:, axis], (shifted[0] - shifted[1]) / 4e-6, atol=2e-3)
    assert (np.linalg.eigvalsh(got.normal) > -1e-12).all()
    plain = pose_scores(field, (0, 0, 0), 1, points, moves, truncate_mm=0.9, weights=weights)
    assert plain.gradient is None
    np.testing.assert_array_equal(plain.loss, got.loss)


def test_the_same_at_any_thread_count():
    rng = np.random.default_rng(4)
    field, points, moves = rng.random((9, 9, 9)).astype(np.float32), rng.normal(size=(50, 3)), poses(rng, 11)
    one, two = (
        pose_scores(field, (0, 0, 0), 1, points, moves, truncate_mm=1, gradient=True, threads=t) for t in (1, 2)
    )
    for name in ("loss", "inliers", "gradient", "normal"):
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name))
    counts = [pair_histogram(points, points, max_mm=3, threads=t) for t in (1, 2)]
    np.testing.assert_array_equal(*counts)


def test_pairs_by_distance_and_angles():
    rng = np.random.default_rng(5)
    points, normals = rng.normal(size=(25, 3)), rng.normal(size=(25, 3))
    normals /= np.linalg.norm(normals, axis=1)[:, None]
    expected = oracle.pairs(points, normals, 3.0, 5, 4)
    np.testing.assert_array_equal(pair_histogram(points, normals, max_mm=3.0, distance_bins=5, angle_bins=4), expected)
    np.testing.assert_array_equal(pair_histogram(points, max_mm=3.0, distance_bins=5), expected.sum(axis=(1, 2, 3)))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"points": np.zeros((3, 2))}, "points: got shape"),
        ({"poses": np.zeros((3, 3))}, "poses: got shape"),
        ({"origin_mm": (0, 0)}, "origin_mm: got"),
        ({"field": np.zeros((0, 1, 1))}, "field: got no voxel"),
        ({"truncate_mm": 0}, "truncate_mm: got 0"),
        ({"weights": np.zeros(4)}, "weights: expected"),
    ],
)
def test_wrong_input_is_named(change, words):
    given = {
        "field": np.zeros((2, 2, 2)),
        "origin_mm": (0, 0, 0),
        "spacing_mm": 1,
        "points": np.zeros((4, 3)),
        "poses": np.eye(4),
        "truncate_mm": 1,
    }
    with pytest.raises(ValueError, match=words):
        pose_scores(**{**given, **change})
