"""DICOM CT series and DICOS scans, a file or a folder: reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xscan.errors import InputError
from xscan.io.config import IoConfig
from xscan.io.dicom.elements import Elements
from xscan.io.dicom.frames import FrameStack, check_pixels
from xscan.io.dicom.heading import UNKNOWN_TIME
from xscan.io.dicom.image import Image, read_image
from xscan.io.dicom.layout import Layouts
from xscan.io.dicom.series import Group, groups_of, make
from xscan.io.folder import files_of, names_of, natural
from xscan.io.hashing import sha256_of_files
from xscan.io.lazy import FileArray
from xscan.io.messages import say
from xscan.io.reader import Reader, head
from xscan.io.text import clean_text
from xscan.io.unit import resolve_unit
from xscan.model import Projection, Provenance, Scan, Volume

__all__ = ["READER"]

_KEPT = {
    0x00080008: "image_type",
    0x00081030: "study_description",
    0x0008103E: "series_description",
    0x00080080: "institution",
    0x00081010: "station",
    0x00181000: "device_serial_number",
    0x00181210: "convolution_kernel",
    0x00181120: "gantry_tilt",
    0x00082108: "coordinate_system",
    0x0020000D: "study_uid",
    0x0020000E: "series_uid",
    0x00200052: "frame_of_reference_uid",
}
_FLAT = ("DX", "CR", "DR", "XRAY")
_PROJECTIONS = ("1.2.840.10008.5.1.4.1.1.501.2", "1.2.840.10008.5.1.4.1.1.1")


def _looks_like_dicom(path: Path) -> bool:
    start = head(path, 140)
    if start[128:132] == b"DICM":
        return True
    # Without the file meta: a first element of group 0002 or 0008 whose VR or length makes sense.
    if len(start) < 132 or start[0:4] not in (b"\x02\0\0\0", b"\x08\0\0\0", b"\x08\0\5\0", b"\x08\0\x08\0"):
        return False
    return start[4:6] in (b"UL", b"CS", b"UI") or int.from_bytes(start[4:8], "little") < 64


def _sniff(path: Path) -> bool:
    if path.is_dir():
        return any(_looks_like_dicom(path / name) for name in names_of(path, IoConfig()))
    return _looks_like_dicom(path)


def _read(path: Path, *, units: str | None, config: IoConfig) -> Scan:
    notes: list[str] = []
    images = _images(path, config, notes)
    if all(i.sop_class.startswith(_PROJECTIONS) or i.modality in _FLAT for i in images):
        return _projection(path, images, units, config, notes)
    groups = groups_of([i for i in images if i.modality not in _FLAT])
    if path.is_file() and not images[0].dicos and len(images) > 1:
        mine = [g for g in groups if path in g.files]
        groups = [*mine, *(g for g in groups if g not in mine)]
    chosen: dict[str, Group] = {groups[0].channel: groups[0]}
    first = make(path, groups[0], units, config)
    volumes: dict[str, Volume] = {groups[0].channel: first.volume}
    notes.extend(first.notes)
    for group in groups[1:]:
        others = make(path, group, units, config) if _may_join(group, chosen) else None
        if others is not None and others.placed.grid == first.placed.grid:
            chosen[group.channel] = group
            volumes[group.channel] = others.volume
            notes.extend(n for n in others.notes if n not in notes)
        else:
            notes.append(say("left-alone", what=f"{group}", file=group.image.path.name))
    if len(volumes) == 1 and (energy := next(iter(volumes))) in ("low", "high"):
        notes.append(say(f"only-{energy}"))
        volumes, chosen = {"mono": volumes[energy]}, {"mono": chosen[energy]}
    known = _provenance(path, chosen, config, notes)
    if first.order:
        known = replace(known, attributes={**known.attributes, "slice_order": first.order})
    return Scan(volumes, known)


def _may_join(group: Group, chosen: dict[str, Group]) -> bool:
    """Whether a group may be another channel of the same scan; its grid is compared afterwards."""
    first = next(iter(chosen.values()))
    here, there = group.image, first.image
    places = (here.reference, there.reference)
    return (
        here.dicos
        and there.dicos
        and (places[0] == places[1] if all(places) else here.path.parent == there.path.parent)
        and here.parsed.data.text(0x00100020) == there.parsed.data.text(0x00100020)
        and "mono" not in (group.channel, first.channel)
        and group.channel not in chosen
        and group.size == first.size
    )


def _images(path: Path, config: IoConfig, notes: list[str]) -> list[Image]:
    """Headers of the file, or of every DICOM file of the folder; of a slice's file, its whole series."""
    if path.is_file():
        image = read_image(path)
        if image is not None and (image.dicos or len(image.frames) > 1 or image.modality != "CT"):
            return [image]
        series = None if image is None else image.series
        folder = path.parent
    else:
        series, folder = None, path
    found: list[Image] = []
    ignored = 0
    problem: InputError | None = None
    files = files_of(folder, config, deep=series is None)
    layouts = Layouts()
    for file in files:
        image = None
        try:
            image = layouts.read(file)
            if image is None:
                if not _looks_like_dicom(file):
                    ignored += 1
                    continue
                image = read_image(file)
                if image is not None:
                    layouts.learn(image)
        except InputError as error:
            problem = problem or error
            if series is None or file == path:
                notes.append(say("left-alone-problem", file=file.name, problem=error.problem))
            continue
        if image is not None and (series is None or image.series == series):
            found.append(image)
    if not found:
        raise problem or InputError(path, "no DICOM images in this folder", "give the folder of one scan")
    if path.is_file() and len(found) > 1:
        notes.append(say("series-read", count=len(found) - 1))
    if ignored and path.is_dir():
        notes.append(say("no-dicom", count=ignored))
    return sorted(found, key=lambda i: natural(i.path))


