"""Threat reports written, read back, and read by the reference toolkit."""

import contextlib
from dataclasses import replace

import numpy as np
import pydicom
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from xscan.dicos import Assessment, Reference, Threat, ThreatReport, check, read_tdr, tdr_bytes, write_tdr
from xscan.dicos.bitmap import bitmap_bytes, pack_bitmap, unpack_bitmap
from xscan.errors import InputError, XscanError

SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
READ = """
    out = []
    for path in sys.argv[1:]:
        tdr, log = P.TDR(), P.ErrorLog()
        assert tdr.Read(P.Filename(path), log, None), log.GetErrorLog().Get()
        ids = P.Array1DS_UINT16()
        tdr.GetPTOIds(ids)
        objects = []
        for i in [ids[k] for k in range(ids.GetSize())]:
            base, extent, bitmap, polygon = P.Point3Dfloat(), P.Point3Dfloat(), P.Bitmap(), P.Array1DPoint3Dfloat()
            tdr.GetThreatRegionOfInterest(i, base, extent, bitmap, 0)
            tdr.GetThreatBoundingPolygon(i, polygon, 0)
            bits = []
            if bitmap.GetSize():
                data = np.frombuffer(bitmap.GetBitmap(), np.uint8)
                bits = np.flatnonzero(np.unpackbits(data, bitorder="little")[: bitmap.GetNumBits()]).tolist()
            _, mass, density = tdr.GetBaggagePTODetails(i, 0.0, 0.0, 0)
            objects.append({
                "id": i, "base": [base.x, base.y, base.z], "extents": [extent.x, extent.y, extent.z], "bits": bits,
                "size": [bitmap.GetWidth(), bitmap.GetHeight(), bitmap.GetDepth()] if bits else None,
                "mass": mass, "density": density, "polygon": polygon.GetSize(),
                "category": str(tdr.GetPTOAssessmentThreatCategory(i, 0)).split(".")[-1],
                "flag": str(tdr.GetPTOAssessmentFlag(i, 0)).split(".")[-1],
                "probability": tdr.GetPTOAssessmentProbability(i, 0),
                "text": tdr.GetPTOAssessmentDescription(i, 0).Get(),
            })
        out.append({"alarm": str(tdr.GetAlarmDecision()).split(".")[-1], "log": log.GetErrorLog().Get(),
                    "ooi": tdr.GetOOIID().Get(), "scan": tdr.GetScanInstanceUID().Get(),
                    "frame": tdr.GetFrameOfReferenceUID().Get(), "ms": tdr.GetTotalProcessingTimeInMS(),
                    "objects": objects})
    print(json.dumps(out))
"""


def test_what_is_written_is_read_back(tmp_path, report):
    path = write_tdr(tmp_path / "a.tdr", report)
    back = read_tdr(path)
    for name in ("alarm", "study_uid", "frame_uid", "references", "object_id", "algorithm", "decided", "device"):
        if name == "device":
            assert replace(back.device, calibrated=None) == replace(report.device, calibrated=None)
        else:
            assert getattr(back, name) == getattr(report, name), name
    assert (back.total, back.alarmed, back.milliseconds) == (2, 2, 1234.5)
    first, second = back.threats
    np.testing.assert_array_equal(first.bitmap, report.threats[0].bitmap)
    np.testing.assert_array_equal(first.polygon_mm, report.threats[0].polygon_mm)
    assert first.assessments == report.threats[0].assessments
    for name in ("id", "base", "extents", "mass_g", "density_g_cm3", "z_eff", "volume_mm3", "centre_mm"):
        assert getattr(first, name) == getattr(report.threats[0], name), name
    assert (second.bitmap, second.mass_g, second.density_g_cm3, second.probability) == (None,) * 4
    assert tdr_bytes(report) == path.read_bytes() == tdr_bytes(report)
    assert not check(path)


def test_the_toolkit_accepts_an_alarm_with_equal_values(tmp_path, report, toolkit):
    path = write_tdr(tmp_path / "a.tdr", report)
    (found,) = toolkit(READ, path)
    assert found["log"] == ""
    assert (found["alarm"], found["ooi"], found["scan"], found["frame"]) == ("enumAlarm", "P-7", "1.2.3", "1.2.4")
    assert found["ms"] == 1234.5
    first, second = found["objects"]
    bitmap = report.threats[0].bitmap
    assert first["id"] == 3
    assert first["base"] == [4, 3, 2]  # x, y, z
    assert first["extents"] == first["size"] == [5, 3, 2]
    assert first["bits"] == np.flatnonzero(bitmap.ravel()).tolist()  # x fastest
    assert (first["mass"], first["density"], first["polygon"]) == (12.5, 2.5, 8)
    assert (first["category"], first["flag"], first["probability"]) == ("enumContraband", "enumHighThreat", 0.75)
    assert first["text"] == "Größe 12 ± 3 × 4"
    assert (second["bits"], second["category"]) == ([], "enumProhibitedItem")


