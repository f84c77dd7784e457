"""What an element is called and which kind of value it has: pydicom's dictionary, with DICOS's own beside it."""

from __future__ import annotations

__all__ = ["name_of", "vr_of"]

# NEMA IIC 1 v03 where pydicom's dictionary has nothing, or DICOM's kind of value instead of DICOS's
_DICOS: dict[int, tuple[str, str]] = {
    0x00020004: ("CS", "DICOS Version"),
    0x00080118: ("CS", "Image Origin"),
    0x00082108: ("CS", "Coordinate System"),
    0x00280008: ("US", "Number of Frames"),
    0x40101075: ("FD", "Image Scale Representation"),
    0x40101080: ("DT", "PTO Processing Start Time"),
    0x40101081: ("DT", "PTO Processing End Time"),
    0x40101082: ("FL", "PTO Processing Total Time"),
    0x43000902: ("FL", "Effective Energy"),
    0x7FE00011: ("OL", "Pixel Data (32-bit)"),
    0x7FE00012: ("OV", "Pixel Data (64-bit)"),
    0x7FE00013: ("OF", "Pixel Data (float)"),
}
# names that DICOM has for what DICOS means
_RENAMED = {
    0x00081110: "Referenced Scan Sequence",
    0x00100020: "Object of Inspection ID",
    0x00100021: "Issuer of Object of Inspection ID",
    0x00100022: "Type of Object of Inspection ID",
    0x0020000D: "Scan Instance UID",
    0x00200010: "Scan ID",
}


def vr_of(tag: int) -> bytes:
    """Kind of value of an element; empty where it is not known."""
    if tag in _DICOS:
        return _DICOS[tag][0].encode()
    from pydicom.datadict import dictionary_VR

    try:
        return dictionary_VR(tag)[:2].encode()  # of "US or SS" the first
    except KeyError:
        return b"UL" if tag & 0xFFFF == 0 else b""


def name_of(tag: int) -> str:
    """Name of an element; empty where it is not known."""
    if tag in _DICOS:
        return _DICOS[tag][1]
    if tag in _RENAMED:
        return _RENAMED[tag]
    from pydicom.datadict import dictionary_description

    try:
        return dictionary_description(tag)
    except KeyError:
        return "" if tag >> 16 & 1 == 0 else "private"
