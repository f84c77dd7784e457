"""Rules that are data."""

from __future__ import annotations

from pathlib import Path

import pytest

from xscan.decide.ruleset import load_rules, shipped_sets
from xscan.errors import InputError
from xscan.language import LANGUAGES

GOOD = """
[[rule]]
id = "heavy"
each = "object"
when = "object.mass_g > 100"
kind = "heavy-thing"
severity = 0.7
message = "Object {object.id} weighs {object.mass_g:.0f} g."
"""


def test_shipped_sets_load() -> None:
    assert {"lithium", "currency", "liquids", "density"} <= set(shipped_sets())
    rules = load_rules(shipped_sets(), None)
    assert rules
    assert all(r.source for r in rules)
    assert all(set(r.message) == set(LANGUAGES) for r in rules)


def test_a_users_rule(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(GOOD)
    (rule,) = load_rules((), str(path))
    assert rule.when({"object.mass_g": 101.0})
    assert not rule.when({"object.mass_g": None})


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("object.mass_g > 100", "object.mas_g > 100", r"rule 1 \(heavy\): when: column 1: no field"),
        ("object.mass_g > 100", "import os", r"rule 1 \(heavy\): when"),
        ("0.7", "7", r"rule 1 \(heavy\): severity"),
        ('"object"', '"person"', r"rule 1 \(heavy\): each"),
        ("{object.id}", "{object.nose}", r"rule 1 \(heavy\): message: no field 'object.nose'"),
        ("{object.id}", "{object.id!r}", r"rule 1 \(heavy\): message"),
        ("{object.id}", "{object.id.__class__}", r"rule 1 \(heavy\): message"),
        ("{object.mass_g:.0f}", "{object.mass_g:{count}}", r"rule 1 \(heavy\): message"),
        ('kind = "heavy-thing"', 'kind = "heavy-thing"\ncolour = 3', r"rule 1 \(heavy\): colour"),
        ("severity = 0.7", "", r"rule 1 \(heavy\): severity"),
        ("[[rule]]", "[[rules]]", "unknown table 'rules'"),
        ("[[rule]]", "[[rule", "is not TOML"),
        ('message = "Object', 'message.zh = "Object', "message: expected an English text"),
        ('message = "Object', 'message.tlh = "Object', r"rule 1 \(heavy\): message"),
        ('each = "object"', 'each = "parcel"', "no field 'object.mass_g'"),
    ],
)
def test_a_rule_with_a_mistake_is_refused_with_its_place(tmp_path: Path, old: str, new: str, place: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(GOOD.replace(old, new, 1))
    with pytest.raises(InputError, match=place) as error:
        load_rules((), str(path))
    assert "\n" not in str(error.value)


def test_ids_differ_and_sets_exist(tmp_path: Path) -> None:
    path = tmp_path / "twice.toml"
    path.write_text(GOOD + GOOD)
    with pytest.raises(InputError, match="used twice"):
        load_rules((), str(path))
    with pytest.raises(InputError, match="no rule set"):
        load_rules(("dragons",), None)
    with pytest.raises(InputError, match="cannot be read"):
        load_rules((), str(tmp_path / "none.toml"))