def test_the_toolkit_accepts_a_clear(tmp_path, report, toolkit):
    clear = replace(report, alarm="CLEAR", threats=())
    (found,) = toolkit(READ, write_tdr(tmp_path / "a.tdr", clear))
    assert (found["alarm"], found["objects"], found["log"]) == ("enumClear", [], "")
    assert read_tdr(tmp_path / "a.tdr").threats == ()
    assert not check(tmp_path / "a.tdr")


def test_a_report_of_the_toolkit_is_read(tmp_path, bitmap, toolkit):
    code = """
        tdr = P.TDR()
        tdr.SetOOIType(P.OBJECT_OF_INSPECTION_TYPE.enumTypeBaggage)
        for name, value in (("OOIID", "BAG"), ("OOIIDAssigningAuthority", "auth")):
            getattr(tdr, "Set" + name)(P.DcsLongString(value))
        tdr.SetOOIIDType(P.OBJECT_OF_INSPECTION_ID_TYPE.enumText)
        for name in ("ScanInstance", "SeriesInstance", "FrameOfReference"):
            getattr(tdr, f"Set{name}UID")(P.DcsUniqueIdentifier("1.2.3"))
        day, time = P.DcsDate(2026, 11, 22), P.DcsTime(5, 6, 7, 0)
        for name in ("Content", "AlarmDecision", "ScanStart", "Series", "SopInstanceCreation", "DeviceCalibration"):
            set_ = getattr(tdr, f"Set{name}DateAndTime", None) or getattr(tdr, f"Set{name}DateTime")
            set_(day, time)
        tdr.GenerateSopInstanceUID()
        tdr.SetTDRType(P.TDR_TYPE.enumMachine)
        tdr.SetScanType(P.SCAN_TYPE.enumOperational)
        tdr.SetAlarmDecision(P.ALARM_DECISION.enumAlarm)
        tdr.SetTotalProcessingTimeInMS(99.0)
        tdr.SetImageScaleRepresentation(1.0)
        tdr.SetTDRTypeATR(P.DcsLongString("other"), P.DcsLongString("v2"), P.CustomArray1DDcsLongString(0))
        data = json.loads(sys.argv[2])
        tdr.AddPotentialThreatObject(5, P.TDR.ThreatType.enumThreatTypeBaggage)
        bits, buffer = P.Bitmap(), P.MemoryBuffer()
        bits.SetDims(5, 3, 2, True)
        packed = np.packbits(np.array(data, np.uint8), bitorder="little")
        buffer.SetBuffer(packed.tobytes(), packed.size)
        bits.SetBitmapData(buffer, True)
        tdr.SetThreatRegionOfInterest(5, P.Point3Dfloat(4, 3, 2), P.Point3Dfloat(5, 3, 2), bits, 0)
        tdr.SetBaggagePTODetails(5, 12.5, 2.5, 0)
        tdr.DeleteAssessments(5)
        tdr.AddPTOAssessment(5, P.ASSESSMENT_FLAG.enumThreat, P.THREAT_CATEGORY.enumExplosive,
                             P.ABILITY_ASSESSMENT.enumShield, P.DcsLongText("text"), 0.5)
        tdr.SetPTOProcessingTime(5, P.DcsDateTime(day, time), P.DcsDateTime(day, time), 12.0)
        uid = P.DcsUniqueIdentifier
        tdr.AddReferencedInstance(5, uid("1.2.840.10008.5.1.4.1.1.501.1"), uid("1.2.3.4.5"), 0)
        tdr.AddReferencedSopInstance(uid("1.2.3.4.5"), uid("1.2.840.10008.5.1.4.1.1.501.1"))
        log = P.ErrorLog()
        assert tdr.Write(P.Filename(sys.argv[1]), log), log.GetErrorLog().Get()
        print(json.dumps("written"))
    """
    path = tmp_path / "toolkit.dcs"
    toolkit(code, path, bitmap.astype(int).ravel().tolist())
    back = read_tdr(path)
    (threat,) = back.threats
    np.testing.assert_array_equal(threat.bitmap, bitmap)
    assert (threat.base, threat.extents) == ((2, 3, 4), (2, 3, 5))
    assert (threat.mass_g, threat.density_g_cm3, threat.milliseconds) == (12.5, 2.5, 12)
    assert threat.assessments == (Assessment("EXPLOSIVE", "THREAT", 0.5, "text", "SHIELD"),)
    assert threat.references == (Reference("1.2.840.10008.5.1.4.1.1.501.1", "1.2.3.4.5"),)
    assert (back.object_id, back.algorithm[:2], back.alarm) == ("BAG", ("other", "v2"), "ALARM")
    assert not [p for p in check(path) if p.severity == "error"]


def test_pydicom_reads_it_too(tmp_path, report):
    data = pydicom.dcmread(write_tdr(tmp_path / "a.tdr", report))
    (threat, _) = data.ThreatSequence
    assert threat.PotentialThreatObjectID == 3
    shown = threat.PTORepresentationSequence[0]
    assert shown.ThreatROIVoxelSequence[0].ThreatROIBase == [4, 3, 2]
    assert (shown.Mass, shown.Density, shown.ZEffective, shown.VolumeOfPTO) == (12.5, 2.5, 7.5, 5000)
    assert threat.ATDAssessmentSequence[0].ThreatCategoryDescription == "Größe 12 ± 3 × 4"
    assert data.AlarmDecision == "ALARM"


