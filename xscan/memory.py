"""How much of a scan fits into memory at once."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

__all__ = ["BYTES_A_VOXEL", "available_bytes", "binning_for"]

# peak of an analysis by voxel, measured on dual-energy parcels with `/usr/bin/time -v xscan analyze …`
BYTES_A_VOXEL = 48

_CGROUPS = (
    ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
    ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
)


def available_bytes() -> int:
    """Bytes that this process may still take: of the machine, or of its container where that is less."""
    import psutil

    free = [psutil.virtual_memory().available]
    for limit, used in _CGROUPS:
        with suppress(OSError, ValueError):  # no such group, or "max"
            free.append(max(0, int(Path(limit).read_text()) - int(Path(used).read_text())))
    return int(min(free))


def binning_for(voxels: int, memory_gb: float | None) -> int:
    """Whole number of voxels along each axis to be averaged into one, so that an analysis fits `memory_gb`."""
    budget = memory_gb * 1e9 if memory_gb is not None else 0.6 * available_bytes()
    factor = 1
    while voxels / factor**3 * BYTES_A_VOXEL > budget:
        factor += 1
    return factor
