"""Who wants to know that a kernel is being compiled; loads nothing."""

from collections.abc import Callable

__all__ = ["LISTENERS", "tell_compiling"]

LISTENERS: list[Callable[[str], object]] = []


def tell_compiling(listener: Callable[[str], object]) -> None:
    """Have ``listener`` called with the name of each kernel before it is compiled.

    That takes seconds, on the first use after an installation; kernels read from the cache are not told.
    """
    LISTENERS.append(listener)
