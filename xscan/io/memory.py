"""Whether a read fits into memory, and whether what a file promises can be true."""

from __future__ import annotations

from xscan.errors import InputError
from xscan.io.config import IoConfig
from xscan.memory import available_bytes

__all__ = ["check_fits", "check_promise"]


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
