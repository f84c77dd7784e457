"""Finds articles and materials in a description of any language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from xscan.declaration.lexicon import load_lexicon

__all__ = ["Mentioned", "find_terms", "read_description", "tokens"]

_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*|\d+")
# What follows these says what the article is for or comes with, not what it is.
_AFTER = re.compile(
    r"\b(?:for|with|without|including|fits|compatible|für|mit|pour|avec|para|con|для|с)\b|用于|适用于?|配", re.I
)
_FUZZY_LENGTH = 6  # letters; shorter words meet each other by chance
_FUZZY_RATIO = 88.0  # rapidfuzz ratio: one wrong letter in eight or more


@dataclass(frozen=True)
class Mentioned:
    """What a description names.

    Parameters
    ----------
    articles : names of articles, in the order in which they stand
    kinds : kinds of material that are named beside them
    terms : the words that told, as they stand in the lexicon
    """

    articles: tuple[str, ...]
    kinds: tuple[str, ...]
    terms: tuple[str, ...]


def tokens(text: str) -> list[str]:
    """Words and numbers in lower case, English plurals cut to their singular; scripts without spaces stay whole."""
    return [_singular(w) for w in _WORD.findall(text.casefold())]


def _singular(word: str) -> str:
    if not word.isascii() or len(word) < 4 or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("shes", "ches", "xes", "sses")):
        return word[:-2]
    return word[:-1] if word.endswith("s") else word


def _spaced(term: str) -> bool:
    """Whether the term's script puts spaces between words (CJK, kana and Thai do not)."""
    return all(ord(c) < 0x0E00 or 0xAC00 <= ord(c) <= 0xD7A3 for c in term)


@cache
def _index(extra: str | None) -> tuple[dict[tuple[str, ...], str], tuple[str, ...], int]:
    """Terms of spaced scripts by their words; terms of other scripts, longest first; most words of a term."""
    lexicon = load_lexicon(extra)
    terms = {*lexicon.by_term, *lexicon.by_word}
    written = {tuple(_WORD.findall(t.casefold())): t for t in sorted(terms) if _spaced(t)}
    # "glasses" are no "glass": a term's singular stands for it only where it is no term itself
    spaced = {tuple(tokens(t)): t for t in sorted(terms) if _spaced(t)} | written
    dense = tuple(sorted((t for t in terms if not _spaced(t)), key=lambda t: (-len(t), t)))
    return spaced, dense, max(map(len, spaced))


def find_terms(text: str, extra: str | None = None) -> list[str]:
    """Terms of the lexicon in the text, longest first choice, none overlapping another, in their order."""
    return [term for _, _, term in _located(text, extra)]


def _located(text: str, extra: str | None) -> list[tuple[int, int, str]]:
    """Terms with where they start and end in the text."""
    spaced, dense, longest = _index(extra)
    lowered = text.casefold()
    found: list[tuple[int, int, str]] = []
    for term in dense:
        at = lowered.find(term)
        while at >= 0:
            found.append((at, at + len(term), term))
            lowered = lowered[:at] + " " * len(term) + lowered[at + len(term) :]
            at = lowered.find(term)
    met = list(_WORD.finditer(lowered))
    exact = [m.group() for m in met]
    words = [(m.start(), m.end(), _singular(m.group())) for m in met]
    free = [True] * len(words)
    for size in range(min(longest, len(words)), 0, -1):
        for i in range(len(words) - size + 1):
            if not all(free[i : i + size]):
                continue
            term_or_none = spaced.get(tuple(exact[i : i + size]), spaced.get(tuple(w for *_, w in words[i : i + size])))
            if term_or_none is not None:
                found.append((words[i][0], words[i + size - 1][1], term_or_none))
                free[i : i + size] = [False] * size
    found += _misspelt([w for w, f in zip(words, free, strict=True) if f], spaced)
    return sorted(found)


def _misspelt(
    words: Iterable[tuple[int, int, str]], spaced: Mapping[tuple[str, ...], str]
) -> list[tuple[int, int, str]]:
    from rapidfuzz import fuzz, process  # late: only unknown long words come here

    single = [key[0] for key in spaced if len(key) == 1 and len(key[0]) >= _FUZZY_LENGTH]
    out = []
    for start, end, word in words:
        if len(word) >= _FUZZY_LENGTH:
            best = process.extractOne(word, single, scorer=fuzz.ratio, score_cutoff=_FUZZY_RATIO)
            if best is not None:
                out.append((start, end, spaced[(best[0],)]))
    return out


def _heads(found: list[tuple[int, int, str]], text: str, articles: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Names of goods that are no mere attribute of the next: in "furniture hinges" and 手机支架 the last word counts.

    It does where the words stand side by side and their language puts the head last (English, Chinese, Japanese).
    """
    named = [f for f in found if f[2] in articles]
    out = [term for *_, term in named]
    for n in range(len(named) - 1, 0, -1):
        (_, end, term), (start, _, after) = named[n - 1], named[n]
        if start - end <= 1 and not text[end:start].strip(" -") and _head_last(term) and _head_last(after):
            del out[n - 1]
    return out


def _head_last(term: str) -> bool:
    return term.isascii() or not _spaced(term)


def read_description(text: str, extra: str | None = None) -> Mentioned:
    """Return articles and materials that a description names; what stands before "with" or "for" goes first."""
    lexicon = load_lexicon(extra)
    head = _AFTER.split(text, maxsplit=1)[0]
    for part in (head, text):
        found = _located(part, extra)
        if found:
            break
    terms = [term for *_, term in found]
    articles = [name for t in _heads(found, part, lexicon.by_term) for name in lexicon.by_term[t]]
    kinds = [lexicon.by_word[t] for t in terms if t in lexicon.by_word]
    return Mentioned(tuple(dict.fromkeys(articles)), tuple(dict.fromkeys(kinds)), tuple(terms))
