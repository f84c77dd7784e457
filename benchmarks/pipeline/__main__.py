"""Time and peak memory of whole runs: ``python -m benchmarks.pipeline PARCEL… [--templates DIR] [--runs 3]``.

Each run is a process of its own, as a user starts it; the first one may compile kernels and is not counted. A parcel is
a scan of any form, or a folder that holds scan.* and perhaps declaration.json.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table


def run(command: list[str]) -> tuple[float, float, int]:
    """Seconds, peak memory (MB) and exit status of one process."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    scale = 1 if sys.platform == "darwin" else 1024
    return seconds, usage.ru_maxrss * scale / 2**20, os.waitstatus_to_exitcode(status)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parcels", nargs="+", type=Path)
    parser.add_argument("--templates", type=Path)
    parser.add_argument("--calibration", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", type=Path, help="write the rows there too")
    options = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for parcel in track(options.parcels, console=Console(stderr=True), transient=True):
            scan = next(iter(sorted(parcel.glob("scan.*"))), parcel) if parcel.is_dir() else parcel
            out = Path(folder) / parcel.stem
            command = [sys.executable, "-m", "xscan", "analyze", str(scan), "--out", str(out)]
            if (parcel / "declaration.json").exists():
                command += ["--declaration", str(parcel / "declaration.json")]
            for name in ("templates", "calibration"):
                if getattr(options, name):
                    command += [f"--{name}", str(getattr(options, name))]
            measured = [run(command) for _ in range(options.runs + 1)]
            report = json.loads((out / "report.json").read_text()) if (out / "report.json").exists() else {}
            seconds = [s for s, _, _ in measured[1:]] or [measured[0][0]]
            rows.append(
                {
                    "parcel": parcel.stem,
                    "seconds": round(statistics.median(seconds), 2),
                    "spread": [round(min(seconds), 2), round(max(seconds), 2)],
                    "peak_mb": round(max(m for _, m, _ in measured)),
                    "exit": measured[-1][2],
                    "goods": sum(o["role"] == "goods" and o["parent"] is None for o in report.get("objects", [])),
                    "decision": report.get("decision", ""),
                    "stages": report.get("timing", {}),
                }
            )
    table = Table("parcel", "median s", "min to max s", "peak MB", "goods", "decision")
    for r in rows:
        low, high = r["spread"]
        table.add_row(
            r["parcel"], f"{r['seconds']}", f"{low} to {high}", f"{r['peak_mb']}", f"{r['goods']}", r["decision"]
        )
    Console(width=110).print(table)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
