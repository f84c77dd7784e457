"""What every DICOS file begins with: scan, series, object of inspection, and the device that made it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from xscan.io.dicom.encode import Value, clock_of, day_of

__all__ = ["UNKNOWN_TIME", "Device", "Heading", "heading_elements"]

UNKNOWN_TIME = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Device:
    """The machine, as DICOS names it; what is not known is the word unknown.

    Parameters
    ----------
    institution, address : the site
    station : the machine's name at the site
    calibrated : time of its last calibration
    """

    manufacturer: str = "unknown"
    institution: str = "unknown"
    address: str = "unknown"
    station: str = "unknown"
    model: str = "unknown"
    serial: str = "unknown"
    software: str = "unknown"
    calibrated: datetime | None = None


@dataclass(frozen=True)
class Heading:
    """Identity of one DICOS file.

    Parameters
    ----------
    study_uid, series_uid, frame_uid : of the scan (DICOM's study), of the series, of the frame of reference
    instance_uid : of the file itself
    number : of the file in its series
    object_id, object_issuer : of the parcel
    made : when its content came to be
    scanned : when the scan was taken
    """

    sop_class: str
    instance_uid: str
    modality: str
    study_uid: str
    series_uid: str
    frame_uid: str
    number: int = 1
    object_id: str = "unknown"
    object_issuer: str = "unknown"
    scan_id: str = "unknown"
    made: datetime = UNKNOWN_TIME
    scanned: datetime = UNKNOWN_TIME
    device: Device = field(default_factory=Device)


def heading_elements(h: Heading) -> dict[int, Value]:
    """Elements that the reference toolkit asks for in CT, DX and TDR alike."""
    made, scanned = (day_of(h.made), clock_of(h.made)), (day_of(h.scanned), clock_of(h.scanned))
    calibrated = h.device.calibrated or h.scanned
    return {
        0x00080005: (b"CS", "ISO_IR 192"),
        0x00080012: (b"DA", made[0]),
        0x00080013: (b"TM", made[1]),
        0x00080016: (b"UI", h.sop_class),
        0x00080018: (b"UI", h.instance_uid),
        0x00080020: (b"DA", scanned[0]),
        0x00080021: (b"DA", scanned[0]),
        0x00080023: (b"DA", made[0]),
        0x00080030: (b"TM", scanned[1]),
        0x00080031: (b"TM", scanned[1]),
        0x00080033: (b"TM", made[1]),
        0x00080060: (b"CS", h.modality),
        0x00080070: (b"LO", h.device.manufacturer),
        0x00080080: (b"LO", h.device.institution),
        0x00080081: (b"ST", h.device.address),
        0x00081010: (b"SH", h.device.station),
        0x00081090: (b"LO", h.device.model),
        0x00100020: (b"LO", h.object_id or "unknown"),
        0x00100021: (b"LO", h.object_issuer or "unknown"),
        0x00100022: (b"CS", "TEXT"),
        0x00101002: (b"SQ", b""),
        0x00181000: (b"LO", h.device.serial),
        0x00181020: (b"LO", h.device.software),
        0x00181200: (b"DA", day_of(calibrated)),
        0x00181201: (b"TM", clock_of(calibrated)),
        0x0020000D: (b"UI", h.study_uid),
        0x0020000E: (b"UI", h.series_uid),
        0x00200010: (b"SH", h.scan_id or "unknown"),
        0x00200013: (b"IS", str(h.number)),
        0x00200052: (b"UI", h.frame_uid),
        0x00201040: (b"LO", ""),
        0x4010103A: (b"CS", "V03"),
        0x40101042: (b"CS", "BAGGAGE"),  # there is no value for parcels
        0x40101044: (b"CS", "SUCCESSFUL"),
        0x40101048: (b"CS", "OPERATIONAL"),
        0x40101064: (b"SQ", b""),
    }
