"""Labels as DICOM Segmentation (SEG), which 3D Slicer and other viewers open; made by highdicom (extra ``seg``)."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from xscan.errors import InputError, MissingLibraryError, UsageError
from xscan.files import written_aside
from xscan.io.dicom.encode import clock_of, day_of, hashed_uid
from xscan.io.dicom.heading import UNKNOWN_TIME
from xscan.io.dicom.identity import frame_uid, instance_uid, made_uid, series_uid, sop_class_of, study_uid
from xscan.model import Analysis, Scan

if TYPE_CHECKING:
    from pydicom import Dataset

__all__ = ["Segment", "segments_of", "write_seg"]

# highdicom knows medical images alone: references get DICOS's SOP class afterwards
_CT_IMAGE, _ENHANCED_CT = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.2.1"
_PLACE = 100  # slices are matched with their files to a hundredth of a millimetre
_MOST = 2**16 - 1


@dataclass(frozen=True)
class Segment:
    """One object, as a viewer lists it.

    Parameters
    ----------
    id : value in the labels
    name : what the viewer shows
    """

    id: int
    name: str


def segments_of(analysis: Analysis) -> tuple[Segment, ...]:
    """Segments for the objects of an analysis: number, role, material and mass."""
    found = []
    for o in analysis.segmentation.objects:
        signature = analysis.signatures.get(o.id)
        parts = [f"object {o.id}", o.name or (o.role if o.role != "goods" else "")]
        if signature is not None:
            parts.append(signature.material if signature.material != "unknown" else "")
            parts.append(f"{signature.mass_g.value:.3g} g" if signature.mass_g else "")
        found.append(Segment(o.id, ", ".join(p for p in parts if p)))
    return tuple(found)


def write_seg(
    path: str | Path,
    labels: NDArray[np.unsignedinteger[Any]],
    scan: Scan,
    segments: Sequence[Segment],
    *,
    version: str = "",
) -> Path:
    """Write labels as a DICOM SEG of the scan's frame of reference; the same labels give the same bytes.

    Parameters
    ----------
    labels : object ids (z, y, x) of the scan's shape; 0 is background
    segments : the objects, each with its name; ids that have no voxel are left out

    Raises
    ------
    MissingLibraryError
        where highdicom is not installed
    UsageError
        where the labels have another shape than the scan, or none of the objects has a voxel
    """
    try:
        import highdicom  # noqa: F401
    except ImportError:
        raise MissingLibraryError("DICOM SEG needs highdicom: pip install 'xscan[seg]'") from None
    if scan.modality != "CT" or labels.shape != scan.grid.shape:
        raise UsageError(f"labels: expected the scan's shape, got {labels.shape}")
    counts = np.bincount(labels.ravel(), minlength=1)
    shown = [s for s in segments if 0 < s.id < len(counts) and counts[s.id]]
    if not shown:
        raise UsageError(f"{path}: no object has a voxel; a SEG of nothing cannot be written")
    if len(shown) > _MOST:
        raise UsageError(f"{path}: {len(shown)} objects, a SEG holds at most {_MOST}")
    table = np.zeros(len(counts), np.uint16)
    table[[s.id for s in shown]] = np.arange(1, len(shown) + 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of UIDs with leading zeros, which the reference toolkit writes
        made = _segmentation(table[labels], scan, shown, version or "unknown")
        with written_aside(path) as aside:
            made.save_as(aside)
    return Path(path)


def _segmentation(numbered: NDArray[np.uint16], scan: Scan, shown: Sequence[Segment], version: str) -> Dataset:
    import highdicom as hd
    from pydicom.sr.codedict import codes

    algorithm = hd.AlgorithmIdentificationSequence(
        name="xscan", family=codes.cid7162.MorphologicalOperations, version=version
    )
    kind = codes.cid7150.PhysicalObject
    described = [
        hd.seg.SegmentDescription(
            segment_number=number,
            segment_label=segment.name[:64],
            segmented_property_category=kind,
            segmented_property_type=kind,
            algorithm_type=hd.seg.SegmentAlgorithmTypeValues.AUTOMATIC,
            algorithm_identification=algorithm,
            tracking_uid=made_uid(scan, f"object {segment.id}"),
            tracking_id=f"object {segment.id}",
            display_color=hd.color.CIELabColor(*_colour(number)),
        )
        for number, segment in enumerate(shown, 1)
    ]
    grid = scan.grid
    z, y, x = grid.voxel_size_mm
    places = _places(scan)
    content = hashlib.sha256(np.ascontiguousarray(numbered).tobytes()).hexdigest()
    content += "\0".join(f"{s.id}:{s.name}" for s in shown)
    sources, classes = _sources(scan, places)
    made: Dataset = hd.seg.Segmentation(
        source_images=sources,
        pixel_array=numbered,
        segmentation_type=hd.seg.SegmentationTypeValues.BINARY,
        segment_descriptions=described,
        series_instance_uid=made_uid(scan, "series labels"),
        series_number=900,
        sop_instance_uid=hashed_uid(f"{study_uid(scan)}\0{content}"),
        instance_number=1,
        manufacturer="xscan",
        manufacturer_model_name="xscan",
        software_versions=version,
        device_serial_number="unknown",
        content_label="XSCAN",
        content_description="objects found by xscan",
        pixel_measures=hd.PixelMeasuresSequence(pixel_spacing=(y, x), slice_thickness=z, spacing_between_slices=z),
        plane_orientation=hd.PlaneOrientationSequence("PATIENT", (*grid.direction[:, 0], *grid.direction[:, 1])),
        plane_positions=[hd.PlanePositionSequence("PATIENT", p) for p in places],
        omit_empty_frames=True,
    )
    _settle(made, scan, content, classes)
    return made


def _places(scan: Scan) -> list[tuple[float, float, float]]:
    """World position (x, y, z) of the first pixel's centre of every slice."""
    grid = scan.grid
    steps = np.arange(grid.shape[0])[:, None] * grid.voxel_size_mm[0] * grid.direction[:, 2]
    return [(x, y, z) for x, y, z in (np.asarray(grid.origin_mm) + steps).tolist()]


