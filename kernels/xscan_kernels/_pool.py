"""The one thread pool: plain kernels over slabs, each call on whichever worker is free.

Kernels release the interpreter lock. Which worker runs which call never shows in a result: the calls of
one :func:`run` write to disjoint places or to partial sums that are added in the order of the calls.
"""

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

__all__ = ["enough", "run", "slabs", "thread_count"]

WORTH = 1 << 17  # voxels that take longer than to wake a thread

_lock = threading.Lock()
_pool: ThreadPoolExecutor | None = None
_pool_size = 0


def _forget_pool() -> None:
    """Drop the pool in a forked child, where its threads do not exist."""
    global _pool, _pool_size, _lock
    _pool, _pool_size, _lock = None, 0, threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_pool)


def _available() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def thread_count(threads: int | None) -> int:
    """Number of threads to use: ``threads``, or every core this process may use, capped by XSCAN_THREADS."""
    if threads is not None and (isinstance(threads, bool) or not isinstance(threads, int) or threads < 1):
        raise ValueError(f"threads: got {threads!r}, expected None or an integer of at least 1")
    cap = os.environ.get("XSCAN_THREADS", "")
    if not cap:
        return threads or _available()
    if not cap.isdecimal() or int(cap) < 1:
        raise ValueError(f"XSCAN_THREADS: got {cap!r}, expected an integer of at least 1")
    return min(threads or _available(), int(cap))


def enough(workers: int, voxels: int) -> int:
    """As many of ``workers`` as so few voxels are worth; no result depends on it."""
    return max(1, min(workers, voxels // WORTH))


def _executor(size: int) -> ThreadPoolExecutor:
    global _pool, _pool_size
    with _lock:
        if _pool is None or _pool_size < size:
            # A smaller pool is left to finish what it runs; its idle threads end with it.
            if _pool is not None:
                _pool.shutdown(wait=False)
            _pool, _pool_size = ThreadPoolExecutor(size, thread_name_prefix="xscan-kernel"), size
        return _pool


def run(function: Callable[..., Any], calls: Iterable[Sequence[Any]], threads: int) -> list[Any]:
    """Call ``function(*arguments)`` for every entry of ``calls``; results in the order of ``calls``."""
    todo = list(calls)
    results: list[Any] = [None] * len(todo)
    if threads == 1 or len(todo) < 2:
        for index, arguments in enumerate(todo):
            results[index] = function(*arguments)
        return results
    feed: Iterator[tuple[int, Sequence[Any]]] = iter(list(enumerate(todo)))
    feed_lock = threading.Lock()

    def work() -> None:
        while True:
            with feed_lock:
                entry = next(feed, None)
            if entry is None:
                return
            results[entry[0]] = function(*entry[1])

    workers = min(threads, len(todo))
    # The caller is a worker too: no thread waits idle, and one fewer is woken.
    futures = [_executor(workers).submit(work) for _ in range(workers - 1)]
    try:
        work()
    finally:
        errors = [future.exception() for future in futures]
    for error in errors:
        if error is not None:
            raise error
    return results


def slabs(length: int, pieces: int) -> list[tuple[int, int]]:
    """Half-open ranges that part ``range(length)`` into at most ``pieces`` nearly equal slabs."""
    pieces = max(1, min(pieces, length))
    edges = [length * piece // pieces for piece in range(pieces + 1)]
    return list(pairwise(edges)) if length else []
