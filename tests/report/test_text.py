from __future__ import annotations

import math

import pytest

from xscan.report.plain import plain, rounded
from xscan.report.text import clean, number, with_sigma


@pytest.mark.parametrize(
    ("value", "sigma", "shown"),
    [
        (43.8123, 1.234, "43.8 ± 1.2 g"),
        (1234.5, 45.6, "1\u202f234 ± 46 g"),
        (98765.0, 1234.0, "98\u202f800 ± 1\u202f200 g"),
        (5.0, 0.0, "5.00 g"),
        (5.0, None, "5.00 g"),
        (None, 1.0, "–"),
        (math.nan, 1.0, "–"),
        (0.0, 0.5, "0.00 ± 0.50 g"),
    ],
)
def test_value_and_sigma_are_rounded_alike(value, sigma, shown):
    assert with_sigma(value, sigma, "g") == shown


def test_numbers():
    assert [number(v) for v in (0, 0.01234, 7.4449, 1234.5, None, math.inf)] == [
        "0",
        "0.0123",
        "7.44",
        "1\u202f230",
        "–",
        "–",
    ]


def test_clean_shows_what_would_hide():
    assert clean("a\u202eb\u200bc\x1b[0m\n d") == "a⟨U+202E⟩b⟨U+200B⟩c⟨U+001B⟩[0m d"
    assert clean("灯 LED café") == "灯 LED café"
    assert clean("x" * 50, 10) == "x" * 10 + "…"


def test_plain_keeps_six_digits_and_no_nan():
    assert plain({"a": (1.23456789, math.nan), 3: {"b", "a"}}) == {"a": [1.23457, None], "3": ["a", "b"]}
    assert str(rounded(-0.0)) == "0.0"
    assert plain("\ud800x") == "?x"
