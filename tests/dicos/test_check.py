"""What is missing or wrong is named; what is right is let pass."""

import copy
import struct
import zipfile
from pathlib import Path

import pydicom
import pytest

from xscan.dicos import Problem, check, write_scan, write_tdr
from xscan.dicos.checks.common import META
from xscan.dicos.checks.ct import CT_NEEDS
from xscan.dicos.checks.dx import DX_NEEDS
from xscan.dicos.checks.tdr import TDR_NEEDS
from xscan.errors import InputError

NEEDS = {"CT": CT_NEEDS, "DX": DX_NEEDS, "TDR": TDR_NEEDS}


@pytest.fixture
def files(tmp_path, scan, projection, report):
    low, _ = write_scan(tmp_path / "ct.dcs", scan)
    (dx,) = write_scan(tmp_path / "dx.dcs", projection)
    return {"CT": low, "DX": dx, "TDR": write_tdr(tmp_path / "r.tdr", report)}


def errors(path):
    return [p for p in check(path) if p.severity == "error"]


@pytest.mark.parametrize("kind", list(NEEDS))
def test_what_xscan_writes_conforms(files, kind):
    assert check(files[kind]) == ()


def asked(needs, above=()):
    """Every element that must be there, with the sequences above it."""
    for need in needs:
        if need.type != 3:
            yield (*above, need.tag), need.type
        yield from asked(need.items, (*above, need.tag))


@pytest.mark.parametrize("kind", list(NEEDS))
def test_each_required_element_taken_out_is_named(files, tmp_path, kind):
    whole = pydicom.dcmread(files[kind])
    path = tmp_path / "less.dcs"
    looked_at = 0
    for tags, type_ in asked(NEEDS[kind]):
        for empty in (False, True):
            if empty and type_ != 1:
                continue
            data = copy.deepcopy(whole)
            holder = data
            for tag in tags[:-1]:
                holder = holder[tag].value[0]
            if empty:
                holder[tags[-1]].value = [] if holder[tags[-1]].VR == "SQ" else None
            else:
                del holder[tags[-1]]
            data.save_as(path)
            if tags == (0x00080016,) or tags == (0x00080060,):
                data.file_meta.MediaStorageSOPClassUID = whole.SOPClassUID
            found = [p for p in errors(path) if p.tag == tags[-1] and tuple(t for t, _ in p.place) == tags[:-1]]
            assert found, (kind, [f"{t:08X}" for t in tags], empty)
            said = found[0].message
            assert any(word in said for word in (("is empty", "expected") if empty else ("is missing",))), said
            assert f"{tags[-1] >> 16:04X},{tags[-1] & 0xFFFF:04X}" in str(found[0])
            assert found[0].name
            looked_at += 1
    assert looked_at > 70


def test_each_element_of_the_file_meta_taken_out_is_named(files, tmp_path):
    whole = files["TDR"].read_bytes()
    (length,) = struct.unpack_from("<I", whole, 140)
    at, end = 132, 144 + length
    spans = {}
    while at < end:
        group, element, vr, size = struct.unpack_from("<HH2sH", whole, at)
        head = 12 if vr == b"OB" else 8
        size = struct.unpack_from("<I", whole, at + 8)[0] if vr == b"OB" else size
        spans[group << 16 | element] = (at, at + head + size)
        at += head + size
    for need in META:
        if need.type == 3:
            continue
        first, last = spans[need.tag]
        data = bytearray(whole)
        if need.tag != 0x00020000:
            struct.pack_into("<I", data, 140, length - (last - first))
        path = tmp_path / "less.tdr"
        path.write_bytes(data[:first] + data[last:])
        assert [p.tag for p in errors(path)] == [need.tag]


def changed(path, change, tmp_path):
    data = pydicom.dcmread(path)
    change(data)
    data.save_as(tmp_path / "changed.dcs")
    return errors(tmp_path / "changed.dcs")


def threat(data):
    return data.ThreatSequence[0]


def shown(data):
    return threat(data).PTORepresentationSequence[0]


def box(data):
    return shown(data).ThreatROIVoxelSequence[0]


