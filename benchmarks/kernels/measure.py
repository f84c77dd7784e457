"""Interleaved timing, peak memory and the bandwidth that the times are held against."""

import gc
import statistics
import threading
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.kernels.cases import Case


def bandwidth() -> float:
    """Bytes a second of a copy on one thread, best of five (read and write counted)."""
    source = np.ones(1 << 26, np.uint8)
    target = np.empty_like(source)
    best = min(_timed(lambda: np.copyto(target, source))[0] for _ in range(5))
    return 2 * source.nbytes / best


def _timed(call: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    result = call()
    return time.perf_counter() - start, result


def _resident() -> int:
    pages = Path("/proc/self/statm")
    return int(pages.read_text().split()[1]) * 4096 if pages.exists() else 0


def peak_bytes(call: Callable[[], Any]) -> int:
    """Most memory taken while ``call`` runs, by the resident size where that can be read."""
    gc.collect()
    base = most = _resident()
    if base == 0:
        tracemalloc.start()
        call()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak
    done = threading.Event()

    def watch() -> None:
        nonlocal most
        while not done.wait(0.0005):
            most = max(most, _resident())

    watcher = threading.Thread(target=watch)
    watcher.start()
    result = call()
    most = max(most, _resident())
    done.set()
    watcher.join()
    del result
    return most - base


def measure(case: Case, threads: tuple[int, ...], speed: float) -> list[dict[str, Any]]:
    """Rows of the table: ours and every peer's calls take turns, so that a busy moment meets both."""
    first = case.ours(1)  # compiles
    equal = {name: case.equal(first, call()) for name, call in case.peers.items()}
    same_bits = all(_bits(case.ours(t)) == _bits(first) for t in threads)
    del first
    ours: dict[int, list[float]] = {t: [] for t in threads}
    theirs: dict[str, list[float]] = {name: [] for name in case.peers}
    for _ in range(case.repeats):
        for t in threads:
            ours[t].append(_timed(lambda t=t: case.ours(t))[0])
        for name, call in case.peers.items():
            theirs[name].append(_timed(call)[0])
    rows = []
    for t in threads:
        peak = peak_bytes(lambda t=t: case.ours(t))
        for name, call in case.peers.items():
            mine, his = statistics.median(ours[t]), statistics.median(theirs[name])
            rows.append(
                {
                    "kernel": case.kernel,
                    "case": case.case,
                    "threads": t,
                    "seconds": round(mine, 5),
                    "spread": [round(min(ours[t]), 5), round(max(ours[t]), 5)],
                    "peer": name,
                    "peer_seconds": round(his, 5),
                    "peer_spread": [round(min(theirs[name]), 5), round(max(theirs[name]), 5)],
                    "ratio": round(his / mine, 2),
                    "best_ratio": round(min(theirs[name]) / min(ours[t]), 2),
                    "peak_mb": round(peak / 2**20, 1),
                    "peer_peak_mb": round(peak_bytes(call) / 2**20, 1),
                    "limit_ratio": round(min(ours[t]) * speed / case.moved, 2) if case.moved else None,
                    "equal": equal[name] and same_bits,
                }
            )
    return rows


def _bits(result: Any) -> bytes:
    """Everything a result holds, as bytes."""
    if isinstance(result, np.ndarray):
        return result.tobytes()
    parts = vars(result).values() if hasattr(result, "__dict__") else result
    return b"".join(_bits(part) for part in parts if part is not None)
