"""DICOS threat reports (NEMA IIC 1 v03, section 9): strict where the reference toolkit lets much pass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from xscan.dicos.bitmap import bitmap_bytes
from xscan.dicos.checks.common import COMMON, FRAME, REFERENCES, above_zero, from_zero
from xscan.dicos.checks.need import Need, Place, Problem
from xscan.dicos.report import ABILITIES, ALARMS, CATEGORIES, FLAGS, TDR_TYPES
from xscan.io.dicom.elements import Elements, Parsed
from xscan.io.text import parse_time

__all__ = ["TDR_NEEDS", "tdr_rules"]

_ALARMING = ("HIGH_THREAT", "THREAT")
_DENSEST = 23.0  # g/cm³: nothing is denser than osmium
_OFF_BY = 50.0  # mass against density times volume; beyond it a unit is wrong (kg for g: 1000)


def _told(data: Elements, tag: int) -> str | None:
    """A number of at least 0, or -1 for not told."""
    value = data.number(tag)
    return None if value is None or value >= 0 or value == -1 else f"expected at least 0, or -1, got {value:g}"


def _probability(data: Elements, tag: int) -> str | None:
    value = data.number(tag)
    if value is None or 0 <= value <= 1 or value == -1:
        return None
    hint = ", a percentage?" if 1 < value <= 100 else ""
    return f"expected a probability from 0 to 1 (or -1, not told), got {value:g}{hint}"


def _density(data: Elements, tag: int) -> str | None:
    value = data.number(tag)
    if value is not None and value > _DENSEST:
        return f"{value:g} g/cm³ is denser than osmium; is it in kg/m³?"
    return _told(data, tag)


def _whole(data: Elements, tag: int) -> str | None:
    bad = [v for v in data.numbers(tag) if v != round(v)]
    return f"expected whole voxels, got {bad[0]:g}" if bad else from_zero(data, tag)


def _extents(data: Elements, tag: int) -> str | None:
    return above_zero(data, tag) or _whole(data, tag)


def _corners(data: Elements, tag: int) -> str | None:
    count = len(data.numbers(tag))
    return f"{count} numbers are no whole number of points" if count % 3 else None


_BOX = (
    Need(0x40101004, 1, b"FL", (3, 3), rule=_whole, why="the object has no place without it"),
    Need(0x40101005, 1, b"FL", (3, 3), rule=_extents, why="the object has no size without it"),
    Need(0x40101006, 2, b"OB"),
)
_SHOWN = (
    Need(0x0008114A, 1, b"SQ", (1, 0), items=REFERENCES, why="the box is of no image without it"),
    Need(0x40101001, 1, b"SQ", items=_BOX),
    Need(0x40101017, 1, b"FL", rule=_told),
    Need(0x40101018, 1, b"FL", rule=_density),
    Need(0x40101019, 3, b"FL", rule=_told),
    Need(0x4010101B, 3, b"FL", (3, 3)),
    Need(0x4010101C, 3, b"FL", (3, 3)),
    Need(0x4010101D, 3, b"FL", (6, 0), rule=_corners),
    Need(0x40101023, 3, b"FL", rule=_told),
)
_ASSESSMENT = (
    Need(0x40101012, 1, b"CS", values=CATEGORIES),
    Need(0x40101013, 3, b"LT"),
    Need(0x40101014, 1, b"CS", values=ABILITIES),
    Need(0x40101015, 1, b"CS", values=FLAGS),
    Need(0x40101016, 3, b"FL", rule=_probability),
)
_THREAT = (
    Need(0x40101010, 1, b"US"),
    Need(0x40101037, 1, b"SQ", (1, 0), items=_SHOWN),
    Need(0x40101038, 1, b"SQ", (1, 0), items=_ASSESSMENT),
    Need(0x40101080, 1, b"DT"),
    Need(0x40101081, 1, b"DT"),
    Need(0x40101082, 1, b"FL", rule=from_zero),
)

TDR_NEEDS = (
    *COMMON,
    *FRAME,
    Need(0x00080060, 1, b"CS", values=("TDR",)),
    Need(0x00081110, 1, b"SQ", (1, 0), items=REFERENCES, why="the report is of no scan without it"),
    Need(0x40101011, 3, b"SQ", items=_THREAT, counts=(1, 0)),
    Need(0x40101024, 1, b"CS", values=("SUCCESS", "ABORT")),
    Need(0x40101027, 1, b"CS", values=TDR_TYPES),
    Need(0x40101029, 1, b"LO", (1, 0), why="nobody knows what decided"),
    Need(0x4010102B, 1, b"DT"),
    Need(0x40101031, 1, b"CS", values=ALARMS),
    Need(0x40101033, 1, b"US"),
    Need(0x40101034, 1, b"US"),
    Need(0x40101069, 1, b"FL", rule=from_zero),
    Need(0x4010106D, 1, b"CS", values=("YES", "NO")),
    Need(0x40101075, 1, b"FD", rule=above_zero, why="the reference toolkit refuses the file without it"),
)


def tdr_rules(path: Path, parsed: Parsed) -> Iterator[Problem]:
    """What elements say together: counts, ids, the alarm, bitmaps against boxes, masses against densities."""
    data = parsed.data
    if parsed.pixel_tag:
        yield Problem("error", parsed.pixel_tag, "a threat report holds no pixels")
    threats = data.items(0x40101011)
    yield from _counts(data, threats)
    ids = Counter(t.number(0x40101010) for t in threats)
    for i, t in enumerate(threats):
        place = ((0x40101011, i),)
        if ids[t.number(0x40101010)] > 1:
            yield Problem("error", 0x40101010, f"the id {t.number(0x40101010):.0f} is given to two objects", place)
        begun, ended = parse_time(t.text(0x40101080)), parse_time(t.text(0x40101081))
        if (
            begun
            and ended
            and ended.replace(tzinfo=ended.tzinfo or begun.tzinfo) < begun.replace(tzinfo=begun.tzinfo or ended.tzinfo)
        ):
            yield Problem("error", 0x40101081, "the processing ends before it begins", place)
        for j, shown in enumerate(t.items(0x40101037)):
            yield from _shown(shown, (*place, (0x40101037, j)))


def _alarms(threat: Elements) -> bool:
    return any(a.text(0x40101015) in _ALARMING for a in threat.items(0x40101038))


def _counts(data: Elements, threats: tuple[Elements, ...]) -> Iterator[Problem]:
    total, alarmed = data.number(0x40101033), data.number(0x40101034)
    found = sum(map(_alarms, threats))
    if total is not None and total < len(threats):
        yield Problem("error", 0x40101033, f"says {total:.0f} objects, {len(threats)} are listed")
    if total is not None and alarmed is not None and alarmed > total:
        yield Problem("error", 0x40101034, f"says {alarmed:.0f} objects alarm, of {total:.0f}")
    elif alarmed is not None and alarmed != found:
        yield Problem("error", 0x40101034, f"says {alarmed:.0f} objects alarm, {found} of those listed do")
    alarm = data.text(0x40101031)
    if alarm == "ALARM" and not threats:
        yield Problem("error", 0x40101011, "is missing, though the report alarms (type 1C)")
    elif alarm == "ALARM" and not found:
        yield Problem("warning", 0x40101031, "the report alarms, but none of its objects does")
    if alarm == "CLEAR" and found:
        yield Problem("error", 0x40101031, f"the report clears, but {found} of its objects alarm")
    if alarm == "CLEAR" and data.text(0x40101024) == "ABORT":
        yield Problem("error", 0x40101024, "a detection that was aborted cannot clear")


def _shown(shown: Elements, place: Place) -> Iterator[Problem]:
    for k, box in enumerate(shown.items(0x40101001)):
        bits = box.elements.get(0x40101006)
        extents = box.numbers(0x40101005)
        if bits is None or len(extents) != 3 or not np.isfinite(extents).all():
            continue
        voxels = int(np.prod([max(0, round(e)) for e in extents], dtype=np.float64))
        inside = (*place, (0x40101001, k))
        if bits.length and bits.length != bitmap_bytes(voxels):
            message = f"expected {bitmap_bytes(voxels)} bytes for {voxels} voxels (even), got {bits.length}"
            yield Problem("error", 0x40101006, message, inside)
        elif bits.length:
            used = np.unpackbits(np.frombuffer(bits.value, np.uint8), bitorder="little")
            if not used[:voxels].any():
                yield Problem("warning", 0x40101006, "no voxel of the box belongs to the object", inside)
            if used[voxels:].any():
                yield Problem("error", 0x40101006, "bits are set beyond the last voxel", inside)
    mass, density, volume = (shown.number(t) for t in (0x40101017, 0x40101018, 0x40101023))
    if mass is not None and density is not None and volume is not None and min(mass, density, volume) > 0:
        ratio = mass / (density * volume / 1000)
        if not 1 / _OFF_BY < ratio < _OFF_BY:
            message = f"{mass:g} g, though {volume:g} mm³ of {density:g} g/cm³ weigh {density * volume / 1000:g} g"
            yield Problem("warning", 0x40101017, message + "; a wrong unit?", place)
