"""Interleaved timing, peak memory and the bandwidth that the times are held against."""

from __future__ import annotations

import ctypes
import gc
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from xscan.bench.case import Case, Peer
from xscan.bench.row import Row

__all__ = ["bandwidth", "measure"]

TURNS = 7  # of each call, as long as the time holds
LEAST_TURNS = 2


def bandwidth(threads: int) -> float:
    """Bytes a second of a copy by so many threads, best of five (read and write counted)."""
    source = np.ones(1 << 27, np.uint8)
    target = np.empty_like(source)
    edges = [source.nbytes * t // threads for t in range(threads + 1)]

    def copy(a: int, b: int) -> None:
        np.copyto(target[a:b], source[a:b])

    with ThreadPoolExecutor(threads) as pool:
        best = min(_timed(lambda: list(pool.map(copy, edges[:-1], edges[1:])))[0] for _ in range(5))
    return 2 * source.nbytes / best


def _timed(call: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    result = call()
    return time.perf_counter() - start, result


def _settle() -> None:
    """Give freed memory back to the system (glibc keeps it otherwise), so that the next call's shows."""
    gc.collect()
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (AttributeError, OSError, TypeError):  # another C library, or Windows
        return


def _peak(call: Callable[[], Any]) -> tuple[float, float, Any]:
    """Seconds, most MiB taken above what was there before, and the result of ``call``."""
    import psutil

    _settle()
    resident = psutil.Process().memory_info
    base = most = resident().rss
    done = threading.Event()

    def watch() -> None:
        nonlocal most
        while not done.wait(0.001):
            most = max(most, resident().rss)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        seconds, result = _timed(call)
        most = max(most, resident().rss)
    finally:
        done.set()
        watcher.join()
    return seconds, (most - base) / 2**20, result


def _bits(result: Any) -> bytes:
    """Everything a result holds, hashed: two results of a large volume need not stand side by side."""
    from hashlib import blake2b

    if result is None or isinstance(result, int | float | bool | str):
        return repr(result).encode()
    if isinstance(result, np.ndarray):
        return blake2b(np.ascontiguousarray(result).view(np.uint8).reshape(-1).data).digest()
    parts = vars(result).values() if hasattr(result, "__dict__") else result
    return b"".join(_bits(part) for part in parts)


def measure(
    case: Case, subject: str, threads: tuple[int, ...], speeds: dict[int, float], limit: float
) -> Iterator[Row]:
    """Rows of one case: ours and every peer's calls take turns, so that a busy moment meets both.

    ``limit`` is the time, s, after which no further turn is begun (two are always made; one where a
    single call of a peer takes that long).
    """
    peers = {name: peer for name, peer in case.peers.items() if peer is not None}
    first = case.ours(threads[0])  # compiles
    bits, peaks = _bits(first), {}
    steady = True
    for t in threads:
        _, peaks[t], again = _peak(lambda t=t: case.ours(t))  # type: ignore[misc]
        steady = steady and _bits(again) == bits
        del again
    equal, their_peaks, once = {}, {}, {}
    for name, peer in peers.items():
        once[name], their_peaks[name], result = _peak(peer.call)
        equal[name] = steady and _agree(peer, first, result)
        del result
    del first
    ours, theirs = _turns(case, peers, once, threads, limit)
    for t in threads:
        mine, fast = statistics.median(ours[t]), min(ours[t])
        against: list[str | None] = [*peers] or [None]
        for other in against:
            his = theirs[other] if other is not None else []
            yield Row(
                kernel=case.kernel,
                case=case.name,
                subject=subject,
                threads=t,
                seconds=round(mine, 6),
                spread=(round(fast, 6), round(max(ours[t]), 6)),
                peer=other,
                peer_seconds=round(statistics.median(his), 6) if his else None,
                peer_spread=(round(min(his), 6), round(max(his), 6)) if his else None,
                ratio=round(statistics.median(his) / mine, 2) if his else None,
                best_ratio=round(min(his) / fast, 2) if his else None,
                peak_mb=round(peaks[t], 1),
                peer_peak_mb=round(their_peaks[other], 1) if other is not None else None,
                limit_ratio=round(fast * speeds[t] / case.moved, 2) if case.moved else None,
                per_second=round(case.items / mine) if case.items else None,
                equal=equal[other] if other is not None else steady,
            )


def _agree(peer: Peer, ours: Any, theirs: Any) -> bool:
    """Whether the results are equal; one that cannot even be compared is not."""
    try:
        return bool(peer.equal(ours, theirs))
    except (ValueError, IndexError, KeyError):
        return False


def _turns(
    case: Case, peers: dict[str, Peer], once: dict[str, float], threads: tuple[int, ...], limit: float
) -> tuple[dict[int, list[float]], dict[str, list[float]]]:
    """Times of every turn, ours by threads and theirs by name; a peer too slow for two turns keeps its first."""
    ours: dict[int, list[float]] = {t: [] for t in threads}
    theirs: dict[str, list[float]] = {name: [once[name]] if once[name] > limit else [] for name in peers}
    _settle()
    start = time.perf_counter()
    for turn in range(TURNS):
        if turn >= LEAST_TURNS and time.perf_counter() - start > limit:
            break
        for t in threads:
            ours[t].append(_timed(lambda t=t: case.ours(t))[0])  # type: ignore[misc]
        for name, peer in peers.items():
            if once[name] <= limit:
                theirs[name].append(_timed(peer.call)[0])
    return ours, theirs
