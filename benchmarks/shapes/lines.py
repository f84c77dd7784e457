"""Trials as lines of JSON: a run goes on where the last one stopped, and ends when its time is up."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from pathlib import Path

Trial = Callable[[], dict]


def run(path: Path, trials: Iterable[tuple[str, Trial]], minutes: float) -> int:
    """Do the trials whose keys have no line yet, a line each, for so many minutes; return how many are left out."""
    known = {line["key"] for line in read(path)}
    end, left = time.monotonic() + 60 * minutes, 0
    with path.open("a", encoding="utf-8") as out:
        for key, trial in trials:
            if key in known:
                continue
            if time.monotonic() > end:
                left += 1
                continue
            out.write(json.dumps({"key": key} | trial()) + "\n")
            out.flush()
    return left


def read(path: Path) -> list[dict]:
    """Lines of a file; a last one that was cut off is left out."""
    found = []
    for text in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
        try:
            found.append(json.loads(text))
        except ValueError:
            continue
    return found
