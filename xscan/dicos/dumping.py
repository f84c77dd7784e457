"""What a DICOS or DICOM file says, for people: one line an element, sequences indented; as text or one HTML page."""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from xscan.errors import InputError
from xscan.io.dicom.dictionary import name_of
from xscan.io.dicom.elements import Element, Elements, parse_file

__all__ = ["Line", "dump", "dump_html", "dump_text"]

_SHOWN = 400  # characters of a value
_MOST_NUMBERS = 16
_MOST_LINES = 100_000
_BINARY = (b"OB", b"OW", b"OF", b"OL", b"OD", b"OV", b"UN")


@dataclass(frozen=True)
class Line:
    """One element of a dump; `depth` counts the sequences above it, `item` numbers the item it belongs to from 1."""

    depth: int
    tag: int
    vr: str
    name: str
    value: str
    item: int = 0


def dump(path: str | Path, *, most_items: int = 8) -> tuple[Line, ...]:
    """List the elements of a file, pixels and long values told by their size.

    Parameters
    ----------
    most_items : of a sequence that are shown; the rest is counted

    Raises
    ------
    InputError
        where it is damaged
    """
    path = Path(path)
    try:
        parsed = parse_file(path, whole=True)
    except OSError as error:
        raise InputError(path, f"could not be read: {error.strerror or error}") from error
    lines = [*_lines(parsed.meta, 0, most_items), *_lines(parsed.data, 0, most_items)]
    if parsed.pixel_tag:
        size = "compressed, in fragments" if parsed.pixel_length is None else f"{parsed.pixel_length} bytes"
        lines.append(Line(0, parsed.pixel_tag, parsed.pixel_vr.decode("ascii", "replace"), "Pixel Data", size))
    return tuple(lines[:_MOST_LINES])


def dump_text(lines: tuple[Line, ...]) -> str:
    """A dump as text."""
    return "\n".join(
        f"{'  ' * line.depth}{f'{line.item}: ' if line.item else ''}"
        f"({line.tag >> 16:04X},{line.tag & 0xFFFF:04X}) {line.vr or '--'} {line.name or 'unknown'}: {line.value}"
        for line in lines
    )


def dump_html(lines: tuple[Line, ...], title: str) -> str:
    """A dump as one HTML page that needs nothing beside it; every text in it is escaped."""
    rows = "\n".join(
        f"<tr><td><code>{line.tag >> 16:04X},{line.tag & 0xFFFF:04X}</code><td>{html.escape(line.vr)}"
        f'<td style="padding-left:{1 + 1.5 * line.depth}em">{f"{line.item}: " if line.item else ""}'
        f"{html.escape(line.name)}<td>{html.escape(line.value)}"
        for line in lines
    )
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{html.escape(title)}</title>"
        "<style>body{font:14px sans-serif;margin:2em}table{border-collapse:collapse}"
        "td,th{border-bottom:1px solid #ddd;padding:.2em 1em;text-align:left;vertical-align:top}"
        "td:nth-child(-n+3){white-space:nowrap}td:last-child{overflow-wrap:anywhere}"
        f"</style><h1>{html.escape(title)}</h1><table><tr><th>tag<th>kind<th>name<th>value\n{rows}\n</table></html>\n"
    )


def _lines(data: Elements, depth: int, most: int, item: int = 0) -> Iterator[Line]:
    for tag, element in data.elements.items():
        vr = element.vr.decode("ascii", "replace")
        if element.vr == b"SQ":
            count = len(element.items)
            yield Line(depth, tag, vr, name_of(tag), f"{count} item{'' if count == 1 else 's'}", item)
            for number, inside in enumerate(element.items[:most], 1):
                yield from _lines(inside, depth + 1, most, number)
            if count > most:
                yield Line(depth + 1, tag, vr, "", f"and {count - most} more", 0)
        else:
            yield Line(depth, tag, vr, name_of(tag), _value(data, tag, element), item)


def _value(data: Elements, tag: int, element: Element) -> str:
    if element.vr in _BINARY:
        return f"{element.length} bytes"
    numbers = data.numbers(tag) if element.vr in (b"US", b"SS", b"UL", b"SL", b"FL", b"FD", b"UV", b"SV") else ()
    if numbers:
        text = ", ".join(f"{v:.9g}" for v in numbers[:_MOST_NUMBERS])
        return text + (f" and {len(numbers) - _MOST_NUMBERS} more" if len(numbers) > _MOST_NUMBERS else "")
    text = data.text(tag)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
