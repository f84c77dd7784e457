"""``xscan convert``: a scan in another form."""

from __future__ import annotations

from pathlib import Path

import click

from xscan.cli.bar import progress_bar
from xscan.cli.options import PATH, quiet_option, units_option

__all__ = ["command"]


@click.command("convert", no_args_is_help=True)
@click.argument("scan", type=PATH)
@click.argument("out", type=PATH)
@click.option("--channel", help="Write this channel only (low, high, mono …).")
@units_option
@quiet_option
def command(scan: Path, out: Path, channel: str | None, units: str | None, quiet: bool) -> None:
    """Write SCAN as OUT; the ending tells the form: .h5, .nrrd, .nii, .nii.gz, .mha or .dcs (DICOS).

    Forms that hold one volume get one file a channel, named by it (out_low.nrrd, out_high.nrrd).
    """
    from xscan.io import load, save

    with progress_bar("convert", quiet=quiet) as progress:
        written = save(load(scan, units=units), out, channel=channel, progress=progress)
    if not quiet:
        for path in written:
            click.echo(path)
