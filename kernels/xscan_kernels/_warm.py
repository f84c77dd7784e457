"""Compiling everything beforehand, by calling every public function on tiny volumes."""

from collections.abc import Callable
from time import perf_counter

import numpy as np

from . import (
    distances,
    filtering,
    flooding,
    labelling,
    mapping,
    measuring,
    morphology,
    posing,
    projecting,
    refining,
    streaming,
    surfaces,
)

__all__ = ["warmup"]


def _calls() -> list[tuple[str, Callable[[], object]]]:
    """Name and call of each function, in the types that a scan comes in."""
    grey = np.arange(27, dtype=np.uint16).reshape(3, 3, 3)
    real = grey.astype(np.float32)
    mask = grey > 13
    labels = mask.astype(np.uint32)
    points = np.eye(3)
    pose = np.eye(4)
    grid = refining.FieldGrid(real, (0, 0, 0), (1, 1, 1))
    still = (np.eye(3)[None], np.ones((1, 3)), np.zeros((1, 3)), np.zeros(1))
    sides = (grid, (np.zeros(3), np.ones(3)), points, grid, points, still)
    table = np.zeros((2, 2, 2))
    angles = np.array([0.0, 1.0])
    return [
        ("label", lambda: [labelling.label(v, threshold=5) for v in (grey, grey.astype(np.int16), real)]),
        ("label mask", lambda: labelling.label(mask, min_size=2)),
        ("label values", lambda: [labelling.label(grey), labelling.label(labels), labelling.label(real, delta=1)]),
        (
            "region_statistics",
            lambda: [
                measuring.region_statistics(labels, (v, v), bins=((0, 9, 4),) * 2, joint=True) for v in (grey, real)
            ],
        ),
        (
            "component_statistics",
            lambda: [
                measuring.component_statistics(v, threshold=5, min_size=2, bins=((0, 9, 4),)) for v in (grey, real)
            ],
        ),
        ("label_slabs", lambda: streaming.label_slabs(grey, labels.copy(), threshold=5, slab_mb=1e-6)),
        ("median3", lambda: [filtering.median3(v) for v in (grey, real)]),
        ("maximum_filter", lambda: [filtering.maximum_filter(v, 3) for v in (mask, labels, real)]),
        ("gaussian", lambda: filtering.gaussian(real, 0.5)),
        ("guided", lambda: filtering.guided(real)),
        ("bilateral", lambda: filtering.bilateral(real, 0.5, 1.0)),
        ("distance", lambda: [distances.distance(v) for v in (mask, labels)]),
        ("morphology", lambda: [morphology.closing(mask, 1), morphology.erode(mask, 1)]),
        ("fill_holes", lambda: morphology.fill_holes(mask)),
        ("h_maxima", lambda: flooding.h_maxima(real, 1)),
        ("watershed", lambda: flooding.watershed(real, labels, mask)),
        ("surface_area", lambda: surfaces.surface_area(labels)),
        ("sample_field", lambda: posing.sample_field(real, (0, 0, 0), 1, points, pose, gradient=True)),
        ("pose_scores", lambda: posing.pose_scores(real, (0, 0, 0), 1, points, pose, truncate_mm=1, gradient=True)),
        (
            "refine_poses",
            lambda: refining.refine_poses(*sides, widths_mm=(1,), prior=np.ones(10), max_scale=0.1, max_offset_mm=1),
        ),
        ("pose_costs", lambda: refining.pose_costs(*sides, cap_mm=1)),
        (
            "lay_points",
            lambda: refining.lay_points(
                grid,
                points,
                points,
                np.stack([points] * 3),
                points,
                np.stack([points] * 3),
                [[0]] * 3,
                twists=2,
                cap_mm=1,
            ),
        ),
        ("pair_histogram", lambda: posing.pair_histogram(points, points, max_mm=2)),
        ("dual_energy_map", lambda: mapping.dual_energy_map(real, real, table, (0, 1), (0, 1))),
        ("dual_energy_polynomial", lambda: mapping.dual_energy_polynomial(real, real, table)),
        ("project_parallel", lambda: projecting.project_parallel(real[0], angles, 3)),
        (
            "backproject",
            lambda: [
                projecting.backproject(np.ones((2, 3)), angles, (3, 3)),
                projecting.backproject(np.ones((2, 3)), angles, (3, 3), source_mm=9),
            ],
        ),
    ]


def warmup(progress: Callable[[int, int, str], object] | None = None) -> dict[str, float]:
    """Compile every kernel for the usual types, into the folder that later processes read.

    Parameters
    ----------
    progress : callable, optional
        Called with (done, total, name) before each.

    Returns
    -------
    dict
        Seconds that each took, by name; next to nothing where it was compiled already.
    """
    calls = _calls()
    seconds = {}
    for index, (name, call) in enumerate(calls):
        if progress is not None:
            progress(index, len(calls), name)
        start = perf_counter()
        call()
        seconds[name] = perf_counter() - start
    return seconds
