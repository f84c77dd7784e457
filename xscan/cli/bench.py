"""``xscan bench``: how fast the kernels are on this machine, against other libraries."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from xscan.cli.bar import progress_bar
from xscan.cli.options import PATH, quiet_option, units_option

if TYPE_CHECKING:
    from xscan.bench import Row, Subject

__all__ = ["command"]

_MOST_VOXELS = 1024**3


@click.command("bench")
@click.option("--scan", type=PATH, help="Measure on this scan; on a made parcel if not given.")
@click.option("--channel", help="Channel of the scan; the first if not given.")
@units_option
@click.option("--size", default="256", show_default=True, metavar="N|ZxYxX", help="Size of the made parcel, voxels.")
@click.option("--seed", default=1, show_default=True, help="Of the made parcel.")
@click.option("--kernel", "kernels", multiple=True, metavar="NAME", help="Only this kernel; may be repeated.")
@click.option("--case", default="", metavar="TEXT", help="Only cases whose name holds this.")
@click.option("--threads", multiple=True, type=click.IntRange(1), help="May be repeated; 1 and 2 if not given.")
@click.option("--seconds", default=6.0, show_default=True, help="Time for the turns of one case.")
@click.option(
    "--vectors", type=click.Choice(["native", "avx2", "sse"]), default="native", help="Longest vectors to use."
)
@click.option("--list", "list_kernels", is_flag=True, help="Only list the kernels.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
@quiet_option
def command(
    scan: Path | None,
    channel: str | None,
    units: str | None,
    size: str,
    seed: int,
    kernels: tuple[str, ...],
    case: str,
    threads: tuple[int, ...],
    seconds: float,
    vectors: str,
    list_kernels: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Measure the kernels against the libraries that do the same, each taking turns in one run.

    Libraries that are not installed are left out by name. A ratio is their time over ours; `equal` says
    whether the results agree, and whether ours are the same at every number of threads.
    """
    import dataclasses
    import json

    from xscan.bench import use_vectors

    use_vectors(vectors)
    from xscan.bench import KERNELS, line, rows
    from xscan.errors import UsageError

    if list_kernels:
        click.echo("\n".join(KERNELS))
        return
    unknown = [name for name in kernels if name not in KERNELS]
    if unknown:
        raise UsageError(f"--kernel: got {unknown[0]}, expected one of {', '.join(KERNELS)}")
    subject = _subject(scan, channel, units, size, seed)
    found: list[Row] = []
    with progress_bar("measure", quiet=quiet) as progress:
        for row in rows(
            subject,
            kernels=kernels,
            case=case,
            threads=tuple(sorted(set(threads))) or (1, 2),
            limit_s=seconds,
            missing=lambda name: click.echo(f"{name}: not installed, left out", err=True),
            progress=progress,
        ):
            found.append(row)
            if not as_json:
                click.echo(line(row))
    if as_json:
        click.echo(json.dumps({"subject": subject.name, "rows": [dataclasses.asdict(row) for row in found]}, indent=1))
    elif not found:
        click.echo("no case has such a name; --list shows the kernels")


def _subject(scan: Path | None, channel: str | None, units: str | None, size: str, seed: int) -> Subject:
    """The volume to measure on."""
    from xscan.bench import parcel, scanned
    from xscan.errors import UsageError

    if scan is not None:
        from xscan.io import load

        return scanned(load(scan, units=units), channel)
    words = size.lower().replace("×", "x").split("x")
    if len(words) not in (1, 3) or not all(word.isdecimal() and int(word) >= 32 for word in words):
        raise UsageError(f"--size: got {size}, expected N or ZxYxX, each at least 32")
    z, y, x = [int(word) for word in words] * (3 // len(words))
    if z * y * x > _MOST_VOXELS:
        raise UsageError(f"--size: got {z * y * x} voxels, expected at most {_MOST_VOXELS}")
    return parcel((z, y, x), seed)
