"""The command line: one file a command, found by name and imported only when it is called."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click

from xscan._version import __version__
from xscan.errors import XscanError

__all__ = ["COMMANDS", "main", "xscan"]

# name -> the line that --help shows; the module is xscan.cli.<name> and exports `command`
COMMANDS = {
    "analyze": "Analyse a scan and write its report.",
    "batch": "Analyse many parcels; one that cannot be read does not stop the rest.",
    "rank": "Order reports so that the riskiest parcel comes first.",
    "info": "Show what a scan is.",
    "convert": "Write a scan in another form.",
    "render": "Make one picture of a scan.",
    "report": "Make a report's page again.",
    "calibrate": "Learn what a scanner's numbers mean from reference rods.",
    "template": "Add, list, show and check shape templates.",
    "simulate": "Make parcels with known truth.",
    "dicos": "Check, dump, show and compare DICOS files; labels as DICOM SEG.",
    "receive": "Receive scans by DICOM, and analyse them.",
    "config": "Show the settings, with what each means.",
    "warmup": "Compile the kernels beforehand.",
    "bench": "Measure the kernels on this machine, against other libraries.",
    "completion": "Print the completion script of a shell.",
}


class _LazyGroup(click.Group):
    """Imports a command's module only when that command is asked for (help stays under 0.3 s)."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"xscan.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=_LazyGroup,
    name="xscan",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="xscan", message="%(prog)s %(version)s")
def xscan() -> None:
    """Read X-ray and CT scans of parcels and hold what is inside against what was declared.

    Exit status: 0 done; 2 wrong usage; 3 an input could not be read or is refused; 1 anything else.
    Set XSCAN_DEBUG=1 to see where an error comes from.
    """


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line; every expected error is one line on stderr and an exit status."""
    debug = bool(os.environ.get("XSCAN_DEBUG"))
    if not debug:
        import warnings

        warnings.simplefilter("ignore")  # a library's warning is not an operator's business
    try:
        status = xscan.main(args=None if argv is None else list(argv), prog_name="xscan", standalone_mode=False)
        sys.exit(status if isinstance(status, int) else 0)
    except XscanError as error:
        if debug:
            raise
        _fail(str(error), error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        _fail("stopped", 130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as error:
        if debug:
            raise
        text = " ".join(str(error).split())
        _fail(f"{type(error).__name__}: {text[:500]}; set XSCAN_DEBUG=1 to see where, and please report it", 1)


def _fail(line: str, status: int) -> None:
    click.echo(f"xscan: {line}", err=True)
    sys.exit(status)
