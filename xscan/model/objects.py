"""Labels, the regions they make, and the objects a person would name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from xscan.model.checks import finite_triple, frozen_mapping, in_unit_interval
from xscan.model.grid import Grid

__all__ = ["Labels", "Object", "Region", "Role", "Segmentation"]

Role = Literal["goods", "packaging", "scanner"]


@dataclass(frozen=True, eq=False, repr=False)
class Labels:
    """A region id for every voxel; 0 is background.

    Parameters
    ----------
    grid : where the voxels lie
    array : uint32 (z, y, x)
    """

    grid: Grid
    array: NDArray[np.uint32]

    def __post_init__(self) -> None:
        if self.array.shape != self.grid.shape or self.array.dtype != np.uint32:
            raise ValueError(
                f"array: expected uint32 of shape {self.grid.shape}, got {self.array.dtype} of shape {self.array.shape}"
            )
        self.array.setflags(write=False)

    def __repr__(self) -> str:
        return f"Labels({self.grid!r}, {int(self.array.max(initial=0))} ids, {self.array.nbytes / 2**20:.1f} MB)"


@dataclass(frozen=True)
class Region:
    """Voxels of one id.

    Parameters
    ----------
    id : value in the labels, from 1
    voxels : number of voxels
    bbox : first and one-past-last voxel (z, y, x)
    centroid_mm : scan position (z, y, x), mm
    """

    id: int
    voxels: int
    bbox: tuple[tuple[int, int, int], tuple[int, int, int]]
    centroid_mm: tuple[float, float, float]

    def __post_init__(self) -> None:
        if self.id < 1 or self.voxels < 1:
            raise ValueError(f"region: expected id and voxels of at least 1, got {self.id} and {self.voxels}")
        object.__setattr__(self, "centroid_mm", finite_triple("centroid_mm", self.centroid_mm))

    @property
    def window(self) -> tuple[slice, slice, slice]:
        """The box as slices into the labels."""
        (z0, y0, x0), (z1, y1, x1) = self.bbox
        return slice(z0, z1), slice(y0, y1), slice(x0, x1)


@dataclass(frozen=True)
class Object:
    """Regions grouped into one thing that a person would name.

    Parameters
    ----------
    id : from 1; the value in labels.h5
    role : goods, packaging or scanner (belt, tray)
    region_ids : its own regions (not those of objects inside it)
    bbox : first and one-past-last voxel (z, y, x)
    centroid_mm : scan position (z, y, x), mm, of its own voxels
    voxels : number of its own voxels
    parent : id of the object that encloses it
    name : what kind of packaging or part, where known: "carton", "tray", "filling"
    scores : the decisions that made it, each 0..1: e.g. {"split": 0.8, "enclosed": 1.0}
    shape : measures by name, mm or plain: e.g. {"length_mm": 65.0, "wall_mm": 2.9, "sphericity": 0.4}
    group : number shared by equal objects, from 1
    """

    id: int
    role: Role
    region_ids: tuple[int, ...]
    bbox: tuple[tuple[int, int, int], tuple[int, int, int]]
    centroid_mm: tuple[float, float, float]
    voxels: int
    parent: int | None = None
    name: str = ""
    scores: Mapping[str, float] = field(default_factory=dict)
    shape: Mapping[str, float] = field(default_factory=dict)
    group: int | None = None

    def __post_init__(self) -> None:
        if self.id < 1 or not self.region_ids:
            raise ValueError(f"object: expected an id of at least 1 and a region, got {self.id} and {self.region_ids}")
        if self.parent == self.id:
            raise ValueError(f"object {self.id}: expected a parent other than itself")
        if self.role not in ("goods", "packaging", "scanner"):
            raise ValueError(f"role: expected goods, packaging or scanner, got {self.role!r}")
        for name, score in self.scores.items():
            in_unit_interval(f"scores[{name}]", score)
        object.__setattr__(self, "scores", frozen_mapping(self.scores))
        object.__setattr__(self, "shape", frozen_mapping(self.shape))

    @property
    def window(self) -> tuple[slice, slice, slice]:
        """The box as slices into the labels."""
        (z0, y0, x0), (z1, y1, x1) = self.bbox
        return slice(z0, z1), slice(y0, y1), slice(x0, x1)


@dataclass(frozen=True, eq=False, repr=False)
class Segmentation:
    """Labels, with the objects that their regions make."""

    labels: Labels
    regions: tuple[Region, ...]
    objects: tuple[Object, ...]

    def __post_init__(self) -> None:
        region_ids = {r.id for r in self.regions}
        seen: set[int] = set()
        ids = {o.id for o in self.objects}
        if len(ids) != len(self.objects):
            raise ValueError("objects: expected ids that differ")
        for o in self.objects:
            if not set(o.region_ids) <= region_ids or seen & set(o.region_ids):
                raise ValueError(f"object {o.id}: expected regions of its own that exist, got {o.region_ids}")
            seen |= set(o.region_ids)
            if o.parent is not None and o.parent not in ids:
                raise ValueError(f"object {o.id}: parent {o.parent} does not exist")

    @property
    def grid(self) -> Grid:
        """The grid of the labels."""
        return self.labels.grid

    @property
    def goods(self) -> tuple[Object, ...]:
        """Objects that are neither packaging nor scanner."""
        return tuple(o for o in self.objects if o.role == "goods")

    def object(self, object_id: int) -> Object:
        """Return the object of that id."""
        for o in self.objects:
            if o.id == object_id:
                return o
        raise KeyError(object_id)

    def children(self, object_id: int) -> tuple[Object, ...]:
        """Objects directly inside that object."""
        return tuple(o for o in self.objects if o.parent == object_id)

    def object_labels(self) -> NDArray[np.uint32]:
        """Array (z, y, x) of object ids, 0 where there is none."""
        table = np.zeros(max((r.id for r in self.regions), default=0) + 1, dtype=np.uint32)
        for o in self.objects:
            table[list(o.region_ids)] = o.id
        return table[self.labels.array]

    def mask(self, o: Object, *, margin: int = 0) -> tuple[NDArray[np.bool_], tuple[slice, slice, slice]]:
        """Voxels of one object inside its box grown by `margin` voxels, and that box as slices."""
        z, y, x = (
            slice(max(0, s.start - margin), min(n, s.stop + margin))
            for s, n in zip(o.window, self.grid.shape, strict=True)
        )
        part = self.labels.array[z, y, x]
        return np.isin(part, np.asarray(o.region_ids, dtype=np.uint32)), (z, y, x)

    def __repr__(self) -> str:
        return f"Segmentation({len(self.objects)} objects of {len(self.regions)} regions, {self.labels!r})"
