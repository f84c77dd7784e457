"""Which frames of many files belong together, and what they make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from xscan.errors import InputError
from xscan.io.config import IoConfig
from xscan.io.dicom.frames import FrameStack, check_pixels
from xscan.io.dicom.geometry import Member, arrange
from xscan.io.dicom.image import Frame, Image
from xscan.io.dicom.resample import ResampledStack
from xscan.io.frame import Placed, place
from xscan.io.lazy import FileArray
from xscan.io.messages import say
from xscan.io.unit import parse_unit, resolve_unit
from xscan.model import StoredArray, Unit, Volume

__all__ = ["Group", "Made", "groups_of", "make"]

# Rescale types (PS3.3 C.11.1.1.2): unit and factor to it; electron density comes in 10^23/ml or relative to water.
_TYPES = {
    "HU": ("HU", 1.0),
    "MHU": ("MHU", 1.0),
    "MGML": ("mg/ml", 1.0),
    "Z_EFF": ("1", 1.0),
    "ED": ("mol/cm3", 1e23 / 6.02214076e23),
    "EDW": ("mol/cm3", 0.5551),
}


@dataclass(frozen=True)
class Group:
    """Frames of one series, channel, size and orientation."""

    channel: str
    members: tuple[Member, ...]

    @property
    def image(self) -> Image:
        """The first file."""
        return self.members[0][0]

    @property
    def size(self) -> int:
        """Voxels."""
        return len(self.members) * self.image.rows * self.image.columns

    @property
    def files(self) -> tuple[Path, ...]:
        """The files, each once, by name."""
        return tuple(sorted({image.path for image, _ in self.members}))

    def __str__(self) -> str:
        image = self.image
        kind = "/".join(image.image_type) or image.modality
        return f"{len(self.members)} slices of {image.rows}×{image.columns} ({kind})"


def groups_of(images: Sequence[Image]) -> list[Group]:
    """Sort frames into groups, the largest first."""
    found: dict[tuple[object, ...], list[Member]] = {}
    rounded: dict[tuple[object, ...], tuple[object, ...]] = {}
    for image in images:
        last: Frame | None = None
        key: tuple[object, ...] = ()
        for frame in image.frames:
            if last is not None and (frame.row, frame.column, frame.spacing) == (last.row, last.column, last.spacing):
                found[key].append((image, frame))
                continue
            last = frame
            told = (frame.row, frame.column, frame.spacing)
            if told not in rounded:
                axes = tuple(round(v, 3) + 0.0 for v in (*(frame.row or ()), *(frame.column or ())))
                rounded[told] = (axes, tuple(round(v, 4) for v in frame.spacing or ()))
            whole = image.series if len(image.frames) == 1 or image.dicos else (image.series, str(image.path))
            key = (
                whole,
                image.channel,
                image.image_type[1:2] if image.dicos else (),
                image.rows,
                image.columns,
                *rounded[told],
            )
            found.setdefault(key, []).append((image, frame))
    groups = [Group(members[0][0].channel, tuple(members)) for members in found.values()]
    return sorted(groups, key=lambda g: (-g.size, str(g.image.path), g.channel))


@dataclass(frozen=True)
class Made:
    """A group's volume, and what was noticed.

    Parameters
    ----------
    order : how its slices lie to the frames of its file: reversed, sorted (sections), resampled; empty where alike
    """

    placed: Placed
    volume: Volume
    notes: tuple[str, ...]
    order: str = ""


def make(path: Path, group: Group, asked: str | None, config: IoConfig) -> Made:
    """Make a volume of a group."""
    for image in {id(i): i for i, _ in group.members}.values():
        check_pixels(image, config)
    slices = arrange(path, group.members)
    notes = list(slices.notes)
    first = slices.members[0][1]
    for image, frame in slices.members:
        if not (np.isfinite([frame.slope, frame.intercept]).all() and frame.slope != 0 and abs(frame.slope) < 1e30):
            raise InputError(image.path, f"rescale slope {frame.slope}, intercept {frame.intercept} cannot be")
    same = all((f.slope, f.intercept) == (first.slope, first.intercept) for _, f in slices.members)
    if len({f.rescale_type for _, f in slices.members}) > 1:
        raise InputError(path, "slices of different rescale types in one series", "split the series")
    if not same:
        notes.append(say("slices-slopes"))
    resampled = slices.wanted_mm is not None
    array: StoredArray = FrameStack(slices.members, values=resampled or not same)
    own, factor, meaning = _own_unit(group)
    notes.extend((meaning,) if meaning else ())
    unit, into, note = resolve_unit(str(path), group.channel, own, asked)
    notes.extend((note,) if note else ())
    if slices.wanted_mm is not None:
        outside = {Unit.HU: -1000.0}.get(unit, 0.0)
        array = ResampledStack(array, slices.at_mm, slices.wanted_mm, slices.shift_px, outside, slices.bridge_mm)
    slope, intercept = (first.slope, first.intercept) if same and not resampled else (1.0, 0.0)
    factor *= into
    wrapped = FileArray(array, str(path), group.channel, config)
    placed = place(str(path), (wrapped,), slices.axes_mm, slices.origin_mm)
    volume = Volume(placed.grid, placed.arrays[0], unit, slope * factor, intercept * factor)
    order = "resampled" if resampled else _order(slices.members)
    return Made(placed, volume, (*notes, *placed.notes), order)


def _order(members: tuple[Member, ...]) -> str:
    """How the slices of one file run against its frames; empty where they run alike, or come from many files."""
    frames = [frame.index for _, frame in members]
    if len({image.path for image, _ in members}) > 1 or frames == sorted(frames):
        return ""
    return "reversed" if frames == sorted(frames, reverse=True) else "sorted"


def _own_unit(group: Group) -> tuple[str | None, float, str | None]:
    """Unit that the file names, a factor to it, and what had to be assumed."""
    image, frame = group.members[0]
    kind = frame.rescale_type.strip().upper()
    if group.channel == "zeff":
        return "1", 1.0, None  # whatever scale of attenuation stands beside it
    if group.channel == "density" and kind == "MHU":
        return "kg/m3", 1.0, say("density-mhu")
    if kind in _TYPES:
        return (*_TYPES[kind], None)
    if parse_unit(frame.rescale_type) is not None and kind:
        return frame.rescale_type, 1.0, None
    if not kind and image.modality == "CT" and not image.dicos and "LOCALIZER" not in image.image_type:
        return "HU", 1.0, None  # PS3.3 C.8.2.1.1.2: CT images without a rescale type are in HU
    return None, 1.0, None
