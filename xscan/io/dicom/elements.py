"""The elements of a DICOM file, read without trusting a length in it (PS3.5; NEMA IIC 1 for DICOS).

A parser of its own, since pydicom decodes neither DICOS's 32-bit, 64-bit and float pixel elements nor its
implicit files, warns of the reference toolkit's UIDs, and follows lengths and depths wherever a file says.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from xscan.errors import InputError
from xscan.io.text import clean_text

__all__ = ["DEFLATED", "Element", "Elements", "Parsed", "parse_file"]

DEFLATED = "1.2.840.10008.1.2.1.99"
_IMPLICIT = "1.2.840.10008.1.2"
_BIG_ENDIAN = "1.2.840.10008.1.2.2"
_LONG_LENGTHS = "1.2.840.10008.1.2.1.64"  # the reference toolkit's own: explicit, pixel data with 64-bit lengths
_LONG_VRS = {b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"}
_UNDEFINED = 0xFFFFFFFF
_ITEM, _ITEM_END, _SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
_PIXELS = frozenset({0x7FE00008, 0x7FE00009, 0x7FE00010, 0x7FE00011, 0x7FE00012, 0x7FE00013})
_KEPT_BYTES = 2**12  # longer values are no header text
_KEPT_IN_ALL = 2**26  # bytes of all values, where a file is read whole
_DEPTH = 12
_MOST_ELEMENTS = 200_000
_MOST_KEPT = 100_000  # where a file is read whole: a second of work; 10,000 slices of DICOS have 40,000
_INFLATED = 2**24  # bytes of a deflated file in which its pixel data must begin
# Sequences that hold geometry and values; others are stepped over.
_SEQUENCES = frozenset(
    {
        0x52009229,
        0x52009230,
        0x00189325,
        0x00189329,
        0x00209113,
        0x00209116,
        0x00209111,
        0x00289110,
        0x00289145,
        0x00289132,
    }
)
_BINARY = {b"US": "H", b"SS": "h", b"UL": "I", b"SL": "i", b"FL": "f", b"FD": "d", b"UV": "Q", b"SV": "q"}
# Of implicit files, the elements that are no text.
_IMPLICIT_VR = {
    **dict.fromkeys(
        (0x00280002, 0x00280010, 0x00280011, 0x00280100, 0x00280101, 0x00280102, 0x00280103, 0x00280006), b"US"
    ),
    **dict.fromkeys((0x00189073, 0x00189306, 0x00189309), b"FD"),
    **dict.fromkeys(_SEQUENCES, b"SQ"),
}


class Element(NamedTuple):
    """One element: its value's bytes (none where they are too many to be kept), or the items of its sequence."""

    vr: bytes
    value: bytes = b""
    items: tuple[Elements, ...] = ()
    length: int = 0


class Elements:
    """Elements by tag, e.g. 0x00280010, read as text or numbers."""

    def __init__(self, elements: Mapping[int, Element], order: str) -> None:
        self.elements = dict(elements)
        self.order = order

    def __contains__(self, tag: int) -> bool:
        return tag in self.elements

    def texts(self, tag: int) -> tuple[str, ...]:
        """The values of a text element, or none."""
        element = self.elements.get(tag)
        if element is None or not element.value:
            return ()
        return tuple(clean_text(part) for part in element.value.split(b"\\"))

    def text(self, tag: int) -> str:
        """The whole text of an element, or an empty one."""
        element = self.elements.get(tag)
        return clean_text(element.value) if element is not None else ""

    def numbers(self, tag: int) -> tuple[float, ...]:
        """The numbers of an element, binary or written as text; none where they cannot be understood."""
        element = self.elements.get(tag)
        if element is None:
            return ()
        code = _BINARY.get(element.vr)
        if code is not None:
            size = struct.calcsize(code)
            count = len(element.value) // size
            return tuple(float(v) for v in struct.unpack_from(f"{self.order}{count}{code}", element.value))
        try:
            return tuple(map(float, element.value.split(b"\\")))
        except ValueError:  # padded with more than spaces, or some of them left out
            pass
        try:
            return tuple(float(t) for t in self.texts(tag) if t)
        except ValueError:
            return ()

    def number(self, tag: int) -> float | None:
        """The first number of an element, or `None`."""
        found = self.numbers(tag)
        return found[0] if found else None

    def count(self, tag: int) -> int | None:
        """A count that some write as text and some, DICOS among them, as a binary US."""
        element = self.elements.get(tag)
        if element is None:
            return None
        if element.vr not in _BINARY and len(element.value) in (2, 4) and not element.value.strip(b" \0").isdigit():
            return int.from_bytes(element.value, "big" if self.order == ">" else "little")
        found = self.number(tag)
        return None if found is None else int(found)

    def items(self, tag: int) -> tuple[Elements, ...]:
        """The items of a sequence, or none."""
        element = self.elements.get(tag)
        return element.items if element is not None else ()

    def first(self, tag: int) -> Elements:
        """The first item of a sequence, empty where there is none."""
        found = self.items(tag)
        return found[0] if found else Elements({}, self.order)


