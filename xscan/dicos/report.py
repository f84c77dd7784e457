"""The nouns of a threat report (TDR): what one system says of one scan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xscan.io.dicom.heading import Device

__all__ = [
    "ABILITIES",
    "ALARMS",
    "CATEGORIES",
    "FLAGS",
    "TDR_TYPES",
    "Assessment",
    "Device",
    "Reference",
    "Threat",
    "ThreatReport",
]

CATEGORIES = ("EXPLOSIVE", "PI", "CONTRABAND", "ANOMALY", "LAPTOP", "PHARMACEUTICAL", "OTHER")
FLAGS = ("HIGH_THREAT", "THREAT", "NO_THREAT", "UNKNOWN")
ABILITIES = ("NO_INTERFERENCE", "SHIELD")
ALARMS = ("ALARM", "CLEAR", "UNKNOWN")
TDR_TYPES = ("MACHINE", "OPERATOR", "GROUND TRUTH", "AGGREGATE", "MOD_AGGREGATE", "UNDEFINED")


@dataclass(frozen=True)
class Assessment:
    """One reason why an object needs attention, or does not.

    Parameters
    ----------
    category : one of `CATEGORIES`
    flag : one of `FLAGS`
    probability : 0..1, `None` where it is not told
    description : free text
    ability : whether something kept the machine from judging, one of `ABILITIES`
    """

    category: str
    flag: str
    probability: float | None = None
    description: str = ""
    ability: str = "NO_INTERFERENCE"


@dataclass(frozen=True)
class Reference:
    """The file that a report, or one of its objects, speaks of."""

    sop_class: str
    instance_uid: str


@dataclass(frozen=True, eq=False)
class Threat:
    """One potential threat object (PTO).

    Parameters
    ----------
    id : number in the report
    base, extents : first voxel and size of its box, in voxels (z, y, x) of the image referred to; a size of 0 where
        the report gives no box
    bitmap : its voxels in the box, bool (z, y, x); `None` where the report gives the box alone
    mass_g, density_g_cm3, z_eff, volume_mm3 : `None` where they are not told (negative in the file)
    centre_mm, mass_centre_mm : world positions (x, y, z), mm
    polygon_mm : (n, 3) world positions of the corners of what bounds it
    assessments : the first one is the gravest
    begun, ended, milliseconds : when it was judged, and for how long
    """

    id: int
    base: tuple[float, float, float]
    extents: tuple[float, float, float]
    bitmap: NDArray[np.bool_] | None = None
    mass_g: float | None = None
    density_g_cm3: float | None = None
    z_eff: float | None = None
    volume_mm3: float | None = None
    centre_mm: tuple[float, float, float] | None = None
    mass_centre_mm: tuple[float, float, float] | None = None
    polygon_mm: NDArray[np.float32] | None = None
    assessments: tuple[Assessment, ...] = ()
    references: tuple[Reference, ...] = ()
    begun: datetime | None = None
    ended: datetime | None = None
    milliseconds: float | None = None

    @property
    def probability(self) -> float | None:
        """Highest probability of its assessments."""
        known = [a.probability for a in self.assessments if a.probability is not None]
        return max(known, default=None)

    @property
    def text(self) -> str:
        """What its assessments say, in one line."""
        return " ".join(a.description for a in self.assessments if a.description)


@dataclass(frozen=True, eq=False)
class ThreatReport:
    """A TDR.

    Parameters
    ----------
    alarm : one of `ALARMS`
    study_uid, frame_uid : of the scan it speaks of
    series_uid, instance_uid : its own; empty ones are made from its content when it is written
    algorithm : name, version and parameters of what decided
    decided : when
    milliseconds : how long it took
    total, alarmed : number of objects looked at, and of those that alarm; by default those listed
    """

    alarm: str
    threats: tuple[Threat, ...]
    study_uid: str
    frame_uid: str
    references: tuple[Reference, ...] = ()
    series_uid: str = ""
    instance_uid: str = ""
    number: int = 1
    tdr_type: str = "MACHINE"
    object_id: str = "unknown"
    object_issuer: str = "unknown"
    object_type: str = "BAGGAGE"
    algorithm: tuple[str, ...] = ()
    decided: datetime | None = None
    scanned: datetime | None = None
    milliseconds: float = 0.0
    total: int | None = None
    alarmed: int | None = None
    device: Device = field(default_factory=Device)
    path: str = ""

    def as_dict(self) -> Mapping[str, Any]:
        """Plain JSON values; of bitmaps the number of voxels."""
        return {
            "path": self.path,
            "alarm": self.alarm,
            "type": self.tdr_type,
            "object_id": self.object_id,
            "algorithm": list(self.algorithm),
            "decided": self.decided.isoformat() if self.decided else None,
            "scan_uid": self.study_uid,
            "frame_of_reference_uid": self.frame_uid,
            "references": [r.instance_uid for r in self.references],
            "device": {k: v for k, v in vars(self.device).items() if isinstance(v, str)},
            "objects": [_threat(t) for t in self.threats],
        }


def _threat(t: Threat) -> dict[str, Any]:
    return {
        "id": t.id,
        "base_voxel": list(t.base),
        "extents_voxel": list(t.extents),
        "voxels": None if t.bitmap is None else int(t.bitmap.sum()),
        "mass_g": t.mass_g,
        "density_g_cm3": t.density_g_cm3,
        "z_eff": t.z_eff,
        "volume_mm3": t.volume_mm3,
        "assessments": [vars(a) for a in t.assessments],
    }
