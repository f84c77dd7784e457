"""Reads rules that are written in TOML, shipped or a user's own; one with a mistake is refused with its place."""

from __future__ import annotations

import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from xscan.decide.expression import Expression, parse
from xscan.decide.fields import FIELDS, SUBJECTS
from xscan.decide.named import bytes_of
from xscan.errors import InputError
from xscan.language import Language

__all__ = ["WrittenRule", "load_rules", "shipped_sets"]

MAX_BYTES = 1 << 20
MAX_RULES = 500


class _Form(BaseModel):
    """A rule as it stands in the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9\-_.]{0,63}$")
    each: str = Field(default="object", pattern="^(" + "|".join(SUBJECTS) + ")$")
    when: str = Field(min_length=1)
    kind: str = Field(pattern=r"^[a-z][a-z\-]{2,39}$")
    severity: float = Field(ge=0, le=1)
    message: Annotated[str, Field(min_length=1, max_length=500)] | dict[Language, Annotated[str, Field(max_length=500)]]
    together: bool = False
    source: str = ""


@dataclass(frozen=True)
class WrittenRule:
    """A rule that was checked.

    Parameters
    ----------
    each : object, line or parcel: what it is asked of
    together : one finding for all subjects that it holds for
    message : text by language, with fields in braces, e.g. "{object.mass_g:.0f} g"; English is always there
    """

    id: str
    each: str
    when: Expression
    kind: str
    severity: float
    message: Mapping[Language, str]
    together: bool
    source: str


def shipped_sets() -> tuple[str, ...]:
    """Names of the rule sets that are shipped."""
    folder = files("xscan.decide").joinpath("data/rules")
    return tuple(sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml")))


@cache
def load_rules(sets: tuple[str, ...], own: str | None) -> tuple[WrittenRule, ...]:
    """Load shipped sets by name and a user's file.

    Raises
    ------
    InputError
        Naming the file, the rule and the field, and what is wrong with it.
    """
    rules: list[WrittenRule] = []
    for name in sets:
        if name not in shipped_sets():
            raise InputError("decide.rule_sets", f"no rule set {name!r}", f"shipped are {', '.join(shipped_sets())}")
        text = files("xscan.decide").joinpath(f"data/rules/{name}.toml").read_text("utf-8")
        rules += _read(text, f"{name}.toml")
    if own is not None:
        rules += _read(_text(own), own)
    seen: set[str] = set()
    for rule in rules:
        if rule.id in seen:
            raise InputError(own or "rules", f"rule {rule.id!r}: the id is used twice")
        seen.add(rule.id)
    return tuple(rules)


def _text(path: str) -> str:
    data = bytes_of(path, MAX_BYTES, "decide.rules_file", "a rules file")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(path, "is not text in UTF-8") from None


def _read(text: str, path: str) -> list[WrittenRule]:
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(path, f"is not TOML: {error}") from None
    unknown = sorted(set(raw) - {"rule"})
    rows = raw.get("rule", [])
    if unknown or not isinstance(rows, list) or len(rows) > MAX_RULES:
        what = f"unknown table {unknown[0]!r}" if unknown else f"expected at most {MAX_RULES} [[rule]] tables"
        raise InputError(path, what)
    return [_checked(row, n, path) for n, row in enumerate(rows, start=1)]


def _checked(row: Any, n: int, path: str) -> WrittenRule:
    label = row.get("id") if isinstance(row, dict) else None
    name = f"rule {n}" + (f" ({str(label)[:64]})" if label else "")
    try:
        form = _Form.model_validate(row)
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(path, f"{name}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    known = {f for f in FIELDS if form.each == "object" or not f.startswith(("object.", "template."))}
    known = {f for f in known if form.each != "parcel" or not f.startswith("line.")}
    try:
        when = parse(form.when, known)
    except ValueError as error:
        raise InputError(path, f"{name}: when: {error}") from None
    messages: dict[Language, str] = {"en": form.message} if isinstance(form.message, str) else form.message
    try:
        if not messages.get("en"):
            raise ValueError("expected an English text beside the others")
        for message in messages.values():
            _check_fields(message, known | {"count"})
    except ValueError as error:
        raise InputError(path, f"{name}: message: {error}") from None
    return WrittenRule(form.id, form.each, when, form.kind, form.severity, messages, form.together, form.source)


def _check_fields(message: str, known: set[str]) -> None:
    for _, field, spec, conversion in string.Formatter().parse(message):
        if field is not None and field not in known:
            raise ValueError(f"no field {field!r}")
        if conversion or (spec and "{" in spec):
            raise ValueError("only plain formats may stand after the colon")
