"""Everything that a rule may look at, with the few measures that several rules share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from xscan.decide.messages import say
from xscan.language import Said, word
from xscan.model import (
    Declaration,
    DeclarationCheck,
    DeclaredItem,
    LineCheck,
    Object,
    Quantities,
    Scan,
    Segmentation,
    Signature,
    TemplateLibrary,
    TemplateMatch,
)

__all__ = ["Evidence"]

CONTENTS = frozenset({"liquid", "cream", "food", "powder"})


@dataclass(frozen=True, eq=False)
class Evidence:
    """What the earlier stages found."""

    scan: Scan
    quantities: Quantities
    segmentation: Segmentation
    signatures: Mapping[int, Signature]
    matches: tuple[TemplateMatch, ...]
    library: TemplateLibrary | None
    declaration: Declaration | None
    check: DeclarationCheck | None

    @cached_property
    def goods(self) -> Mapping[int, Object]:
        """Goods by id."""
        return {o.id: o for o in self.segmentation.goods}

    @cached_property
    def undeclared(self) -> frozenset[int]:
        """Ids that no line explains."""
        return frozenset(self.check.undeclared if self.check else ())

    @cached_property
    def line_of(self) -> Mapping[int, LineCheck]:
        """Line by object id."""
        return {i: line for line in (self.check.lines if self.check else ()) for i in line.object_ids}

    @cached_property
    def items(self) -> Mapping[int, DeclaredItem]:
        """Declared items by line number."""
        return {i.line: i for i in (self.declaration.items if self.declaration else ())}

    def mass_g(self, object_id: int) -> float | None:
        """Mass of an object with its parts, g."""
        s = self.signatures.get(object_id)
        return None if s is None or s.mass_g is None else s.mass_g.value

    def weight(self, object_id: int) -> float:
        """Mass, g; in a scan without a scale the volume as if it were water; 0 for what alone could not be weighed."""
        mass = self.mass_g(object_id)
        if mass is not None:
            return mass
        return 0.0 if self._scaled else self.volume_mm3(object_id) / 1000

    @cached_property
    def _scaled(self) -> bool:
        return any(s.mass_g is not None for s in self.signatures.values())

    def volume_mm3(self, object_id: int) -> float:
        """Volume of its own material."""
        s = self.signatures.get(object_id)
        return s.volume_mm3.value if s else self.goods[object_id].voxels * self.segmentation.grid.voxel_volume_mm3

    def kind(self, object_id: int) -> str:
        """Most likely kind of material."""
        s = self.signatures.get(object_id)
        return s.kind if s else "unknown"

    def outer(self, object_id: int) -> int | None:
        """Nearest goods that enclose an object; packaging in between is looked through."""
        by_id = {o.id: o for o in self.segmentation.objects}
        at, steps = by_id[object_id].parent, 0
        while at is not None and at not in self.goods and steps < len(by_id):
            at, steps = by_id[at].parent, steps + 1
        return at if at in self.goods else None

    def size_mm(self, object_id: int) -> tuple[float, float, float]:
        """Length, width, height (falling) as segmentation measured them, else of the box along the axes."""
        o = self.goods[object_id]
        if {"length_mm", "width_mm", "height_mm"} <= set(o.shape):
            return o.shape["length_mm"], o.shape["width_mm"], o.shape["height_mm"]
        edges = (np.asarray(o.bbox[1]) - np.asarray(o.bbox[0])) * np.asarray(self.segmentation.grid.voxel_size_mm)
        a, b, c = sorted((float(e) for e in edges), reverse=True)
        return a, b, c

    def outer_mm3(self, object_id: int) -> float:
        """Volume with closed cavities, and whatever lies in them, filled."""
        o = self.goods[object_id]
        parts = sum(self.volume_mm3(i) for i in self.goods if self.outer(i) == object_id)
        return max(o.shape.get("outer_mm3", 0.0), self.volume_mm3(object_id) + parts)

    def body(self, object_id: int) -> Said:
        """An object in words: "metal body of 56 g, 65 × 18 × 18 mm"."""
        kind, mass = self.kind(object_id), self.mass_g(object_id)
        key = "body-unknown" if kind == "unknown" else "body"
        values: dict[str, object] = {"size": " × ".join(f"{v:.0f}" for v in self.size_mm(object_id))}
        if kind != "unknown":
            values["kind"] = word("kind", kind)
        if mass is None:
            return say(f"{key}-unweighed", **values)
        return say(key, mass=f"{mass:.3g} g", **values)
