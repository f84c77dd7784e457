"""Threat reports (TDR, NEMA IIC 1 section 9): writing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from xscan.dicos.bitmap import pack_bitmap
from xscan.dicos.report import Assessment, Reference, Threat, ThreatReport
from xscan.files import written_aside
from xscan.io.dicom.encode import Value, dataset, file_head, hashed_uid, item, moment_of, pack, several
from xscan.io.dicom.heading import UNKNOWN_TIME, Heading, heading_elements

__all__ = ["TDR_CLASS", "tdr_bytes", "write_tdr"]

TDR_CLASS = "1.2.840.10008.5.1.4.1.1.501.3"
_NOT_TOLD = -1.0  # mass, density and probability must be there; the standard gives no other word for not known


def write_tdr(path: str | Path, report: ThreatReport) -> Path:
    """Write a threat report; the same report gives the same bytes.

    Raises
    ------
    XscanError
        where the disk or the folder does not let it be written
    """
    path = Path(path)
    with written_aside(path) as aside:
        aside.write_bytes(tdr_bytes(report))
    return path


def tdr_bytes(report: ThreatReport) -> bytes:
    """The file as bytes; UIDs that the report leaves empty are made from its content."""
    if not report.series_uid:
        report = replace(report, series_uid=hashed_uid(f"{report.study_uid}\0threat reports"))
    if not report.instance_uid:
        content = dataset(_elements(replace(report, instance_uid="0")))
        report = replace(report, instance_uid=hashed_uid(content.hex()))
    return file_head(TDR_CLASS, report.instance_uid) + dataset(_elements(report))


def _elements(report: ThreatReport) -> dict[int, Value]:
    scanned = report.scanned or UNKNOWN_TIME
    decided = report.decided or scanned
    alarmed = sum(any(a.flag in ("HIGH_THREAT", "THREAT") for a in t.assessments) for t in report.threats)
    heading = Heading(
        sop_class=TDR_CLASS,
        instance_uid=report.instance_uid,
        modality="TDR",
        study_uid=report.study_uid,
        series_uid=report.series_uid,
        frame_uid=report.frame_uid,
        number=report.number,
        object_id=report.object_id,
        object_issuer=report.object_issuer,
        made=decided,
        scanned=scanned,
        device=report.device,
    )
    elements: dict[int, Value] = {
        **heading_elements(heading),
        0x00081110: (b"SQ", _references(report.references)),
        0x40101024: (b"CS", "SUCCESS"),
        0x40101027: (b"CS", report.tdr_type),
        0x40101029: (b"LO", several(b"LO", report.algorithm or ("unknown", "unknown"))),
        0x4010102B: (b"DT", moment_of(decided)),
        0x40101031: (b"CS", report.alarm),
        0x40101033: (b"US", pack("H", len(report.threats) if report.total is None else report.total)),
        0x40101034: (b"US", pack("H", alarmed if report.alarmed is None else report.alarmed)),
        0x40101042: (b"CS", report.object_type),
        0x40101069: (b"FL", pack("f", report.milliseconds)),
        0x4010106D: (b"CS", "NO"),
        0x40101075: (b"FD", pack("d", 1.0)),  # FD in the reference toolkit, though DICOM's dictionary has DS
    }
    if report.threats:
        elements[0x40101011] = (b"SQ", b"".join(_threat(t, report) for t in report.threats))
    return elements


def _threat(threat: Threat, report: ThreatReport) -> bytes:
    begun = threat.begun or report.decided or report.scanned or UNKNOWN_TIME
    bitmap = b"" if threat.bitmap is None else pack_bitmap(threat.bitmap)
    box: dict[int, Value] = {
        0x40101004: (b"FL", pack("f", *threat.base[::-1])),  # columns, rows, slices
        0x40101005: (b"FL", pack("f", *threat.extents[::-1])),
        0x40101006: (b"OB", bitmap),
    }
    shown: dict[int, Value] = {
        0x0008114A: (b"SQ", _references(threat.references or report.references)),
        0x40101001: (b"SQ", item(box)),
        0x40101017: (b"FL", _number(threat.mass_g)),
        0x40101018: (b"FL", _number(threat.density_g_cm3)),
    }
    if threat.z_eff is not None:
        shown[0x40101019] = (b"FL", pack("f", threat.z_eff))
    if threat.mass_centre_mm is not None:
        shown[0x4010101B] = (b"FL", pack("f", *threat.mass_centre_mm))
    if threat.centre_mm is not None:
        shown[0x4010101C] = (b"FL", pack("f", *threat.centre_mm))
    if threat.polygon_mm is not None:
        shown[0x4010101D] = (b"FL", threat.polygon_mm.astype("<f4").tobytes())
    if threat.volume_mm3 is not None:
        shown[0x40101023] = (b"FL", pack("f", threat.volume_mm3))
    assessments = threat.assessments or (Assessment("ANOMALY", "UNKNOWN"),)
    elements: dict[int, Value] = {
        0x40101010: (b"US", pack("H", threat.id)),
        0x40101037: (b"SQ", item(shown)),
        0x40101038: (b"SQ", b"".join(_assessment(a) for a in assessments)),
        0x40101080: (b"DT", moment_of(begun)),
        0x40101081: (b"DT", moment_of(threat.ended or begun)),
        0x40101082: (b"FL", pack("f", threat.milliseconds or 0.0)),
    }
    return item(elements)


def _assessment(assessment: Assessment) -> bytes:
    return item(
        {
            0x40101012: (b"CS", assessment.category),
            0x40101013: (b"LT", assessment.description),
            0x40101014: (b"CS", assessment.ability),
            0x40101015: (b"CS", assessment.flag),
            0x40101016: (b"FL", _number(assessment.probability)),
        }
    )


def _references(references: tuple[Reference, ...]) -> bytes:
    return b"".join(item({0x00081150: (b"UI", r.sop_class), 0x00081155: (b"UI", r.instance_uid)}) for r in references)


def _number(value: float | None) -> bytes:
    return pack("f", _NOT_TOLD if value is None else value)
