"""The mapping file: which names the fields of a declaration go by."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from xscan.declaration.text import decode, read_limited
from xscan.errors import InputError

__all__ = ["Fields", "flat", "load_fields", "plain_name", "split_unit"]

_SIGNS = re.compile(r"[\s_\-/'’:()（）\[\]#°*]+")
_UNIT_AT_END = re.compile(r"[\s_(（\[/]+(?:in\s+)?([A-Za-z一-鿿]+)\s*[)）\]]?\s*$")
MAX_DEPTH = 12
SECTIONS = ("lists", "item", "declaration", "party")


@dataclass(frozen=True)
class Fields:
    """`fields.toml`, its names made plain."""

    lists: tuple[str, ...]
    item: Mapping[str, str]
    declaration: Mapping[str, str]
    party: Mapping[str, str]
    forms: tuple[tuple[str, frozenset[str], str], ...]
    units: Mapping[str, tuple[str, ...]]
    unit_names: frozenset[str]


def plain_name(name: str) -> str:
    """Lower case, without spaces and signs; dots stay, they lead through nested values."""
    return _SIGNS.sub("", name).casefold()


def split_unit(name: str, units: frozenset[str]) -> tuple[str, str]:
    """Split "Net weight (kg)" or "weight_oz" into the plain name and the unit's name ("" where it names none)."""
    found = _UNIT_AT_END.search(name)
    if found and found.group(1).casefold() in units:
        return plain_name(name[: found.start()]), found.group(1)
    return plain_name(name), ""


@cache
def load_fields(own: str | None = None) -> Fields:
    """Read the mapping file that is shipped, with names of a user's own before them.

    Raises
    ------
    InputError
        Naming the user's file and the place in it that is wrong.
    """
    raw = tomllib.loads(files("xscan.declaration").joinpath("data/fields.toml").read_text("utf-8"))
    if own is not None:
        for section, names in _own(own, raw).items():
            raw[section] = {f: [*names.get(f, ()), *aliases] for f, aliases in raw[section].items()}

    def inverse(section: str) -> Mapping[str, str]:
        names = {plain_name(field): field for field in raw[section]}
        return names | {plain_name(alias): field for field, aliases in raw[section].items() for alias in aliases}

    return Fields(
        lists=tuple(plain_name(n) for n in raw["lists"]["items"]),
        item=inverse("item"),
        declaration=inverse("declaration"),
        party=inverse("party"),
        forms=tuple((f["name"], frozenset(map(plain_name, f["has"])), f["unit"]) for f in raw["form"]),
        units={unit: tuple(names) for unit, names in raw["units"].items()},
        unit_names=frozenset(name.casefold() for names in raw["units"].values() for name in names),
    )


def _own(path: str, shipped: Mapping[str, Mapping[str, object]]) -> Mapping[str, Mapping[str, list[str]]]:
    """Names of a user's own: of each section the fields that are known, each with a name or a list of names."""
    text, _ = decode(read_limited(path), path)
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(path, f"is not TOML: {error}") from None
    out: dict[str, dict[str, list[str]]] = {}
    for section, fields in raw.items():
        if section not in SECTIONS or not isinstance(fields, dict):
            raise InputError(path, f"{section}: expected one of the tables {', '.join(SECTIONS)}")
        for field, names in fields.items():
            names = [names] if isinstance(names, str) else names
            if field not in shipped[section]:
                raise InputError(path, f"{section}.{field}: expected one of {', '.join(shipped[section])}")
            if not isinstance(names, list) or not all(isinstance(n, str) and n.strip() for n in names):
                raise InputError(path, f"{section}.{field}: expected a name or a list of names, got {names!r:.60}")
            out.setdefault(section, {})[field] = names
    return out


def flat(value: Mapping[str, object], prefix: str = "", depth: int = 0) -> Iterator[tuple[str, object]]:
    """Yield (dotted name, value) of everything in nested mappings that is not a mapping or a list."""
    for name, inner in value.items():
        path = f"{prefix}.{name}" if prefix else str(name)
        if isinstance(inner, Mapping):
            if depth < MAX_DEPTH:
                yield from flat(inner, path, depth + 1)
        elif not isinstance(inner, list):
            yield path, inner
