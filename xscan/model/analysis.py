"""Everything that one run found: the value that the report is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from xscan.model.checks import frozen_mapping
from xscan.model.declaration import Declaration, DeclarationCheck
from xscan.model.finding import Decision
from xscan.model.objects import Segmentation
from xscan.model.quantities import Quantities
from xscan.model.scan import Scan
from xscan.model.signature import Signature
from xscan.model.template import TemplateLibrary, TemplateMatch

__all__ = ["Analysis"]


@dataclass(frozen=True, eq=False, repr=False)
class Analysis:
    """The result of `xscan.analyze`.

    Parameters
    ----------
    scan : as it was read
    quantities : calibrated; on the scan's grid, or on one `binning` times coarser where memory asked for it
    signatures : by object id
    declaration, check : `None` where no declaration was given
    library : `None` where no templates were given
    binning : the scan's voxels along each axis that make one voxel of `quantities` and `segmentation`
    seconds : time by stage
    """

    scan: Scan
    quantities: Quantities
    segmentation: Segmentation
    signatures: Mapping[int, Signature]
    decision: Decision
    matches: tuple[TemplateMatch, ...] = ()
    library: TemplateLibrary | None = None
    declaration: Declaration | None = None
    check: DeclarationCheck | None = None
    binning: int = 1
    seconds: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "signatures", frozen_mapping(self.signatures))
        object.__setattr__(self, "seconds", frozen_mapping(self.seconds))

    def __repr__(self) -> str:
        d = self.decision
        return (
            f"Analysis({d.verdict}, risk {d.risk:.2f}, {len(self.segmentation.goods)} goods, "
            f"{len(self.matches)} template matches, {len(d.findings)} findings)"
        )
