"""Another system's alarms: as findings about the objects that xscan found, and compared report with report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xscan.dicos.config import DicosConfig
from xscan.dicos.report import Threat, ThreatReport
from xscan.errors import InputError
from xscan.io.dicom.identity import frame_uid
from xscan.language import speaker
from xscan.model import Analysis, Finding

__all__ = ["Comparison", "Pair", "compare", "findings_of"]

DEFAULT = DicosConfig()
say = speaker("dicos")
_ALARMING = ("HIGH_THREAT", "THREAT")
_LEAST = 0.5  # severity of an alarm whose report tells no probability: as likely right as wrong


def findings_of(report: ThreatReport, analysis: Analysis, *, config: DicosConfig = DEFAULT) -> tuple[Finding, ...]:
    """Make a finding of kind ``other-alarm`` of each object that another system's report alarms on.

    Its severity is the probability that the report tells, at least a half; it names those of xscan's objects that
    share `config.overlap` of the smaller of the two with it.

    Raises
    ------
    InputError
        where the report is of another frame of reference, or a box lies outside the scan
    """
    mine = analysis.scan.provenance.attributes.get("frame_of_reference_uid")
    if mine and report.frame_uid and report.frame_uid not in (mine, frame_uid(analysis.scan)):
        raise InputError(
            report.path or "threat report",
            f"is of another scan (frame of reference {report.frame_uid})",
            "give its own",
        )
    labels = analysis.segmentation.object_labels()
    sizes = np.bincount(labels.ravel())
    return tuple(_findings(report, analysis, labels, sizes, config))


def _findings(
    report: ThreatReport,
    analysis: Analysis,
    labels: NDArray[np.uint32],
    sizes: NDArray[np.int64],
    config: DicosConfig,
) -> Iterator[Finding]:
    who = " ".join(t for t in (report.device.manufacturer, report.device.model) if t not in ("", "unknown"))
    system = who[:80] or " ".join(report.algorithm[:2])[:80] or say("another-system")
    for threat in report.threats:
        if not any(a.flag in _ALARMING for a in threat.assessments):
            continue
        share = _shares(threat, analysis, report, labels, sizes) if any(threat.extents) else {}
        ids = tuple(sorted(i for i, s in share.items() if s >= config.overlap))
        first = next(a for a in threat.assessments if a.flag in _ALARMING)
        values: dict[str, object] = {
            "system": system,
            "category": first.category,
            "count": len(ids),
        }
        message = say("alarm", ids=", ".join(map(str, ids)), **values) if ids else say("alarm-nowhere", **values)
        if threat.text:
            message = say("alarm-text", alarm=message, text=threat.text[:200])
        yield Finding(
            "other-alarm",
            min(1.0, max(_LEAST, threat.probability or 0.0)),
            message,
            ids,
            evidence={
                "system": system[:200],
                "category": first.category,
                "flag": first.flag,
                "probability": threat.probability,
                "threat_id": threat.id,
                "mass_g": threat.mass_g,
                "density_g_cm3": threat.density_g_cm3,
                "shares": {str(i): round(s, 4) for i, s in sorted(share.items())},
                "box_voxel": [list(threat.base), list(threat.extents)],
            },
        )


def _shares(
    threat: Threat,
    analysis: Analysis,
    report: ThreatReport,
    labels: NDArray[np.uint32],
    sizes: NDArray[np.int64],
) -> dict[int, float]:
    """What each object shares with a threat, of the smaller of the two."""
    inside, window = _on_grid(threat, analysis, report)
    found = np.bincount(labels[window][inside], minlength=len(sizes))
    found[0] = 0
    voxels = int(inside.sum())
    return {int(i): float(found[i] / max(1, min(voxels, sizes[i]))) for i in np.flatnonzero(found)}


def _on_grid(
    threat: Threat, analysis: Analysis, report: ThreatReport
) -> tuple[NDArray[np.bool_], tuple[slice, slice, slice]]:
    """A threat's voxels on the grid of the labels, inside the window that is returned too."""
    shape = analysis.scan.grid.shape
    low = np.round(threat.base).astype(np.int64)
    size = np.round(threat.extents).astype(np.int64)
    if (low < 0).any() or (low + size > shape).any() or (size < 1).any():
        raise InputError(
            report.path or "threat report",
            f"object {threat.id}: box {low.tolist()} + {size.tolist()} does not lie in a scan of {list(shape)} voxels",
            "give the report of this scan",
        )
    bitmap = np.ones(tuple(size), np.bool_) if threat.bitmap is None else threat.bitmap
    if analysis.scan.provenance.attributes.get("slice_order") == "reversed":
        bitmap = bitmap[::-1]
        low[0] = shape[0] - low[0] - size[0]
    factor = analysis.binning
    coarse = analysis.segmentation.grid.shape
    first = np.minimum(low // factor, np.asarray(coarse) - 1)
    last = np.maximum(np.minimum(-(-(low + size) // factor), coarse), first + 1)
    at = [
        np.clip(np.arange(a, b) * factor + factor // 2 - c, 0, n - 1)
        for a, b, c, n in zip(first, last, low, size, strict=True)
    ]
    window = (slice(first[0], last[0]), slice(first[1], last[1]), slice(first[2], last[2]))
    return bitmap[np.ix_(*at)], window


@dataclass(frozen=True)
class Pair:
    """What two reports say of one object; one of them is `None` where only the other has it.

    Parameters
    ----------
    overlap : voxels of both over voxels of either (intersection over union), 0..1
    """

    first: Threat | None
    second: Threat | None
    overlap: float = 0.0


@dataclass(frozen=True)
class Comparison:
    """Two reports of one scan, object by object."""

    first: ThreatReport
    second: ThreatReport
    pairs: tuple[Pair, ...]

    @property
    def same_alarm(self) -> bool:
        """Whether both come to the same decision."""
        return self.first.alarm == self.second.alarm

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""

        def told(t: Threat | None) -> dict[str, Any] | None:
            if t is None:
                return None
            kinds = [a.category for a in t.assessments]
            return {"id": t.id, "mass_g": t.mass_g, "probability": t.probability, "categories": kinds, "text": t.text}

        return {
            "alarms": [self.first.alarm, self.second.alarm],
            "same_scan": self.first.frame_uid == self.second.frame_uid,
            "pairs": [
                {"overlap": round(p.overlap, 4), "first": told(p.first), "second": told(p.second)} for p in self.pairs
            ],
        }


def compare(first: ThreatReport, second: ThreatReport, *, config: DicosConfig = DEFAULT) -> Comparison:
    """Match the objects of two reports by what they overlap, best first; each is matched once at most."""
    overlaps = sorted(
        ((_overlap(a, b), i, j) for i, a in enumerate(first.threats) for j, b in enumerate(second.threats)),
        key=lambda o: (-o[0], o[1], o[2]),
    )
    pairs: list[Pair] = []
    left, right = dict(enumerate(first.threats)), dict(enumerate(second.threats))
    for overlap, i, j in overlaps:
        if overlap >= config.overlap and i in left and j in right:
            pairs.append(Pair(left.pop(i), right.pop(j), overlap))
    alone = (*(Pair(t, None) for t in left.values()), *(Pair(None, t) for t in right.values()))
    return Comparison(first, second, (*pairs, *alone))


def _overlap(a: Threat, b: Threat) -> float:
    """Intersection over union of two objects' voxels, of their boxes where one has no bitmap."""
    boxes = [(np.round(t.base).astype(np.int64), np.round(t.extents).astype(np.int64)) for t in (a, b)]
    low = np.maximum(boxes[0][0], boxes[1][0])
    high = np.minimum(boxes[0][0] + boxes[0][1], boxes[1][0] + boxes[1][1])
    if (high <= low).any():
        return 0.0
    sizes = [int(np.prod(size)) for _, size in boxes]
    shared = int(np.prod(high - low))
    if a.bitmap is not None and b.bitmap is not None:
        parts = [
            t.bitmap[tuple(slice(p, q) for p, q in zip(low - base, high - base, strict=True))]
            for t, (base, _) in zip((a, b), boxes, strict=True)
            if t.bitmap is not None
        ]
        shared = int((parts[0] & parts[1]).sum())
        sizes = [int(a.bitmap.sum()), int(b.bitmap.sum())]
    return shared / max(1, sizes[0] + sizes[1] - shared)