def _colour(number: int) -> tuple[float, float, float]:
    """Colours apart from each other: hues by the golden angle, in CIE L*a*b*."""
    angle = number * 2.399963
    return 65.0, 55.0 * float(np.cos(angle)), 55.0 * float(np.sin(angle))


def _sources(scan: Scan, places: Sequence[tuple[float, float, float]]) -> tuple[list[Dataset], Mapping[str, str]]:
    """Headers of the images that the labels are of (one a slice of a series, one of a multi-frame file).

    Returns
    -------
    headers, and the true SOP class of each by its UID
    """
    channel = next(iter(scan.channels))
    own = _instances(scan)
    if not own:
        uid = instance_uid(scan, channel)
        return [_multi_frame(scan, _ENHANCED_CT, uid, places)], {uid: sop_class_of(scan, channel)}
    known = [own.get(_key(p), (_CT_IMAGE, made_uid(scan, f"slice {k}"))) for k, p in enumerate(places)]
    headers = [_header(scan, _CT_IMAGE, uid, p) for (_, uid), p in zip(known, places, strict=True)]
    return headers, {uid: sop_class for sop_class, uid in known}


def _key(place: Sequence[float]) -> tuple[int, ...]:
    return tuple(round(v * _PLACE) for v in place)


def _instances(scan: Scan) -> dict[tuple[int, ...], tuple[str, str]]:
    """SOP class and instance of each slice of a DICOM series, by its place; empty for other forms."""
    from xscan.io.config import IoConfig
    from xscan.io.dicom.image import read_image
    from xscan.io.folder import files_of

    path = Path(scan.provenance.path)
    if scan.provenance.form != "dicom" or not path.exists():
        return {}
    found: dict[tuple[int, ...], tuple[str, str]] = {}
    for file in files_of(path if path.is_dir() else path.parent, IoConfig()):
        try:
            image = read_image(file)
        except InputError:
            continue
        if image is None or image.series != scan.provenance.attributes.get("series_uid") or len(image.frames) > 1:
            continue
        if image.frames[0].position is not None:
            found[_key(image.frames[0].position)] = (image.sop_class, image.parsed.data.text(0x00080018))
    return found


