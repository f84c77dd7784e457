"""Read and write every form by every program; write benchmarks/dicos/results.json and the tables in its README."""

from __future__ import annotations

import json
import tempfile
import warnings
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks.dicos.forms import forms
from benchmarks.dicos.readers import READERS, installed, read_all
from benchmarks.dicos.writers import ROWS, WRITERS, write_and_judge

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


def main() -> None:
    """Run from the command line."""
    warnings.simplefilter("ignore")  # of UIDs with leading zeros, which the toolkit writes
    there = {name: installed(module) for name, module in MODULES.items()}
    reading: dict[str, dict[str, str]] = {}
    writing: dict[str, dict[str, str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        found = list(forms(Path(folder)))
        for name in READERS:
            judged = read_all(name, found) if there[name] else ["not installed"] * len(found)
            by_row: dict[str, list[str]] = {}
            for form, result in zip(found, judged, strict=True):
                by_row.setdefault(form.row, []).append(result)
            for row, results in by_row.items():
                reading.setdefault(row, {})[name] = joined(results)
        for name in WRITERS:
            for row in ROWS:
                toolkit = there["toolkit's wrapper"]
                judged_one = (
                    write_and_judge(name, row, Path(folder), toolkit=toolkit) if there[name] else "not installed"
                )
                writing.setdefault(row, {})[name] = judged_one
    programs = list(READERS)
    versions = {}
    for name, module in MODULES.items():
        try:
            versions[name] = version(module)
        except PackageNotFoundError:
            versions[name] = "not installed"
    results = {"versions": versions, "files": len(found), "reading": reading, "writing": writing}
    (FOLDER / "results.json").write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    page = FOLDER / "README.md"
    text = page.read_text(encoding="utf-8")
    start, stop = text.index(BEGIN) + len(BEGIN), text.index(END)
    told = ", ".join(f"{name} {v}" for name, v in versions.items())
    tables = f"\n\n{told}; {len(found)} files.\n\n{table('reading', reading, programs)}\n\n"
    tables += f"{table('writing', writing, programs)}\n\n"
    page.write_text(text[:start] + tables + text[stop:], encoding="utf-8")
    print(tables)


if __name__ == "__main__":
    main()
