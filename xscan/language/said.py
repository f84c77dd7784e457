"""A sentence that remembers its key and values."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, Protocol

from xscan.language.catalogue import LANGUAGES, Language, known, text

__all__ = ["Said", "Speaker", "by_language", "from_plain", "in_language", "said", "speaker", "to_plain", "word"]

DEPTH = 6  # of sentences within sentences that a file may hold
_BY_LANGUAGE = "by-language"  # the values are the text of each language itself
_WORD = "word"  # of a list that may lack it: then the word stands as it is


class Said(str):
    """English text, with the `key` and `values` that it was made of; values may be `Said` themselves."""

    __slots__ = ("key", "values")
    key: str
    values: Mapping[str, object]

    def __new__(cls, key: str, values: Mapping[str, object]) -> Said:
        """Say `key` in English."""
        made = super().__new__(cls, _text(key, values, "en"))
        made.key, made.values = key, dict(values)
        return made

    def __getnewargs__(self) -> tuple[str, dict[str, object]]:  # type: ignore[override]
        return self.key, dict(self.values)


class Speaker(Protocol):
    """What `speaker` returns."""

    def __call__(self, key: str, /, **values: object) -> Said:
        """Say the sentence of that name with its values."""


def said(key: str, /, **values: object) -> Said:
    """Return the sentence `key` with its values.

    Raises
    ------
    KeyError, ValueError
        There is no such sentence, or a value is missing.
    """
    return Said(key, values)


def speaker(room: str) -> Speaker:
    """Return a function that says the sentences whose keys begin with ``room-``."""

    def say(key: str, /, **values: object) -> Said:
        return Said(f"{room}-{key}", values)

    return say


def by_language(texts: Mapping[str, str]) -> Said:
    """Return a text that is at hand in several languages, English among them."""
    return Said(_BY_LANGUAGE, texts)


def word(of: str, name: str) -> Said:
    """Return a name of a list of names (``kind``, ``material``, …); one that the list lacks stays as it is."""
    return Said(_WORD, {"of": of, "name": name})


def in_language(message: str, language: Language) -> str:
    """Return a message in a language; text that is not `Said` stays as it is."""
    if isinstance(message, Said):
        return str(message) if language == "en" else _text(message.key, message.values, language)
    return message


def to_plain(message: str) -> dict[str, Any] | None:
    """Return key and values as JSON can hold them; `None` of text that is not `Said`."""
    if not isinstance(message, Said):
        return None
    return {"key": message.key, "values": {k: to_plain(v) or _plain(v) for k, v in message.values.items()}}  # type: ignore[arg-type]


def from_plain(stored: object, otherwise: str, depth: int = 0) -> str:
    """Return what `to_plain` gave; `otherwise` where it is not whole, or this version has no such sentence."""
    if not isinstance(stored, Mapping) or depth > DEPTH:
        return otherwise
    key, values = stored.get("key"), stored.get("values")
    if not isinstance(key, str) or not isinstance(values, Mapping):
        return otherwise
    try:
        inner = {
            str(k): from_plain(v, "", depth + 1) if isinstance(v, Mapping) else _plain(v) for k, v in values.items()
        }
        made = Said(key, inner)
        for language in LANGUAGES:
            in_language(made, language)
    except (KeyError, ValueError, TypeError, ArithmeticError):
        return otherwise
    return made


def _plain(value: object) -> object:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if isinstance(value, (int, str)) else None if value is None else str(value)


def _text(key: str, values: Mapping[str, object], language: Language) -> str:
    if key == _BY_LANGUAGE:
        return str(values.get(language) or values["en"])
    if key == _WORD:
        of, name = str(values["of"]), str(values["name"])
        entry = f"{of}-{_slug(name)}"
        return text(entry, language=language) if known(entry, language) else name
    return text(key, {k: in_language(v, language) if isinstance(v, str) else v for k, v in values.items()}, language)


def _slug(name: str) -> str:
    """Name as a part of a key: "polyamide (nylon)" becomes "polyamide-nylon"."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