@dataclass(frozen=True)
class Parsed:
    """A file's elements and where its pixels lie.

    Parameters
    ----------
    meta, data : the file meta group, and the rest up to the pixels
    syntax : UID of the transfer syntax
    order : "<" or ">"
    pixel_tag, pixel_vr : 0 and empty where there are none
    pixel_offset : byte of the file (of the inflated stream where deflated) where they begin
    pixel_length : bytes, `None` where they are in fragments
    body : byte of the file where the elements after the meta group begin
    places : tag, first byte and end of the value of each element that is in no sequence and tells its length
    """

    meta: Elements
    data: Elements
    syntax: str
    order: str
    pixel_tag: int = 0
    pixel_vr: bytes = b""
    pixel_offset: int = 0
    pixel_length: int | None = None
    body: int = 0
    places: tuple[tuple[int, int, int], ...] = ()


class _Damaged(Exception):
    """What is wrong in a file's elements."""


def parse_file(path: Path, *, whole: bool = False) -> Parsed:
    """Read the elements of a file up to its pixels.

    Parameters
    ----------
    whole : keep every sequence and long value, as threat reports need them; else only what images need

    Raises
    ------
    InputError
        where lengths point beyond the file, sequences nest too deeply, or there are no elements
    """
    import mmap

    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
            return _parse(view, whole)
    except (_Damaged, struct.error, ValueError, zlib.error) as error:
        raise InputError(path, f"a damaged DICOM file: {error}", "it was cut off or altered: fetch it again") from error


def _parse(view: Any, whole: bool) -> Parsed:
    start = 132 if view[128:132] == b"DICM" else 0
    meta = _Reader(view, start, len(view), "<", implicit=False, wanted=None)
    meta.read_group(0x0002)
    known = Elements(meta.found, "<")
    syntax = known.text(0x00020010)
    body = meta.at
    if syntax == DEFLATED:
        inflater = zlib.decompressobj(-15)
        view = inflater.decompress(view[body : body + _INFLATED], _INFLATED)
        body_at = 0
    else:
        body_at = body
    order = ">" if syntax == _BIG_ENDIAN else "<"
    vr = bytes(view[body_at + 4 : body_at + 6])
    explicit = len(vr) == 2 and vr.isalpha() and vr.isupper()  # some files say one and write the other
    if not syntax:
        syntax = "1.2.840.10008.1.2.1" if explicit else _IMPLICIT
    reader = _Reader(view, body_at, len(view), order, implicit=not explicit, wanted=None if whole else _SEQUENCES)
    reader.long_lengths = syntax == _LONG_LENGTHS
    if whole:
        from xscan.io.dicom.dictionary import vr_of

        reader.vr_of, reader.left, reader.most = vr_of, _KEPT_IN_ALL, _MOST_KEPT
    reader.read_all()
    if not reader.found:
        raise _Damaged("no elements in it")
    return Parsed(
        known,
        Elements(reader.found, order),
        syntax,
        order,
        reader.pixel_tag,
        reader.pixel_vr,
        reader.at,
        reader.pixel_length,
        body,
        (*meta.places, *reader.places),
    )


