"""All cases, one after the other, each made, measured and let go before the next."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from xscan.bench import (
    cases_distance,
    cases_filter,
    cases_flood,
    cases_label,
    cases_map,
    cases_pose,
    cases_project,
    cases_read,
    cases_statistics,
)
from xscan.bench.case import Case
from xscan.bench.measure import bandwidth, measure
from xscan.bench.row import Row
from xscan.bench.subject import Subject
from xscan.model.progress import Progress, silent

__all__ = ["KERNELS", "rows"]

# kernel -> what makes its cases; kernels that share their volumes stand in one file
KERNELS: dict[str, Callable[[Subject], Iterator[Case]]] = {
    "label": cases_label.label_cases,
    "label_slabs": cases_label.slab_cases,
    "region_statistics": cases_statistics.region_cases,
    "component_statistics": cases_statistics.chain_cases,
    "surface": cases_statistics.surface_cases,
    "median3": cases_filter.median_cases,
    "maximum_filter": cases_filter.extreme_cases,
    "gaussian": cases_filter.gaussian_cases,
    "guided": cases_filter.guided_cases,
    "bilateral": cases_filter.bilateral_cases,
    "distance": cases_distance.distance_cases,
    "closing": cases_distance.closing_cases,
    "fill_holes": cases_distance.hole_cases,
    "watershed": cases_flood.watershed_cases,
    "h_maxima": cases_flood.maxima_cases,
    "dual_energy_polynomial": cases_map.polynomial_cases,
    "project": cases_project.project_cases,
    "backproject": cases_project.backproject_cases,
    "pose_scores": cases_pose.pose_cases,
    "read": cases_read.read_cases,
}


def rows(
    subject: Subject,
    *,
    kernels: Collection[str] = (),
    case: str = "",
    known: Collection[tuple[str, str]] = (),
    threads: tuple[int, ...] = (1, 2),
    limit_s: float = 6.0,
    missing: Callable[[str], object] = lambda name: None,
    progress: Progress = silent,
) -> Iterator[Row]:
    """Measure, and yield each row as soon as it is known.

    Parameters
    ----------
    subject : Subject
    kernels : names of :data:`KERNELS`, optional
        All if none is given.
    case : str
        Only cases whose name holds this.
    known : pairs of kernel and case
        Measured already, and left out.
    threads : tuple of int
    limit_s : float
        Time for the turns of one case, s.
    missing : callable
        Called with the name of each peer that is not installed, once.
    progress : Progress
    """
    chosen = [name for name in KERNELS if not kernels or name in kernels]
    speeds = {t: bandwidth(t) for t in threads}
    told: set[str] = set()
    for index, name in enumerate(chosen):
        progress(index / len(chosen), name)
        for made in KERNELS[name](subject):
            if case not in made.name or (made.kernel, made.name) in known:
                continue
            progress(index / len(chosen), f"{made.kernel}: {made.name}")
            for peer, call in made.peers.items():
                if call is None and peer not in told:
                    told.add(peer)
                    missing(peer)
            yield from measure(made, subject.name, threads, speeds, limit_s)
    progress(1.0)
