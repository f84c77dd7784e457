"""``xscan dicos``: DICOS files checked, dumped, shown, compared, and labels as DICOM SEG."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xscan.cli.bar import progress_bar
from xscan.cli.options import PATH, quiet_option, units_option
from xscan.errors import InputError
from xscan.files import written_aside

if TYPE_CHECKING:
    from rich.console import Console

    from xscan.dicos import Comparison, Threat, ThreatReport

__all__ = ["command"]

PROBLEMS = 1
NOT_THE_SAME = 10
_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")


@click.group("dicos", no_args_is_help=True)
def command() -> None:
    """Check, dump, show and compare DICOS files; write labels as DICOM SEG."""


@command.command("check")
@click.argument("files", type=PATH, nargs=-1, required=True)
@click.option("--strict", is_flag=True, help="Take warnings for errors.")
@_json_option
def check(files: tuple[Path, ...], strict: bool, as_json: bool) -> int:
    """Hold FILES (CT, DX, TDR) against the standard: each element that is missing or wrong, by tag, with the reason.

    Exit status: 0 nothing is wrong; 1 something is; 3 a file could not be read or is not of DICOS.
    """
    from xscan import dicos

    status = 0
    rows: list[dict[str, Any]] = []
    for file in files:
        try:
            found = dicos.check(file)
        except InputError as error:
            click.echo(f"xscan: {error}", err=True)
            rows.append({"path": str(file), "unreadable": str(error)})
            status = InputError.exit_code
            continue
        wrong = [p for p in found if strict or p.severity == "error"]
        if wrong and not status:
            status = PROBLEMS
        rows.append(
            {
                "path": str(file),
                "conforms": not wrong,
                "problems": [
                    {"severity": p.severity, "path": p.path, "name": p.name, "message": p.message} for p in found
                ],
            }
        )
        if not as_json:
            for problem in found:
                click.echo(f"{file}: {problem}")
            said = f"{len(wrong)} error{'' if len(wrong) == 1 else 's'}" if wrong else "conforms"
            click.echo(f"{file}: {said}")
    if as_json:
        click.echo(json.dumps(rows, indent=1, ensure_ascii=False))
    return status


@command.command("dump")
@click.argument("file", type=PATH)
@click.option("--html", "page", type=PATH, help="Write one HTML page rather than text.")
@click.option("--items", default=8, show_default=True, type=click.IntRange(min=1), help="Items shown of a sequence.")
@_json_option
def dump(file: Path, page: Path | None, items: int, as_json: bool) -> None:
    """Show every element of FILE (DICOS or DICOM): tag, kind, name and value."""
    from xscan import dicos

    lines = dicos.dump(file, most_items=items)
    if page is not None:
        with written_aside(page) as aside:
            aside.write_text(dicos.dump_html(lines, file.name), encoding="utf-8")
        click.echo(page)
    elif as_json:
        rows = [vars(line) | {"tag": f"{line.tag >> 16:04X},{line.tag & 0xFFFF:04X}"} for line in lines]
        click.echo(json.dumps(rows, indent=1, ensure_ascii=False))
    else:
        click.echo(dicos.dump_text(lines))


@command.command("show")
@click.argument("report", type=PATH)
@_json_option
def show(report: Path, as_json: bool) -> None:
    """Show a threat report (TDR) of any system: its decision, and each object with box, mass and reason."""
    from xscan import dicos

    found = dicos.read_tdr(report)
    if as_json:
        click.echo(json.dumps(found.as_dict(), indent=1, ensure_ascii=False))
    else:
        _show(found)


@command.command("compare")
@click.argument("first", type=PATH)
@click.argument("second", type=PATH)
@click.option("--exit-code", is_flag=True, help="Exit with 10 where decision or objects differ.")
@_json_option
def compare(first: Path, second: Path, exit_code: bool, as_json: bool) -> int:
    """Compare two threat reports of one scan, object by object, by the voxels they share."""
    from xscan import dicos

    found = dicos.compare(dicos.read_tdr(first), dicos.read_tdr(second))
    if as_json:
        click.echo(json.dumps(found.as_dict(), indent=1, ensure_ascii=False))
    else:
        _show_comparison(found)
    same = found.same_alarm and all(p.first is not None and p.second is not None for p in found.pairs)
    return NOT_THE_SAME if exit_code and not same else 0


@command.command("seg")
@click.argument("folder", type=PATH)
@click.argument("out", type=PATH)
@click.option("--scan", type=PATH, help="The scan, where it no longer lies where the report says.")
@units_option
@quiet_option
def seg(folder: Path, out: Path, scan: Path | None, units: str | None, quiet: bool) -> None:
    """Write the labels of a report FOLDER as DICOM SEG, for 3D Slicer and other viewers (extra `seg`)."""
    from xscan import dicos, io
    from xscan._version import __version__
    from xscan.report import read_labels, read_report

    document = read_report(folder)
    try:
        source = scan or Path(document["scan"]["path"])
        segments = [dicos.Segment(int(o["id"]), _name(o)) for o in document["objects"]]
    except (KeyError, TypeError, ValueError):
        raise InputError(folder / "report.json", "does not say which scan or objects it is of", "give --scan") from None
    loaded = io.load(source, units=units)
    if loaded.modality != "CT":
        raise InputError(source, "is a projection (DX); labels are of CT scans", "give the CT scan")
    with progress_bar("seg", quiet=quiet):
        labels = read_labels(folder, loaded.grid.shape)
        dicos.write_seg(out, labels, loaded, segments, version=__version__)
    if not quiet:
        click.echo(out)


def _name(entry: dict[str, Any]) -> str:
    mass = entry.get("mass_g")
    parts = (f"object {entry['id']}", str(entry.get("material") or ""), f"{mass:.3g} g" if mass else "")
    return ", ".join(p for p in parts if p and p != "unknown")


def _show(report: ThreatReport) -> None:
    from rich.markup import escape
    from rich.table import Table

    console = _console()
    facts = Table.grid(padding=(0, 2))
    device = report.device
    for label, text in (
        ("decision", f"{report.alarm} ({report.tdr_type.lower()})"),
        ("object of inspection", report.object_id),
        ("decided", report.decided.isoformat() if report.decided else ""),
        ("by", " ".join(report.algorithm)),
        ("device", " ".join(t for t in (device.manufacturer, device.model, device.station) if t != "unknown")),
        ("site", " ".join(t for t in (device.institution, device.address) if t != "unknown")),
        ("scan", report.study_uid),
    ):
        if text:
            facts.add_row(f"[bold]{label}[/bold]", escape(text))
    console.print(facts)
    if not report.threats:
        return
    table = Table()
    for column in ("id", "category", "flag", "p", "g", "g/cm³", "Ze", "box (z, y, x)", "voxels"):
        table.add_column(column, justify="left" if column in ("category", "flag") else "right", no_wrap=True)
    for t in report.threats:
        table.add_row(*map(escape, _row(t)))
    console.print(table)
    for t in report.threats:
        for a in t.assessments:
            if a.description:
                console.print(f"[bold]{t.id}[/bold]  {escape(a.description)}")


def _row(t: Threat) -> tuple[str, ...]:
    first = t.assessments[0] if t.assessments else None
    box = ", ".join(f"{b:.0f}–{b + e - 1:.0f}" for b, e in zip(t.base, t.extents, strict=True))
    return (
        str(t.id),
        first.category if first else "",
        first.flag if first else "",
        _number(t.probability),
        _number(t.mass_g),
        _number(t.density_g_cm3),
        _number(t.z_eff),
        box,
        "box only" if t.bitmap is None else str(int(t.bitmap.sum())),
    )


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3g}"


def _show_comparison(found: Comparison) -> None:
    from rich.markup import escape
    from rich.table import Table

    console = _console()
    same = "the same decision" if found.same_alarm else "not the same decision"
    console.print(f"{escape(found.first.alarm)} and {escape(found.second.alarm)}: {same}")
    if found.first.frame_uid != found.second.frame_uid:
        console.print("[yellow]note[/yellow]  the reports are of different frames of reference")
    table = Table()
    for column in ("first", "second", "overlap", "g", "category"):
        table.add_column(column, justify="left" if column == "category" else "right", no_wrap=True)
    for pair in found.pairs:
        both = (pair.first, pair.second)
        kinds = [t.assessments[0].category if t and t.assessments else "" for t in both]
        table.add_row(
            *(str(t.id) if t else "–" for t in both),
            f"{pair.overlap:.2f}" if all(both) else "",
            " / ".join(_number(t.mass_g) if t else "–" for t in both),
            escape(" / ".join(k or "–" for k in kinds)),
        )
    console.print(table)
    for who, threats in (("first", [p.first for p in found.pairs]), ("second", [p.second for p in found.pairs])):
        for t in threats:
            if t is not None and t.text:
                console.print(f"[bold]{who} {t.id}[/bold]  {escape(t.text)}")


def _console() -> Console:
    """A console that does not fold tables to 80 characters where the output is a file or a pipe."""
    import sys

    from rich.console import Console

    return Console(highlight=False, width=None if sys.stdout.isatty() else 120)
