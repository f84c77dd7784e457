"""Shapes that right holders have protected, and how one lies in a scan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from xscan.model.checks import frozen_array, frozen_mapping, in_unit_interval, non_empty

__all__ = [
    "GenuineRange",
    "Mesh",
    "Pose",
    "Right",
    "RightStatus",
    "Template",
    "TemplateLibrary",
    "TemplateMatch",
]

RightStatus = Literal["authorised", "not-authorised", "expired", "no-record"]
Purpose = Literal["protected-design", "known-counterfeit", "prohibited"]


@dataclass(frozen=True, eq=False, repr=False)
class Mesh:
    """A triangle surface: `vertices` (n, 3) mm in x, y, z; `faces` (m, 3) indices, right-hand outward."""

    vertices: NDArray[np.float64]
    faces: NDArray[np.int64]

    def __post_init__(self) -> None:
        object.__setattr__(self, "vertices", frozen_array("vertices", self.vertices, (None, 3)))
        object.__setattr__(self, "faces", frozen_array("faces", self.faces, (None, 3), np.int64))
        if self.faces.size == 0 or self.faces.min() < 0 or self.faces.max() >= len(self.vertices):
            raise ValueError("faces: expected at least one face, and indices of vertices that exist")
        if not np.isfinite(self.vertices).all():
            raise ValueError("vertices: expected finite numbers")

    @property
    def size_mm(self) -> tuple[float, float, float]:
        """Lengths of the box along x, y, z, mm."""
        x, y, z = np.ptp(self.vertices, axis=0)
        return float(x), float(y), float(z)

    def __repr__(self) -> str:
        x, y, z = self.size_mm
        return f"Mesh({len(self.vertices)} vertices, {len(self.faces)} faces, {x:.1f}×{y:.1f}×{z:.1f} mm)"


@dataclass(frozen=True)
class Right:
    """A recorded right (customs record of a trademark, design, …)."""

    kind: str = ""
    holder: str = ""
    registration_no: str = ""
    authority: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    authorised: tuple[str, ...] = ()
    contact: str = ""


@dataclass(frozen=True)
class GenuineRange:
    """How the genuine article is made; each a (lowest, highest), `None` where the holder does not say."""

    mass_g: tuple[float, float] | None = None
    density_g_cm3: tuple[float, float] | None = None
    z_e: tuple[float, float] | None = None
    wall_mm: tuple[float, float] | None = None


@dataclass(frozen=True, eq=False)
class Template:
    """A shape at true size, with whose it is and how the genuine one is made."""

    id: str
    name: str
    mesh: Mesh
    purpose: Purpose
    hs_codes: tuple[str, ...] = ()
    right: Right | None = None
    genuine: GenuineRange | None = None

    def __post_init__(self) -> None:
        non_empty("id", self.id)
        if self.purpose not in ("protected-design", "known-counterfeit", "prohibited"):
            raise ValueError(
                f"purpose: expected protected-design, known-counterfeit or prohibited, got {self.purpose!r}"
            )


@dataclass(frozen=True, eq=False, repr=False)
class TemplateLibrary:
    """A folder of templates."""

    path: str
    templates: tuple[Template, ...]
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len({t.id for t in self.templates}) != len(self.templates):
            raise ValueError("templates: expected ids that differ")

    def template(self, template_id: str) -> Template:
        """Return the template of that id."""
        for t in self.templates:
            if t.id == template_id:
                return t
        raise KeyError(template_id)

    def __repr__(self) -> str:
        return f"TemplateLibrary({self.path!r}, {len(self.templates)} templates)"


@dataclass(frozen=True, eq=False)
class Pose:
    """A similarity or affine map, 4 by 4: template mm (x, y, z) to scan mm (x, y, z)."""

    matrix: NDArray[np.float64]

    def __post_init__(self) -> None:
        object.__setattr__(self, "matrix", frozen_array("matrix", self.matrix, (4, 4)))
        if not np.allclose(self.matrix[3], (0, 0, 0, 1)):
            raise ValueError("matrix: expected a last row of 0, 0, 0, 1")

    def apply(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Move points (n, 3), mm, x, y, z."""
        moved: NDArray[np.float64] = points @ self.matrix[:3, :3].T + self.matrix[:3, 3]
        return moved

    @property
    def scale(self) -> float:
        """Mean factor of size."""
        return float(np.cbrt(abs(np.linalg.det(self.matrix[:3, :3]))))

    @property
    def mirrored(self) -> bool:
        """Whether it turns a left shoe into a right one."""
        return bool(np.linalg.det(self.matrix[:3, :3]) < 0)


@dataclass(frozen=True, eq=False)
class TemplateMatch:
    """A template posed on objects.

    Parameters
    ----------
    score : 0..1, calibrated so that 0.5 is as likely right as wrong
    deviation_rms_mm, deviation_p95_mm : of the object's outer surface from the template's
    coverage : 0..1, share of the template's surface that the object's surface lies on
    genuine_check : by name ("mass_g", …): {"measured", "sigma", "range", "status": "inside|outside|unknown"}
    right_status, right_reason : whether this sender may send it, at the scan's time
    alternatives : ids of templates that fit as well and could not be told apart
    deviation_mm : signed, at `points` (template mm), for the picture; positive where the object stands out
    """

    template_id: str
    object_ids: tuple[int, ...]
    score: float
    pose: Pose
    deviation_rms_mm: float
    deviation_p95_mm: float
    coverage: float
    genuine_check: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    right_status: RightStatus = "no-record"
    right_reason: str = ""
    alternatives: tuple[str, ...] = ()
    points: NDArray[np.float64] | None = None
    deviation_mm: NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        in_unit_interval("score", self.score)
        in_unit_interval("coverage", self.coverage)
        object.__setattr__(self, "genuine_check", frozen_mapping(self.genuine_check))
