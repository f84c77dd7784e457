"""``xscan rank``: which parcel to open first."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import click

from xscan.cli.options import PATH
from xscan.files import written_aside
from xscan.language import LANGUAGES, Language, in_language, known, text, word

__all__ = ["command"]

REASON = 72  # characters of the first reason that a row of the table shows


@click.command("rank", no_args_is_help=True)
@click.argument("paths", metavar="DIR...", type=PATH, nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="JSON on stdout instead of a table.")
@click.option("--first", type=click.IntRange(min=1), help="Show the first N parcels only.")
@click.option("--page", type=PATH, help="HTML file: the list with pictures, to be filtered and opened from.")
@click.option("--truth", type=PATH, help="Folder of truth.json, or CSV (name, wrong): the page shows the gain curve.")
@click.option("--lang", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Language of the list.")
def command(
    paths: tuple[Path, ...],
    as_json: bool,
    first: int | None,
    page: Path | None,
    truth: Path | None,
    lang: Language,
) -> None:
    """Order the reports in DIR... so that the riskiest parcel comes first, with the gravest reason."""
    from xscan.report.index import rank_page
    from xscan.report.ranking import ranked, read_truth, with_truth

    rows = ranked(paths, lang)
    if truth is not None:
        rows = with_truth(rows, read_truth(truth))
    rows = rows[:first]
    if page is not None:
        page.parent.mkdir(parents=True, exist_ok=True)
        html = rank_page(rows, page.parent, language=lang)
        with written_aside(page) as aside:
            aside.write_text(html, encoding="utf-8")
    if as_json:
        names = ("name", "decision", "risk", "kind", "message")
        told = [{n: getattr(r, n) for n in names} | {"report": str(r.report)} for r in rows]
        click.echo(json.dumps(told, indent=1, ensure_ascii=False))
        return
    heads = [text(f"rank-column-{c}", None, lang).lower() for c in ("parcel", "risk", "decision", "reason")]
    width = max(_cells(heads[0]), *(_cells(_short(r.name)) for r in rows))
    click.echo(f"{_padded(heads[0], width)}  {_padded(heads[1], 4)}  {_padded(heads[2], 8)}  {heads[3]}")
    for r in rows:
        kind = in_language(word("finding", r.kind), lang)
        reason = ""
        if r.message and r.decision != "clear":
            reason = text("rank-reason", {"kind": kind, "message": r.message}, lang)
        decision = f"verdict-{r.decision}"
        verdict = text(decision, None, lang).lower() if known(decision, lang) else _short(r.decision)
        line = f"{_padded(_short(r.name), width)}  {r.risk:.2f}  {_padded(verdict, 8)}  {_short(reason)}"
        click.echo(line.rstrip())
    if page is not None:
        click.echo(text("rank-page", {"path": page}, lang))


def _cells(told: str) -> int:
    """Cells of a terminal that a text takes; a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in told)


def _padded(told: str, width: int) -> str:
    return told + " " * max(0, width - _cells(told))


def _short(told: str) -> str:
    line = " ".join(told.split())
    line = "".join(c for c in line if c.isprintable())
    return line if len(line) <= REASON else line[: REASON - 1] + "…"
