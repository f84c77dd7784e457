"""The progress bar: on a terminal's stderr, and nothing when piped."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from xscan.model.progress import Progress, silent

__all__ = ["progress_bar"]


@contextmanager
def progress_bar(title: str, *, quiet: bool = False) -> Iterator[Progress]:
    """Yield a `Progress` that draws on stderr where that is a terminal."""
    if quiet or not sys.stderr.isatty():
        yield silent
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[text]}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=1.0, text="")

        def update(fraction: float, text: str = "") -> None:
            bar.update(task, completed=min(1.0, max(0.0, fraction)), text=text)

        yield update
