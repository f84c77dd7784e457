"""How a stage tells that it goes on, without knowing who listens."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Progress", "silent"]


class Progress(Protocol):
    """Called as ``progress(fraction, text)``, fraction in 0..1 of the stage that is running."""

    def __call__(self, fraction: float, text: str = "") -> None: ...  # noqa: D102


def silent(fraction: float, text: str = "") -> None:
    """Tell nobody (the default of every stage)."""
