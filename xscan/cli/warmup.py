"""``xscan warmup``: compile the kernels beforehand."""

from __future__ import annotations

import click

from xscan.cli.bar import progress_bar
from xscan.cli.options import quiet_option

__all__ = ["command"]


@click.command("warmup")
@quiet_option
def command(quiet: bool) -> None:
    """Compile the kernels now, so that the first scan need not wait; later runs find them in the cache.

    Prints the seconds that each took, next to nothing for those that were compiled already.
    """
    import xscan_kernels

    with progress_bar("compile kernels", quiet=quiet, compiles=False) as progress:
        seconds = xscan_kernels.warmup(lambda done, total, name: progress(done / total, name))
    if quiet:
        return
    for name, spent in seconds.items():
        click.echo(f"{name:24s}{spent:7.2f} s")
    folder = xscan_kernels.cache_folder()
    click.echo(
        f"kernels ready after {sum(seconds.values()):.1f} s, " + (f"kept in {folder}" if folder else "kept nowhere")
    )
