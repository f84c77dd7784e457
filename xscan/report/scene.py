"""What pictures are made from: calibrated volumes, object ids, and the boxes that the report names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xscan.language import Language, text
from xscan.model import Analysis, Grid, Material, Mesh, Quantities, Volume

__all__ = ["Scene", "Window", "part", "scene_of"]

Window = tuple[slice, slice, slice]


@dataclass(frozen=True, eq=False)
class Scene:
    """One analysed scan, as pictures need it.

    Parameters
    ----------
    document : the report (`xscan.report/1`)
    quantities : calibrated volumes
    labels : object ids (z, y, x) on the grid of `quantities`
    meshes : templates by id
    language : of what stands in and under the pictures
    materials : that the viewer holds against what it reads at a place
    deviations : by place in ``document["templates"]``: points (n, 3), template mm x y z, and signed mm at them
    """

    document: Mapping[str, Any]
    quantities: Quantities
    labels: NDArray[np.uint32]
    meshes: Mapping[str, Mesh] = field(default_factory=dict)
    deviations: Mapping[int, tuple[NDArray[np.float64], NDArray[np.float64]]] = field(default_factory=dict)
    language: Language = "en"
    materials: Sequence[Material] = ()

    def say(self, key: str, /, **values: object) -> str:
        """Return a sentence of the page in its language."""
        return text(f"page-{key}", values, self.language)

    @property
    def grid(self) -> Grid:
        """The grid of the pictures."""
        return self.quantities.grid

    def object(self, object_id: int) -> Mapping[str, Any] | None:
        """Return the report's entry of that object."""
        found: Mapping[str, Any]
        for found in self.document["objects"]:
            if found["id"] == object_id:
                return found
        return None

    def window(self, object_id: int) -> Window | None:
        """Return the box of an object as slices into the labels."""
        entry = self.object(object_id)
        if entry is None:
            return None
        low, high = (np.rint(np.asarray(c) / self.grid.voxel_size_mm).astype(int) for c in entry["bbox_mm"])
        z, y, x = (
            slice(max(0, int(a)), min(n, max(int(b), int(a) + 1)))
            for a, b, n in zip(low, high, self.grid.shape, strict=True)
        )
        return z, y, x

    @property
    def alarmed(self) -> frozenset[int]:
        """Ids of objects that an anomaly of severity 0.5 or more speaks of."""
        return frozenset(i for a in self.document["anomalies"] if a["severity"] >= 0.5 for i in a["object_ids"])


def part(volume: Volume, window: Window) -> NDArray[np.float32]:
    """Return the values of a volume in a box, float32; only the planes of the box are read."""
    if volume.in_memory:
        stored = np.asarray(volume.stored[window], dtype=np.float32)
        if volume.slope == 1.0 and volume.intercept == 0.0:
            return stored
        return stored * np.float32(volume.slope) + np.float32(volume.intercept)
    return np.ascontiguousarray(volume.read(window[0])[:, window[1], window[2]])


def scene_of(
    analysis: Analysis,
    document: Mapping[str, Any],
    language: Language = "en",
    materials: Sequence[Material] = (),
) -> Scene:
    """Return the scene of an analysis, of which `document` is the report."""
    templates = analysis.library.templates if analysis.library is not None else ()
    wanted = {m.template_id for m in analysis.matches}
    return Scene(
        document,
        analysis.quantities,
        analysis.segmentation.object_labels(),
        {t.id: t.mesh for t in templates if t.id in wanted},
        {
            i: (m.points, m.deviation_mm)
            for i, m in enumerate(analysis.matches)
            if m.points is not None and m.deviation_mm is not None
        },
        language,
        materials,
    )
