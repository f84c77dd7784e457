"""``xscan batch``: many parcels in one run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from xscan.cli.analyze import NOT_CLEAR
from xscan.cli.bar import progress_bar
from xscan.cli.options import PATH, analysis_options, reporting
from xscan.errors import InputError, XscanError
from xscan.files import written_aside
from xscan.language import Language, in_language, text

__all__ = ["command", "find_parcels"]

DECLARATIONS = ("declaration.json", "declaration.csv", "declaration.xml")


@dataclass(frozen=True)
class _Parcel:
    name: str
    scan: Path
    declaration: Path | None


def find_parcels(paths: tuple[Path, ...]) -> Iterator[_Parcel]:
    """Parcels that `paths` name: a scan, a folder with ``scan.*`` in it, or a folder of such folders."""
    for path in paths:
        if not path.exists():
            raise InputError(path, "does not exist", "name scans, or folders that hold scan.* and a declaration")
        inside = list(_in_folder(path)) or [p for f in sorted(path.glob("*/")) for p in _in_folder(f)]
        yield from inside or [_Parcel(path.stem, path, None)]


def _in_folder(folder: Path) -> Iterator[_Parcel]:
    scans = sorted(folder.glob("scan.*")) if folder.is_dir() else []
    if scans:
        declaration = next((folder / d for d in DECLARATIONS if (folder / d).exists()), None)
        yield _Parcel(folder.name, scans[0], declaration)


@click.command("batch", no_args_is_help=True)
@click.argument("parcels", type=PATH, nargs=-1, required=True)
@click.option("--out", type=PATH, required=True, help="Folder; each parcel gets one of its own in it.")
@analysis_options
def command(
    parcels: tuple[Path, ...],
    out: Path,
    templates: Path | None,
    calibration: Path | None,
    units: str | None,
    config_file: Path | None,
    lang: Language | None,
    pdf: bool,
    exit_code: bool,
    quiet: bool,
) -> int:
    """Analyse PARCELS: scans, folders that hold scan.* and perhaps declaration.*, or folders of such folders.

    One that cannot be read is told on stderr and does not stop the rest; then the exit status is 3.
    OUT/batch.json lists every parcel with its decision, risk and report, or with what was wrong.
    """
    from xscan import physics, report, template
    from xscan._version import __version__
    from xscan.config import load_config
    from xscan.pipeline import analyze

    config = reporting(load_config(config_file), lang, pdf)
    library = template.load_library(templates, config=config.template) if templates else None
    known = physics.read_calibration(calibration) if calibration else None
    materials = physics.load_materials(config.physics.materials_file)
    found = list(find_parcels(parcels))
    names = _unique([p.name for p in found])
    rows: list[dict[str, object]] = []
    with progress_bar("batch", quiet=quiet) as progress:
        for i, (parcel, name) in enumerate(zip(found, names, strict=True)):
            progress(i / len(found), name)
            try:
                analysis = analyze(
                    parcel.scan,
                    declaration=parcel.declaration,
                    templates=library,
                    calibration=known,
                    units=units,
                    config=config,
                )
                report.write_report(
                    analysis, out / name, config=config.report, version=__version__, materials=materials
                )
            except XscanError as error:
                click.echo(f"xscan: {error}", err=True)
                rows.append({"name": name, "error": str(error)})
                continue
            decision, language = analysis.decision, config.report.language
            rows.append(
                {
                    "name": name,
                    "decision": decision.verdict,
                    "risk": round(decision.risk, 4),
                    "reason": in_language(decision.findings[0].message, language) if decision.findings else "",
                    "report": f"{name}/report.json",
                }
            )
            if not quiet:
                values = {"name": name, "risk": f"{decision.risk:.2f}", "reason": rows[-1]["reason"]}
                values["verdict"] = text(f"verdict-{decision.verdict}", None, language).lower()
                click.echo(text("summary-parcel", values, language))
    out.mkdir(parents=True, exist_ok=True)
    with written_aside(out / "batch.json") as aside:
        aside.write_text(json.dumps({"parcels": rows}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if any("error" in r for r in rows):
        return InputError.exit_code
    return NOT_CLEAR if exit_code and any(r["decision"] != "clear" for r in rows) else 0


def _unique(names: list[str]) -> list[str]:
    """Give a name that comes again a number, so that no report overwrites another."""
    taken: set[str] = set()
    out = []
    for name in names:
        candidate, n = name, 1
        while candidate in taken:
            n += 1
            candidate = f"{name}-{n}"
        taken.add(candidate)
        out.append(candidate)
    return out
