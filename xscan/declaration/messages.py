"""The declaration check's sentences; their words are in ``xscan/language/*/declaration.ftl``, one file a language."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from xscan.language import Said, speaker, word

__all__ = ["either", "kind_word", "say", "together"]

say = speaker("declaration")


def kind_word(kind: str) -> Said:
    """Return a kind of material as a word in a sentence."""
    return word("kind", kind)


def together(words: Sequence[Said]) -> Said:
    """Return "glass and metal"."""
    return reduce(lambda a, b: say("and", first=a, second=b), words)


def either(words: Sequence[Said]) -> Said:
    """Return "glass or metal"."""
    return reduce(lambda a, b: say("or", first=a, second=b), words)
