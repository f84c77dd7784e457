"""``xscan info``: what a scan is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xscan.cli.options import PATH, units_option

if TYPE_CHECKING:
    from xscan.model import Projection, Scan, Volume

__all__ = ["command", "describe"]

_LOOKED_AT = 9  # slices that the range of values is told from
_PERCENTILES = (0, 1, 50, 99, 100)


@click.command("info", no_args_is_help=True)
@click.argument("scan", type=PATH)
@units_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
def command(scan: Path, units: str | None, as_json: bool) -> None:
    """Show what SCAN is: form, geometry, channels with unit and range of values, scanner, time, notes."""
    import json

    from xscan.io import load

    known = describe(load(scan, units=units))
    if as_json:
        click.echo(json.dumps(known, indent=1, ensure_ascii=False))
    else:
        _show(known)


def describe(scan: Scan) -> dict[str, Any]:
    """What is known of a scan, as JSON has it; ranges are told from a few slices."""
    from xscan.model import Volume

    source = scan.provenance
    first = next(iter(scan.channels.values()))
    known: dict[str, Any] = {
        "path": source.path,
        "sha256": source.sha256,
        "form": source.form,
        "modality": scan.modality,
        "shape": list(first.stored.shape),
    }
    if isinstance(first, Volume):
        known |= {
            "voxel_size_mm": list(first.grid.voxel_size_mm),
            "extent_mm": list(first.grid.extent_mm),
            "origin_mm": list(first.grid.origin_mm),
            "direction": [list(row) for row in first.grid.direction.tolist()],
        }
    else:
        known["voxel_size_mm"] = list(first.pixel_size_mm)
    return known | {
        "channels": {name: _channel(channel, source.kvp.get(name)) for name, channel in scan.channels.items()},
        "calibrated": scan.calibration is not None,
        "scanner": source.scanner,
        "acquired": source.acquired.isoformat() if source.acquired else None,
        "parcel_id": source.parcel_id,
        "notes": list(source.notes),
        "attributes": dict(source.attributes),
    }


def _channel(channel: Volume | Projection, kvp: float | None) -> dict[str, Any]:
    import numpy as np

    from xscan.model import Volume

    if isinstance(channel, Volume):
        count = channel.grid.shape[0]
        looked_at = sorted({round(i * (count - 1) / max(1, _LOOKED_AT - 1)) for i in range(_LOOKED_AT)})
        values = np.concatenate([channel.read(slice(z, z + 1)).ravel() for z in looked_at])
        slices = len(looked_at)
    else:
        values, slices = channel.array().ravel(), 1
    found = np.percentile(values, _PERCENTILES)
    return {
        "unit": channel.unit.value,
        "dtype": str(channel.stored.dtype.newbyteorder("=")),
        "slope": channel.slope,
        "intercept": channel.intercept,
        "kvp": kvp,
        "megabytes": round(values.size / slices * channel.stored.shape[0] * channel.stored.dtype.itemsize / 1e6, 3)
        if isinstance(channel, Volume)
        else round(values.size * channel.stored.dtype.itemsize / 1e6, 3),
        "percentiles": {f"p{p}": float(v) for p, v in zip(_PERCENTILES, found, strict=True)},
        "slices_looked_at": slices,
    }


def _show(known: Mapping[str, Any]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console(highlight=False)
    facts = Table.grid(padding=(0, 2))
    for label, text in (
        ("file", known["path"]),
        ("form", f"{known['form']} ({known['modality']})"),
        ("shape", " × ".join(map(str, known["shape"])) + (" (z, y, x)" if len(known["shape"]) == 3 else " (y, x)")),
        ("voxel size", " × ".join(f"{v:g}" for v in known["voxel_size_mm"]) + " mm"),
        ("extent", " × ".join(f"{v:.1f}" for v in known.get("extent_mm", ())) + " mm" if "extent_mm" in known else ""),
        ("scanner", known["scanner"]),
        ("acquired", known["acquired"]),
        ("parcel", known["parcel_id"]),
        ("calibrated", "yes, stored with the scan" if known["calibrated"] else "no"),
        ("sha256", known["sha256"]),
    ):
        if text:
            facts.add_row(f"[bold]{label}[/bold]", escape(str(text)))
    console.print(facts)
    table = Table(title=None)
    for column in ("channel", "unit", "type", "MB", "kVp", "min", "1 %", "median", "99 %", "max"):
        table.add_column(column, justify="left" if column in ("channel", "unit", "type") else "right", no_wrap=True)
    for name, channel in known["channels"].items():
        values = [f"{v:.4g}" for v in channel["percentiles"].values()]
        kvp = "" if channel["kvp"] is None else f"{channel['kvp']:g}"
        table.add_row(name, channel["unit"], channel["dtype"], f"{channel['megabytes']:.1f}", kvp, *values)
    console.print(table)
    looked_at = next(iter(known["channels"].values()))["slices_looked_at"]
    console.print(f"[dim]Values of {looked_at} slices spread over the scan.[/dim]")
    for note in known["notes"]:
        console.print(f"[yellow]note[/yellow]  {escape(note)}")
