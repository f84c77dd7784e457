"""The rows for people: a line each on the terminal, tables in Markdown."""

from __future__ import annotations

from collections.abc import Iterable

from xscan.bench.row import Row

__all__ = ["line", "markdown"]

HEAD = (
    "| kernel | case | threads | ms (best) | peer | peer ms (best) | × median | × best | peak MB | peer MB "
    "| × limit | equal |\n|---|---|---|---|---|---|---|---|---|---|---|---|"
)


def line(row: Row) -> str:
    """A row on the terminal."""
    text = f"{row.kernel:23s}{row.case:50s}{row.threads:2d} × {row.seconds * 1e3:9.1f} ms"
    if row.per_second:
        text += f" {row.per_second / 1e6:9.2f} M/s"
    if row.ratio is not None:
        text += f" {row.ratio:8.2f} × {row.peer}"
    return text if row.equal else text + "  NOT EQUAL"


def markdown(rows: Iterable[Row]) -> str:
    """A table for each subject, in the order of the rows."""
    parts: dict[str, list[str]] = {}
    for r in rows:
        parts.setdefault(r.subject, []).append(_line(r))
    return "\n\n".join(f"### {name}\n\n{HEAD}\n" + "\n".join(lines) for name, lines in parts.items())


def _line(r: Row) -> str:
    theirs = ["—"] * 5
    if r.peer_seconds is not None and r.peer_spread is not None:
        theirs = [
            f"{r.peer_seconds * 1e3:.1f} ({r.peer_spread[0] * 1e3:.1f})",
            f"{r.ratio}",
            f"{r.best_ratio}",
            f"{r.peak_mb:.0f}",
            f"{r.peer_peak_mb:.0f}",
        ]
    theirs[3] = f"{r.peak_mb:.0f}"
    case = r.case + (f" ({r.per_second / 1e6:.2f} M/s)" if r.per_second else "")
    cells = [
        r.kernel,
        case,
        str(r.threads),
        f"{r.seconds * 1e3:.1f} ({r.spread[0] * 1e3:.1f})",
        r.peer or "—",
        *theirs,
        "—" if r.limit_ratio is None else str(r.limit_ratio),
        "yes" if r.equal else "NO",
    ]
    return f"| {' | '.join(cells)} |"
