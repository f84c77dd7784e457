"""Template matches, by what the template is for and by its right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from xscan.model import Mesh, Pose, Right, Template, TemplateLibrary, TemplateMatch

Make = Callable[..., Any]


MESH = Mesh(
    np.array([[0, 0, 0], [60, 0, 0], [0, 40, 0], [0, 0, 30]], float),
    np.array([[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]]),
)


@pytest.fixture
def template(make: SimpleNamespace) -> Make:
    """Make a parcel with one body that matches a template."""

    def matched(purpose: str, status: str, score: float = 0.9, genuine: Mapping[str, object] | None = None) -> Any:
        right = Right("design", "Holder", "R1", "GACC", date(2020, 1, 1), date(2030, 1, 1), ("L",))
        made = Template("horse", "horse", MESH, purpose, ("950300",), right)  # type: ignore[arg-type]
        checks = {"density_g_cm3": genuine} if genuine else {}
        match = TemplateMatch("horse", (1,), score, Pose(np.eye(4)), 0.5, 1.0, 0.9, checks, status, "why")  # type: ignore[arg-type]
        return make.parcel([make.thing("plastic", 44)], matches=(match,), library=TemplateLibrary("lib", (made,)))

    return matched


@pytest.mark.parametrize(
    ("purpose", "status", "grave", "verdict"),
    [
        ("protected-design", "authorised", set(), "clear"),
        ("protected-design", "not-authorised", {"template-match"}, "detain"),
        ("protected-design", "expired", set(), "clear"),
        ("known-counterfeit", "no-record", {"template-match"}, "detain"),
        ("prohibited", "no-record", {"prohibited"}, "detain"),
    ],
)
def test_templates(
    purpose: str, status: str, grave: set[str], verdict: str, template: Make, make: SimpleNamespace
) -> None:
    d = template(purpose, status).decide()
    assert make.kinds(d) == grave
    assert d.verdict == verdict
    assert all(f.template_id == "horse" for f in d.findings if f.severity >= 0.5)
    assert all("counterfeit" not in f.message.lower() for f in d.findings)


def test_an_expired_right_is_told(template: Make, make: SimpleNamespace) -> None:
    assert "right-expired" in make.kinds(template("protected-design", "expired").decide(), 0.1)


def test_a_genuine_deviation_needs_more_than_the_measurement_allows(template: Make, make: SimpleNamespace) -> None:
    near = {"measured": 1.15, "sigma": 0.01, "range": [1.2, 1.4], "status": "outside"}
    far = {"measured": 0.6, "sigma": 0.01, "range": [1.2, 1.4], "status": "outside"}
    assert template("protected-design", "authorised", genuine=near).decide().verdict == "clear"
    assert make.kinds(template("protected-design", "authorised", genuine=far).decide()) == {"genuine-deviation"}