def _projection(path: Path, images: Sequence[Image], units: str | None, config: IoConfig, notes: list[str]) -> Scan:
    channels: dict[str, Projection] = {}
    chosen: dict[str, Group] = {}
    for image in images:
        frame = image.frames[0]
        spacing = frame.spacing
        fits = not channels or next(iter(channels.values())).shape == (image.rows, image.columns)
        if image.channel in channels or not fits or ("mono" in (image.channel, *channels) and channels):
            notes.append(say("left-alone-view", file=image.path.name))
            continue
        check_pixels(image, config)
        if spacing is None:
            spacing = (1.0, 1.0)
            notes.append(say("size-unknown"))
        stack = FileArray(_OneFrame(FrameStack(((image, frame),), values=False)), str(path), image.channel, config)
        own = frame.rescale_type if frame.rescale_type not in ("", "US", "UNSPECIFIED") else None
        unit, factor, note = resolve_unit(str(path), image.channel, own, units)
        notes.extend((note,) if note else ())
        channels[image.channel] = Projection(stack, spacing, unit, frame.slope * factor, frame.intercept * factor)
        chosen[image.channel] = Group(image.channel, ((image, frame),))
        if len(image.frames) > 1:
            notes.append(say("first-view", count=len(image.frames)))
    return Scan(channels, _provenance(path, chosen, config, notes))


class _OneFrame:
    """The only slice of a stack, as an image (y, x)."""

    def __init__(self, stack: FrameStack) -> None:
        self._stack = stack
        self.shape = stack.shape[1:]
        self.dtype = stack.dtype

    def __getitem__(self, key: Any, /) -> NDArray[Any]:
        return np.asarray(self._stack[0][key])


def _provenance(path: Path, chosen: dict[str, Group], config: IoConfig, notes: list[str]) -> Provenance:
    image = next(iter(chosen.values())).image
    data = image.parsed.data
    maker = " ".join(dict.fromkeys(t for t in (data.text(0x00080070), data.text(0x00081090)) if t and t != "unknown"))
    files = sorted({f for g in chosen.values() for f in g.files}) if path.is_file() and config.sha256 else []
    attributes = _attributes(data)
    for name, group in chosen.items():
        attributes[f"{name}.sop_class_uid"] = group.image.sop_class
        attributes[f"{name}.sop_instance_uid"] = group.image.parsed.data.text(0x00080018)
        attributes[f"{name}.series_uid"] = group.image.series
    return Provenance(
        str(path),
        sha256_of_files(files, path.parent) if len(files) > 1 else "",
        "dicos" if image.dicos else "dicom",
        scanner=maker or None,
        acquired=None if image.acquired == UNKNOWN_TIME.replace(tzinfo=None) else image.acquired,
        parcel_id=_known(data.text(0x00100020)) if image.dicos else None,
        kvp={name: g.image.kvp for name, g in chosen.items() if g.image.kvp is not None and g.image.kvp > 0},
        notes=tuple(notes),
        attributes=attributes,
    )


def _known(text: str) -> str | None:
    return None if text.lower() in ("", "unknown") else text


def _attributes(data: Elements) -> dict[str, str]:
    return {name: clean_text("\\".join(data.texts(tag))) for tag, name in _KEPT.items() if data.text(tag)}


READER = Reader("DICOM CT series or DICOS scan", _sniff, _read)
