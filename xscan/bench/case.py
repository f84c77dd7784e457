"""What is measured: one call of ours, the peers' calls, and when two results are equal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np

__all__ = ["Case", "Peer", "close", "installed", "same"]


@dataclass(frozen=True)
class Peer:
    """Another library's call for the same purpose.

    Attributes
    ----------
    call : callable
        Does the work and returns its result.
    equal : callable
        Called with our result and the peer's.
    """

    call: Callable[[], Any]
    equal: Callable[[Any, Any], bool]


@dataclass(frozen=True)
class Case:
    """One line of the table before it is measured.

    Attributes
    ----------
    kernel, name : str
        The public function, and what it is given.
    ours : callable
        Called with the number of threads.
    peers : mapping
        By name; None for a library that is not installed.
    moved : int
        Bytes that must go through memory at the least; 0 where the limit is not memory.
    items : int
        What is counted for a speed (points, rays), 0 for nothing.
    """

    kernel: str
    name: str
    ours: Callable[[int], Any]
    peers: Mapping[str, Peer | None]
    moved: int = 0
    items: int = 0


def installed(name: str) -> Any:
    """The module ``name``, or None where it is not installed (or lacks a library of its own)."""
    try:
        return import_module(name)
    except (ImportError, OSError):
        return None


def same(ours: Any, theirs: Any) -> bool:
    """Whether two arrays hold the same values."""
    return bool(np.array_equal(ours, theirs))


def close(tolerance: float) -> Callable[[Any, Any], bool]:
    """Whether two arrays agree within a share of the largest value, everywhere."""

    def agree(ours: Any, theirs: Any) -> bool:
        return bool(np.allclose(ours, theirs, rtol=tolerance, atol=tolerance * float(np.abs(theirs).max(initial=0))))

    return agree
