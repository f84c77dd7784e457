"""What CT, DX and threat reports share: file meta, scan, series, object of inspection, equipment, frame of reference.

Types are those that the reference toolkit insists on when it reads (NEMA IIC 1 v03, sections 4 to 6 and 10).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

from xscan.dicos.checks.need import Need, Problem
from xscan.io.dicom.elements import Elements, Parsed

__all__ = ["COMMON", "FRAME", "META", "REFERENCES", "above_zero", "from_zero", "meta_rules"]

Rule = Callable[[Elements, int], str | None]
OOI_TYPES = ("BIO_SAMPLE", "CARGO", "BAGGAGE", "ANIMAL", "OTHER", "PERSON")
_STATUSES = ("SUCCESSFUL", "JAM", "OVERSIZE", "SLIP", "INCOMPLETE", "CUT", "MERGED", "STITCHED")
_SYNTAXES = (
    "1.2.840.10008.1.2",
    "1.2.840.10008.1.2.1",
    "1.2.840.10008.1.2.1.64",
    "1.2.840.10008.1.2.1.99",
    "1.2.840.10008.1.2.2",
    "1.2.840.10008.1.2.5",
)
_JPEG = "1.2.840.10008.1.2.4."


def above_zero(data: Elements, tag: int) -> str | None:
    """Every number is above 0."""
    bad = [v for v in data.numbers(tag) if v <= 0]
    return f"expected numbers above 0, got {bad[0]:g}" if bad else None


def from_zero(data: Elements, tag: int) -> str | None:
    """No number is below 0."""
    bad = [v for v in data.numbers(tag) if v < 0]
    return f"expected numbers of at least 0, got {bad[0]:g}" if bad else None


META = (
    Need(0x00020000, 1, b"UL", why="readers skip the meta group by it"),
    Need(0x00020001, 1, b"OB", why="it is two bytes, 00 01"),
    Need(0x00020002, 1, b"UI"),
    Need(0x00020003, 1, b"UI"),
    Need(0x00020004, 1, b"CS", why="DICOS readers tell the version by it"),
    Need(0x00020010, 1, b"UI", why="nothing after it can be decoded without it"),
    Need(0x00020012, 1, b"UI"),
    Need(0x00020013, 3, b"SH"),
)

COMMON = (
    Need(0x00080005, 3, b"CS", (1, 0)),
    Need(0x00080012, 1, b"DA"),
    Need(0x00080013, 1, b"TM"),
    Need(0x00080016, 1, b"UI", why="readers tell the kind of file by it"),
    Need(0x00080018, 1, b"UI", why="other files refer to it"),
    Need(0x00080020, 1, b"DA"),
    Need(0x00080021, 1, b"DA"),
    Need(0x00080023, 1, b"DA"),
    Need(0x00080030, 1, b"TM"),
    Need(0x00080031, 1, b"TM"),
    Need(0x00080033, 1, b"TM"),
    Need(0x00080070, 2, b"LO"),
    Need(0x00080080, 2, b"LO"),
    Need(0x00080081, 2, b"ST"),
    Need(0x00081010, 2, b"SH"),
    Need(0x00081040, 3, b"LO"),
    Need(0x00081090, 2, b"LO"),
    Need(0x00100020, 1, b"LO", why="the scan cannot be told from others without it"),
    Need(0x00100021, 1, b"LO"),
    Need(0x00100022, 1, b"CS", values=("TEXT", "RFID", "BARCODE", "MRP")),
    Need(0x00101002, 3, b"SQ", (0, 0)),
    Need(0x00181000, 2, b"LO"),
    Need(0x00181020, 2, b"LO", (1, 0)),
    Need(0x00181200, 2, b"DA", (1, 0)),
    Need(0x00181201, 2, b"TM", (1, 0)),
    Need(0x0020000D, 1, b"UI", why="it ties scan and reports together"),
    Need(0x0020000E, 1, b"UI"),
    Need(0x00200010, 1, b"SH"),
    Need(0x00200013, 1, b"IS"),
    Need(0x4010103A, 1, b"CS", values=("V02", "V02A", "V03", "V3", "V04"), why="DICOS readers refuse others"),
    Need(0x40101042, 1, b"CS", values=OOI_TYPES),
    Need(0x40101044, 1, b"CS", values=_STATUSES),
    Need(0x40101048, 1, b"CS", values=("OPERATIONAL", "NON_OPERATIONAL")),
    Need(0x40101064, 3, b"SQ", (0, 0)),
)

FRAME = (
    Need(0x00200052, 1, b"UI", why="positions mean nothing without it"),
    Need(0x00201040, 2, b"LO"),
)
REFERENCES = (Need(0x00081150, 1, b"UI"), Need(0x00081155, 1, b"UI"))


def meta_rules(parsed: Parsed) -> Iterator[Problem]:
    """What the file meta group says against the rest of the file."""
    meta, data = parsed.meta, parsed.data
    for tag, other in ((0x00020002, 0x00080016), (0x00020003, 0x00080018)):
        here, there = meta.text(tag), data.text(other)
        if here and there and here != there:
            yield Problem("error", tag, f"says {here}, the file itself {there}")
    if meta.elements and (told := meta.number(0x00020000)) is not None:
        length = parsed.body - 132 - 12
        if int(told) != length:
            yield Problem("error", 0x00020000, f"says {told:.0f} bytes, the group has {length}")
    syntax = meta.text(0x00020010)
    if syntax and syntax not in _SYNTAXES and not syntax.startswith(_JPEG):
        yield Problem("error", 0x00020010, f"a transfer syntax that is not known: {syntax}")
    late = next((b for a, b in pairwise(data.elements) if b < a), None)
    if late is not None:
        yield Problem("error", late, "elements do not come in the order of their tags")
