"""Bodies of one make, and what the equals of a body say of its parts."""

from __future__ import annotations

from dataclasses import replace

from xscan.declaration.alike import alike, beside, broken_log_ratio, clusters, encloses, part_log_ratio
from xscan.declaration.things import Part, Thing


def thing(i: int, grams: float, density: float, z_e: float, *, inside: int | None = None, holds: float = 0.0) -> Thing:
    part = Part(i, "plastic", 1.0, (density, 0.03 * density), (z_e, 0.3), {"plastic": 1.0})
    volume = 1000 * grams / density
    return Thing(
        i, (i,), (part,), grams, 0.05 * grams, volume, inside=inside, kind="plastic", whole_g=grams + holds,
        outer_mm3=volume, own=(density, z_e), whole=(density, z_e),
    )  # fmt: skip


def test_pvc_is_not_of_the_make_of_acrylic_though_both_are_plastic() -> None:
    acrylic, more, pvc = thing(1, 60, 1.2, 6.5), thing(2, 80, 1.1, 6.2), thing(3, 60, 1.35, 14.2)
    assert alike(acrylic, more)
    assert not alike(acrylic, pvc)
    assert clusters([acrylic, pvc, more]) == [[0, 2], [1]]


def test_equals_that_hold_nothing_speak_against_a_part() -> None:
    shell = thing(1, 100, 1.0, 6.0, holds=60)
    others = [thing(2, 100, 1.0, 6.0), thing(3, 102, 1.0, 6.0)]
    inner = thing(4, 60, 8.0, 26.0, inside=1)
    assert part_log_ratio(inner, shell, [shell, *others, inner]) < -2
    filled = [replace(o, whole_g=161.0) for o in others]
    assert part_log_ratio(inner, shell, [shell, *filled, inner]) > 1
    assert part_log_ratio(inner, shell, [shell, inner]) == 0


def test_a_fragment_completes_a_piece_or_is_none() -> None:
    light, whole, crumb = thing(1, 70, 1.0, 6.0), thing(2, 100, 1.0, 6.0), thing(3, 30, 1.0, 6.0)
    assert broken_log_ratio(crumb, [light, whole], 100) > 1
    assert broken_log_ratio(crumb, [whole], 100) < -2
    assert broken_log_ratio(crumb, [whole], None) == 0
    near, far = (replace(crumb, bbox=((0, 0, x), (4, 4, x + 4))) for x in (12, 30))
    host = replace(whole, bbox=((0, 0, 0), (9, 9, 10)))
    assert beside(host, near)
    assert not beside(host, far)
    assert encloses(host, replace(crumb, bbox=((1, 1, 1), (5, 5, 11))))
    assert not encloses(host, near)
