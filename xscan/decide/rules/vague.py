"""Descriptions that do not say what the goods are."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from xscan.decide.config import DecideConfig
from xscan.decide.evidence import Evidence
from xscan.decide.messages import say
from xscan.model import Finding

__all__ = ["vague_descriptions", "vague_word"]

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


@cache
def _lists() -> tuple[frozenset[str], frozenset[str]]:
    raw = tomllib.loads(files("xscan.decide").joinpath("data/vague.toml").read_text("utf-8"))
    return frozenset(w.casefold() for w in raw["words"]), frozenset(raw["fillers"])


def vague_word(description: str) -> str | None:
    """Return the stop word that a whole description amounts to, or `None`; a word beside it makes it fine."""
    stop, fillers = _lists()
    text = description.casefold().strip()
    if text in stop:  # "n/a" is no word, and 鞋帽 none of two
        return text
    words = [w for w in (_bare(w, stop, fillers) for w in _WORD.findall(text)) if w and w not in fillers]
    if not words:
        return description.strip()[:40] or "empty"
    whole = " ".join(words)
    if whole in stop:
        return whole
    return words[0] if all(w in stop for w in words) else None


def _bare(word: str, stop: frozenset[str], fillers: frozenset[str]) -> str:
    """A word of a script without spaces, without the fillers that it begins or ends with."""
    dense = sorted((f for f in fillers if not f.isascii() and (len(f) > 1 or f in "等的")), key=lambda f: (-len(f), f))
    while not word.isascii() and word not in stop:
        shorter = next(
            (word.removesuffix(f).removeprefix(f) for f in dense if word.endswith(f) or word.startswith(f)), ""
        )
        if not shorter:
            break
        word = shorter
    return word


def vague_descriptions(evidence: Evidence, config: DecideConfig) -> Iterable[Finding]:
    """A vague description alone is no reason to open a parcel; it weighs more where no HS code tells more."""
    for line, item in evidence.items.items():
        word = vague_word(item.description)
        if word is not None:
            yield Finding(
                "description-vague",
                0.25 if item.hs_code else 0.4,
                say("vague", line=line, description=item.description[:60], word=word),
                line=line,
                evidence={"word": word, "hs_code": item.hs_code},
            )
