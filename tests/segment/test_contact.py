import numpy as np
import pytest
from scipy import ndimage as ndi

from xscan.segment.contact import contact_odds, part_contacts
from xscan.segment.split import Cut

V = (1.5, 1.5, 1.5)
SHAPE = (50, 60, 110)


def axes():
    return np.meshgrid(*(np.arange(n, dtype=float) for n in SHAPE), indexing="ij", sparse=True)


def cup(cx, *, lying=False, radius=20.0, wall=2.0):
    """Open at one end; lying ones touch upright ones in a point."""
    z, y, x = axes()
    up, across = (y - 13, z - 25) if lying else (z - 8, y - 30)
    r = np.sqrt(across**2 + (x - cx) ** 2)
    return (up >= 0) & (up < 34) & (r <= radius) & ((r > radius - wall) | (up < wall))


def handle(cx):
    """A ring of three voxels' thickness, upright beside a cup."""
    z, y, x = axes()
    ring = np.sqrt((z - 25) ** 2 + (x - cx) ** 2)
    return (np.abs(ring - 9) <= 1.5) & (np.abs(y - 30) <= 1.5)


def ball(c, radius):
    return sum((a - m) ** 2 for a, m in zip(axes(), c, strict=True)) <= radius**2


def parted(*bodies):
    """As seen: blurred, and cut at half height."""
    body = ndi.gaussian_filter(np.any(bodies, axis=0).astype(np.float32), 0.7) > 0.5
    return part_contacts(body.astype(np.uint32), (), V)


def test_thin_cups_that_touch_in_a_point_are_two():
    a, b = cup(27), cup(68, lying=True)
    parts, _, cuts = parted(a, b)
    assert parts.max() == 2
    assert [(c.a, c.b) for c in cuts] == [(1, 2)]
    assert cuts[0].ratio < 0.5
    for mask in (a, b):
        assert max(((parts == k) & mask).sum() / ((parts == k) | mask).sum() for k in (1, 2)) > 0.9


def test_voxels_that_are_no_cubes_tell_nothing():
    body = ndi.gaussian_filter((cup(27) | cup(68, lying=True)).astype(np.float32), 0.7) > 0.5
    parts, cuts, contacts = part_contacts(body.astype(np.uint32), (), (5.0, 0.5, 0.5))
    assert parts.max() == 1
    assert cuts == contacts == ()


def test_a_row_of_three_cups_is_three():
    parts, _, cuts = parted(*(cup(19 + 35 * k, lying=k == 1, radius=17) for k in range(3)))
    assert parts.max() == 3
    assert len(cuts) >= 2


def test_a_cup_with_its_handle_is_one():
    parts, _, cuts = parted(cup(40), handle(67))
    assert parts.max() == 1
    assert cuts == ()


@pytest.mark.parametrize("wall", [2.0, 3.0])
def test_a_bulb_on_its_base_is_one(wall):
    z, y, x = axes()
    r = np.sqrt((z - 25) ** 2 + (y - 30) ** 2)
    glass = ball((25, 30, 36), 20) & ~ball((25, 30, 36), 20 - wall) & (x < 53)
    base = (np.abs(r - 9) <= 2) & (x >= 50) & (x < 75) | (r <= 11) & (x >= 73) & (x < 76)
    assert parted(glass, base)[0].max() == 1


def test_a_wall_torn_but_for_two_threads_is_one():
    torn = cup(40)
    torn[:, :, 40] &= (np.arange(50) % 17 == 9)[:, None]
    assert part_contacts(torn.astype(np.uint32), (), V)[0].max() == 1


def test_a_solid_ball_is_one():
    assert parted(ball((25, 30, 50), 20))[0].max() == 1


def test_earlier_cuts_hold_for_what_a_part_becomes():
    parts = np.zeros(SHAPE, np.uint32)
    parts[cup(27) | cup(68, lying=True)] = 1
    parts[:5] = 2
    out, cuts, contacts = part_contacts(parts, (Cut(1, 2, 0.3),), V)
    assert out.max() == 3
    assert [(c.a, c.b, c.ratio) for c in cuts] == [(1, 2, 0.3), (2, 3, 0.3)]
    assert [(c.a, c.b) for c in contacts] == [(1, 3)]
    assert (out[parts == 2] == 2).all()


def test_odds_fall_where_more_lies_near():
    a, b, flush = cup(27), cup(68, lying=True), cup(67)
    assert contact_odds(a & ~b, a | b, V) > 0 > contact_odds(a & ~flush, a | flush, V)
