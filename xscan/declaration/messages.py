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
    """Return "glass, wood and metal"."""
    return _listed("and", words)


def either(words: Sequence[Said]) -> Said:
    """Return "glass, wood or metal"."""
    return _listed("or", words)


def _listed(last: str, words: Sequence[Said]) -> Said:
    if len(words) == 1:
        return words[0]
    head = reduce(lambda a, b: say("comma", first=a, second=b), words[:-1])
    return say(last, first=head, second=words[-1])
