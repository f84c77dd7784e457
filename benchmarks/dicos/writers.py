"""Each program's writing of a form, judged by another program: the reference toolkit; xscan for the toolkit's own."""

from __future__ import annotations

import json
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.dicos.forms import PLACE, SIZE

CLOSE = 0.01  # mm
_RANDOM = np.random.default_rng(8)
CT = {
    "DICOS CT 8-bit": _RANDOM.integers(0, 255, (5, 6, 8), dtype="u1"),
    "DICOS CT 16-bit": _RANDOM.integers(0, 65535, (5, 6, 8), dtype="u2"),
    "DICOS CT 16-bit signed": _RANDOM.integers(-32768, 32767, (5, 6, 8), dtype="i2"),
    "DICOS CT 32-bit": _RANDOM.integers(0, 2**32 - 1, (5, 6, 8), dtype="u4"),
    "DICOS CT float": _RANDOM.normal(0, 1000, (5, 6, 8)).astype("f4"),
}
DX = "DICOS DX 16-bit"
IMAGE = _RANDOM.integers(0, 65535, (6, 8), dtype="u2")
ALARM, CLEAR = "DICOS TDR, alarm", "DICOS TDR, clear"
BITMAP = _RANDOM.random((2, 3, 5)) > 0.5
SEG = "DICOM SEG"
ROWS = (*CT, DX, ALARM, CLEAR, SEG)

# What the toolkit makes of a file: kind and path in, numbers and places out.
_TOOLKIT = """
import json, sys
import numpy as np
import pyDICOS as P
kind, path = sys.argv[1:3]
log = P.ErrorLog()
item = {"CT": P.CT, "DX": P.DX, "TDR": P.TDR}[kind]()
assert item.Read(P.Filename(path), log, None)
name = lambda t: str(t).split(".")[-1].replace("enum", "").replace("Bit", "")
if kind == "CT":
    section = item.GetSectionByIndex(0)
    data, slices, values = section.GetPixelData(), None, []
    slices, as_ = data.Begin(), "As" + name(section.GetPixelDataType())
    for k in range(data.GetDepth()):
        values.append(np.array(getattr(slices, as_)(), copy=True).tolist())
        if k < data.GetDepth() - 1:
            next(slices)
    p, s = section.GetPositionInMM(), section.GetSpacingInMM()
    out = {"values": values, "place": [p.x, p.y, p.z], "size": [s.x, s.y, s.z]}
elif kind == "DX":
    data = item.GetXRayData()
    out = {"values": np.array(getattr(data, "Get" + name(data.GetImageDataType()))()).tolist()}
else:
    ids = P.Array1DS_UINT16()
    item.GetPTOIds(ids)
    out = {"alarm": name(item.GetAlarmDecision()), "objects": ids.GetSize()}
    if ids.GetSize():
        base, size, bits = P.Point3Dfloat(), P.Point3Dfloat(), P.Bitmap()
        item.GetThreatRegionOfInterest(ids[0], base, size, bits, 0)
        found = np.unpackbits(np.frombuffer(bits.GetBitmap(), np.uint8), bitorder="little")[: bits.GetNumBits()]
        _, mass, density = item.GetBaggagePTODetails(ids[0], 0.0, 0.0, 0)
        out |= {"base": [base.x, base.y, base.z], "size": [size.x, size.y, size.z], "bits": found.tolist(),
                "mass": mass, "density": density}
print(json.dumps(out))
"""
_WRAPPER = """
import json, sys
import numpy as np
import pyDICOS as P
from pydicos import CTLoader, DXLoader, TDRLoader, dcswrite, TDR_DATA_TEMPLATE
row, path, source = sys.argv[1:4]
values = np.load(source)
if "CT" in row:
    ct = CTLoader()
    ct.GenerateSopInstanceUID(); ct.GenerateSeriesInstanceUID(); ct.GenerateScanInstanceUID()
    ct.SetFrameOfReferenceUID(P.DcsUniqueIdentifier("1.2.3"))
    ct.SetOOIType(P.OBJECT_OF_INSPECTION_TYPE.enumTypeBaggage)
    ct.SetImageType(P.OOI_IMAGE_CHARACTERISTICS.enumHighEnergy)
    ct.SetImageAcquisitionDateAndTime(P.DcsDate(2026, 1, 1), P.DcsTime(1, 1, 1, 0))
    ct.SetImageAcquisitionDuration(1.0)
    ct.SetContentDateAndTime(P.DcsDate(2026, 1, 1), P.DcsTime(1, 1, 1, 0))
    ct.SetPhotometricInterpretation(P.CT.PHOTOMETRIC_INTERPRETATION.enumMonochrome2)
    ct.set_data([values])
    section = ct.GetSectionByIndex(0)
    section.SetKVP(120.0); section.SetSliceThickness(2.5); section.SetSpacingInMM(0.7, 0.8, 2.5)
    section.SetPositionInMM(P.Point3Dfloat(-20.0, -30.0, 40.0))
    dcswrite(ct, path)
elif "DX" in row:
    dx = DXLoader()
    dx.Initialize(P.OBJECT_OF_INSPECTION_TYPE.enumTypeBaggage, P.PRESENTATION_INTENT_TYPE.enumProcessing)
    dx.SetKVP(160.0); dx.SetXRayTubeCurrent(1.0)
    dx.set_data(values)
    dcswrite(dx, path)
else:
    day, time = P.DcsDate(2026, 1, 1), P.DcsTime(1, 1, 1, 0)
    tdr = TDRLoader()
    tdr.SetOOIIDType(P.OBJECT_OF_INSPECTION_ID_TYPE.enumText)
    tdr.SetOOIIDAssigningAuthority(P.DcsLongString("x"))
    for name in ("SeriesInstance", "FrameOfReference"):
        getattr(tdr, f"Set{name}UID")(P.DcsUniqueIdentifier("1.2.3"))
    tdr.GenerateSopInstanceUID()
    for name in ("ScanStart", "Series", "SopInstanceCreation", "DeviceCalibration"):
        getattr(tdr, f"Set{name}DateAndTime")(day, time)
    clock = {"date": (2026, 1, 1), "time": (1, 1, 1, 0)}
    alarm = P.ALARM_DECISION.enumAlarm if "alarm" in row else P.ALARM_DECISION.enumClear
    data = TDR_DATA_TEMPLATE | {
        "InstanceNumber": 1, "InstanceUID": "1.2.3", "OOIID": "x", "ContentDateAndTime": clock, "ProcessingTime": 1,
        "ScanType": P.SCAN_TYPE.enumOperational, "AlarmDecision": alarm, "AlarmDecisionDateTime": clock,
        "ImageScaleRepresentation": 1, "ATR": {"manufacturer": "x", "version": "1", "parameters": {"a": "b"}},
        "PTOs": [],
    }
    if "alarm" in row:
        data["PTOs"] = [{
            "ID": 3, "Base": {"z": 30, "y": 20, "x": 10}, "Extent": {"z": 2, "y": 3, "x": 5}, "Bitmap": values,
            "Assessment": {"flag": P.ASSESSMENT_FLAG.enumThreat, "category": P.THREAT_CATEGORY.enumAnomaly,
                           "ability": P.ABILITY_ASSESSMENT.enumNoInterference, "description": "x", "probability": 0.5},
            "ReferencedInstance": {"SopClassUID": "1.2.840.10008.5.1.4.1.1.501.1", "SopInstanceUID": "1.2.3"},
            "PTOProcessingTime": {"ProcessingStartTime": clock, "ProcessingEndTime": clock, "fTotalTimeMS": 1.0},
        }]
    tdr.set_data(data)
    if "alarm" in row:
        tdr.SetBaggagePTODetails(3, 12.5, 2.5, 0)
    tdr.AddReferencedSopInstance(P.DcsUniqueIdentifier("1.2.3"), P.DcsUniqueIdentifier("1.2.840.10008.5.1.4.1.1.501.1"))
    dcswrite(tdr, path)
"""


