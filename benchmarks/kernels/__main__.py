"""Measure all kernels, write benchmarks/results.json and the table in benchmarks/README.md."""

import argparse
import json
import platform
from pathlib import Path
from typing import Any

from benchmarks.kernels.cases import cases
from benchmarks.kernels.measure import bandwidth, measure

FOLDER = Path(__file__).parents[1]
BEGIN, END = "<!-- table -->", "<!-- end of table -->"


def table(rows: list[dict[str, Any]]) -> str:
    """The rows as Markdown."""
    lines = [
        "| kernel | case | threads | ms (best) | peer | peer ms (best) | × median | × best | peak MB | peer MB "
        "| × limit | equal |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for r in rows:
        lines.append(
            f"| {r['kernel']} | {r['case']} | {r['threads']} "
            f"| {r['seconds'] * 1e3:.1f} ({r['spread'][0] * 1e3:.1f}) | {r['peer']} "
            f"| {r['peer_seconds'] * 1e3:.1f} ({r['peer_spread'][0] * 1e3:.1f}) | {r['ratio']} | {r['best_ratio']} "
            f"| {r['peak_mb']:.0f} | {r['peer_peak_mb']:.0f} | {r['limit_ratio']} | {'yes' if r['equal'] else 'NO'} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kernels", description=__doc__)
    parser.add_argument("--size", type=int, default=256, help="edge of the volume in voxels (256)")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--only", help="kernels whose name holds this word")
    parser.add_argument("--repeats", type=int, help="turns of each case")
    given = parser.parse_args()
    speed = bandwidth()
    rows = []
    for case in cases(given.size):
        if given.only and given.only not in case.kernel:
            continue
        case.repeats = given.repeats or case.repeats
        for row in measure(case, tuple(given.threads), speed):
            rows.append(row)
            print(
                f"{row['kernel']:24s}{row['case']:40s}{row['threads']:2d}  {row['ratio']:7.2f} x {row['peer']}",
                "" if row["equal"] else "NOT EQUAL",
                flush=True,
            )
    if given.only:
        return
    about = {"size": given.size, "machine": platform.machine(), "copy_gb_s": round(speed / 1e9, 1)}
    (FOLDER / "results.json").write_text(json.dumps({**about, "rows": rows}, indent=1) + "\n")
    page = FOLDER / "README.md"
    text = page.read_text()
    start, stop = text.index(BEGIN) + len(BEGIN), text.index(END)
    page.write_text(f"{text[:start]}\n\n{given.size}³ voxels.\n\n{table(rows)}\n\n{text[stop:]}")


if __name__ == "__main__":
    main()
