"""Makes xscan/declaration/data/hs.txt from a harmonized-system.csv (datasets/harmonized-system, public domain).

usage: python benchmarks/declarations/make_hs_table.py harmonized-system.csv > xscan/declaration/data/hs.txt
"""

from __future__ import annotations

import csv
import re
import sys
from collections import defaultdict
from pathlib import Path

TITLE = 90  # characters of a heading's title: enough to know what it is


def main(source: Path) -> str:
    rows = list(csv.DictReader(source.open(encoding="utf-8-sig")))
    edition = next(re.search(r"HS\d{4}", r["description"]) for r in rows if r["hscode"] == "TOTAL")
    assert edition is not None
    tails: dict[str, list[str]] = defaultdict(list)
    for r in rows:
        if r["level"] == "6":
            tails[r["hscode"][:4]].append(r["hscode"][4:])
    out = [f"# {edition.group()} (datasets/harmonized-system, public domain)"]
    for r in rows:
        if r["level"] in ("2", "4"):
            title = " ".join(r["description"].replace("|", "/").split())
            cut = title if len(title) <= TITLE else title[:TITLE].rsplit(" ", 1)[0] + " …"
            out.append(f"{r['hscode']}|{' '.join(sorted(tails[r['hscode']]))}|{cut}")
    return "\n".join(out) + "\n"


if __name__ == "__main__":
    sys.stdout.write(main(Path(sys.argv[1])))