WRONG_IN_TDR = {
    "probability above 1": (
        lambda d: setattr(threat(d).ATDAssessmentSequence[0], "ATDAssessmentProbability", 1.5),
        0x40101016,
    ),
    "a percentage": (
        lambda d: setattr(threat(d).ATDAssessmentSequence[1], "ATDAssessmentProbability", 87.0),
        0x40101016,
    ),
    "fewer objects than listed": (lambda d: setattr(d, "NumberOfTotalObjects", 1), 0x40101033),
    "more alarms than objects": (lambda d: setattr(d, "NumberOfAlarmObjects", 5), 0x40101034),
    "fewer alarms than listed": (lambda d: setattr(d, "NumberOfAlarmObjects", 1), 0x40101034),
    "clear, though objects alarm": (lambda d: setattr(d, "AlarmDecision", "CLEAR"), 0x40101031),
    "an alarm of nothing": (lambda d: delattr(d, "ThreatSequence"), 0x40101011),
    "one id for two": (lambda d: setattr(d.ThreatSequence[1], "PotentialThreatObjectID", 3), 0x40101010),
    "a short bitmap": (lambda d: setattr(box(d), "ThreatROIBitmap", b"\1\2"), 0x40101006),
    "bits beyond the box": (lambda d: setattr(box(d), "ThreatROIBitmap", b"\1\2\3\xff"), 0x40101006),
    "a box of no size": (lambda d: setattr(box(d), "ThreatROIExtents", [5, 0, 2]), 0x40101005),
    "a box of two numbers": (lambda d: setattr(box(d), "ThreatROIExtents", [5, 2]), 0x40101005),
    "parts of voxels": (lambda d: setattr(box(d), "ThreatROIBase", [1.5, 0, 2]), 0x40101004),
    "a negative mass": (lambda d: setattr(shown(d), "Mass", -12.0), 0x40101017),
    "kg/m3 for g/cm3": (lambda d: setattr(shown(d), "Density", 2500.0), 0x40101018),
    "no number": (lambda d: setattr(shown(d), "Mass", float("nan")), 0x40101017),
    "a category of its own": (
        lambda d: setattr(threat(d).ATDAssessmentSequence[0], "ThreatCategory", "KNIFE"),
        0x40101012,
    ),
    "no such day": (lambda d: d.add_new(0x0008_0020, "DA", "20261345"), 0x00080020),
    "another version": (lambda d: setattr(d, "DICOSVersion", "V99"), 0x4010103A),
    "DS for FD": (lambda d: d.add_new(0x4010_1075, "DS", "1"), 0x40101075),
    "scale 0": (lambda d: d.add_new(0x4010_1075, "FD", 0.0), 0x40101075),
    "end before start": (lambda d: threat(d).add_new(0x4010_1081, "DT", "20200101000000"), 0x40101081),
    "a UID of letters": (lambda d: d.add_new(0x0020_000D, "UI", "1.2.x"), 0x0020000D),
}


@pytest.mark.parametrize("what", list(WRONG_IN_TDR))
@pytest.mark.filterwarnings("ignore")
def test_what_is_wrong_in_a_report_is_named(files, tmp_path, what):
    change, tag = WRONG_IN_TDR[what]
    pydicom.config.settings.writing_validation_mode = pydicom.config.IGNORE
    try:
        assert tag in [p.tag for p in changed(files["TDR"], change, tmp_path)]
    finally:
        pydicom.config.settings.writing_validation_mode = None


def shared(data):
    return data.SharedFunctionalGroupsSequence[0]


def move_second_slice(data):
    data.PerFrameFunctionalGroupsSequence[1] = data.PerFrameFunctionalGroupsSequence[0]


WRONG_IN_CT = {
    "cut off": (lambda d: setattr(d, "PixelData", d.PixelData[:100]), 0x7FE00010),
    "more frames than groups": (lambda d: d.add_new(0x0028_0008, "US", 7), 0x52009230),
    "frames as text": (lambda d: d.add_new(0x0028_0008, "IS", "6"), 0x00280008),
    "a high bit of its own": (lambda d: setattr(d, "HighBit", 11), 0x00280102),
    "twelve bits": (lambda d: setattr(d, "BitsAllocated", 12), 0x00280100),
    "the class of floats": (lambda d: setattr(d, "SOPClassUID", "1.2.840.10008.5.1.4.1.1.501.1.3"), 0x00080016),
    "two slices in one place": (move_second_slice, 0x00200032),
    "voxels of no size": (lambda d: setattr(shared(d).PixelMeasuresSequence[0], "PixelSpacing", [0, 1]), 0x00280030),
    "a slope of 0": (
        lambda d: setattr(shared(d).PixelValueTransformationSequence[0], "RescaleSlope", 0),
        0x00281053,
    ),
    "axes askew": (
        lambda d: setattr(shared(d).PlaneOrientationSequence[0], "ImageOrientationPatient", [1, 0, 0, 1, 0, 0]),
        0x00200037,
    ),
    "an energy of its own": (lambda d: setattr(d, "ImageType", ["ORIGINAL", "SOFT", "VOLUME", "NONE"]), 0x00080008),
}


