"""The UIDs of a scan: those of its files, or ones made from its fingerprint, so that its conversions share them."""

from __future__ import annotations

from xscan.io.dicom.encode import hashed_uid
from xscan.model import Scan

__all__ = ["frame_uid", "instance_uid", "made_uid", "series_uid", "sop_class_of", "study_uid"]

_CT, _DX = "1.2.840.10008.5.1.4.1.1.501.1", "1.2.840.10008.5.1.4.1.1.501.2.2"


def study_uid(scan: Scan) -> str:
    """UID of the scan (DICOM's study)."""
    return scan.provenance.attributes.get("study_uid") or made_uid(scan, "study")


def frame_uid(scan: Scan) -> str:
    """UID of the frame of reference."""
    return scan.provenance.attributes.get("frame_of_reference_uid") or made_uid(scan, "frame of reference")


def instance_uid(scan: Scan, channel: str) -> str:
    """UID of the image that holds a channel."""
    return scan.provenance.attributes.get(f"{channel}.sop_instance_uid") or made_uid(scan, f"image {channel}")


def series_uid(scan: Scan, channel: str) -> str:
    """UID of the series that holds a channel."""
    return scan.provenance.attributes.get(f"{channel}.series_uid") or made_uid(scan, f"series {channel}")


def sop_class_of(scan: Scan, channel: str) -> str:
    """SOP class of the image that holds a channel; DICOS's where it was read from another form."""
    return scan.provenance.attributes.get(f"{channel}.sop_class_uid") or (_CT if scan.modality == "CT" else _DX)


def made_uid(scan: Scan, part: str) -> str:
    """A UID for a part that xscan makes of the scan; never that of a file that was read."""
    first = next(iter(scan.channels.values()))
    size = scan.grid.voxel_size_mm if scan.modality == "CT" else first.pixel_size_mm  # type: ignore[union-attr]
    known = scan.provenance.sha256 or scan.provenance.path
    return hashed_uid(f"{known}\0{tuple(first.stored.shape)}\0{size}\0{part}")
