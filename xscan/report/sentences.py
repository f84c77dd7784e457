"""The sentences of a report: kept with key and values, and said again in another language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from xscan.language import Language, from_plain, in_language, to_plain

__all__ = ["kept", "kept_all", "translated"]


def kept(name: str, message: str, language: Language) -> dict[str, Any]:
    """Return ``{name: text, name_said: key and values}``; the latter is null of text that has no key."""
    return {name: in_language(message, language), f"{name}_said": to_plain(message)}


def kept_all(name: str, messages: Sequence[str], language: Language) -> dict[str, Any]:
    """Return ``{name: [texts], name_said: [keys and values]}``."""
    return {name: [in_language(m, language) for m in messages], f"{name}_said": [to_plain(m) for m in messages]}


def translated(document: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """Return a report with its sentences in a language; those that were kept without a key stay as they are."""
    if document.get("language", "en") == language:
        return dict(document)
    return {**_walked(document, language), "language": language}


def _walked(value: Any, language: Language) -> Any:
    if isinstance(value, list):
        return [_walked(v, language) for v in value]
    if not isinstance(value, Mapping):
        return value
    out = {k: _walked(v, language) for k, v in value.items() if k != "evidence"}
    out |= {k: v for k, v in value.items() if k == "evidence"}
    for name in [k.removesuffix("_said") for k in value if k.endswith("_said")]:
        out[name] = _again(value.get(name), value[f"{name}_said"], language)
        out[f"{name}_said"] = value[f"{name}_said"]
    return out


def _again(told: Any, stored: Any, language: Language) -> Any:
    if isinstance(told, str):
        return in_language(from_plain(stored, told), language)
    if isinstance(told, list) and isinstance(stored, list) and len(told) == len(stored):
        return [_again(t, s, language) if isinstance(t, str) else t for t, s in zip(told, stored, strict=True)]
    return told
