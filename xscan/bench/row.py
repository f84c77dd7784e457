"""One measured line of the table."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Row"]


@dataclass(frozen=True)
class Row:
    """A kernel, a case and a number of threads against one peer.

    Attributes
    ----------
    kernel, case, subject : str
        What was measured, and on which volume.
    threads : int
        Of ours; peers run as they come, most of them on one.
    seconds, spread : float, (least, most)
        Median of the turns, s.
    peer : str or None
        None where no peer is installed; then everything of a peer's is None.
    ratio, best_ratio : float or None
        The peer's time over ours: medians, and least times.
    peak_mb, peer_peak_mb : float
        Most memory taken above what was there before the call, MiB.
    limit_ratio : float or None
        Our least time over that in which the bytes can be copied by as many threads.
    per_second : float or None
        Points or rays a second, where they are counted.
    equal : bool
        The results agree (as the case demands), and ours are the same bits at every number of threads.
    """

    kernel: str
    case: str
    subject: str
    threads: int
    seconds: float
    spread: tuple[float, float]
    peer: str | None
    peer_seconds: float | None
    peer_spread: tuple[float, float] | None
    ratio: float | None
    best_ratio: float | None
    peak_mb: float
    peer_peak_mb: float | None
    limit_ratio: float | None
    per_second: float | None
    equal: bool