def scan_of(values: NDArray[Any]) -> Any:
    """A scan of those numbers, at the toolkit's place."""
    from xscan.model import Grid, Projection, Provenance, Scan, Unit, Volume

    channel: Any = (
        Projection(values, (0.8, 0.7))
        if values.ndim == 2
        else Volume(Grid(values.shape, SIZE[::-1], PLACE), values, Unit.MHU)
    )
    return Scan({"mono": channel}, Provenance("made", "ab"))


def _report(row: str) -> Any:
    from xscan.dicos import Assessment, Reference, Threat, ThreatReport

    threat = Threat(
        3, (30, 20, 10), (2, 3, 5), BITMAP, 12.5, 2.5, assessments=(Assessment("ANOMALY", "THREAT", 0.5, "x"),)
    )
    named = (Reference("1.2.840.10008.5.1.4.1.1.501.1", "1.2.3"),)
    return ThreatReport(
        "ALARM" if row == ALARM else "CLEAR", (threat,) if row == ALARM else (), "1.2.3", "1.2.3", named
    )


def by_xscan(row: str, path: Path) -> None:
    """Write by ``xscan.dicos``."""
    from xscan import dicos

    if row == SEG:
        labels = CT["DICOS CT 8-bit"] // 128
        dicos.write_seg(path, labels, scan_of(CT["DICOS CT 8-bit"]), [dicos.Segment(1, "one")])
    elif row in (ALARM, CLEAR):
        dicos.write_tdr(path, _report(row))
    else:
        dicos.write_scan(path, scan_of(CT.get(row, IMAGE)))


