"""The shipped knowledge of articles, chapters and kinds of material, read once and checked."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from xscan.errors import InputError

__all__ = ["Article", "Kind", "Lexicon", "load_lexicon"]


class Article(BaseModel):
    """An article of trade, or a chapter: what it looks like in a scan (`articles.toml` tells each field)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kinds: dict[str, float]
    hs: tuple[str, ...] = ()
    unit_g: tuple[float, float] | None = None
    bulk: tuple[float, float] | None = None
    pieces: tuple[int, int] = (1, 1)
    composite: bool = False
    inner: float | None = Field(None, ge=0, le=1)
    container: bool = False
    sure: float = Field(0.95, ge=0, le=1)
    terms: tuple[str, ...] = ()

    @field_validator("hs")
    @classmethod
    def _codes(cls, codes: tuple[str, ...]) -> tuple[str, ...]:
        for code in codes:
            if not (code.isascii() and code.isdigit() and 2 <= len(code) <= 6):
                raise ValueError(f"expected HS codes of 2 to 6 digits, got {code!r}")
        return codes

    @field_validator("unit_g", "bulk")
    @classmethod
    def _range(cls, limits: tuple[float, float] | None) -> tuple[float, float] | None:
        if limits is not None and not 0 < limits[0] <= limits[1]:
            raise ValueError(f"expected 0 < lowest <= highest, got {limits}")
        return limits

    @property
    def parts(self) -> float:
        """Most of a unit's mass that distinct parts inside it usually are."""
        if self.inner is not None:
            return self.inner
        powered = max(self.kinds.get("electronics", 0.0), self.kinds.get("battery", 0.0)) >= 0.5
        return (0.8 if powered else 0.25) if self.composite else 0.0

    @field_validator("kinds")
    @classmethod
    def _weights(cls, kinds: dict[str, float]) -> dict[str, float]:
        if not kinds or not all(0 < w <= 1 for w in kinds.values()):
            raise ValueError("expected at least one kind, each with a weight above 0 and at most 1")
        return kinds


class Kind(BaseModel):
    """A kind of material: boxes of (lowest density, highest density, lowest Z_e, highest Z_e), and its words."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    boxes: tuple[tuple[float, float, float, float], ...]
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lexicon:
    """All that is known of articles; maps are by name, by HS prefix and by term (lower case)."""

    articles: Mapping[str, Article]
    chapters: Mapping[str, Article]
    kinds: Mapping[str, Kind]
    by_hs: Mapping[str, str]
    by_term: Mapping[str, tuple[str, ...]]
    by_word: Mapping[str, str]


def _checked(path: str, raw: Mapping[str, Any], section: str, model: type[BaseModel]) -> dict[str, Any]:
    out = {}
    for name, row in raw.get(section, {}).items():
        try:
            out[name] = model.model_validate(row)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(p) for p in (section, name, *first["loc"]))
            raise InputError(path, f"{where}: {first['msg']}") from None
    return out


@cache
def load_lexicon(extra: str | None = None) -> Lexicon:
    """Read the shipped files, and a user's own in the form of articles.toml, whose articles add to them or replace.

    Raises
    ------
    InputError
        Where the user's file is not TOML of that form; the text names the place.
    """
    data = files("xscan.declaration").joinpath("data")

    def shipped(name: str) -> dict[str, Any]:
        return tomllib.loads(data.joinpath(name).read_text("utf-8"))

    kinds: dict[str, Kind] = _checked("kinds.toml", shipped("kinds.toml"), "kind", Kind)
    articles: dict[str, Article] = _checked("articles.toml", shipped("articles.toml"), "article", Article)
    ranges: dict[str, Article] = _checked("chapters.toml", shipped("chapters.toml"), "chapter", Article)
    if extra is not None:
        articles |= _checked(extra, _user_file(extra), "article", Article)
    for name, article in articles.items():
        unknown = sorted(set(article.kinds) - set(kinds))
        if unknown:
            raise InputError(extra or "articles.toml", f"article.{name}.kinds: no such kind: {', '.join(unknown)}")
    chapters: dict[str, Article] = {}
    for name, chapter in ranges.items():
        low, _, high = name.partition("-")
        for number in range(int(low), int(high or low) + 1):
            chapters[f"{number:02d}"] = chapter
    by_term: dict[str, tuple[str, ...]] = {}
    for name, article in articles.items():
        for term in article.terms:
            key = term.casefold()
            by_term[key] = (*by_term.get(key, ()), name) if name not in by_term.get(key, ()) else by_term[key]
    return Lexicon(
        articles=articles,
        chapters=chapters,
        kinds=kinds,
        by_hs={code: name for name, article in articles.items() for code in article.hs},
        by_term=by_term,
        by_word={word.casefold(): name for name, kind in kinds.items() for word in kind.words},
    )


def _user_file(path: str) -> dict[str, Any]:
    try:
        return tomllib.loads(Path(path).read_text("utf-8"))
    except OSError as error:
        raise InputError(path, f"cannot be read ({error.strerror or error})") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(path, f"is not TOML: {error}") from None
