"""The table of benchmarks/README.md: every kernel at 256³, the main ones at 512³ and at an odd width."""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from dataclasses import asdict
from pathlib import Path

from xscan.bench import VECTORS, Row, bandwidth, line, markdown, parcel, rows, use_vectors

FOLDER = Path(__file__).parents[1]
BEGIN, END = "<!-- table -->", "<!-- end of table -->"
MAIN = (
    "label",
    "label_slabs",
    "region_statistics",
    "component_statistics",
    "fill_holes",
    "dual_energy_polynomial",
    "read",
)
LARGE = (*MAIN, "distance")
ODD = (*MAIN[:1], *MAIN[2:6], "surface", "median3", "gaussian", "guided", "distance", "closing", "watershed")


def plan(size: int) -> list[tuple[tuple[int, int, int], tuple[str, ...]]]:
    """Shapes and the kernels measured on each (none: all)."""
    return [
        ((size,) * 3, ()),
        ((2 * size,) * 3, LARGE),
        ((size - 6, size - 1, size // 2 + 3), ODD),
    ]


def write(found: list[Row], about: dict[str, object]) -> None:
    """Both files anew, whole at every moment: a run that is cut off loses nothing."""
    page = FOLDER / "README.md"
    text = page.read_text()
    start, stop = text.index(BEGIN) + len(BEGIN), text.index(END)
    head = ", ".join(f"{name} {value}" for name, value in about.items())
    for path, new in (
        (FOLDER / "results.json", json.dumps({**about, "rows": [asdict(row) for row in found]}, indent=1) + "\n"),
        (page, f"{text[:start]}\n\n{head}.\n\n{markdown(found)}\n\n{text[stop:]}"),
    ):
        aside = path.with_suffix(".part")
        aside.write_text(new)
        os.replace(aside, path)


def measured(about: dict[str, object]) -> list[Row]:
    """The rows of a run that was cut off, if it was like this one."""
    try:
        held = json.loads((FOLDER / "results.json").read_text())
        if any(held[name] != about[name] for name in ("machine", "vectors", "threads")):
            return []
        return [
            Row(**{**row, **{n: row[n] and tuple(row[n]) for n in ("spread", "peer_spread")}}) for row in held["rows"]
        ]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kernels", description=__doc__)
    parser.add_argument("--size", type=int, default=256, help="edge of the volume in voxels; also its double (256)")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--seconds", type=float, default=2.5, help="for the turns of one case (2.5)")
    parser.add_argument("--vectors", choices=list(VECTORS), default="native", help="longest vectors to use")
    parser.add_argument("--once", action="store_true", help="only the first size")
    parser.add_argument("--resume", action="store_true", help="go on where a run was cut off")
    given = parser.parse_args()
    use_vectors(given.vectors)
    about: dict[str, object] = {
        "machine": platform.machine(),
        "vectors": given.vectors,
        "copy GB/s": " and ".join(f"{bandwidth(t) / 1e9:.1f}" for t in given.threads),
        "threads": " and ".join(map(str, given.threads)),
    }
    found: list[Row] = measured(about) if given.resume else []
    start = time.perf_counter()
    for shape, kernels in plan(given.size)[: 1 if given.once else None]:
        subject = parcel(shape)
        for row in rows(
            subject,
            kernels=kernels,
            known={(row.kernel, row.case) for row in found if row.subject == subject.name},
            threads=tuple(given.threads),
            limit_s=given.seconds,
            missing=lambda name: print(f"{name}: not installed, left out"),
        ):
            found.append(row)
            write(found, about)
            print(f"{time.perf_counter() - start:5.0f} s  {row.subject:12s}{line(row)}", flush=True)
        del subject


if __name__ == "__main__":
    main()
