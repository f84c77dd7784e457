from __future__ import annotations

import unicodedata

from xscan.report import summary


def test_decision_reasons_counts_and_masses(analysis):
    lines = summary(analysis).splitlines()
    assert lines[0] == "DETAIN  risk 0.91"
    assert lines[1].startswith("  1. Object 4 is suspected to be Festival ball.")
    assert (
        "objects: 3 goods (1 inside another), 1 packaging; 1 template match; 1 of 2 declared lines confirmed" in lines
    )
    assert lines[-1] == "mass: 60.0 ± 2.0 g measured, 420 g declared"
    assert all(len(line) <= 100 for line in lines)


def test_nothing_found(make_analysis):
    text = summary(make_analysis(empty=True, templates=False))
    assert text.startswith("CLEAR  risk 0.02\n     nothing that needs an officer was found\nobjects: 0 goods")


def test_hostile_text_cannot_steer_the_terminal(make_analysis):
    text = summary(make_analysis(text=lambda t: f"\x1b]0;title\x07\u202e{t}\r\n"))
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "⟨U+001B⟩" in text


def test_in_chinese_lines_fit_a_terminal_whose_characters_take_two_cells(make_analysis):
    lines = summary(make_analysis(say=True), "zh").splitlines()
    assert lines[0] == "扣留  风险 0.91"
    assert any("物体 3 藏于物体 2 内部" in line for line in lines)
    assert "物体：物品 3 件（其中 1 件在他物内部），包装 1 件；模板匹配 1 处；申报 2 项中 1 项相符" in lines
    long = make_analysis(text=lambda t: t + "很长的说明。" * 30)
    for line in summary(long, "zh").splitlines()[:-2]:
        assert sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line) <= 98
