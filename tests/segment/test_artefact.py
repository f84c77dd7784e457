import numpy as np

from xscan.segment.artefact import still_streaked, streak_reach

V = (1.5, 1.5, 1.5)


def test_reach_follows_the_metal_and_the_depth_below_air():
    rng = np.random.default_rng(0)
    values = rng.normal(0, 5, (20, 90, 120)).astype(np.float32)
    _z, y, x = np.indices(values.shape)
    away = np.hypot(y - 45, x - 40)
    streaks = rng.normal(0, 1, values.shape) * 8000 / (away + 3) ** 1.5
    values[8:12] += streaks[8:12].astype(np.float32)
    values[8:12][away[8:12] < 4] = 9000
    reach = streak_reach(values, V)
    assert reach[1].max() < 60  # four standard deviations of noise and no more, slices away
    assert reach[10, 45, 50] > 4 * reach[10, 45, 100]
    near = (away > 6) & (away < 40)
    near[:8] = near[12:] = False
    assert 0.9 < (np.abs(values[near]) <= reach[near]).mean() < 1


def test_clean_air_has_the_reach_of_its_noise():
    values = np.random.default_rng(1).normal(0, 10, (5, 40, 40)).astype(np.float32)
    assert 30 < np.median(streak_reach(values, V)) < 50


def scan_with_metal(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Metal in every slice; streaks in the first half alone. And how far every voxel is from it."""
    values = rng.normal(0, 5, (20, 90, 120)).astype(np.float32)
    _z, y, x = np.indices(values.shape)
    away = np.hypot(y - 45, x - 40)
    streaks = rng.normal(0, 1, values.shape) * 8000 / (away + 3) ** 1.5
    values[:10] += streaks[:10].astype(np.float32)
    values[away < 4] = 9000
    return values, away


def test_metal_that_throws_no_streaks_has_little_reach():
    values, away = scan_with_metal(np.random.default_rng(2))
    reach = streak_reach(values, V)
    near = (away > 6) & (away < 15)
    assert np.median(reach[15][near[15]]) < 0.3 * np.median(reach[5][near[5]])


def test_streaks_are_no_stronger_than_wide_matter_varies():
    values, _away = scan_with_metal(np.random.default_rng(3))
    values[:, 30:60, 60:90] = 250
    values[:, 30:60, 60:90] += np.random.default_rng(4).normal(0, 5, (20, 30, 30)).astype(np.float32)
    reach = streak_reach(values, V)
    assert reach[5, 45, 62] < 100  # even where it begins
    assert reach[5, 45, 50] > 3 * reach[5, 45, 62]


def test_where_streaks_were_taken_away_as_much_again_may_be_left():
    reach = np.full((4, 30, 40), 50, np.float32)
    moved = np.zeros((4, 21, 31), np.float32)
    moved[2, 5, 7] = 150
    window = (slice(1, 4), slice(5, 35), slice(3, 43))
    doubt = still_streaked(reach[1:], moved, (1, 2, 2), window)
    assert (doubt[1, 5:7, 11:13] == 300).all()
    assert (doubt == 50).sum() == doubt.size - 4
    assert still_streaked(reach, None, (1, 1, 1), window) is reach
