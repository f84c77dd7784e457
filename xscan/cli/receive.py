"""``xscan receive``: a scanner sends, xscan keeps and analyses."""

from __future__ import annotations

import queue
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xscan.cli.options import PATH, quiet_option
from xscan.errors import XscanError

if TYPE_CHECKING:
    from xscan.config import Config
    from xscan.model import Calibration, TemplateLibrary

__all__ = ["command"]


@click.command("receive", no_args_is_help=True)
@click.option("--out", type=PATH, required=True, help="Folder; each scan gets one of its own in it.")
@click.option(
    "--port", default=11112, show_default=True, type=click.IntRange(0, 65535), help="Port; 0 takes a free one."
)
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen on; by default this machine only."
)
@click.option("--title", default="XSCAN", show_default=True, help="Name (AE title) that scanners call.")
@click.option("--allow", multiple=True, help="Who may send: TITLE or TITLE@ADDRESS; may be repeated.")
@click.option(
    "--analyze", "analyse", is_flag=True, help="Analyse each scan; its report and threat report lie beside it."
)
@click.option("--templates", type=PATH, help="Folder of shape templates, for --analyze.")
@click.option("--calibration", type=PATH, help="File written by `xscan calibrate` for this scanner, for --analyze.")
@click.option("--config", "config_file", type=PATH, help="TOML file of settings; see `xscan config show`.")
@click.option("--scans", type=click.IntRange(min=1), help="Stop after so many scans; by default never.")
@quiet_option
def command(
    out: Path,
    port: int,
    host: str,
    title: str,
    allow: tuple[str, ...],
    analyse: bool,
    templates: Path | None,
    calibration: Path | None,
    config_file: Path | None,
    scans: int | None,
    quiet: bool,
) -> None:
    """Receive CT, DX and threat reports by DICOM C-STORE (extra `net`) until it is stopped (Ctrl-C).

    Whole files only: a scan appears in OUT when its sender has finished; one that is cut off is kept in
    OUT/incomplete and named. A scan that cannot be analysed is told and does not stop the rest.
    """
    from xscan import physics, template
    from xscan.config import load_config
    from xscan.dicos.receiving import Caller, Receiver

    config = load_config(config_file)
    library = template.load_library(templates, config=config.template) if templates else None
    known = physics.read_calibration(calibration) if calibration else None
    waiting: queue.Queue[Path] = queue.Queue()

    def say(line: str) -> None:
        if not quiet:
            click.echo(line)

    receiver = Receiver(
        out,
        port=port,
        host=host,
        title=title,
        callers=tuple(Caller.parse(text) for text in allow),
        config=config.dicos,
        say=say,
        arrived=waiting.put,
    )
    with receiver:
        say(f"{title} listens on {receiver.host}:{receiver.port}")
        done = 0
        while scans is None or done < scans:
            try:
                folder = waiting.get(timeout=1.0)  # not for ever, so that Ctrl-C is heard
            except queue.Empty:
                continue
            done += 1
            if analyse:
                _analyse(folder, library, known, config, say)


def _analyse(
    folder: Path, library: TemplateLibrary | None, known: Calibration | None, config: Config, say: Callable[[str], None]
) -> None:
    """Write report and threat report of one scan into its folder; what is wrong with it is one line."""
    from xscan import report
    from xscan._version import __version__
    from xscan.cli.threats import write_threat_report
    from xscan.pipeline import analyze

    try:
        analysis = analyze(folder, templates=library, calibration=known, config=config)
        report.write_report(analysis, folder / "report", config=config.report, version=__version__)
        threats = write_threat_report(analysis, folder / "xscan.tdr.dcs", config)
    except XscanError as error:
        click.echo(f"xscan: {error}", err=True)
        return
    say(f"{folder.name}: {analysis.decision.verdict}, risk {analysis.decision.risk:.2f}: {threats}")
