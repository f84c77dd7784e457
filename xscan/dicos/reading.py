"""Threat reports (TDR): reading, of any system's."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np

from xscan.dicos.bitmap import unpack_bitmap
from xscan.dicos.report import Assessment, Device, Reference, Threat, ThreatReport
from xscan.dicos.writing import TDR_CLASS
from xscan.errors import InputError
from xscan.io.dicom.elements import Elements, parse_file
from xscan.io.text import parse_time

__all__ = ["is_tdr", "read_tdr", "tdr_of"]

_MOST_THREATS = 10_000
Triple = tuple[float, float, float]


def is_tdr(data: Elements) -> bool:
    """Whether a file's elements are those of a threat report."""
    return data.text(0x00080016) == TDR_CLASS or data.text(0x00080060) == "TDR"


def read_tdr(path: str | Path) -> ThreatReport:
    """Read a threat report; explicit or implicit, of whatever system wrote it.

    Numbers that stand for "not told" (negative masses, densities and probabilities) become `None`; an object that
    has no box gets one of no size; of several views of an object the first is read. What is wrong with it beyond
    that, `check` tells.

    Raises
    ------
    InputError
        where it is damaged, no threat report, or holds an object whose box or bitmap cannot be
    """
    path = Path(path)
    try:
        data = parse_file(path, whole=True).data
    except OSError as error:
        raise InputError(path, f"could not be read: {error.strerror or error}") from error
    if not is_tdr(data):
        kind = data.text(0x00080060) or "file of another kind"
        raise InputError(path, f"expected a threat report (TDR), got a {kind}", "give the report, not the scan")
    return tdr_of(path, data)


def tdr_of(path: Path, data: Elements) -> ThreatReport:
    """Make a report of a file's elements."""
    items = data.items(0x40101011)
    if len(items) > _MOST_THREATS:
        raise InputError(path, f"{len(items)} threat objects, expected at most {_MOST_THREATS}")
    total, alarmed = data.number(0x40101033), data.number(0x40101034)
    return ThreatReport(
        alarm=data.text(0x40101031) or "UNKNOWN",
        threats=tuple(_threat(path, t, i) for i, t in enumerate(items)),
        study_uid=data.text(0x0020000D),
        frame_uid=data.text(0x00200052),
        references=_references(data.items(0x00081110)),
        series_uid=data.text(0x0020000E),
        instance_uid=data.text(0x00080018),
        number=int(data.number(0x00200013) or 0),
        tdr_type=data.text(0x40101027) or "UNKNOWN",
        object_id=data.text(0x00100020),
        object_issuer=data.text(0x00100021),
        object_type=data.text(0x40101042),
        algorithm=data.texts(0x40101029),
        decided=parse_time(data.text(0x4010102B)),
        scanned=_moment(data, 0x00080020),
        milliseconds=data.number(0x40101069) or 0.0,
        total=None if total is None else int(total),
        alarmed=None if alarmed is None else int(alarmed),
        device=_device(data),
        path=str(path),
    )


def _moment(data: Elements, tag: int) -> datetime | None:
    """Time of a DA and the TM that belongs to it."""
    return parse_time(data.text(tag) + data.text(tag + 0x10))


def _device(data: Elements) -> Device:
    return Device(
        manufacturer=data.text(0x00080070),
        institution=data.text(0x00080080),
        address=data.text(0x00080081),
        station=data.text(0x00081010),
        model=data.text(0x00081090),
        serial=data.text(0x00181000),
        software=data.text(0x00181020),
        calibrated=parse_time(data.text(0x00181200) + data.text(0x00181201)),
    )


def _references(items: tuple[Elements, ...]) -> tuple[Reference, ...]:
    return tuple(Reference(i.text(0x00081150), i.text(0x00081155)) for i in items)


def _threat(path: Path, data: Elements, index: int) -> Threat:
    number = int(data.number(0x40101010) or 0)
    shown = data.first(0x40101037)
    box = shown.first(0x40101001)
    base, extents = (_triple(box, tag) or (0.0, 0.0, 0.0) for tag in (0x40101004, 0x40101005))
    base, extents = base[::-1], extents[::-1]
    if not all(np.isfinite((*base, *extents))) or min(extents) < 0 or max(*base, *extents) > 65_536:
        raise InputError(path, f"threat object {index + 1} has a box that cannot be: {base}, {extents}")
    bits = box.elements.get(0x40101006)
    bitmap = None
    if bits is not None and bits.value:
        z, y, x = (round(e) for e in extents)
        try:
            bitmap = unpack_bitmap(bits.value, (z, y, x))
        except ValueError as error:
            raise InputError(path, f"threat object {index + 1}: {error}", "`xscan dicos check` tells more") from error
    corners = np.asarray(shown.numbers(0x4010101D), np.float32)
    return Threat(
        id=number,
        base=base,
        extents=extents,
        bitmap=bitmap,
        mass_g=_told(shown, 0x40101017),
        density_g_cm3=_told(shown, 0x40101018),
        z_eff=_told(shown, 0x40101019),
        volume_mm3=_told(shown, 0x40101023),
        centre_mm=_triple(shown, 0x4010101C),
        mass_centre_mm=_triple(shown, 0x4010101B),
        polygon_mm=corners.reshape(-1, 3) if corners.size and corners.size % 3 == 0 else None,
        assessments=tuple(_assessment(a) for a in data.items(0x40101038)),
        references=_references(shown.items(0x0008114A)),
        begun=parse_time(data.text(0x40101080)),
        ended=parse_time(data.text(0x40101081)),
        milliseconds=data.number(0x40101082),
    )


def _assessment(data: Elements) -> Assessment:
    probability = _told(data, 0x40101016)
    return Assessment(
        category=data.text(0x40101012) or "UNKNOWN",
        flag=data.text(0x40101015) or "UNKNOWN",
        probability=None if probability is None or probability > 1 else probability,
        description=data.text(0x40101013),
        ability=data.text(0x40101014) or "UNKNOWN",
    )


def _triple(data: Elements, tag: int) -> Triple | None:
    found = data.numbers(tag)
    return (found[0], found[1], found[2]) if len(found) == 3 else None


def _told(data: Elements, tag: int) -> float | None:
    found = data.number(tag)
    return found if found is not None and np.isfinite(found) and found >= 0 else None
