"""``xscan warmup``: compile the kernels beforehand."""

from __future__ import annotations

import click

from xscan.cli.bar import progress_bar

__all__ = ["command"]


@click.command("warmup")
def command() -> None:
    """Compile the kernels now, so that the first scan need not wait; later runs find them in the cache."""
    import time

    import xscan_kernels

    start = time.perf_counter()
    with progress_bar("compile kernels") as progress:
        xscan_kernels.warmup(lambda done, total, name: progress(done / total, name))
    click.echo(f"kernels ready after {time.perf_counter() - start:.1f} s")