def _header(scan: Scan, sop_class: str, uid: str, place: Sequence[float] | None) -> Dataset:
    from pydicom import Dataset
    from pydicom.dataset import FileMetaDataset
    from pydicom.uid import ExplicitVRLittleEndian

    time = scan.provenance.acquired or UNKNOWN_TIME
    data = Dataset()
    data.file_meta = FileMetaDataset()
    data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data.SOPClassUID, data.SOPInstanceUID = sop_class, uid
    data.StudyInstanceUID, data.FrameOfReferenceUID = study_uid(scan), frame_uid(scan)
    data.SeriesInstanceUID = series_uid(scan, next(iter(scan.channels)))
    data.Modality = "CT"
    data.PatientID = scan.provenance.parcel_id or "unknown"
    for name in ("PatientName", "PatientBirthDate", "PatientSex", "AccessionNumber", "ReferringPhysicianName"):
        setattr(data, name, "")
    data.StudyID = "unknown"
    data.StudyDate, data.StudyTime = day_of(time), clock_of(time)
    data.SeriesNumber, data.InstanceNumber = 1, 1
    data.PositionReferenceIndicator = ""
    _, data.Rows, data.Columns = scan.grid.shape
    if place is not None:
        direction = scan.grid.direction
        data.ImagePositionPatient = list(place)
        data.ImageOrientationPatient = [*direction[:, 0], *direction[:, 1]]
        data.PixelSpacing = list(scan.grid.voxel_size_mm[1:])
        data.SliceThickness = scan.grid.voxel_size_mm[0]
    return data


def _multi_frame(scan: Scan, sop_class: str, uid: str, places: Sequence[Sequence[float]]) -> Dataset:
    import highdicom as hd
    from pydicom import Dataset

    data = _header(scan, sop_class, uid, None)
    data.NumberOfFrames = len(places)
    z, y, x = scan.grid.voxel_size_mm
    direction = scan.grid.direction
    shared = Dataset()
    shared.PixelMeasuresSequence = hd.PixelMeasuresSequence(pixel_spacing=(y, x), slice_thickness=z)
    shared.PlaneOrientationSequence = hd.PlaneOrientationSequence("PATIENT", (*direction[:, 0], *direction[:, 1]))
    data.SharedFunctionalGroupsSequence = [shared]
    data.PerFrameFunctionalGroupsSequence = []
    for place in places:
        frame = Dataset()
        frame.PlanePositionSequence = hd.PlanePositionSequence("PATIENT", place)
        data.PerFrameFunctionalGroupsSequence.append(frame)
    return data


def _settle(made: Dataset, scan: Scan, content: str, classes: Mapping[str, str]) -> None:
    """Put what highdicom takes from the clock and from chance to what the scan and the labels say."""
    time = scan.provenance.acquired or UNKNOWN_TIME
    for name in ("InstanceCreation", "Series", "Content"):
        setattr(made, f"{name}Date", day_of(time))
        setattr(made, f"{name}Time", clock_of(time))
    organization = hashed_uid(f"{study_uid(scan)}\0dimensions\0{content}")
    for element in made.iterall():
        if element.keyword == "DimensionOrganizationUID":
            element.value = organization
        elif element.keyword == "ContributionDateTime":
            element.value = day_of(time) + clock_of(time)
    _mend_references(made, classes)


def _mend_references(data: Dataset, classes: Mapping[str, str]) -> None:
    for element in data:
        for item in element.value if element.VR == "SQ" else ():
            if item.get("ReferencedSOPInstanceUID") in classes:
                item.ReferencedSOPClassUID = classes[item.ReferencedSOPInstanceUID]
            _mend_references(item, classes)
