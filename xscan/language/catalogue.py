"""The Fluent files of each language, read once.

Fluent (projectfluent.org, `fluent.runtime`) and not gettext: values have names and may stand in any order, plurals and
choices belong to the sentence and not to the code, a file is plain text that a translator edits and that is read as it
is, without a compiled form beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from fluent.runtime import FluentBundle

__all__ = ["LANGUAGES", "Language", "known", "text"]

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = get_args(Language)


def text(key: str, values: Mapping[str, object] | None = None, language: Language = "en") -> str:
    """Return the sentence `key` with its values.

    Parameters
    ----------
    key : id of a message in the files of a language
    values : by the names that the message uses; a number that is not formatted by the message has no thousands' mark
        and at most three decimals

    Raises
    ------
    KeyError
        There is no such sentence.
    ValueError
        A value is missing or of the wrong kind.
    """
    bundle = _bundle(language)
    if not bundle.has_message(key):
        raise KeyError(key)
    pattern = bundle.get_message(key).value
    if pattern is None:
        raise KeyError(key)
    shown, errors = bundle.format_pattern(pattern, {k: _value(v) for k, v in (values or {}).items()})
    if errors:
        raise ValueError(f"{key} ({language}): {errors[0]}")
    return str(shown)


def known(key: str, language: Language = "en") -> bool:
    """Whether a language has such a sentence."""
    return bool(_bundle(language).has_message(key))


def _value(value: object) -> object:
    from fluent.runtime.types import fluent_number

    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return fluent_number(value, useGrouping=False)
    return "–" if value is None else str(value)


@cache
def _bundle(language: Language) -> FluentBundle:
    from fluent.runtime import FluentBundle, FluentResource

    # isolating marks would show in terminals; pages isolate text from outside by <bdi>
    bundle = FluentBundle([language], use_isolating=False)
    for file in sorted(files("xscan.language").joinpath(language).iterdir(), key=lambda f: f.name):
        if file.name.endswith(".ftl"):
            bundle.add_resource(FluentResource(file.read_text(encoding="utf-8")))
    return bundle
