"""Equal bodies of which one weighs otherwise."""

from __future__ import annotations

from types import SimpleNamespace


def test_a_body_that_outweighs_its_equals_is_an_outlier(make: SimpleNamespace) -> None:
    things = [make.thing("plastic", m, (60, 40, 30)) for m in (50, 51, 49, 80)]
    d = make.parcel(things, make.lines(make.line("confirmed", (1, 2, 3, 4))), make.said()).decide()
    assert [f.object_ids for f in d.findings if f.kind == "density-outlier"] == [(4,)]
    even = [make.thing("plastic", m, (60, 40, 30)) for m in (50, 51, 49, 52)]
    d = make.parcel(even, make.lines(make.line("confirmed", (1, 2, 3, 4))), make.said()).decide()
    assert "density-outlier" not in make.kinds(d, 0.0)
    few = [make.thing("plastic", m, (60, 40, 30)) for m in (83, 92, 134)]  # two that differ by a tenth are no yardstick
    d = make.parcel(few, make.lines(make.line("confirmed", (1, 2, 3))), make.said()).decide()
    assert "density-outlier" not in make.kinds(d)
