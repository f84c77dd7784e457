"""`python -m benchmarks.parcels make|score|signatures`; see README.md."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks.parcels.make import make, seeds_of
from benchmarks.parcels.score import score
from benchmarks.parcels.signatures import signatures
from xscan.errors import XscanError
from xscan.simulate.parcels import GRADES
from xscan.simulate.scanner import SCANNERS


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.parcels", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    making = commands.add_parser("make", help="simulate parcels")
    making.add_argument("--seeds", default="0-19", help='e.g. "0-19" or "3,8"')
    making.add_argument("--grade", choices=GRADES, default="sparse")
    making.add_argument("--scanner", choices=tuple(SCANNERS), default="a-100-160")
    making.add_argument("--templates", type=Path, help="library whose protected designs are planted, not our own")
    making.add_argument("--out", type=Path, required=True)
    scoring = commands.add_parser("score", help="analyse parcels and score what was found")
    scoring.add_argument("parcels", type=Path)
    scoring.add_argument("--out", type=Path, required=True)
    scoring.add_argument("--templates", type=Path, help="library to match; absent: the folder templates of the set")
    scoring.add_argument("--system", default="xscan", help='command to call, or "none" to score what lies in OUT')
    signing = commands.add_parser("signatures", help="weigh bodies by their true labels")
    signing.add_argument("parcels", type=Path)
    signing.add_argument(
        "--calibration", type=Path, required=True, help="made by `xscan calibrate` on the set's phantom"
    )
    options = parser.parse_args()
    if options.command == "score":
        return score(options.parcels, options.out, system=options.system, templates=options.templates)
    try:
        if options.command == "signatures":
            return signatures(options.parcels, options.calibration)
        make(seeds_of(options.seeds), options.grade, options.out, scanner=options.scanner, library=options.templates)
    except XscanError as error:
        parser.error(str(error))
    return 0


if __name__ == "__main__":
    sys.exit(main())
