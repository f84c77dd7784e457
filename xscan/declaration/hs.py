"""HS codes: digits, and whether the nomenclature knows them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from xscan.declaration.messages import say

__all__ = ["HsCode", "hs_title", "look_up", "nomenclature_version"]

_LETTERS = re.compile(r"[\s.\-_/]+")


@dataclass(frozen=True)
class HsCode:
    """A declared code as far as it could be read.

    Parameters
    ----------
    digits : 2 to 10 digits, or empty where it is no code
    known : its longest prefix (2, 4 or 6 digits) that the nomenclature has, or empty
    problem : what is wrong with it, in words, or empty
    """

    digits: str
    known: str
    problem: str = ""


@cache
def _table() -> tuple[str, dict[str, str]]:
    lines = files("xscan.declaration").joinpath("data/hs.txt").read_text("utf-8").splitlines()
    titles: dict[str, str] = {}
    for line in lines[1:]:
        code, tails, title = line.split("|", 2)
        titles[code] = title
        for tail in tails.split():
            titles[code + tail] = title
    return lines[0].removeprefix("# "), titles


def nomenclature_version() -> str:
    """Edition and source of the table, as text."""
    return _table()[0]


def hs_title(code: str) -> str:
    """Title of the heading (or chapter) of a code, or empty."""
    titles = _table()[1]
    return titles.get(code[:4]) or titles.get(code[:2]) or ""


def look_up(text: str) -> HsCode:
    """Read a declared code: separators are dropped, digits counted, its prefixes held against the table."""
    digits = _LETTERS.sub("", text)
    if not digits:
        return HsCode("", "")
    if not (digits.isascii() and digits.isdigit() and 2 <= len(digits) <= 10):
        return HsCode("", "", say("hs-digits", code=text))
    titles = _table()[1]
    known = next((digits[:n] for n in (6, 4, 2) if len(digits) >= n and digits[:n] in titles), "")
    wanted = max(n for n in (2, 4, 6) if n <= len(digits))
    problem: str = ""
    if len(known) < wanted:
        key = "hs-unknown" if not known else "hs-heading-known" if len(known) == 4 else "hs-chapter-known"
        problem = say(key, code=digits, table=nomenclature_version().split()[0], known=known)
    elif len(digits) % 2:
        problem = say("hs-odd", code=digits)
    return HsCode(digits, known, problem)
