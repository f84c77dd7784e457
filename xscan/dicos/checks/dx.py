"""DICOS DX (NEMA IIC 1 v03, section 8)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from xscan.dicos.checks.common import COMMON, from_zero
from xscan.dicos.checks.images import PIXELS, RESCALE, image_type_rule, orientation_rule, pixel_rules
from xscan.dicos.checks.need import Need, Problem
from xscan.io.dicom.elements import Parsed

__all__ = ["DX_NEEDS", "dx_rules"]

_PRESENTATION = "1.2.840.10008.5.1.4.1.1.501.2.1"


DX_NEEDS = (
    *COMMON,
    *PIXELS,
    *RESCALE,
    Need(0x00080008, 1, b"CS", (2, 0), rule=image_type_rule, why="readers tell the energies by it"),
    Need(0x00080060, 1, b"CS", values=("DX", "XRAY")),
    Need(0x00080068, 1, b"CS", values=("FOR PROCESSING", "FOR PRESENTATION")),
    Need(0x00180060, 1, b"DS", rule=from_zero),
    Need(0x00187004, 2, b"CS"),
    Need(0x00188151, 1, b"DS", rule=from_zero),
    Need(0x00189309, 1, b"FD"),
    Need(0x00200032, 1, b"DS", (3, 3)),
    Need(0x00200037, 1, b"DS", (6, 6), rule=orientation_rule),
    Need(0x00281040, 1, b"CS", values=("LIN", "LOG", "DISP")),
    Need(0x00281041, 1, b"SS"),
    Need(0x00282110, 1, b"CS", values=("00", "01")),
    Need(0x20500020, 3, b"CS", values=("IDENTITY", "INVERSE")),
    Need(0x40101062, 1, b"FL"),
)


def dx_rules(path: Path, parsed: Parsed) -> Iterator[Problem]:
    """What elements say together."""
    data = parsed.data
    yield from pixel_rules(path, parsed, data.count(0x00280008) or 1)
    shown = data.text(0x00080016).startswith(_PRESENTATION)
    intent = data.text(0x00080068)
    if intent and shown != (intent == "FOR PRESENTATION"):
        yield Problem("error", 0x00080068, f"{intent} does not fit SOP class {data.text(0x00080016)}")
    sign = data.number(0x00281041)
    if sign is not None and sign not in (-1, 1):
        yield Problem("error", 0x00281041, f"expected 1 or -1, got {sign:g}")
    if shown:
        for tag in (0x00281050, 0x00281051):
            if tag not in data and 0x00283010 not in data:
                yield Problem("error", tag, "is missing (type 1C: an image for presentation without a VOI LUT)")
    if 0x00181164 not in data and 0x00280030 not in data:
        yield Problem("warning", 0x00181164, "is missing; sizes in the image cannot be told")
