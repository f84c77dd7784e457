"""``xscan calibrate``: what a scanner's numbers mean, from a scan of reference rods."""

from __future__ import annotations

from pathlib import Path

import click

from xscan.cli.bar import progress_bar
from xscan.cli.options import PATH, quiet_option, units_option

__all__ = ["command"]


@click.command("calibrate", no_args_is_help=True)
@click.argument("scan", type=PATH)
@click.option("--rods", "rods_file", type=PATH, required=True, help="JSON file of the rods: material, place, size.")
@click.option("--out", type=PATH, required=True, help="File for the calibration (JSON).")
@units_option
@click.option("--config", "config_file", type=PATH, help="TOML file of settings; see `xscan config show`.")
@quiet_option
def command(scan: Path, rods_file: Path, out: Path, units: str | None, config_file: Path | None, quiet: bool) -> None:
    """Calibrate a scanner from SCAN, a scan of rods of known material, and write the calibration to --out.

    Prints the error of every rod, fitted with all rods and with that rod left out; a rod that is off is named on
    standard error.
    """
    from xscan import io
    from xscan.config import load_config
    from xscan.physics import calibrate, calibration_table, read_rods, write_calibration

    config = load_config(config_file)
    rods, kvp = read_rods(rods_file)
    with progress_bar("calibrate", quiet=quiet) as progress:
        loaded = io.load(scan, units=units, config=config.io)
        progress(0.1, "fit")
        calibration = calibrate(loaded, rods, kvp=kvp, config=config.physics)
        write_calibration(calibration, out)
    for residual in calibration.residuals:
        if residual.warning:
            click.echo(f"warning: rod {residual.material}: {residual.warning}", err=True)
    for note in calibration.notes:
        click.echo(f"warning: {note}", err=True)
    if not quiet:
        click.echo(calibration_table(calibration))
        click.echo(
            f"Uncertainty (one sigma): rho_e {100 * calibration.rho_e_rel:.2f} %, z_e {100 * calibration.z_e_rel:.2f} %"
        )
        click.echo(f"Calibration: {out}")
