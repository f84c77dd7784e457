"""``xscan rank``: which parcel to open first."""

from __future__ import annotations

import json
from pathlib import Path

import click

from xscan.cli.options import PATH
from xscan.files import written_aside
from xscan.language import LANGUAGES, Language, in_language, text, word

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
    width = max((len(r.name) for r in rows), default=4)
    heads = [text(f"rank-column-{c}", None, lang).lower() for c in ("parcel", "risk", "decision", "reason")]
    click.echo(f"{heads[0]:{width}s}  {heads[1]}  {heads[2]}  {heads[3]}")
    for r in rows:
        kind = in_language(word("finding", r.kind), lang)
        reason = ""
        if r.message and r.decision != "clear":
            reason = text("rank-reason", {"kind": kind, "message": r.message}, lang)
        click.echo(f"{_short(r.name):{width}s}  {r.risk:.2f}  {r.decision:8s}  {_short(reason)}".rstrip())
    if page is not None:
        click.echo(text("rank-page", {"path": page}, lang))


def _short(told: str) -> str:
    line = " ".join(told.split())
    line = "".join(c for c in line if c.isprintable())
    return line if len(line) <= REASON else line[: REASON - 1] + "…"
