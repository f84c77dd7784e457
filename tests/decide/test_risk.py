"""The risk: calibrated odds, shifted by what earlier openings found."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from xscan.decide import DecideConfig, risk_of
from xscan.decide.history import shift_of
from xscan.decide.risk import features_of, load_risk
from xscan.errors import InputError
from xscan.model import Declaration, DeclaredItem, Finding, Party

SAID = Declaration(
    (DeclaredItem(1, "mug", 1),),
    channel="postal",
    origin="CN",
    destination="DE",
    consignor=Party(id="SHOP-1", name="A name"),
)


def finding(severity: float, line: int) -> Finding:
    return Finding("weight-mismatch", severity, "text", (), line)


def test_the_shipped_coefficients_are_a_rising_curve() -> None:
    model = load_risk()
    assert model.parcels > 300
    assert model.gravest + model.together > 0
    risks = [risk_of([finding(s, 1)]) for s in (0.0, 0.3, 0.6, 0.95)]
    assert risks == sorted(risks)
    assert risks[0] < 0.03
    assert risks[-1] > 0.5


def test_features_take_the_gravest_of_a_cause_and_add_causes_up() -> None:
    assert features_of([finding(0.8, 1), finding(0.6, 1)]) == features_of([finding(0.8, 1)])
    gravest, together = features_of([finding(0.8, 1), finding(0.6, 2)])
    assert gravest == 0.8
    assert together == pytest.approx(-math.log(1 - 0.64) - math.log(1 - 0.36))


def test_a_rarer_wrong_needs_more_evidence() -> None:
    f = [finding(0.7, 1)]
    assert risk_of(f, DecideConfig(prevalence=0.01)) < risk_of(f) < risk_of(f, DecideConfig(prevalence=0.5))


def test_history_shifts_the_odds_by_counts_within_its_bound(tmp_path: Path) -> None:
    file = tmp_path / "history.toml"
    file.write_text('[sender."SHOP-1"]\nopened = 200\nfound = 120\n[route.CN-DE]\nopened = 1000\nfound = 100\n')
    config = DecideConfig(history_file=str(file))
    assert risk_of([finding(0.4, 1)], config, SAID) > risk_of([finding(0.4, 1)], config)
    # a route as wrong as all others shifts nothing; the sender's rate is drawn to the prevalence by 50 openings
    rate = (120 + 50 * 0.1) / 250
    whole = math.log(rate / (1 - rate)) - math.log(0.1 / 0.9)
    assert whole > config.history_bound
    assert shift_of(SAID, config) == config.history_bound
    wide = DecideConfig(history_file=str(file), history_bound=9)
    assert shift_of(SAID, wide) == pytest.approx(whole)
    assert shift_of(Declaration(SAID.items), wide) == 0


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('[sender."A"]\nopened = 2\nfound = 3\n', "sender.A"),
        ("[person.x]\nopened = 2\nfound = 1\n", "person"),
        ("[sender\n", "not TOML"),
    ],
)
def test_a_history_with_a_mistake_is_refused_with_its_place(tmp_path: Path, text: str, place: str) -> None:
    file = tmp_path / "history.toml"
    file.write_text(text)
    with pytest.raises(InputError, match=place):
        shift_of(SAID, DecideConfig(history_file=str(file)))
