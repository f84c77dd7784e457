"""What makes the scan itself less trustworthy."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from xscan.decide.config import DecideConfig
from xscan.decide.evidence import Evidence
from xscan.decide.messages import say
from xscan.model import Finding

__all__ = ["scan_quality"]

METAL_SHARE = 0.6
KIND = "scan-quality"
BASES = {"none": ("scale-none", 0.4), "nominal": ("scale-nominal", 0.2), "single-energy": ("scale-single", 0.2)}


def scan_quality(evidence: Evidence, config: DecideConfig) -> Iterable[Finding]:
    """Findings that ask for another scan or a calibration; none of them alone stops a parcel."""
    q = evidence.quantities
    if q.basis in BASES:
        key, severity = BASES[q.basis]
        yield Finding(KIND, severity, say(key), evidence={"basis": q.basis})
    if q.has_scale and q.noise_mhu > config.noise_mhu:
        yield Finding(KIND, 0.4, say("noise", noise=q.noise_mhu), evidence={"noise_mhu": q.noise_mhu})
    shape = np.asarray(evidence.segmentation.grid.shape)
    cut = tuple(
        o.id
        for o in evidence.goods.values()
        if evidence.weight(o.id) >= config.min_mass_g
        and (np.any(np.asarray(o.bbox[0]) <= 0) or np.any(np.asarray(o.bbox[1]) >= shape))
    )
    if cut:
        yield Finding(KIND, 0.35, say("border", count=len(cut)), cut, evidence={"count": len(cut)})
    weights = {i: evidence.weight(i) for i in evidence.goods if evidence.outer(i) is None and i in evidence.signatures}
    total = sum(weights.values())
    near = sum(w * evidence.signatures[i].metal_near for i, w in weights.items())
    if total and near / total > METAL_SHARE:
        yield Finding(KIND, 0.3, say("metal", share=near / total), evidence={"share": near / total})
    for note in (*evidence.scan.provenance.notes, *q.notes):
        yield Finding(KIND, 0.1, note, evidence={})
