"""``xscan analyze``: from a scan file to a decision with its reasons."""

from __future__ import annotations

from pathlib import Path

import click

from xscan.cli.bar import progress_bar
from xscan.cli.options import PATH, analysis_options, speaking
from xscan.language import Language, text

__all__ = ["command"]

NOT_CLEAR = 10


@click.command("analyze", no_args_is_help=True)
@click.argument("scan", type=PATH)
@click.option("--declaration", type=PATH, help="What the sender declared: JSON, CSV or XML.")
@click.option("--out", type=PATH, required=True, help="Folder for report.json, labels.h5 and report.html.")
@analysis_options
def command(
    scan: Path,
    declaration: Path | None,
    out: Path,
    templates: Path | None,
    calibration: Path | None,
    units: str | None,
    config_file: Path | None,
    lang: Language | None,
    exit_code: bool,
    quiet: bool,
) -> int:
    """Analyse SCAN (a file or folder of any form that `xscan info` reads) and write its report to --out.

    Prints a short summary; the whole is in report.html, and for programs in report.json and labels.h5.
    """
    from xscan import report
    from xscan._version import __version__
    from xscan.config import load_config
    from xscan.pipeline import analyze

    config = speaking(load_config(config_file), lang)
    with progress_bar("analyse", quiet=quiet) as progress:
        analysis = analyze(
            scan,
            declaration=declaration,
            templates=templates,
            calibration=calibration,
            units=units,
            config=config,
            progress=lambda f, text="": progress(0.9 * f, text),
        )
        report.write_report(
            analysis,
            out,
            config=config.report,
            version=__version__,
            progress=lambda f, text="": progress(0.9 + 0.1 * f, text or "report"),
        )
    if not quiet:
        click.echo(report.summary(analysis, config.report.language))
        click.echo(text("summary-report", {"path": out / "report.html"}, config.report.language))
    return NOT_CLEAR if exit_code and analysis.decision.verdict != "clear" else 0
