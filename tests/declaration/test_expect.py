"""What a line should look like."""

from __future__ import annotations

from pathlib import Path

import pytest

from xscan.declaration import expect
from xscan.declaration.lexicon import load_lexicon
from xscan.declaration.words import find_terms, read_description
from xscan.errors import InputError
from xscan.model import DeclaredItem


def kinds(description: str, hs: str = "") -> set[str]:
    e = expect(DeclaredItem(1, description, 1, hs_code=hs))
    return {k for k, w in e.kinds.items() if w >= 0.5}


@pytest.mark.parametrize(
    ("description", "hs", "has", "lacks"),
    [
        ("porcelain cups", "691110", "ceramic", "metal"),
        ("瓷杯", "", "ceramic", "metal"),
        ("acrylic soap dish", "392490", "plastic", "ceramic"),
        ("perfume", "330300", "glass", "textile"),
        ("perfume", "330300", "liquid", "wood"),
        ("t-shirt", "610910", "textile", "metal"),
        ("книга", "", "paper", "metal"),
        ("Schraubendreher", "", "metal", "textile"),
        ("不锈钢保温杯", "732393", "metal", "textile"),
        ("lithium batteries", "850760", "battery", "paper"),
        ("", "4901", "paper", "metal"),
        ("", "70", "glass", "textile"),
    ],
)
def test_code_and_description(description: str, hs: str, has: str, lacks: str) -> None:
    found = kinds(description or "zzz", hs)
    assert has in found
    assert lacks not in found


def test_what_nobody_knows_may_be_anything() -> None:
    e = expect(DeclaredItem(1, "qwrtz", 1))
    assert not e.kinds
    assert e.sure == 0


def test_code_and_description_that_disagree_are_told_and_bind_less() -> None:
    e = expect(DeclaredItem(1, "book", 1, hs_code="720810"))
    assert not e.agrees
    assert {"paper", "metal"} <= set(e.kinds)
    assert e.sure < 0.7


def test_a_named_material_narrows() -> None:
    assert kinds("cup") > kinds("porcelain cup")
    assert kinds("steel cup") == {"metal"}


def test_words_are_found_in_plural_misspelt_and_inside_chinese() -> None:
    assert read_description("shampooo").articles == ("hair_care",)
    assert read_description("two Screwdrivers").articles == ("hand_tool",)
    assert "香水" in find_terms("正品香水一瓶")
    assert read_description("case for phone").articles == ("box",)  # the case is sent, not the phone
    assert "lamp" not in read_description("figurine with lamp").articles


def test_shipped_articles_name_known_codes_and_kinds() -> None:
    lexicon = load_lexicon()
    assert set(lexicon.chapters) >= {f"{n:02d}" for n in range(1, 98) if n != 77}
    for name, article in lexicon.articles.items():
        assert set(article.kinds) <= set(lexicon.kinds), name
        assert article.unit_g is None or 0 < article.unit_g[0] < article.unit_g[1], name


def test_a_users_articles_add_and_mistakes_are_placed(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text('[article.samovar]\nkinds = {metal = 1.0}\nterms = ["samovar"]\n')
    e = expect(DeclaredItem(1, "samovar", 1), str(path))
    assert dict(e.kinds) == {"metal": 1.0}
    bad = tmp_path / "bad.toml"
    bad.write_text("[article.samovar]\nkinds = {metal = 2.0}\n")
    with pytest.raises(InputError, match=r"article\.samovar\.kinds"):
        expect(DeclaredItem(1, "samovar", 1), str(bad))
    bad.write_text("[article.samovar]\nkinds = {unobtainium = 1.0}\n")
    with pytest.raises(InputError, match="unobtainium"):
        load_lexicon(str(tmp_path / ".." / tmp_path.name / "bad.toml"))


def test_what_is_of_glass_is_no_pair_of_glasses():
    assert read_description("glass mosaic").kinds == ("glass",)
    assert "sunglasses" not in read_description("glass vase").articles
    assert read_description("2 glasses").articles == ("sunglasses",)


def test_a_code_that_senders_guess_does_not_forbid_what_the_description_means() -> None:
    bowl = expect(DeclaredItem(1, "salad bowl", 1, hs_code="701349"))
    assert bowl.kinds["glass"] == 1.0
    assert 0.3 < bowl.kinds["wood"] < 0.5


def test_wooden_goods_are_of_wood_and_a_leather_shoe_has_a_sole() -> None:
    assert expect(DeclaredItem(1, "wooden dolls", 1)).kinds["plastic"] <= 0.2
    assert expect(DeclaredItem(1, "sneaker, leather", 1, hs_code="640399")).kinds["rubber"] > 0.3