def by_pydicom(row: str, path: Path) -> None:
    """Write by pydicom, which has no DICOS objects: every element of xscan's file is spelled out to it."""
    import pydicom

    if row == SEG:
        raise NotImplementedError
    by_xscan(row, path)
    data = pydicom.dcmread(path)
    copy = pydicom.Dataset()
    copy.file_meta, copy.preamble = data.file_meta, b"\0" * 128
    for element in data:
        copy.add_new(element.tag, element.VR, element.value)
    copy.save_as(path)


def by_simpleitk(row: str, path: Path) -> None:
    """Write by SimpleITK (GDCM)."""
    import SimpleITK as sitk

    if row not in CT:
        raise NotImplementedError
    image = sitk.GetImageFromArray(CT[row])
    image.SetOrigin(PLACE)
    image.SetSpacing(SIZE)
    writer = sitk.ImageFileWriter()
    writer.SetImageIO("GDCMImageIO")
    writer.SetFileName(str(path))
    writer.Execute(image)


def by_wrapper(row: str, path: Path) -> None:
    """Write by the toolkit's wrapper pydicos."""
    if row == SEG:
        raise NotImplementedError
    source = path.with_suffix(".npy")
    np.save(source, BITMAP.astype("u1") if row in (ALARM, CLEAR) else CT.get(row, IMAGE))
    command = [sys.executable, "-c", _WRAPPER, row, str(path), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)


WRITERS: dict[str, Callable[[str, Path], None]] = {
    "xscan": by_xscan,
    "pydicom": by_pydicom,
    "SimpleITK": by_simpleitk,
    "toolkit's wrapper": by_wrapper,
}


def write_and_judge(writer: str, row: str, folder: Path, *, toolkit: bool) -> str:
    """Right, wrong, or not: what another program makes of the file."""
    path = folder / f"{writer[:3]}-{row.replace(' ', '-').replace(',', '')}.dcs"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            WRITERS[writer](row, path)
        except Exception:
            return "not"
        try:
            if row == SEG:
                return _judge_seg(path)
            found = _by_xscan(row, path) if writer == "toolkit's wrapper" or not toolkit else _by_toolkit(row, path)
        except Exception:
            return "not accepted"
    return "right" if _same(row, found) else "wrong"


def _by_toolkit(row: str, path: Path) -> dict[str, Any]:
    kind = "TDR" if row in (ALARM, CLEAR) else "DX" if row == DX else "CT"
    command = [sys.executable, "-c", _TOOLKIT, kind, str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _by_xscan(row: str, path: Path) -> dict[str, Any]:
    from xscan.dicos import read_scan, read_tdr

    if row in (ALARM, CLEAR):
        report = read_tdr(path)
        out: dict[str, Any] = {"alarm": report.alarm.capitalize(), "objects": len(report.threats)}
        for t in report.threats:
            out |= {"base": t.base[::-1], "size": t.extents[::-1], "mass": t.mass_g, "density": t.density_g_cm3}
            out["bits"] = [] if t.bitmap is None else t.bitmap.ravel().astype(int).tolist()
        return out
    channel: Any = read_scan(path).channels["mono"]
    if row == DX:
        return {"values": channel.stored[...].tolist()}
    grid = channel.grid
    return {"values": channel.stored[...].tolist(), "place": grid.origin_mm, "size": grid.voxel_size_mm[::-1]}


def _same(row: str, found: dict[str, Any]) -> bool:
    if row == CLEAR:
        return (found["alarm"], found["objects"]) == ("Clear", 0)
    if row == ALARM:
        told = found["alarm"] == "Alarm" and list(found["base"]) == [10, 20, 30] and list(found["size"]) == [5, 3, 2]
        same = np.array_equal(found["bits"], BITMAP.ravel().astype(int))
        return bool(told and same and (found["mass"], found["density"]) == (12.5, 2.5))
    values = np.asarray(found["values"])
    expected = CT.get(row, IMAGE)
    same = values.shape == expected.shape and np.array_equal(values.astype(expected.dtype), expected)
    if row == DX:
        return bool(same)
    placed = np.allclose(found["place"], PLACE, atol=CLOSE) and np.allclose(found["size"], SIZE, atol=CLOSE)
    return bool(same and placed)


def _judge_seg(path: Path) -> str:
    """By dcmqi, the engine of 3D Slicer, where it is installed; else by highdicom."""
    import highdicom as hd

    expected = int((CT["DICOS CT 8-bit"] // 128 == 1).sum())
    program = Path(sys.executable).parent / "segimage2itkimage"
    if program.exists():
        import SimpleITK as sitk

        command = [str(program), "--inputDICOM", str(path), "--outputDirectory", str(path.parent)]
        subprocess.run(command, check=True, capture_output=True, timeout=60)
        found = int((sitk.GetArrayFromImage(sitk.ReadImage(str(path.parent / "1.nrrd"))) > 0).sum())
    else:
        volume = hd.seg.segread(path).get_volume(combine_segments=True)
        found = int((volume.array > 0).sum())
    return "right" if found == expected else "wrong"
