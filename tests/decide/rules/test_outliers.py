"""Equal bodies of which one weighs otherwise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Make = Callable[..., Any]


def test_a_body_that_outweighs_its_equals_is_an_outlier(
    parcel: Make, thing: Make, lines: Make, line: Make, said: Make, kinds: Make
) -> None:
    things = [thing("plastic", m, (60, 40, 30)) for m in (50, 51, 49, 80)]
    d = parcel(things, lines(line("confirmed", (1, 2, 3, 4))), said()).decide()
    assert [f.object_ids for f in d.findings if f.kind == "density-outlier"] == [(4,)]
    even = [thing("plastic", m, (60, 40, 30)) for m in (50, 51, 49, 52)]
    d = parcel(even, lines(line("confirmed", (1, 2, 3, 4))), said()).decide()
    assert "density-outlier" not in kinds(d, 0.0)
    few = [thing("plastic", m, (60, 40, 30)) for m in (83, 92, 134)]  # two that differ by a tenth are no yardstick
    d = parcel(few, lines(line("confirmed", (1, 2, 3))), said()).decide()
    assert "density-outlier" not in kinds(d)