class _Reader:
    """Walks over elements from `at` to `end`."""

    def __init__(
        self, view: Any, at: int, end: int, order: str, *, implicit: bool, wanted: frozenset[int] | None
    ) -> None:
        self.view = view
        self.at = at
        self.end = end
        self.order = order
        self.implicit = implicit
        self.wanted = wanted
        self._explicit = struct.Struct(f"{order}HH2sH")
        self._implicit = struct.Struct(f"{order}HHI")
        self.found: dict[int, Element] = {}
        self.places: list[tuple[int, int, int]] = []
        self.vr_of: Callable[[int], bytes] = lambda tag: _IMPLICIT_VR.get(tag, b"")
        self.left: int | None = None  # bytes of values that may yet be kept, where they all are
        self.most = _MOST_ELEMENTS
        self.long_lengths = False
        self.pixel_tag = 0
        self.pixel_vr = b""
        self.pixel_length: int | None = None
        self.count = 0

    def read_group(self, group: int) -> None:
        """Read the elements of one group."""
        while self.at + 8 <= self.end and struct.unpack_from("<H", self.view, self.at)[0] == group:
            tag, vr, length = self._header()
            begin = self.at
            self.found[tag] = Element(vr, self._value(length), length=length)
            self.places.append((tag, begin, self.at))

    def read_all(self) -> None:
        """Read elements up to the pixels or the end."""
        while self.at + 8 <= self.end:
            tag, vr, length = self._header(pixels=True)
            if tag in _PIXELS:
                self.pixel_tag, self.pixel_vr = tag, vr
                self.pixel_length = None if length == _UNDEFINED else length
                return
            begin = self.at
            self.found[tag] = self._element(tag, vr, length, 0)
            if length != _UNDEFINED:
                self.places.append((tag, begin, self.at))

    def _element(self, tag: int, vr: bytes, length: int, depth: int) -> Element:
        if vr == b"SQ" or (length == _UNDEFINED):
            implicit = self.implicit or vr == b"UN"
            keep = self.wanted is None or tag in self.wanted
            if not keep and length != _UNDEFINED:
                self._skip(length)
                return Element(vr)
            return Element(b"SQ", items=self._sequence(length, depth + 1, implicit))
        if vr == b"UN":
            vr = self.vr_of(tag) or vr  # written by a program whose dictionary lacks it
        return Element(vr, self._value(length), length=length)

    def _header(self, *, pixels: bool = False) -> tuple[int, bytes, int]:
        self.count += 1
        if self.count > self.most:
            raise _Damaged(f"more than {self.most} elements")
        if self.at + 8 > self.end:
            raise _Damaged(f"an element at byte {self.at} is cut off")
        group, element, vr, length = self._explicit.unpack_from(self.view, self.at)
        tag = group << 16 | element
        if group == 0xFFFE or self.implicit:
            _, _, length = self._implicit.unpack_from(self.view, self.at)
            vr = self.vr_of(tag)
            self.at += 8
            if tag == 0x7FE00012 and pixels and self.at + 4 <= self.end:
                self.at += 4  # the toolkit gives 64-bit pixels a 64-bit length, in implicit files too
                length |= struct.unpack_from(f"{self.order}I", self.view, self.at - 4)[0] << 32
            return tag, vr, length
        if vr in _LONG_VRS:
            return tag, vr, self._long_length(tag, pixels)
        self.at += 8
        return tag, vr, length

    def _long_length(self, tag: int, pixels: bool) -> int:
        if self.at + 12 > self.end:
            raise _Damaged(f"an element at byte {self.at} is cut off")
        reserved, length = struct.unpack_from(f"{self.order}HI", self.view, self.at + 6)
        if pixels and tag == 0x7FE00012 and reserved:  # the toolkit's OD: no reserved bytes, a 64-bit length
            (length,) = struct.unpack_from(f"{self.order}Q", self.view, self.at + 6)
            self.at += 14
        elif pixels and self.long_lengths and tag in _PIXELS and length != _UNDEFINED:
            (length,) = struct.unpack_from(f"{self.order}Q", self.view, self.at + 8)
            self.at += 16
        else:
            self.at += 12
        return int(length)

    def _value(self, length: int) -> bytes:
        at = self.at
        self._skip(length)
        if self.left is not None:
            self.left -= length
            if self.left < 0:
                raise _Damaged(f"more than {_KEPT_IN_ALL >> 20} MB of values before the pixels")
        elif length > _KEPT_BYTES:
            return b""
        return bytes(self.view[at : at + length])

    def _skip(self, length: int) -> None:
        if length > self.end - self.at:
            raise _Damaged(f"an element at byte {self.at} promises {length} bytes, {self.end - self.at} are left")
        self.at += length

    def _sequence(self, length: int, depth: int, implicit: bool) -> tuple[Elements, ...]:
        if depth > _DEPTH:
            raise _Damaged(f"sequences more than {_DEPTH} deep")
        end = self.end if length == _UNDEFINED else self.at + length
        if end > self.end:
            raise _Damaged(f"a sequence at byte {self.at} promises {length} bytes, {self.end - self.at} are left")
        items: list[Elements] = []
        was, self.implicit = self.implicit, implicit
        while self.at < end:
            tag, _, size = self._header()
            if tag == _SEQUENCE_END:
                break
            if tag != _ITEM:
                raise _Damaged(f"expected an item at byte {self.at - 8}, got element {tag:08X}")
            items.append(self._item(size, end, depth))
        self.implicit = was
        return tuple(items)

    def _item(self, length: int, end: int, depth: int) -> Elements:
        stop = end if length == _UNDEFINED else self.at + length
        if stop > end:
            raise _Damaged(f"an item at byte {self.at} promises {length} bytes, {end - self.at} are left")
        found: dict[int, Element] = {}
        while self.at < stop:
            tag, vr, size = self._header()
            if tag == _ITEM_END:
                break
            found[tag] = self._element(tag, vr, size, depth)
        return Elements(found, self.order)
