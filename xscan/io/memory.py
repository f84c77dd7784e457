"""How much memory there is, and whether a read fits into it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from xscan.errors import InputError
from xscan.io.config import IoConfig

__all__ = ["available_bytes", "check_fits", "check_promise"]


def available_bytes() -> int:
    """Bytes that can be taken now without swapping; a generous guess where the system does not tell."""
    found = [_system_bytes()]
    for limit, used in (
        ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
        ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
    ):
        try:
            found.append(int(Path(limit).read_text()) - int(Path(used).read_text()))
        except (OSError, ValueError):
            continue  # no such control group, or "max"
    return max(0, min(found))


def _system_bytes() -> int:
    if sys.platform == "win32":
        import ctypes

        class Status(ctypes.Structure):
            _fields_ = (
                ("length", ctypes.c_ulong),
                ("load", ctypes.c_ulong),
                *((n, ctypes.c_ulonglong) for n in ("total", "free", "page", "page_free", "virtual", "v_free", "ext")),
            )

        status = Status(length=ctypes.sizeof(Status))
        ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status))
        return int(status.free)
    try:
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        pass
    try:  # macOS does not tell what is free; half of what is built in
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    except (OSError, ValueError):
        return 4 * 2**30


def check_fits(path: str, what: str, nbytes: int, config: IoConfig) -> None:
    """Refuse `nbytes` that do not fit into memory.

    Raises
    ------
    InputError
        where they exceed `config.max_gb`, or eight tenths of the available memory
    """
    limit = int(config.max_gb * 1e9) if config.max_gb is not None else int(0.8 * available_bytes())
    if nbytes > limit:
        raise InputError(
            path,
            f"{what} needs {nbytes / 1e9:.3g} GB of memory, at most {limit / 1e9:.3g} GB may be taken",
            "read it by slab, coarsen it, or raise io.max_gb",
        )


def check_promise(path: str, what: str, promised: int, stored: int, config: IoConfig) -> None:
    """Refuse a compressed channel that promises far more bytes than a scan of its stored size can hold.

    Raises
    ------
    InputError
        where `promised` exceeds `config.bomb_mb` and `config.max_ratio` times `stored`
    """
    if promised > config.bomb_mb * 1e6 and promised > config.max_ratio * stored:
        raise InputError(
            path,
            f"{what} promises {promised / 1e9:.3g} GB but stores {stored / 1e6:.3g} MB,"
            f" more than {config.max_ratio:g} bytes for each stored one: not a scan, or its end is missing",
            "raise io.max_ratio if the scan is truly that empty",
        )
