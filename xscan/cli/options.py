"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from xscan.language import LANGUAGES, Language

if TYPE_CHECKING:
    from xscan.config import Config

__all__ = ["PATH", "analysis_options", "language_option", "pdf_option", "quiet_option", "reporting", "units_option"]

F = TypeVar("F", bound=Callable[..., Any])

# existence is checked by the readers, whose error names the file and what to do, with exit status 3
PATH = click.Path(path_type=Path)

units_option = click.option(
    "--units",
    type=click.Choice(["HU", "MHU", "1/cm", "arbitrary"]),
    help="Unit of the numbers, for forms that carry none (NRRD, TIFF, raw …).",
)
quiet_option = click.option("--quiet", "-q", is_flag=True, help="No progress bar and no summary.")


language_option = click.option(
    "--lang", type=click.Choice(LANGUAGES), help="Language of page, summary and messages; else report.language."
)


pdf_option = click.option("--pdf", is_flag=True, help="Write report.pdf too.")


def reporting(config: Config, lang: Language | None, pdf: bool) -> Config:
    """Return settings with the language and files that the command line asks for, where it asks for any."""
    wanted: dict[str, object] = {} if lang is None else {"language": lang}
    wanted |= {"pdf": True} if pdf else {}
    return config.model_copy(update={"report": config.report.model_copy(update=wanted)})


def analysis_options(function: F) -> F:
    """Add the options that `analyze` and `batch` share."""
    for option in reversed(
        (
            click.option("--templates", type=PATH, help="Folder of shape templates (templates.json and meshes)."),
            click.option("--calibration", type=PATH, help="File written by `xscan calibrate` for this scanner."),
            units_option,
            click.option("--config", "config_file", type=PATH, help="TOML file of settings; see `xscan config show`."),
            language_option,
            pdf_option,
            click.option("--exit-code", is_flag=True, help="Exit with 10 where a decision is not `clear`."),
            quiet_option,
        )
    ):
        function = option(function)
    return function
