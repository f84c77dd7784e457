"""Descriptions that say nothing."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from xscan.decide.rules.vague import vague_word


@pytest.mark.parametrize(
    "text",
    [
        *(
            "gift",
            "Gifts",
            "electronics",
            "礼品",
            "spare parts",
            "some new goods",
            "...",
            "N/A",
            "as per invoice",
            "DOX",
        ),
        *("礼品一批", "各种日用品", "电子产品 配件", "个人物品等", "Freight of all kinds", "auto parts", "подарок"),
    ],
)
def test_vague(text: str) -> None:
    assert vague_word(text) is not None


@pytest.mark.parametrize(
    "text", ["toy figures", "wooden box", "phone accessories case", "瓷杯", "t-shirt", "leather bag", "棉质T恤"]
)
def test_not_vague(text: str) -> None:
    assert vague_word(text) is None


def test_a_vague_description_is_told_but_stops_nothing(make: SimpleNamespace) -> None:
    d = make.parcel([make.thing("plastic", 50)], make.lines(make.line("confirmed")), make.said("gift")).decide()
    assert "description-vague" in make.kinds(d, 0.1)
    assert d.verdict == "clear"
