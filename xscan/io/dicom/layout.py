"""The files of a series are laid out alike: a header is read by the layout of one before it.

Walking over elements costs more than reading the pixels behind them. Where everything but the values of two
headers is the same bytes, a walk would find the same elements at the same places, so that only the values
need to be taken; where anything else differs, the file is walked over.
"""

from __future__ import annotations

from dataclasses import replace
from io import FileIO
from itertools import pairwise
from operator import itemgetter
from pathlib import Path
from typing import Any, TypeVar

from xscan.io.dicom.elements import DEFLATED, Element, Elements, Parsed
from xscan.io.dicom.image import Frame, Image, acquired_of, image_of

__all__ = ["Layouts"]

T = TypeVar("T", Image, Frame, Parsed)

_MOST = 16  # layouts kept: values of a series differ in length in few ways
_LARGEST = 2**20  # bytes of a header that is compared
_PREAMBLE = 128
_SYNTAX = 0x00020010
_POSITION, _NUMBER = 0x00200032, 0x00200013
_TIMES = frozenset(range(0x00080020, 0x00080034))


class _Asked(dict[int, Element]):
    """Elements that note which of them are looked at."""

    def __init__(self, elements: dict[int, Element]) -> None:
        super().__init__(elements)
        self.tags: set[int] = set()

    def get(self, tag: int, default: Any = None) -> Any:
        self.tags.add(tag)
        return super().get(tag, default)


class Layouts:
    """The layouts met so far in a folder."""

    def __init__(self) -> None:
        self._known: list[_Layout] = []
        self._most = 0

    def learn(self, image: Image) -> None:
        """Keep the layout of a file that was walked over, if others can be read by it."""
        parsed = image.parsed
        other = len(image.frames) > 1 or parsed.syntax == DEFLATED or parsed.pixel_offset > _LARGEST
        twice = len({tag for tag, _, _ in parsed.places}) < len(parsed.places)
        if other or twice or len(self._known) == _MOST:
            return
        with FileIO(image.path) as file:
            head = file.read(parsed.pixel_offset)
        if len(head) == parsed.pixel_offset:
            self._known.append(_Layout(image, head))
            self._most = max(self._most, len(head))

    def read(self, path: Path) -> Image | None:
        """The image in a file that is laid out like one before it, else `None`."""
        if not self._known:
            return None
        with FileIO(path) as file:
            head = file.read(self._most)
        for place, layout in enumerate(self._known):
            if layout.fits(head):
                self._known.insert(0, self._known.pop(place))  # the next file is most often like this one
                return layout.image(path, head)
        return None


class _Layout:
    """Where the values of a header lie, and all that is not a value."""

    def __init__(self, image: Image, head: bytes) -> None:
        parsed = image.parsed
        self._first = image
        self._size = len(head)
        free = [(0, _PREAMBLE)] if head[_PREAMBLE : _PREAMBLE + 4] == b"DICM" else []
        self._owners: list[tuple[int, Element, bool]] = []
        values: list[slice] = []
        for tag, begin, end in parsed.places:
            of_meta = tag in parsed.meta
            element = (parsed.meta if of_meta else parsed.data).elements[tag]
            if tag == _SYNTAX or element.items:
                continue  # what is read from here on depends on these bytes
            free.append((begin, end))
            if element.value:
                self._owners.append((tag, element, of_meta))
                values.append(slice(begin, end))
        edges = [0, *(edge for piece in free for edge in piece), len(head)]
        fixed = [slice(a, b) for a, b in list(pairwise(edges))[::2] if b > a]
        self._fixed, self._values = itemgetter(*fixed, slice(0, 0)), itemgetter(*values, slice(0, 0))
        self._frame, self._mine = self._fixed(head), self._values(head)
        self._telling = _asked_of(image) - _TIMES - {_POSITION, _NUMBER}

    def fits(self, head: bytes) -> bool:
        """Whether a header has the same elements at the same places."""
        return len(head) >= self._size and self._fixed(head) == self._frame

    def image(self, path: Path, head: bytes) -> Image | None:
        """The image of a file whose header fits."""
        first = self._first
        meta: dict[int, Element] = {}
        data: dict[int, Element] = {}
        for (tag, element, of_meta), value, mine in zip(self._owners, self._values(head), self._mine, strict=False):
            if value != mine:
                (meta if of_meta else data)[tag] = Element(element.vr, value, (), element.length)
        parsed = _altered(first.parsed, meta=_with(first.parsed.meta, meta), data=_with(first.parsed.data, data))
        if not (self._telling.isdisjoint(meta) and self._telling.isdisjoint(data)):
            return image_of(path, parsed)
        place = parsed.data.numbers(_POSITION)
        position = (place[0], place[1], place[2]) if len(place) == 3 else None
        return _altered(
            first,
            path=path,
            parsed=parsed,
            frames=(_altered(first.frames[0], position=position),),
            number=parsed.data.number(_NUMBER) or 0.0,
            acquired=first.acquired if _TIMES.isdisjoint(data) else acquired_of(parsed.data),
        )


def _asked_of(image: Image) -> set[int]:
    """The elements that decide what an image is."""
    meta, data = Elements({}, "<"), Elements({}, image.parsed.order)
    meta.elements = of_meta = _Asked(image.parsed.meta.elements)
    data.elements = of_data = _Asked(image.parsed.data.elements)
    image_of(image.path, replace(image.parsed, meta=meta, data=data))
    return of_meta.tags | of_data.tags


def _with(elements: Elements, changed: dict[int, Element]) -> Elements:
    """The same elements, some with other values."""
    return Elements({**elements.elements, **changed}, elements.order) if changed else elements


def _altered(thing: T, **new: Any) -> T:
    """As `dataclasses.replace`, which asks every field of its own and takes ten times as long."""
    other = object.__new__(type(thing))
    other.__dict__.update(thing.__dict__, **new)
    return other
