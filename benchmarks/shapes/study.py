"""How well planted shapes are found, how often others are taken for them, and what it costs.

``python benchmarks/shapes/study.py PART --library L --out FILE.jsonl [--rounds N] [--seed S] [--minutes M]``

PART is pairs, parts, found (see trials.py), alike (alike.py), cost (cost.py) or peers (peers.py). A run goes on
where the last one with that FILE stopped; shapes once made lie beside it.
``python benchmarks/shapes/table.py FILE…`` makes tables of the lines.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import alike
import cost
import lines
import peers
import trials
from libraries import library

PARTS = {
    "pairs": trials.pairs,
    "parts": trials.parts,
    "found": trials.found,
    "alike": alike.alike,
    "cost": cost.cost,
    "peers": peers.peers,
}


def main() -> None:
    """Run one part."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("--library", default="made:60:1", help="made:N:SEED, figures, or a folder")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--minutes", type=float, default=4.5)
    a = parser.parse_args()
    a.out.parent.mkdir(parents=True, exist_ok=True)
    left = lines.run(a.out, PARTS[a.part](library(a.library, a.out.parent), a.rounds, a.seed), a.minutes)
    print(f"{a.out}: {len(lines.read(a.out))} lines, {left} to do")


if __name__ == "__main__":
    main()
