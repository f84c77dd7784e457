"""JSON, CSV and XML become nested plain values; what they mean is told elsewhere."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from xscan.declaration.text import clean
from xscan.errors import InputError

__all__ = ["FORMS", "form_of"]

Tree = dict[str, Any]
MAX_ROWS = 5000
MAX_COLUMNS = 200


def _from_json(text: str, path: str | Path) -> Tree:
    def refuse(constant: str) -> float:
        raise ValueError(f"{constant} is no number of JSON")

    try:
        value = json.loads(text, parse_constant=refuse)
    except json.JSONDecodeError as error:
        raise InputError(path, f"is not JSON: line {error.lineno}, column {error.colno}: {error.msg}") from None
    except (ValueError, RecursionError) as error:
        what = "too deeply nested" if isinstance(error, RecursionError) else clean(error, 80)
        raise InputError(path, f"is not JSON that can be read: {what}") from None
    if isinstance(value, list):
        value = {"items": value}
    if not isinstance(value, dict):
        raise InputError(path, f"expected a JSON object with items, got {type(value).__name__}")
    return value


def _from_csv(text: str, path: str | Path) -> Tree:
    head = text.split("\n", 1)[0]
    separator = max(",;\t|", key=head.count)
    try:
        rows: list[list[str]] = []
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True):
            if len(rows) > MAX_ROWS:
                raise InputError(path, f"has more than the {MAX_ROWS} rows that a declaration may have")
            rows.append(row)
    except csv.Error as error:
        raise InputError(path, f"is not CSV: row {len(rows) + 1}: {clean(error, 80)}") from None
    header = [clean(name, 80) for name in rows[0]]
    if len(header) > MAX_COLUMNS or len(header) != len(set(header)):
        raise InputError(path, f"expected a first row of at most {MAX_COLUMNS} different column names")
    items = []
    for number, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) > len(header):
            raise InputError(path, f"row {number}: expected at most {len(header)} cells, got {len(row)}")
        items.append({n: cell for n, cell in zip(header, row, strict=False) if cell.strip()})
    shared = dict(items[0]) if items else {}
    return {"items": items, "row": shared}


def _from_xml(text: str, path: str | Path) -> Tree:
    import defusedxml.ElementTree as safe  # late: XML is rare
    from defusedxml.common import DefusedXmlException

    try:
        root = safe.fromstring(text.encode("utf-8"), forbid_dtd=True)
    except DefusedXmlException:
        raise InputError(path, "is XML with a document type or entities, which is refused", "remove them") from None
    except (safe.ParseError, ValueError) as error:
        raise InputError(path, f"is not XML that can be read: {clean(error, 80)}") from None
    tree = _element(root, path, 0)
    return tree if isinstance(tree, dict) else {}


def _element(node: Any, path: str | Path, depth: int) -> Any:
    """An element without children is its text; else a mapping of names to values, lists where a name repeats."""
    if depth > 40:
        raise InputError(path, "is XML nested more than 40 deep")
    attributes = {str(n).rsplit("}", 1)[-1]: v for n, v in node.attrib.items()}
    children = list(node)
    text = (node.text or "").strip()
    if not children:
        return text if not attributes else {"value": text, **_unit_first(attributes)}
    tree: Tree = dict(attributes)
    for child in children:
        name = str(child.tag).rsplit("}", 1)[-1]
        value = _element(child, path, depth + 1)
        if name not in tree:
            tree[name] = value
        elif isinstance(tree[name], list):
            tree[name].append(value)
        else:
            tree[name] = [tree[name], value]
    return tree


def _unit_first(attributes: Mapping[str, str]) -> Mapping[str, str]:
    """`unitCode` (UN/CEFACT) and the like are the unit."""
    return {("unit" if n.casefold() in ("unitcode", "uom", "units") else n): v for n, v in attributes.items()}


FORMS: dict[str, Callable[[str, str | Path], Tree]] = {"json": _from_json, "csv": _from_csv, "xml": _from_xml}


def form_of(text: str) -> str:
    """Tell the form from the first sign of the text."""
    first = text.lstrip()[:1]
    if first in "{[":
        return "json"
    return "xml" if first == "<" else "csv"
