"""``xscan config``: the settings, with what each means."""

from __future__ import annotations

from pathlib import Path

import click

from xscan.cli.options import PATH

__all__ = ["command"]


@click.group("config", no_args_is_help=True)
def command() -> None:
    """Show the settings, with what each means."""


@command.command("show")
@click.option("--config", "config_file", type=PATH, help="Show these settings rather than the defaults.")
def show(config_file: Path | None) -> None:
    """Print all settings as TOML that --config reads back."""
    from xscan.config import config_toml, load_config

    click.echo(config_toml(load_config(config_file)), nl=False)
