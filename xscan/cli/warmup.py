"""``xscan warmup``: compile the kernels beforehand."""

from __future__ import annotations

import click

__all__ = ["command"]


@click.command("warmup")
def command() -> None:
    """Compile the kernels now, so that the first scan need not wait; later runs find them in the cache."""
    import time

    import xscan_kernels

    start = time.perf_counter()
    click.echo("compiling the kernels …", err=True)
    xscan_kernels.warmup()
    click.echo(f"kernels ready after {time.perf_counter() - start:.1f} s")
