"""Makers of parcels as the earlier stages would hand them over, for the tests of every rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np
import pytest

from xscan.decide import DecideConfig, decide
from xscan.model import (
    Decision,
    Declaration,
    DeclarationCheck,
    DeclaredItem,
    Grid,
    Labels,
    LineCheck,
    MaterialShare,
    Measure,
    Object,
    Party,
    Provenance,
    Quantities,
    Region,
    Scan,
    Segmentation,
    Signature,
    TemplateLibrary,
    TemplateMatch,
    Unit,
    Volume,
)

KINDS = {
    "battery": (2.7, 22.0),
    "metal": (7.8, 26.0),
    "paper": (0.85, 7.0),
    "textile": (0.25, 7.0),
    "plastic": (1.3, 6.5),
    "liquid": (1.0, 7.4),
    "glass": (2.5, 11.5),
}


@dataclass
class _Thing:
    kind: str
    mass: float
    size: tuple[float, float, float] = (60, 40, 30)
    parent: int | None = None
    group: int | None = None
    outer_mm3: float | None = None


@dataclass
class _Parcel:
    things: Sequence[_Thing]
    check: DeclarationCheck | None = None
    declaration: Declaration | None = None
    matches: tuple[TemplateMatch, ...] = ()
    library: TemplateLibrary | None = None
    config: DecideConfig = field(default_factory=DecideConfig)
    basis: str = "calibrated"

    def decide(self) -> Decision:
        regions, objects, signatures = [], [], {}
        for i, t in enumerate(self.things, start=1):
            density, z_e = KINDS[t.kind]
            volume = t.mass / density * 1000
            box = ((1, 1, i), (2, 2, i + 1))
            shape = dict(zip(("length_mm", "width_mm", "height_mm"), t.size, strict=True))
            shape["outer_mm3"] = t.outer_mm3 or volume
            regions.append(Region(i, 500, box, (1.0, 1.0, float(i))))
            objects.append(
                Object(i, "goods", (i,), box, (1.0, 1.0, float(i)), 500, parent=t.parent, shape=shape, group=t.group)
            )
            signatures[i] = Signature(
                object_id=i,
                volume_mm3=Measure(volume, 1, "mm3"),
                mass_g=Measure(t.mass, 0.03 * t.mass, "g"),
                own_mass_g=Measure(t.mass, 0.03 * t.mass, "g"),
                density=Measure(density, 0.05, "g/cm3"),
                rho_e=None,
                z_e=Measure(z_e, 0.3, "1"),
                attenuation=Measure(1000, 1, "MHU"),
                material=t.kind,
                kind=t.kind,
                materials=(MaterialShare(t.kind, t.kind, 0.9),),
            )
        array = np.zeros((3, 3, len(self.things) + 2), dtype=np.uint32)
        array[1, 1, 1 : len(self.things) + 1] = np.arange(1, len(self.things) + 1)
        grid = Grid(array.shape, (1.5, 1.5, 1.5))
        volume_ = Volume(grid, array, Unit.MHU)
        return decide(
            Scan({"low": volume_}, Provenance("x")),
            Quantities(volume_, self.basis),  # type: ignore[arg-type]
            Segmentation(Labels(grid, array), tuple(regions), tuple(objects)),
            signatures,
            self.matches,
            self.library,
            self.declaration,
            self.check,
            config=self.config,
        )


def _lines(*checks: LineCheck, undeclared: tuple[int, ...] = ()) -> DeclarationCheck:
    return DeclarationCheck(checks, undeclared, None, None)


def _line(status: str, ids: tuple[int, ...] = (1,), **evidence: float | str) -> LineCheck:
    return LineCheck(1, status, ids, 1, 100.0, ("declared 2, counted 5 equal glass bodies of 168 g",), 0.9, evidence)  # type: ignore[arg-type]


def _said(description: str = "cup", channel: str = "", **item: object) -> Declaration:
    return Declaration((DeclaredItem(1, description, 1, **item),), channel=channel, consignor=Party("S"))  # type: ignore[arg-type]


def _kinds(decision: Decision, at_least: float = 0.5) -> set[str]:
    return {f.kind for f in decision.findings if f.severity >= at_least}


@pytest.fixture
def make() -> SimpleNamespace:
    """The makers: things, a parcel of them, a declaration, its check, and what `decide()` found."""
    return SimpleNamespace(
        thing=_Thing, parcel=_Parcel, lines=_lines, line=_line, said=_said, kinds=_kinds, matter=KINDS
    )