@pytest.mark.parametrize("what", list(WRONG_IN_CT))
def test_what_is_wrong_in_a_scan_is_named(files, tmp_path, what):
    change, tag = WRONG_IN_CT[what]
    assert tag in [p.tag for p in changed(files["CT"], change, tmp_path)]


def test_odd_things_are_warned_of(files, tmp_path):
    def thick(data):
        shared(data).PixelMeasuresSequence[0].SliceThickness = 9

    assert not changed(files["CT"], thick, tmp_path)
    (warning,) = check(tmp_path / "changed.dcs")
    assert (warning.severity, warning.tag) == ("warning", 0x00180050)
    assert "9 mm, but the slices lie 2.5 mm apart" in warning.message
    assert warning.path == "(5200,9229)[1] > (0028,9110)[1] > (0018,0050)"

    def kilograms(data):
        shown(data).Mass = 0.0125

    assert not changed(files["TDR"], kilograms, tmp_path)
    (warning,) = check(tmp_path / "changed.dcs")
    assert "a wrong unit?" in warning.message


def test_files_of_the_reference_toolkit_hold_no_error(tmp_path):
    with zipfile.ZipFile(Path(__file__).parents[1] / "io" / "toolkit.zip") as archive:
        archive.extractall(tmp_path)
    names = sorted(p.name for p in tmp_path.glob("*.dcs"))
    assert len(names) == 46
    for name in names:
        assert not errors(tmp_path / name), name
    assert any("sections" in p.message for p in check(tmp_path / "two_sections.dcs"))


REFUSES = """
    out = []
    for path in sys.argv[1:]:
        log = P.ErrorLog()
        out.append(bool(P.TDR().Read(P.Filename(path), log, None)) and not log.GetErrorLog().Get())
    print(json.dumps(out))
"""


def test_whatever_the_toolkit_refuses_the_check_names(files, tmp_path, toolkit):
    """Each element of a report taken out: the check is never laxer than the toolkit."""
    whole = pydicom.dcmread(files["TDR"])
    cases = []

    def walk(item, above):
        for element in item:
            cases.append((*above, element.tag))
            if element.VR == "SQ" and element.value:
                walk(element.value[0], (*above, element.tag))

    walk(whole, ())
    paths = []
    for number, tags in enumerate(cases):
        data = copy.deepcopy(whole)
        holder = data
        for tag in tags[:-1]:
            holder = holder[tag].value[0]
        del holder[tags[-1]]
        paths.append(tmp_path / f"{number}.tdr")
        data.save_as(paths[-1])
    accepted = toolkit(REFUSES, *paths)
    assert sum(accepted) > 5
    for tags, path, fine in zip(cases, paths, accepted, strict=True):
        if not fine:
            assert errors(path), [f"{t:08X}" for t in tags]


def test_what_is_not_of_dicos_is_refused(tmp_path, files):
    data = pydicom.dcmread(files["CT"])
    data.SOPClassUID = data.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.2"
    del data[0x4010103A]
    data.save_as(tmp_path / "medical.dcm")
    with pytest.raises(InputError, match="expected a CT, DX or TDR of DICOS"):
        check(tmp_path / "medical.dcm")
    (tmp_path / "text").write_text("no DICOM at all, but long enough to have a first element")
    with pytest.raises(InputError, match="damaged"):
        check(tmp_path / "text")


def test_a_problem_reads_well():
    problem = Problem("error", 0x40101017, "expected at least 0", ((0x40101011, 1),))
    assert str(problem) == "error: (4010,1011)[2] > (4010,1017) Mass: expected at least 0"


def test_bitmaps_are_never_larger_than_the_file(files, tmp_path):
    data = pydicom.dcmread(files["TDR"])
    box(data).ThreatROIExtents = [6e4, 6e4, 6e4]
    data.save_as(tmp_path / "a.tdr")
    assert 0x40101006 in [p.tag for p in errors(tmp_path / "a.tdr")]
