from __future__ import annotations

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
