"""Keeps a compiled library from writing where the program's own output goes."""

from __future__ import annotations

import ctypes
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

__all__ = ["silent_stdout"]

_ONE = threading.Lock()  # the descriptor belongs to the whole process


@contextmanager
def silent_stdout() -> Iterator[None]:
    """Send what compiled code writes to the standard output into nothing.

    HiGHS prints a line about its work now and then whatever its options say; stdout
    may be a report that another program reads. Python's own output waits in its buffer meanwhile.
    """
    with _ONE:
        with suppress(OSError, ValueError, AttributeError):
            sys.stdout.flush()
        try:
            kept = os.dup(1)
        except OSError:  # there is no standard output: nothing to keep clean
            yield
            return
        try:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 1)
            os.close(nowhere)
            yield
        finally:
            _flush_c()
            os.dup2(kept, 1)
            os.close(kept)


def _flush_c() -> None:
    """Empty the C library's buffers, which hold what was printed, while it still goes nowhere."""
    with suppress(OSError, AttributeError, TypeError):
        (ctypes.cdll.ucrtbase if os.name == "nt" else ctypes.CDLL(None)).fflush(None)
