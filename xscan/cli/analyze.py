"""``xscan analyze``: from a scan file to a decision with its reasons."""

from __future__ import annotations

from pathlib import Path

import click

from xscan.cli.bar import progress_bar
from xscan.cli.options import PATH, analysis_options, reporting
from xscan.errors import UsageError
from xscan.language import Language, text

__all__ = ["command"]

NOT_CLEAR = 10


@click.command("analyze", no_args_is_help=True)
@click.argument("scan", type=PATH)
@click.option("--declaration", type=PATH, help="What the sender declared: JSON, CSV or XML.")
@click.option("--out", type=PATH, required=True, help="Folder for report.json, labels.h5 and report.html.")
@click.option("--tdr", type=PATH, help="Write the decision as a DICOS threat report, too.")
@click.option("--alarms", type=PATH, help="Threat report of another system on this scan: weighed in, and shown.")
@analysis_options
def command(
    scan: Path,
    declaration: Path | None,
    out: Path,
    tdr: Path | None,
    alarms: Path | None,
    templates: Path | None,
    calibration: Path | None,
    units: str | None,
    config_file: Path | None,
    lang: Language | None,
    pdf: bool,
    exit_code: bool,
    quiet: bool,
) -> int:
    """Analyse SCAN (a file or folder of any form that `xscan info` reads) and write its report to --out.

    Prints a short summary; the whole is in report.html, and for programs in report.json and labels.h5.
    """
    from xscan import physics, report
    from xscan._version import __version__
    from xscan.cli.threats import read_alarms, weigh_alarms, write_threat_report
    from xscan.config import load_config
    from xscan.pipeline import analyze

    config = reporting(load_config(config_file), lang, pdf)
    others = read_alarms(alarms) if alarms is not None else None  # a wrong one is refused before the long work
    if tdr is not None and not tdr.absolute().parent.is_dir():
        raise UsageError(f"{tdr}: its folder does not exist")
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
        if others is not None:
            analysis = weigh_alarms(analysis, others, config)
        report.write_report(
            analysis,
            out,
            config=config.report,
            version=__version__,
            materials=physics.load_materials(config.physics.materials_file),
            progress=lambda f, text="": progress(0.9 + 0.1 * f, text or "report"),
        )
    if tdr is not None:
        write_threat_report(analysis, tdr, config)
    if not quiet:
        click.echo(report.summary(analysis, config.report.language))
        click.echo(text("summary-report", {"path": out / "report.html"}, config.report.language))
    return NOT_CLEAR if exit_code and analysis.decision.verdict != "clear" else 0