def test_implicit_and_unknown_kinds_are_read(tmp_path, report):
    data = pydicom.dcmread(write_tdr(tmp_path / "a.tdr", report))
    data.file_meta.TransferSyntaxUID = pydicom.uid.ImplicitVRLittleEndian
    data.save_as(tmp_path / "implicit.tdr", implicit_vr=True, little_endian=True)
    back = read_tdr(tmp_path / "implicit.tdr")
    np.testing.assert_array_equal(back.threats[0].bitmap, report.threats[0].bitmap)
    assert back.threats[0].assessments == report.threats[0].assessments
    assert (back.milliseconds, back.threats[0].mass_g) == (1234.5, 12.5)
    assert not check(tmp_path / "implicit.tdr")


def test_a_scan_or_a_damaged_file_is_no_report(tmp_path, report, scan):
    from xscan.dicos import write_scan

    low, _ = write_scan(tmp_path / "s.dcs", scan)
    with pytest.raises(InputError, match="expected a threat report"):
        read_tdr(low)
    whole = tdr_bytes(report)
    path = tmp_path / "cut.tdr"
    for count in range(1, len(whole) - 30, 37):
        path.write_bytes(whole[:count])
        with contextlib.suppress(InputError):
            read_tdr(path)  # a cut between two elements leaves a report that lacks some
    with pytest.raises(InputError, match="could not be read"):
        read_tdr(tmp_path / "none.tdr")
    with pytest.raises(XscanError, match="could not be written"):
        write_tdr(tmp_path / "none" / "a.tdr", report)


def test_an_object_without_a_box_is_an_object_nevertheless(tmp_path, report):
    data = pydicom.dcmread(write_tdr(tmp_path / "a.tdr", report))
    del data.ThreatSequence[0].PTORepresentationSequence[0].ThreatROIVoxelSequence
    data.save_as(tmp_path / "b.tdr")
    first = read_tdr(tmp_path / "b.tdr").threats[0]
    assert (first.extents, first.bitmap, first.mass_g) == ((0, 0, 0), None, 12.5)


def test_a_bitmap_of_another_length_is_refused(tmp_path, report):
    data = pydicom.dcmread(write_tdr(tmp_path / "a.tdr", report))
    box = data.ThreatSequence[0].PTORepresentationSequence[0].ThreatROIVoxelSequence[0]
    box.ThreatROIBitmap = b"\1\2"
    data.save_as(tmp_path / "b.tdr")
    with pytest.raises(InputError, match="bitmap of 2 bytes for 30 voxels"):
        read_tdr(tmp_path / "b.tdr")
    box.ThreatROIExtents = [1e9, 1e9, 1e9]
    data.save_as(tmp_path / "b.tdr")
    with pytest.raises(InputError, match="box that cannot be"):
        read_tdr(tmp_path / "b.tdr")


@settings(deadline=None, suppress_health_check=SLOW)
@given(arrays.arrays(np.bool_, st.tuples(*[st.integers(1, 7)] * 3)))
def test_any_bitmap_comes_back(bitmap):
    packed = pack_bitmap(bitmap)
    assert len(packed) == bitmap_bytes(bitmap.size)
    assert len(packed) % 2 == 0
    np.testing.assert_array_equal(unpack_bitmap(packed, bitmap.shape), bitmap)
    z, y, x = (n - 1 for n in bitmap.shape)
    index = x + bitmap.shape[2] * (y + bitmap.shape[1] * z)  # of the last voxel: x counts fastest
    assert bool(packed[index // 8] >> index % 8 & 1) == bool(bitmap[-1, -1, -1])


texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=70)


@settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
@given(
    bitmap=arrays.arrays(np.bool_, st.tuples(*[st.integers(1, 6)] * 3)),
    base=st.tuples(*[st.integers(0, 1000)] * 3),
    numbers=st.tuples(*[st.floats(0, 22, width=32)] * 4),
    probability=st.none() | st.floats(0, 1, width=32),
    text=texts,
    name=texts,
)
def test_any_report_comes_back_and_conforms(tmp_path, bitmap, base, numbers, probability, text, name):
    mass, density, z_eff, ms = numbers
    assessment = Assessment("OTHER", "THREAT", probability, text)
    threat = Threat(1, base, bitmap.shape, bitmap, mass, density, z_eff, assessments=(assessment,), milliseconds=ms)
    made = ThreatReport("ALARM", (threat,), "1.2", "1.3", (Reference("1.4", "1.5"),), object_id=name)
    path = write_tdr(tmp_path / "a.tdr", made)
    (back,) = read_tdr(path).threats
    np.testing.assert_array_equal(back.bitmap, bitmap)
    assert (back.base, back.extents) == (base, bitmap.shape)
    assert (back.mass_g, back.density_g_cm3, back.z_eff, back.milliseconds) == numbers
    assert back.assessments[0].probability == probability
    assert back.text == text.replace("\\", "/").strip()
    assert not [p for p in check(path) if p.severity == "error"]
