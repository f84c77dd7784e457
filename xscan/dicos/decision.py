"""A decision becomes a threat report: one threat object for each object that needs attention."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from xscan.dicos.config import DicosConfig
from xscan.dicos.report import Assessment, Device, Reference, Threat, ThreatReport
from xscan.io.dicom.identity import frame_uid, instance_uid, sop_class_of, study_uid
from xscan.model import Analysis, Finding, Measure, Object, Segmentation

__all__ = ["report_of"]

# What DICOS calls a kind of finding; the message says it in words. A new kind is an anomaly.
_CATEGORIES = {"template-match": "CONTRABAND", "prohibited": "PI", "dangerous-goods": "PI"}
_MOST = 2**16 - 1  # ids and counts are 16-bit numbers
_SHIELDED = 0.5  # share of a body that streaks of metal may have touched, from which it was not seen freely
DEFAULT = DicosConfig()

Box = tuple[tuple[int, int, int], tuple[int, int, int]]


def report_of(
    analysis: Analysis, *, config: DicosConfig = DEFAULT, version: str = "", decided: datetime | None = None
) -> ThreatReport:
    """Make the threat report of a decision: ALARM with its objects, or CLEAR.

    Boxes and bitmaps are voxels of the scan as its file holds them, also where it was analysed on coarser ones; an
    object's bitmap holds the parts inside it, as its mass does. Ids are those of report.json. What is wrong with
    the parcel rather than with an object in it becomes one threat object around all that was found. Where the
    scan's slices had to be resampled or sorted, boxes are of the slices as xscan has them, which the report tells
    among the parameters of the algorithm; polygons and centres are world positions in any case.

    Parameters
    ----------
    version : of xscan
    decided : time of the decision; by default that of the scan, so that the same analysis gives the same report
    """
    scan, decision = analysis.scan, analysis.decision
    decided = decided or scan.provenance.acquired
    references = tuple(
        Reference(*pair)
        for pair in dict.fromkeys((sop_class_of(scan, name), instance_uid(scan, name)) for name in scan.channels)
    )
    known = scan.provenance.attributes
    milliseconds = 1000 * sum(analysis.seconds.values())
    threats = tuple(_threats(analysis, config)) if decision.verdict != "clear" else ()
    alarm = "ALARM" if threats else "CLEAR"
    begun = decided - timedelta(milliseconds=milliseconds) if decided else None
    order = known.get("slice_order", "")
    return ThreatReport(
        alarm=alarm,
        threats=tuple(_timed(t, begun, decided, milliseconds) for t in threats),
        study_uid=study_uid(scan),
        frame_uid=frame_uid(scan),
        references=references,
        object_id=scan.provenance.parcel_id or (analysis.declaration.parcel_id if analysis.declaration else "") or "",
        object_issuer=config.issuer,
        algorithm=("xscan", version or "unknown", *((f"-slices={order}",) if order in ("resampled", "sorted") else ())),
        decided=decided,
        scanned=scan.provenance.acquired,
        milliseconds=milliseconds,
        device=Device(
            manufacturer=config.manufacturer or scan.provenance.scanner or "unknown",
            institution=config.institution or known.get("institution") or "unknown",
            address=config.address or "unknown",
            station=config.station or known.get("station") or "unknown",
            model=config.model or "unknown",
            serial=config.serial or known.get("device_serial_number") or "unknown",
            software=f"xscan {version}".strip(),
            calibrated=scan.provenance.acquired,
        ),
    )


def _timed(threat: Threat, begun: datetime | None, ended: datetime | None, milliseconds: float) -> Threat:
    return replace(threat, begun=begun, ended=ended, milliseconds=milliseconds)


def _threats(analysis: Analysis, config: DicosConfig) -> Iterator[Threat]:
    grave = sorted(
        (f for f in analysis.decision.findings if f.severity >= config.attention_from), key=lambda f: -f.severity
    )
    objects = {o.id: o for o in analysis.segmentation.objects}
    of_object: dict[int, list[Finding]] = {}
    of_parcel: list[Finding] = []
    for finding in grave:
        ids = [i for i in finding.object_ids if i in objects]
        for i in ids:
            of_object.setdefault(i, []).append(finding)
        if not ids:
            of_parcel.append(finding)
    plain = max(of_object, default=0) < _MOST
    number = 0
    for number, (i, findings) in enumerate(sorted(of_object.items()), 1):
        yield _of_object(analysis, objects[i], i if plain else number, findings, config)
    if of_parcel or not of_object:  # an alarm must have an object, even where the decision names none
        last = max((*of_object, number) if plain else (number,), default=0)
        yield _of_parcel(analysis, last + 1, of_parcel, config)


def _of_object(analysis: Analysis, o: Object, number: int, findings: list[Finding], config: DicosConfig) -> Threat:
    mask, corner = _whole_mask(analysis.segmentation, o)
    signature = analysis.signatures.get(o.id)
    bitmap, base = _on_scan(analysis, mask, corner)
    low = np.asarray(corner)
    shielded = signature is not None and signature.metal_near >= _SHIELDED
    return Threat(
        id=number,
        base=base,
        extents=bitmap.shape,
        bitmap=bitmap,
        mass_g=_value(signature.mass_g if signature else None),
        density_g_cm3=_value(signature.density if signature else None),
        z_eff=_value(signature.z_e if signature else None),
        volume_mm3=_value(signature.volume_mm3 if signature else None),
        centre_mm=_world(analysis, low + np.asarray(mask.shape) / 2),
        mass_centre_mm=_world(analysis, np.asarray(o.centroid_mm) / analysis.segmentation.grid.voxel_size_mm),
        polygon_mm=_corners(analysis, low, low + mask.shape),
        assessments=tuple(_assessment(f, shielded, config) for f in findings),
    )


def _of_parcel(analysis: Analysis, number: int, findings: list[Finding], config: DicosConfig) -> Threat:
    """One object around all that was found, for findings that name none (a line that is missing, a vague text)."""
    objects = [o for o in analysis.segmentation.objects if o.role != "scanner"]
    shape = analysis.segmentation.grid.shape
    low = np.min([o.bbox[0] for o in objects], axis=0) if objects else np.zeros(3, np.int64)
    high = np.max([o.bbox[1] for o in objects], axis=0) if objects else np.asarray(shape)
    bitmap, base = _on_scan(analysis, np.ones(tuple(high - low), np.bool_), tuple(int(v) for v in low))
    return Threat(
        id=number,
        base=base,
        extents=bitmap.shape,
        centre_mm=_world(analysis, (low + high) / 2),
        polygon_mm=_corners(analysis, low, high),
        assessments=tuple(_assessment(f, False, config) for f in findings)
        or (Assessment("ANOMALY", "THREAT", analysis.decision.risk, f"decision: {analysis.decision.verdict}"),),
    )


def _value(measure: Measure | None) -> float | None:
    return None if measure is None else max(0.0, measure.value)


def _assessment(finding: Finding, shielded: bool, config: DicosConfig) -> Assessment:
    told = finding.evidence.get("probability")
    probability = float(told) if isinstance(told, int | float) and 0 <= told <= 1 else finding.severity
    return Assessment(
        category=_CATEGORIES.get(finding.kind, "ANOMALY"),
        flag="HIGH_THREAT" if finding.severity >= config.high_from else "THREAT",
        probability=probability,
        description=f"{finding.kind}: {finding.message}",
        ability="SHIELD" if shielded else "NO_INTERFERENCE",
    )


def _whole_mask(segmentation: Segmentation, o: Object) -> tuple[NDArray[np.bool_], tuple[int, int, int]]:
    """Voxels of an object and of the parts inside it, and the corner of their box."""
    family, seen = [o], {o.id}
    for member in family:
        for child in segmentation.children(member.id):
            if child.id not in seen:
                seen.add(child.id)
                family.append(child)
    low = tuple(min(m.bbox[0][a] for m in family) for a in range(3))
    high = tuple(max(m.bbox[1][a] for m in family) for a in range(3))
    regions = np.asarray([r for m in family for r in m.region_ids], dtype=np.uint32)
    window = tuple(slice(a, b) for a, b in zip(low, high, strict=True))
    return np.isin(segmentation.labels.array[window], regions), (low[0], low[1], low[2])


def _on_scan(
    analysis: Analysis, mask: NDArray[np.bool_], corner: tuple[int, ...]
) -> tuple[NDArray[np.bool_], tuple[int, int, int]]:
    """Mask on the voxels, and in the order of slices, that the scan's file has."""
    factor, shape = analysis.binning, analysis.scan.grid.shape
    for axis in range(3):
        mask = np.repeat(mask, factor, axis=axis) if factor > 1 else mask
    z, y, x = (c * factor for c in corner)
    mask = mask[: shape[0] - z, : shape[1] - y, : shape[2] - x]
    if analysis.scan.provenance.attributes.get("slice_order") == "reversed":
        mask, z = mask[::-1], shape[0] - z - mask.shape[0]
    return mask, (z, y, x)


def _world(analysis: Analysis, corner: NDArray[np.float64]) -> tuple[float, float, float]:
    """World position (x, y, z), mm, of a point that lies `corner` voxels (z, y, x) from the grid's outer corner."""
    grid = analysis.segmentation.grid
    x, y, z = grid.world_mm(corner * np.asarray(grid.voxel_size_mm)).tolist()
    return x, y, z


def _corners(analysis: Analysis, low: NDArray[np.int64], high: NDArray[np.int64]) -> NDArray[np.float32]:
    """World positions (8, 3), mm, of the corners of a box of voxels."""
    chosen = np.stack(np.meshgrid(*zip(low, high, strict=True), indexing="ij"), axis=-1).reshape(8, 3)
    return np.asarray([_world(analysis, c.astype(np.float64)) for c in chosen], np.float32)
