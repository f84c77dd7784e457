"""Voxel kernels: loops over arrays that know nothing of parcels.

Importing this package costs nothing: numba is loaded when a function is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._jit import cache_folder
    from ._telling import tell_compiling
    from ._warm import warmup
    from .distances import distance
    from .filtering import bilateral, gaussian, guided, maximum_filter, median3, minimum_filter
    from .flooding import h_maxima, reconstruct, watershed
    from .labelling import label
    from .mapping import dual_energy_map, dual_energy_polynomial
    from .measuring import RegionStatistics, component_statistics, region_statistics
    from .morphology import closing, dilate, erode, fill_holes, opening
    from .posing import PoseScores, pair_histogram, pose_scores, sample_field
    from .projecting import backproject, project_fan, project_parallel
    from .refining import FieldGrid, lay_points, pose_costs, refine_poses
    from .streaming import label_slabs
    from .surfaces import mean_breadth, mean_curvature, surface_area
    from .transmission import material_paths, transmit

__all__ = [
    "FieldGrid",
    "PoseScores",
    "RegionStatistics",
    "backproject",
    "bilateral",
    "cache_folder",
    "closing",
    "component_statistics",
    "dilate",
    "distance",
    "dual_energy_map",
    "dual_energy_polynomial",
    "erode",
    "fill_holes",
    "gaussian",
    "guided",
    "h_maxima",
    "label",
    "label_slabs",
    "lay_points",
    "material_paths",
    "maximum_filter",
    "mean_breadth",
    "mean_curvature",
    "median3",
    "minimum_filter",
    "opening",
    "pair_histogram",
    "pose_costs",
    "pose_scores",
    "project_fan",
    "project_parallel",
    "reconstruct",
    "refine_poses",
    "region_statistics",
    "sample_field",
    "surface_area",
    "tell_compiling",
    "transmit",
    "warmup",
    "watershed",
]

_HOMES = {
    "_jit": ("cache_folder",),
    "_telling": ("tell_compiling",),
    "_warm": ("warmup",),
    "distances": ("distance",),
    "filtering": ("bilateral", "gaussian", "guided", "maximum_filter", "median3", "minimum_filter"),
    "flooding": ("h_maxima", "reconstruct", "watershed"),
    "labelling": ("label",),
    "mapping": ("dual_energy_map", "dual_energy_polynomial"),
    "measuring": ("RegionStatistics", "component_statistics", "region_statistics"),
    "morphology": ("closing", "dilate", "erode", "fill_holes", "opening"),
    "posing": ("PoseScores", "pair_histogram", "pose_scores", "sample_field"),
    "projecting": ("backproject", "project_fan", "project_parallel"),
    "refining": ("FieldGrid", "lay_points", "pose_costs", "refine_poses"),
    "streaming": ("label_slabs",),
    "surfaces": ("mean_breadth", "mean_curvature", "surface_area"),
    "transmission": ("material_paths", "transmit"),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Load the module of a public name when it is first asked for."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{_HOME[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
