"""The page of many parcels: which to open first, and why."""

from __future__ import annotations

import base64
import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from markupsafe import Markup

from xscan.language import Language
from xscan.report.environment import environment
from xscan.report.gain import gain_curve, gain_figure
from xscan.report.policy import content_policy, own_file
from xscan.report.ranking import Row
from xscan.report.thumbnail import NAME as THUMBNAIL

__all__ = ["rank_page"]

THUMBNAIL_BYTES = 200_000
PNG = b"\x89PNG\r\n\x1a\n"
VERDICTS = ("detain", "inspect", "clear")


def rank_page(rows: Sequence[Row], folder: Path, *, language: Language = "en") -> str:
    """Return the HTML of the list; it links to the reports' pages by the way from `folder`, where it will lie.

    As a report's page it fetches nothing, runs no script but its own, and escapes every text.
    """
    style, script = own_file("rank.css"), own_file("rank.js")
    gain = gain_curve(rows)
    html: str = (
        environment(language)
        .get_template("rank.html.j2")
        .render(
            rows=[{"row": r, "link": _link(r, folder), "picture": _picture(r)} for r in rows],
            counts={v: sum(r.decision == v for r in rows) for v in VERDICTS},
            gain=gain,
            gain_figure=None if gain is None else gain_figure(gain, language),
            known=sum(r.wrong is not None for r in rows),
            style=style,
            script=script,
            policy=content_policy(style, script),
        )
    )
    return html


def _link(row: Row, folder: Path) -> Markup | None:
    """Relative address of the report's page, which no name of a folder can turn into anything else."""
    target = row.folder / "report.html"
    if not target.is_file():
        return None
    try:
        way = Path(os.path.relpath(target.resolve(), folder.resolve())).as_posix()
    except ValueError:  # another drive
        return Markup(target.resolve().as_uri())  # noqa: S704 - quoted
    return Markup("./" + quote(way))  # noqa: S704 - quoted


def _picture(row: Row) -> Markup | None:
    path = row.folder / THUMBNAIL
    try:
        if path.stat().st_size > THUMBNAIL_BYTES:
            return None
        content = path.read_bytes()
    except OSError:
        return None
    if not content.startswith(PNG):
        return None
    return Markup("data:image/png;base64," + base64.b64encode(content).decode("ascii"))  # noqa: S704 - base64
