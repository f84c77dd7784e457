"""``xscan report``: the page of a report, made again."""

from __future__ import annotations

from pathlib import Path

import click

from xscan.cli.bar import progress_bar
from xscan.cli.options import PATH, language_option, pdf_option, quiet_option, reporting, units_option
from xscan.language import LANGUAGES, Language

__all__ = ["command"]

EVERY_VOXEL = {"viewer_voxels": 512_000_000, "viewer_megabytes": 1e6}  # the most that the settings allow


@click.command("report", no_args_is_help=True)
@click.argument("folder", type=PATH)
@click.option("--scan", type=PATH, help="The scan, where it no longer lies where the report says.")
@click.option("--templates", type=PATH, help="Folder of shape templates, for the pictures of matches.")
@click.option("--calibration", type=PATH, help="File written by `xscan calibrate` for this scanner.")
@units_option
@click.option("--config", "config_file", type=PATH, help="TOML file of settings; see `xscan config show`.")
@language_option
@pdf_option
@click.option("--full-resolution", is_flag=True, help="Put every voxel into the page, however large it grows.")
@quiet_option
def command(
    folder: Path,
    scan: Path | None,
    templates: Path | None,
    calibration: Path | None,
    units: str | None,
    config_file: Path | None,
    lang: Language | None,
    pdf: bool,
    full_resolution: bool,
    quiet: bool,
) -> None:
    """Write report.html of FOLDER again, from its report.json, its labels.h5 and the scan.

    Nothing is analysed again: every word and number is that of report.json, in its language or that of --lang.
    """
    from xscan import io, physics
    from xscan.config import load_config
    from xscan.errors import InputError
    from xscan.report import read_report, write_page
    from xscan.template import load_library

    config = load_config(config_file)
    document = read_report(folder)
    if lang is None and "language" not in config.report.model_fields_set:
        lang = document.get("language") if document.get("language") in LANGUAGES else None
    config = reporting(config, lang, pdf)
    if full_resolution:
        config = config.model_copy(update={"report": config.report.model_copy(update=EVERY_VOXEL)})
    try:
        source, sha256 = Path(document["scan"]["path"]), document["scan"]["sha256"]
        binning = int(document["scan"].get("binning", 1))
    except (KeyError, TypeError, ValueError):
        raise InputError(folder / "report.json", "does not say which scan it is of", "give --scan") from None
    with progress_bar("report", quiet=quiet) as progress:
        loaded = io.load(scan or source, units=units, config=config.io)
        if loaded.provenance.sha256 and sha256 and loaded.provenance.sha256 != sha256:
            raise InputError(loaded.provenance.path, "is not the scan that was analysed (other bytes)", "give --scan")
        library = load_library(templates, config=config.template) if templates else None
        known = physics.read_calibration(calibration) if calibration else None
        if known is None and loaded.calibration is not None:
            known = physics.parse_calibration(loaded.calibration, source=loaded.provenance.path)
        seen = loaded if binning == 1 else io.coarsen(loaded, binning)
        quantities = physics.quantify(seen, known, config=config.physics, progress=lambda f, t="": progress(f / 2, t))
        written = write_page(
            folder,
            quantities,
            library=library,
            materials=physics.load_materials(config.physics.materials_file),
            config=config.report,
            progress=lambda f, t="": progress(0.5 + f / 2, t),
        )
    if not quiet:
        click.echo(written)
