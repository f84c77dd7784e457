"""A declaration file of any known form becomes a `Declaration`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from xscan.declaration.config import DeclarationConfig
from xscan.declaration.fields import MAX_DEPTH, Fields, flat, load_fields, plain_name, split_unit
from xscan.declaration.forms import FORMS, form_of
from xscan.declaration.hs import look_up
from xscan.declaration.messages import say
from xscan.declaration.numbers import GRAMS, parse_number, parse_weight_kg, unit_of
from xscan.declaration.s10 import looks_like_s10, s10_is_valid
from xscan.declaration.text import clean, decode, read_limited
from xscan.errors import InputError
from xscan.model import Declaration, DeclaredItem, Party

__all__ = ["read_declaration"]

DEFAULT = DeclarationConfig()
MAX_ITEMS = 1000
DESCRIPTION = 500  # characters kept
NAME = 200
CHANNELS = ("postal", "express", "passenger", "ecommerce", "transhipment")
_COUNT_FIRST = re.compile(r"\s*(\d{1,6})\s*(?:[x×*]|pcs?\b|pieces?\b|个|件|只|支)?\s*(?=[^\d\s.,])", re.IGNORECASE)
_WEIGHTS = ("net_weight", "unit_net_weight")


def read_declaration(path: str | Path, *, config: DeclarationConfig = DEFAULT) -> Declaration:
    """Read a declaration: JSON or CSV of the project's contract, CN22/CN23 and carriers' exports, or XML.

    What a sender wrote is never trusted: bytes and items are limited, texts are cut and cleaned of control
    characters. What could be read only with a guess (a unit, an HS code that is in no table) is told in `notes`.

    Raises
    ------
    InputError
        In one line: the file, the line and field, what was expected and what was got.
    """
    known = load_fields(config.fields_file)
    text, encoding = decode(read_limited(path), path)
    form = form_of(text)
    tree = FORMS[form](text, path)
    if form == "xml" and len(tree) == 1:  # a single wrapper
        inner = next(iter(tree.values()))
        tree = inner if isinstance(inner, dict) else tree
    notes: list[str] = [] if encoding.startswith("utf") else [say("note-encoding", encoding=encoding)]
    schema = tree.get("schema")
    if schema is not None and schema != "xscan.declaration/1":
        notes.append(say("note-schema", schema=clean(schema, 60)))
    head = _fields(tree, known.declaration)
    row = tree.get("row")
    if form == "csv" and isinstance(row, Mapping):
        head = _fields(row, known.declaration, skip=frozenset({"origin", "gross_weight"}))
        _same_parcel(tree["items"], path, known)
    default = _default_unit(tree, notes, known)
    rows = _rows(tree, path, known)
    items = [_item(row, n, path, default, notes, known) for n, row in enumerate(rows)]
    try:
        gross = _weight(head, "gross_weight", default)
    except ValueError as error:
        raise InputError(path, f"gross weight: {error}") from None
    parcel_id = clean(head.get("parcel_id", ("", ""))[0], NAME)
    if looks_like_s10(parcel_id) and not s10_is_valid(parcel_id):
        notes.append(say("note-parcel-id", id=parcel_id))
    channel = clean(head.get("channel", ("", ""))[0], 40).lower()
    if channel and channel not in CHANNELS:
        notes.append(say("note-channel", channel=channel, channels=", ".join(CHANNELS)))
    return Declaration(
        items=_numbered(items, notes),
        path=str(path),
        parcel_id=parcel_id,
        channel=channel,
        consignor=_party(tree, row, "consignor", known),
        consignee=_party(tree, row, "consignee", known),
        origin=clean(head.get("origin", ("", ""))[0], 60),
        destination=clean(head.get("destination", ("", ""))[0], 60),
        gross_weight_kg=gross,
        category=clean(head.get("category", ("", ""))[0], 60),
        notes=tuple(notes),
    )


Found = dict[str, tuple[Any, str]]  # field → its value, and the unit that its name carried


def _fields(tree: Mapping[str, Any], names: Mapping[str, str], skip: frozenset[str] = frozenset()) -> Found:
    """Values by canonical field; the first of several names that mean the same wins."""
    found: Found = {}
    for name, value in flat(tree):
        plain, unit = split_unit(name, load_fields().unit_names)
        field = names.get(plain_name(name))
        while field is None and plain:  # a path is known by its longest known end: "content.weight.value"
            field = names.get(plain)
            plain = plain.partition(".")[2]
        if field and field not in skip and field not in found and value is not None and str(value).strip():
            found[field] = (value, unit)
    return found


def _rows(tree: Mapping[str, Any], path: str | Path, known: Fields) -> list[Mapping[str, Any]]:
    """Return the lines of the declaration, wherever they lie."""
    rows = _find_list(tree, 0, known)
    if rows is None:
        rows = _described(tree, 0, known)
    if rows is None:
        raise InputError(path, "expected a list of items, found none", "see the declaration form in the documentation")
    if not rows:
        raise InputError(path, "items: expected at least one line, got none")
    if len(rows) > MAX_ITEMS:
        raise InputError(path, f"items: expected at most {MAX_ITEMS} lines, got {len(rows)}")
    for n, row in enumerate(rows):
        if not isinstance(row, Mapping):
            raise InputError(path, f"items[{n}]: expected an object with description and quantity, got {row!r:.60}")
    return rows


def _find_list(tree: Mapping[str, Any], depth: int, known: Fields) -> list[Any] | None:
    plain = {plain_name(name): value for name, value in tree.items()}
    for name in known.lists:
        value = plain.get(name)
        if isinstance(value, list):
            return value
        if isinstance(value, Mapping):
            inner = _find_list(value, depth + 1, known) if depth < MAX_DEPTH else None
            only = next(iter(value.values())) if len(value) == 1 else None
            return inner if inner is not None else only if isinstance(only, list) else [value]
    for value in tree.values():
        if isinstance(value, Mapping) and depth < MAX_DEPTH:
            inner = _find_list(value, depth + 1, known)
            if inner is not None:
                return inner
    return None


def _described(tree: Mapping[str, Any], depth: int, known: Fields) -> list[Any] | None:
    """Return a list of an unknown name whose every row has a description."""
    for value in tree.values():
        if isinstance(value, list) and value:
            if all(isinstance(r, Mapping) and "description" in _fields(r, known.item) for r in value):
                return value
        elif isinstance(value, Mapping) and depth < MAX_DEPTH:
            inner = _described(value, depth + 1, known)
            if inner is not None:
                return inner
    return None


def _item(
    row: Mapping[str, Any], n: int, path: str | Path, default: str | None, notes: list[str], known: Fields
) -> dict[str, Any]:
    found = _fields(row, known.item)

    def text(field: str, limit: int) -> str:
        return clean(found[field][0], limit) if field in found else ""

    def fail(field: str, problem: object) -> InputError:
        return InputError(path, f"items[{n}].{field}: {clean(problem, 200)}")

    description = text("description", DESCRIPTION)
    if not description:
        names = ", ".join(clean(name, 40) for name in list(row)[:12])
        what = f"items[{n}].description: expected a text, got none among {names or 'no fields'}"
        raise InputError(path, what, "a file of your own names may be given as declaration.fields_file")
    counted = _COUNT_FIRST.match(description)
    if "quantity" in found:
        try:
            quantity = parse_number(_bare_count(found["quantity"][0]))
        except ValueError as error:
            raise fail("quantity", error) from None
    elif counted:
        quantity = float(counted.group(1))
        notes.append(say("note-quantity", line=n + 1, quantity=f"{quantity:g}"))
    else:
        raise fail("quantity", "expected a number above 0, got none")
    if not 0 < quantity < 1e9:
        raise fail("quantity", f"expected a number above 0, got {quantity:g}")
    values: dict[str, Any] = {"description": description, "quantity": quantity}
    for field in (*_WEIGHTS, "value"):
        try:
            if field == "value":
                values[field] = _value(found, values, notes, n)
            else:
                values[f"{field}_kg"] = _weight(found, field, default)
        except ValueError as error:
            raise fail(field if field == "value" else f"{field}_kg", error) from None
    code = look_up(text("hs_code", 40))
    if code.problem:
        notes.append(say("note-line", line=n + 1, problem=code.problem))
    values["hs_code"] = code.digits
    if not values.get("currency"):
        values["currency"] = text("currency", 10)
    for field, limit in (("origin_country", 60), ("brand", NAME), ("article_reference", NAME)):
        values[field] = text(field, limit)
    line, unit = values["net_weight_kg"], values["unit_net_weight_kg"]
    if line is not None and unit is not None and abs(line - unit * quantity) > 0.02 * max(line, unit * quantity) + 5e-4:
        weights = {"whole": f"{line:g}", "quantity": f"{quantity:g}", "one": f"{unit:g}"}
        notes.append(say("note-weights", line=n + 1, **weights))
    number = found["line"][0] if "line" in found else None
    try:
        values["line"] = n + 1 if number is None else int(parse_number(number))
    except ValueError:
        values["line"] = n + 1
    return values


def _bare_count(value: object) -> object:
    """Cut "2 pcs" to its number."""
    match = re.fullmatch(r"\s*([\d.,]+)\s*[^\W\d_]{0,12}\.?\s*", value) if isinstance(value, str) else None
    return match.group(1) if match else value


def _weight(found: Found, field: str, default: str | None) -> float | None:
    if field not in found:
        return None
    value, named = found[field]
    unit = unit_of(named) if named else None
    if unit is None and "weight_unit" in found:
        said = clean(found["weight_unit"][0], 20)
        unit = unit_of(said)
        if unit is None:
            raise ValueError(f"expected a unit of {', '.join(GRAMS)}, got {said!r}")
    kg, _ = parse_weight_kg(clean(value, 60) if isinstance(value, str) else value, unit or default)
    if kg >= 1e9:
        raise ValueError(f"expected a weight in kg, got {kg:g}")
    return kg


def _value(found: Found, values: dict[str, Any], notes: list[str], n: int) -> float | None:
    """The value; "12.50 USD" gives its currency too. A value that is no number is told, not refused."""
    if "value" not in found:
        return None
    raw = found["value"][0]
    if isinstance(raw, str):
        parts = re.fullmatch(r"\s*([A-Za-z]{3}|[^\w\s.,]{1,3})?\s*([\d.,' ]+)\s*([A-Za-z]{3})?\s*", clean(raw, 60))
        if not parts:
            notes.append(say("note-value", line=n + 1, value=clean(raw, 40)))
            return None
        raw = parts.group(2)
        values["currency"] = (parts.group(3) or parts.group(1) or "").upper()
    number = parse_number(raw)
    if not 0 <= number < 1e12:
        raise ValueError(f"expected a number of at least 0, got {number:g}")
    return number


def _default_unit(tree: Mapping[str, Any], notes: list[str], known: Fields) -> str | None:
    """Unit of weights that carry none: of the whole declaration, or of a form that is known by its fields."""
    names = {plain_name(name.rsplit(".", 1)[-1]) for name, _ in flat(tree)}
    for form, has, unit in known.forms:
        if has & names:
            notes.append(say("note-unit", unit=unit, form=form))
            return unit
    head = _fields(tree, known.declaration)
    return unit_of(clean(head["weight_unit"][0], 20)) if "weight_unit" in head else None


def _party(tree: Mapping[str, Any], row: object, field: str, known: Fields) -> Party:
    """Consignor or consignee from a nested value, a bare name, or columns such as "consignor_id"."""
    aliases = {alias for alias, target in known.declaration.items() if target == field}
    sources = [tree, *(v for v in tree.values() if isinstance(v, Mapping))]
    for source in sources:
        for name, value in source.items():
            if plain_name(name) in aliases:
                if isinstance(value, Mapping):
                    got = _fields(value, known.party)
                    return Party(**{k: clean(got[k][0], NAME) for k in ("id", "name", "country") if k in got})
                if isinstance(value, str) and value.strip():
                    return Party(name=clean(value, NAME))
    cells: dict[str, str] = {}
    for name, value in row.items() if isinstance(row, Mapping) else ():
        plain = plain_name(str(name)).replace(".", "")
        for alias in aliases:
            part = known.party.get(plain.removeprefix(alias)) if plain.startswith(alias) else None
            if part or plain == alias:
                cells.setdefault(part or "name", clean(value, NAME))
    return Party(**cells)


def _same_parcel(rows: list[Mapping[str, Any]], path: str | Path, known: Fields) -> None:
    """A CSV file holds one parcel."""
    ids = {str(v) for r in rows for n, v in r.items() if known.declaration.get(plain_name(n)) == "parcel_id"}
    if len(ids) > 1:
        raise InputError(path, f"expected the lines of one parcel, got {len(ids)}", "write one file a parcel")


def _numbered(items: list[dict[str, Any]], notes: list[str]) -> tuple[DeclaredItem, ...]:
    lines = [i["line"] for i in items]
    if len(set(lines)) != len(lines) or min(lines) < 0:
        notes.append(say("note-numbers"))
        lines = list(range(1, len(items) + 1))
    return tuple(DeclaredItem(**{**i, "line": n}) for i, n in zip(items, lines, strict=True))
