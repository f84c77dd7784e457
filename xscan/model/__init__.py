"""The nouns of xscan: frozen, validated, without algorithms; everything imports them."""

from __future__ import annotations

from xscan.model.analysis import Analysis
from xscan.model.calibration import Calibration, Rod, RodResidual
from xscan.model.declaration import Declaration, DeclarationCheck, DeclaredItem, LineCheck, LineStatus, Party
from xscan.model.finding import KINDS, Decision, Finding, Verdict
from xscan.model.grid import Grid
from xscan.model.material import Material
from xscan.model.measure import Measure
from xscan.model.objects import Labels, Object, Region, Role, Segmentation
from xscan.model.progress import Progress, silent
from xscan.model.projection import Projection
from xscan.model.quantities import Quantities
from xscan.model.scan import CHANNELS, Provenance, Scan
from xscan.model.signature import MaterialShare, Signature
from xscan.model.template import (
    GenuineRange,
    Mesh,
    Pose,
    Right,
    RightStatus,
    Template,
    TemplateLibrary,
    TemplateMatch,
)
from xscan.model.unit import Unit
from xscan.model.volume import StoredArray, Volume, slabs

__all__ = [
    "CHANNELS",
    "KINDS",
    "Analysis",
    "Calibration",
    "Decision",
    "Declaration",
    "DeclarationCheck",
    "DeclaredItem",
    "Finding",
    "GenuineRange",
    "Grid",
    "Labels",
    "LineCheck",
    "LineStatus",
    "Material",
    "MaterialShare",
    "Measure",
    "Mesh",
    "Object",
    "Party",
    "Pose",
    "Progress",
    "Projection",
    "Provenance",
    "Quantities",
    "Region",
    "Right",
    "RightStatus",
    "Rod",
    "RodResidual",
    "Role",
    "Scan",
    "Segmentation",
    "Signature",
    "StoredArray",
    "Template",
    "TemplateLibrary",
    "TemplateMatch",
    "Unit",
    "Verdict",
    "Volume",
    "silent",
    "slabs",
]
