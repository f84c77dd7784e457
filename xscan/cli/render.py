"""``xscan render``: one picture of a scan."""

from __future__ import annotations

from pathlib import Path

import click

from xscan.cli.bar import progress_bar
from xscan.cli.options import PATH, quiet_option, units_option
from xscan.files import written_aside

__all__ = ["command"]


@click.command("render", no_args_is_help=True)
@click.argument("scan", type=PATH)
@click.argument("out", type=PATH)
@click.option(
    "--view",
    type=click.Choice(["slices", "projections", "turntable"]),
    default="projections",
    show_default=True,
    help="Planes, the whole parcel as an X-ray machine shows it, or a turn around the z axis.",
)
@click.option(
    "--axis", type=click.Choice(["z", "y", "x", "all"]), default="all", show_default=True, help="One picture."
)
@click.option(
    "--at", "at_mm", type=(float, float, float), metavar="Z Y X", help="Where slices cut, mm; else the middle."
)
@click.option("--pixels", type=click.IntRange(32, 4096), default=400, show_default=True, help="Longest side, about.")
@click.option("--frames", type=click.IntRange(2, 360), default=36, show_default=True, help="Of a turn, in a GIF.")
@click.option("--calibration", type=PATH, help="File written by `xscan calibrate` for this scanner.")
@units_option
@quiet_option
def command(
    scan: Path,
    out: Path,
    view: str,
    axis: str,
    at_mm: tuple[float, float, float] | None,
    pixels: int,
    frames: int,
    calibration: Path | None,
    units: str | None,
    quiet: bool,
) -> None:
    """Make one picture of SCAN in operators' colours: OUT is a .png, or a .gif for a turntable that moves."""
    from xscan import io, physics
    from xscan.config import load_config
    from xscan.errors import UsageError
    from xscan.memory import binning_for
    from xscan.report import render

    ending = out.suffix.lower()
    if ending != ".png" and not (ending == ".gif" and view == "turntable"):
        raise UsageError(f"{out}: expected a name that ends in .png, or in .gif with --view turntable")
    config = load_config()
    with progress_bar("render", quiet=quiet) as progress:
        loaded = io.load(scan, units=units, config=config.io)
        known = physics.read_calibration(calibration) if calibration else None
        if known is None and loaded.calibration is not None:
            known = physics.parse_calibration(loaded.calibration, source=loaded.provenance.path)
        binning = binning_for(loaded.grid.voxel_count, config.memory_gb)
        seen = loaded if binning == 1 else io.coarsen(loaded, binning)
        quantities = physics.quantify(seen, known, config=config.physics, progress=lambda f, t="": progress(f / 2, t))
        picture = render(
            quantities,
            view,  # type: ignore[arg-type]
            axes=(0, 1, 2) if axis == "all" else ("zyx".index(axis),),
            at_mm=at_mm,
            pixels=pixels,
            frames=frames,
            animated=ending == ".gif",
            progress=lambda f, t="": progress(0.5 + f / 2, t),
        )
    with written_aside(out) as aside:
        aside.write_bytes(picture)
    if not quiet:
        click.echo(out)
