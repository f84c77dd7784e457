"""``xscan rank``: which parcel to open first."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from xscan.errors import InputError

__all__ = ["command", "find_reports", "rows_of"]

NAME = "report.json"
MAX_BYTES = 64 << 20
REASON = 72  # characters of the first reason that a row of the table shows


def find_reports(paths: tuple[Path, ...]) -> Iterator[Path]:
    """Reports that `paths` name: a report.json, a folder that holds one, or folders of such folders."""
    for path in paths:
        if path.is_dir():
            found = sorted(path.rglob(NAME))
            if not found:
                raise InputError(path, f"holds no {NAME}", "name folders that `xscan analyze` or `batch` wrote")
            yield from found
        elif path.exists():
            yield path
        else:
            raise InputError(path, "does not exist", "name reports, or folders that hold them")


def rows_of(paths: tuple[Path, ...]) -> list[dict[str, Any]]:
    """One row a report: name, decision, risk and gravest finding; riskiest first, then by name.

    Raises
    ------
    InputError
        Where a file is no report of `xscan.report/1`.
    """
    rows = [_row(path) for path in find_reports(paths)]
    order = {"detain": 0, "inspect": 1, "clear": 2}
    return sorted(rows, key=lambda r: (-r["risk"], order.get(r["decision"], 3), r["name"], r["report"]))


def _row(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(path, f"is larger than the {MAX_BYTES >> 20} MB that a report may have")
        report = json.loads(path.read_text("utf-8"))
        schema = report["schema"]
        risk, decision, anomalies = float(report["risk"]), str(report["decision"]), report["anomalies"]
        grave = max(anomalies, key=lambda a: float(a["severity"]), default=None)
        worst = {"kind": str(grave["kind"]), "message": str(grave["message"])} if grave else {"kind": "", "message": ""}
    except OSError as error:
        raise InputError(path, f"cannot be read ({error.strerror or error})") from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise InputError(path, "is no report of xscan", "name a report.json that `xscan analyze` wrote") from None
    if schema != "xscan.report/1" or not 0 <= risk <= 1:
        raise InputError(path, f"expected schema xscan.report/1 with a risk of 0 to 1, got {str(schema)[:40]!r}")
    return {"name": path.parent.name or path.stem, "decision": decision, "risk": risk, **worst, "report": str(path)}


@click.command("rank", no_args_is_help=True)
@click.argument("paths", metavar="DIR...", type=click.Path(path_type=Path), nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="JSON on stdout instead of a table.")
@click.option("--first", type=click.IntRange(min=1), help="Show the first N parcels only.")
def command(paths: tuple[Path, ...], as_json: bool, first: int | None) -> None:
    """Order the reports in DIR... so that the riskiest parcel comes first, with the gravest reason."""
    rows = rows_of(paths)[:first]
    if as_json:
        click.echo(json.dumps(rows, indent=1, ensure_ascii=False))
        return
    width = max((len(r["name"]) for r in rows), default=4)
    click.echo(f"{'parcel':{width}s}  risk  decision  first reason")
    for r in rows:
        reason = "" if not r["message"] or r["decision"] == "clear" else f"{r['kind']}: {r['message']}"
        click.echo(f"{r['name']:{width}s}  {r['risk']:.2f}  {r['decision']:8s}  {_short(reason)}".rstrip())


def _short(text: str) -> str:
    line = " ".join(c for c in text.split())
    line = "".join(c for c in line if c.isprintable())
    return line if len(line) <= REASON else line[: REASON - 1] + "…"
