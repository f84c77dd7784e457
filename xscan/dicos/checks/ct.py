"""DICOS CT (NEMA IIC 1 v03, section 7)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from xscan.dicos.checks.common import COMMON, FRAME, above_zero, from_zero
from xscan.dicos.checks.images import PIXELS, RESCALE, image_type_rule, orientation_rule, pixel_rules
from xscan.dicos.checks.need import Need, Problem
from xscan.io.dicom.elements import Elements, Parsed

__all__ = ["CT_NEEDS", "ct_rules"]

_CLASSES = {0x7FE00010: "", 0x7FE00011: ".1", 0x7FE00012: ".2", 0x7FE00013: ".3"}
_CT = "1.2.840.10008.5.1.4.1.1.501.1"
_RESCALE = ("MHU", "HU", "Z_EFF", "ED", "EDW", "MGML", "PCT", "US", "OD", "1/cm", "g/cm3", "mol/cm3", "arbitrary")
_UNEVEN = 0.02  # of the spacing
_SECTIONS = 0.25  # of the steps between slices; where more run back, these are no sections but disorder


_KINDS = (
    Need(0x00089205, 1, b"CS", values=("MONOCHROME", "COLOR", "MIXED", "TRUE_COLOR")),
    Need(0x00089206, 1, b"CS", values=("VOLUME", "SAMPLED", "DISTORTED", "MIXED")),
    Need(0x00089207, 1, b"CS"),
)
_SHARED = (
    Need(
        0x00189325,
        3,
        b"SQ",
        items=(
            Need(0x00180060, 1, b"DS", rule=from_zero),
            Need(0x00181160, 1, b"SH"),
            Need(0x00181190, 1, b"DS", (1, 2), rule=from_zero),
        ),
    ),
    Need(0x00189329, 3, b"SQ", items=(Need(0x00089007, 1, b"CS", (4, 4), rule=image_type_rule), *_KINDS)),
    Need(0x00209116, 1, b"SQ", items=(Need(0x00200037, 1, b"DS", (6, 6), rule=orientation_rule),)),
    Need(
        0x00289110,
        1,
        b"SQ",
        items=(
            Need(0x00180050, 1, b"DS", rule=above_zero),
            Need(0x00280030, 1, b"DS", (2, 2), rule=above_zero, why="sizes and masses rest on it"),
        ),
        why="voxels have no size without it",
    ),
    Need(0x00289145, 1, b"SQ", items=RESCALE, why="stored numbers are not values without it"),
)
_FRAMES = (Need(0x00209113, 1, b"SQ", items=(Need(0x00200032, 1, b"DS", (3, 3)),), why="the slice has no place"),)

CT_NEEDS = (
    *COMMON,
    *FRAME,
    *PIXELS,
    *_KINDS,
    Need(0x00080008, 1, b"CS", (4, 4), rule=image_type_rule, why="readers tell the energies by it"),
    Need(0x0008002A, 2, b"DT"),
    Need(0x00080060, 1, b"CS", values=("CT",)),
    Need(0x00189073, 2, b"FD", rule=from_zero),
    Need(0x00280008, 1, b"US", rule=above_zero, why="it is a US here, where DICOM has IS"),
    Need(0x20500020, 1, b"CS", values=("IDENTITY", "INVERSE")),
    Need(0x52009229, 1, b"SQ", items=_SHARED),
    Need(0x52009230, 1, b"SQ", (1, 0), items=_FRAMES),
)


def ct_rules(path: Path, parsed: Parsed) -> Iterator[Problem]:
    """What elements say together."""
    data = parsed.data
    frames = data.count(0x00280008) or 1
    yield from pixel_rules(path, parsed, frames)
    ending = _CLASSES.get(parsed.pixel_tag)
    sop_class = data.text(0x00080016)
    if ending is not None and sop_class not in ("", _CT + ending):
        yield Problem("error", 0x00080016, f"expected {_CT + ending} for such pixels, got {sop_class}")
    groups = data.items(0x52009230)
    if groups and len(groups) != frames:
        yield Problem("error", 0x52009230, f"{len(groups)} items for {frames} frames")
    shared = data.first(0x52009229)
    kind = shared.first(0x00289145).text(0x00281054)
    if kind and kind not in _RESCALE:
        yield Problem("warning", 0x00281054, f"a unit that few readers know: {kind[:40]!r}", _in_shared(0x00289145))
    yield from _position_rules(data, shared, groups)


def _position_rules(data: Elements, shared: Elements, groups: tuple[Elements, ...]) -> Iterator[Problem]:
    places = [g.first(0x00209113).numbers(0x00200032) for g in groups]
    cosines = np.asarray(shared.first(0x00209116).numbers(0x00200037))
    if len(cosines) != 6 or len(places) < 2 or any(len(p) != 3 for p in places):
        return
    along = np.asarray(places) @ np.cross(cosines[:3], cosines[3:])
    steps = np.diff(along)
    if (np.abs(steps) < 1e-6).any():
        first = int(np.argmax(np.abs(steps) < 1e-6)) + 1
        where = ((0x52009230, first), (0x00209113, 0))
        yield Problem("error", 0x00200032, "the slice lies where the one before it lies", where)
        return
    back = np.sign(steps) != np.sign(np.median(steps))
    if back.sum() > _SECTIONS * len(steps):
        yield Problem("error", 0x52009230, "the slices run to and fro: their positions are not in order")
        return
    if back.any():
        message = f"{back.sum() + 1} sections in one file; some readers put them together in the wrong order"
        yield Problem("warning", 0x52009230, message)
        steps = steps[~back]
    step = float(np.median(np.abs(steps)))
    if (np.abs(np.abs(steps) - step) > _UNEVEN * step).any():
        yield Problem("warning", 0x52009230, "the slices do not lie evenly; readers differ in what they make of it")
    thickness = shared.first(0x00289110).number(0x00180050)
    if thickness and abs(thickness - step) > _UNEVEN * step:
        message = f"says {thickness:g} mm, but the slices lie {step:g} mm apart"
        yield Problem("warning", 0x00180050, message, _in_shared(0x00289110))


def _in_shared(tag: int) -> tuple[tuple[int, int], ...]:
    return ((0x52009229, 0), (tag, 0))
