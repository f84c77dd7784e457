"""``xscan completion``: the completion script of a shell."""

from __future__ import annotations

import click

__all__ = ["command"]


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the completion script of SHELL; for bash: ``eval "$(xscan completion bash)"``."""
    from click.shell_completion import get_completion_class

    from xscan.cli import xscan

    completion = get_completion_class(shell)
    assert completion is not None
    click.echo(completion(xscan, {}, "xscan", "_XSCAN_COMPLETE").source())
