"""Read and write every form by every program; write benchmarks/dicos/results.json and the tables in its README."""

from __future__ import annotations

import argparse
import json
import tempfile
import warnings
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks.dicos.forms import forms
from benchmarks.dicos.readers import installed, read_all
from benchmarks.dicos.writers import ROWS, write_and_judge

FOLDER = Path(__file__).parent
BEGIN, END = "<!-- tables -->", "<!-- end of tables -->"
MODULES = {"xscan": "xscan", "pydicom": "pydicom", "SimpleITK": "SimpleITK", "toolkit's wrapper": "pydicos"}


def joined(results: list[str]) -> str:
    """One cell for several files of a form: the word they share, or how many are what."""
    words = list(dict.fromkeys(results))
    if len(words) == 1:
        return words[0]
    return ", ".join(f"{results.count(w)} {w}" for w in words)


def table(first: str, rows: dict[str, dict[str, str]], programs: list[str]) -> str:
    """Rows as Markdown."""
    lines = [f"| {first} | {' | '.join(programs)} |", "|---" * (len(programs) + 1) + "|"]
    lines += [f"| {row} | {' | '.join(cells[p] for p in programs)} |" for row, cells in rows.items()]
    return "\n".join(lines)


def measured_reading(
    programs: list[str], there: dict[str, bool], folder: Path
) -> tuple[dict[str, dict[str, str]], int]:
    """Cells of the reading table by row and program, and the number of files."""
    rows: dict[str, dict[str, str]] = {}
    found = list(forms(folder))
    for name in programs:
        judged = read_all(name, found) if there[name] else ["not installed"] * len(found)
        by_row: dict[str, list[str]] = {}
        for form, result in zip(found, judged, strict=True):
            by_row.setdefault(form.row, []).append(result)
        for row, results in by_row.items():
            rows.setdefault(row, {})[name] = joined(results)
    return rows, len(found)


def measured_writing(programs: list[str], there: dict[str, bool], folder: Path) -> dict[str, dict[str, str]]:
    """Cells of the writing table by row and program."""
    toolkit = there["toolkit's wrapper"]
    return {
        row: {
            name: write_and_judge(name, row, folder, toolkit=toolkit) if there[name] else "not installed"
            for name in programs
        }
        for row in ROWS
    }


def installed_version(module: str) -> str:
    """Version of a library, or that it is not there."""
    try:
        return version(module)
    except PackageNotFoundError:
        return "not installed"


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dicos", description=__doc__)
    parser.add_argument("--only", choices=["reading", "writing"], help="measure one table again, keep the other")
    parser.add_argument(
        "--programs", nargs="+", choices=list(MODULES), default=list(MODULES), help="measure these again"
    )
    given = parser.parse_args()
    warnings.simplefilter("ignore")  # of UIDs with leading zeros, which the toolkit writes
    there = {name: installed(module) for name, module in MODULES.items()}
    stored = FOLDER / "results.json"
    results = json.loads(stored.read_text(encoding="utf-8")) if stored.exists() else {"reading": {}, "writing": {}}
    with tempfile.TemporaryDirectory() as folder:
        new: dict[str, dict[str, dict[str, str]]] = {}
        if given.only != "writing":
            new["reading"], results["files"] = measured_reading(given.programs, there, Path(folder))
        if given.only != "reading":
            new["writing"] = measured_writing(given.programs, there, Path(folder))
    for which, rows in new.items():
        known = results[which]
        results[which] = {row: known.get(row, dict.fromkeys(MODULES, "")) | cells for row, cells in rows.items()}
    results["versions"] = {name: installed_version(module) for name, module in MODULES.items()}
    stored.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    page = FOLDER / "README.md"
    text = page.read_text(encoding="utf-8")
    start, stop = text.index(BEGIN) + len(BEGIN), text.index(END)
    told = ", ".join(f"{name} {v}" for name, v in results["versions"].items())
    programs = list(MODULES)
    tables = f"\n\n{told}; {results['files']} files.\n\n{table('reading', results['reading'], programs)}\n\n"
    tables += f"{table('writing', results['writing'], programs)}\n\n"
    page.write_text(text[:start] + tables + text[stop:], encoding="utf-8")
    print(tables)


if __name__ == "__main__":
    main()
