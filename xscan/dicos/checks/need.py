"""What an element must be, and what is said where it is not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from xscan.dicos.checks.values import value_problems
from xscan.io.dicom.dictionary import name_of
from xscan.io.dicom.elements import Elements

__all__ = ["Need", "Place", "Problem", "held"]

Place = tuple[tuple[int, int], ...]  # sequences above an element: tag, and number of the item from 0


@dataclass(frozen=True)
class Problem:
    """One thing that is missing or wrong.

    Parameters
    ----------
    severity : error where a reader may refuse the file or be misled, warning where it is merely odd
    tag : the element
    place : sequences above it
    message : what was got, and what was expected
    """

    severity: Literal["error", "warning"]
    tag: int
    message: str
    place: Place = ()

    @property
    def name(self) -> str:
        """Name of the element."""
        return name_of(self.tag)

    @property
    def path(self) -> str:
        """Where it is, e.g. (4010,1011)[1] > (4010,1010)."""
        above = [f"{_tag(tag)}[{number + 1}]" for tag, number in self.place]
        return " > ".join((*above, _tag(self.tag)))

    def __str__(self) -> str:
        return f"{self.severity}: {self.path} {self.name}: {self.message}"


@dataclass(frozen=True)
class Need:
    """What is asked of one element.

    Parameters
    ----------
    type : 1 must be there with a value, 2 must be there, 3 may be there (PS3.5 section 7.4)
    vr : kind of value
    counts : fewest and most values (of a sequence: items); no most where it is 0
    values : the only ones that are allowed; of several values, each
    items : what is asked inside each item of a sequence
    rule : says what else is wrong with the value, or nothing
    why : what depends on it, added where it is missing
    """

    tag: int
    type: Literal[1, 2, 3]
    vr: bytes
    counts: tuple[int, int] = (1, 1)
    values: tuple[str, ...] = ()
    items: tuple[Need, ...] = ()
    rule: Callable[[Elements, int], str | None] | None = None
    why: str = ""


def held(data: Elements, needs: tuple[Need, ...], place: Place = ()) -> Iterator[Problem]:
    """Hold elements against what is asked of them."""
    for need in needs:
        yield from _held(data, need, place)


def _held(data: Elements, need: Need, place: Place) -> Iterator[Problem]:
    element = data.elements.get(need.tag)
    reason = f"; {need.why}" if need.why else ""
    if element is None:
        if need.type != 3:
            yield Problem("error", need.tag, f"is missing (type {need.type}){reason}", place)
        return
    if need.vr == b"SQ":
        if element.vr != b"SQ":
            yield Problem("error", need.tag, f"expected a sequence (SQ), got {_kind(element.vr)}", place)
            return
        least, most = need.counts
        count = len(element.items)
        if count < least or (most and count > most):
            asked = f"{least}" if least == most else f"at least {least}" if not most else f"{least} to {most}"
            yield Problem("error", need.tag, f"expected {asked} items, got {count}{reason}", place)
        for number, item in enumerate(element.items):
            yield from held(item, need.items, (*place, (need.tag, number)))
        return
    if not element.length:
        if need.type == 1:
            yield Problem("error", need.tag, f"is empty, but must have a value (type 1){reason}", place)
        return
    if element.vr not in (need.vr, b"", b"UN"):
        yield Problem("error", need.tag, f"expected kind {_kind(need.vr)}, got {_kind(element.vr)}", place)
        return
    problems = list(value_problems(data, need.tag, need.vr, need.counts, need.values))
    said = need.rule(data, need.tag) if need.rule and not problems else None
    for severity, message in (*problems, *((("error", said),) if said else ())):
        yield Problem(severity, need.tag, message, place)


def _tag(tag: int) -> str:
    return f"({tag >> 16:04X},{tag & 0xFFFF:04X})"


def _kind(vr: bytes) -> str:
    return vr.decode("ascii", "replace") or "none"
