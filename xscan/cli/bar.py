"""The progress bar: on a terminal's stderr, and nothing when piped (but for a word on kernels being compiled)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import click

from xscan.model.progress import Progress, silent

__all__ = ["progress_bar"]


@cache
def _say_compiling() -> None:
    """Say on stderr, once a process, why the first run takes a minute or two."""
    click.echo("compiling kernels, once after an installation (`xscan warmup` does it beforehand) …", err=True)


@cache
def _listen() -> None:
    import xscan_kernels

    xscan_kernels.tell_compiling(lambda name: _say_compiling())


@contextmanager
def progress_bar(title: str, *, quiet: bool = False, compiles: bool = True) -> Iterator[Progress]:
    """Yield a `Progress` that draws on stderr where that is a terminal.

    With ``compiles`` it is also said, once, that kernels are being compiled, if that happens.
    """
    if compiles and not quiet:
        _listen()
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
