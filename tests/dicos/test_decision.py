"""From a decision to a threat report, and from another system's alarms to findings."""

from dataclasses import replace

import numpy as np
import pytest

from xscan.dicos import (
    Assessment,
    DicosConfig,
    Threat,
    check,
    compare,
    findings_of,
    read_tdr,
    report_of,
    write_scan,
    write_tdr,
)
from xscan.errors import InputError
from xscan.io import load
from xscan.model import (
    Analysis,
    Decision,
    Finding,
    Labels,
    Measure,
    Object,
    Quantities,
    Region,
    Segmentation,
    Signature,
    Unit,
    Volume,
)


def region_of(labels, id_, grid):
    index = np.argwhere(labels == id_)
    low, high = index.min(axis=0), index.max(axis=0) + 1
    centre = tuple(((index.mean(axis=0) + 0.5) * grid.voxel_size_mm).tolist())
    return Region(id_, len(index), (tuple(low.tolist()), tuple(high.tolist())), centre)


def signature_of(object_id, mass, density, metal=0.0):
    return Signature(
        object_id,
        Measure(1000 * mass / density, 1, "mm3"),
        Measure(mass, 1, "g"),
        Measure(mass, 1, "g"),
        Measure(density, 0.1, "g/cm3"),
        None,
        Measure(8.25, 0.1, "1"),
        Measure(1000, 1, "MHU"),
        metal_near=metal,
    )


FINDINGS = (
    Finding("template-match", 0.95, "Shape of a toy: suspected infringement.", (1,)),
    Finding("undeclared-object", 0.6, "No line explains object 1.", (1,), evidence={"probability": 0.7}),
    Finding("hidden-object", 0.55, "Object 3 lies hidden.", (3,)),
    Finding("missing-item", 0.9, "Line 3 was not found.", (), 3),
    Finding("density-outlier", 0.3, "Object 2 is odd.", (2,)),
)


def analysis_of(scan, labels, *, binning=1, findings=FINDINGS, verdict="detain"):
    """Objects 1 (with the part 3 inside it) and 2, of regions 1, 3 and 2."""
    grid = scan.grid.binned(binning) if binning > 1 else scan.grid
    regions = tuple(region_of(labels, i, grid) for i in (1, 2, 3))
    objects = tuple(
        Object(r.id, "goods", (r.id,), r.bbox, r.centroid_mm, r.voxels, parent=1 if r.id == 3 else None)
        for r in regions
    )
    volume = Volume(grid, np.zeros(grid.shape, np.float32), Unit.MHU)
    signatures = {1: signature_of(1, 12.5, 2.5), 2: signature_of(2, 3, 1), 3: signature_of(3, 0.75, 1.5, metal=0.9)}
    return Analysis(
        scan,
        Quantities(volume, "nominal"),
        Segmentation(Labels(grid, labels.astype(np.uint32)), regions, objects),
        signatures,
        Decision(verdict, 0.9, findings),
        binning=binning,
        seconds={"read": 0.5, "decide": 1.0},
    )


@pytest.fixture
def labels(scan):
    found = np.zeros(scan.grid.shape, np.uint32)
    found[1:4, 2:5, 3:9] = 1
    found[2, 3, 4:6] = 3
    found[4:6, 6:8, 0:2] = 2
    return found


def test_one_object_for_each_that_needs_attention(scan, labels, tmp_path):
    analysis = analysis_of(scan, labels)
    report = report_of(analysis, config=DicosConfig(institution="Site", station="ST-1"), version="1.0")
    assert report.alarm == "ALARM"
    assert (report.device.institution, report.device.station, report.device.manufacturer) == ("Site", "ST-1", "Maker")
    assert report.milliseconds == 1500
    first, third, parcel = report.threats
    assert [t.id for t in report.threats] == [1, 3, 4]
    assert (first.base, first.extents) == ((1, 2, 3), (3, 3, 6))
    np.testing.assert_array_equal(first.bitmap, np.isin(labels, (1, 3))[1:4, 2:5, 3:9])  # with the part inside it
    assert (first.mass_g, first.density_g_cm3, first.z_eff, first.volume_mm3) == (12.5, 2.5, 8.25, 5000)
    assert [(a.category, a.flag, a.probability) for a in first.assessments] == [
        ("CONTRABAND", "HIGH_THREAT", 0.95),
        ("ANOMALY", "THREAT", 0.7),
    ]
    assert first.assessments[0].description == "template-match: Shape of a toy: suspected infringement."
    assert third.assessments[0].ability == "SHIELD"  # metal streaks all over it
    assert parcel.bitmap is None
    assert (parcel.base, parcel.extents) == ((1, 2, 0), (5, 6, 9))
    assert "Line 3" in parcel.text
    corners = scan.grid.world_mm([np.array((1, 2, 3)) * scan.grid.voxel_size_mm])
    np.testing.assert_allclose(first.polygon_mm[0], corners[0], atol=1e-4)
    path = write_tdr(tmp_path / "a.tdr", report)
    assert not check(path)


def test_the_same_analysis_gives_the_same_bytes(scan, labels, tmp_path):
    paths = [write_tdr(tmp_path / n, report_of(analysis_of(scan, labels))) for n in ("a", "b")]
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_clear(scan, labels, tmp_path):
    analysis = analysis_of(scan, labels, findings=FINDINGS[-1:], verdict="clear")
    report = report_of(analysis)
    assert (report.alarm, report.threats) == ("CLEAR", ())
    assert not check(write_tdr(tmp_path / "a.tdr", report))


def test_it_names_the_files_of_the_scan(scan, labels, tmp_path):
    """A report on a scan, and on its conversion to DICOS, speak of the same files."""
    folder = tmp_path / "scan"
    folder.mkdir()
    write_scan(folder / "s.dcs", scan)
    converted = load(folder)
    reports = [report_of(analysis_of(s, labels)) for s in (scan, converted)]
    assert reports[0].references == reports[1].references
    assert len(reports[0].references) == 2
    for name in ("study_uid", "frame_uid", "object_id"):
        assert getattr(reports[0], name) == getattr(reports[1], name)


def test_a_coarser_analysis_still_speaks_of_the_scans_voxels(scan):
    coarse = np.zeros((3, 4, 5), np.uint32)
    coarse[0:2, 1:3, 1:4] = 1
    coarse[1, 2, 2] = 3
    coarse[2, 3, 4] = 2
    first = report_of(analysis_of(scan, coarse, binning=2)).threats[0]
    assert (first.base, first.extents) == ((0, 2, 2), (4, 4, 6))
    assert first.bitmap.all()
    low = np.asarray(first.polygon_mm).min(axis=0)
    expected = report_of(analysis_of(scan, np.kron(coarse, np.ones((2, 2, 2), np.uint32)))).threats[0]
    np.testing.assert_allclose(low, np.asarray(expected.polygon_mm).min(axis=0), atol=1e-3)


def test_slices_that_were_reversed_are_told_as_in_the_file(scan, labels):
    known = replace(scan.provenance, attributes={"slice_order": "reversed"})
    first = report_of(analysis_of(replace(scan, provenance=known), labels)).threats[0]
    assert first.base == (2, 2, 3)
    np.testing.assert_array_equal(first.bitmap, np.isin(labels, (1, 3))[1:4, 2:5, 3:9][::-1])


def test_our_own_alarms_come_back_as_findings_on_the_same_objects(scan, labels, tmp_path):
    for known in ({}, {"slice_order": "reversed"}):
        seen = replace(scan, provenance=replace(scan.provenance, attributes=known))
        analysis = analysis_of(seen, labels, findings=FINDINGS[:3])
        back = read_tdr(write_tdr(tmp_path / "a.tdr", report_of(analysis)))
        found = findings_of(back, analysis)
        assert [f.kind for f in found] == ["other-alarm"] * 2
        assert found[0].object_ids == (1, 3)  # the part lies in the voxels of the whole
        assert 3 in found[1].object_ids
        assert found[0].severity == pytest.approx(0.95)
        assert "Maker" in found[0].message
        assert "CONTRABAND" in found[0].message


def test_alarms_elsewhere_and_of_other_scans(scan, labels):
    analysis = analysis_of(scan, labels)
    report = report_of(analysis)
    alarm = (Assessment("EXPLOSIVE", "THREAT"),)
    nothing = Threat(1, (0, 0, 8), (1, 1, 1), assessments=alarm)
    (found,) = findings_of(replace(report, threats=(nothing,)), analysis)
    assert (found.object_ids, found.severity) == ((), 0.5)
    assert "nothing that was found" in found.message
    (found,) = findings_of(replace(report, threats=(replace(nothing, extents=(0, 0, 0)),)), analysis)
    assert found.object_ids == ()  # an alarm without a box is an alarm nevertheless
    harmless = replace(nothing, assessments=(Assessment("OTHER", "NO_THREAT", 0.9),))
    assert findings_of(replace(report, threats=(harmless,)), analysis) == ()
    with pytest.raises(InputError, match="does not lie in a scan"):
        findings_of(replace(report, threats=(replace(nothing, base=(0, 0, 10)),)), analysis)
    known = replace(scan.provenance, attributes={"frame_of_reference_uid": "9.9"})
    with pytest.raises(InputError, match="of another scan"):
        findings_of(report, analysis_of(replace(scan, provenance=known), labels))


def test_two_reports_compared(report):
    same = compare(report, report)
    assert same.same_alarm
    assert [(p.first.id, p.second.id, p.overlap) for p in same.pairs] == [(3, 3, 1), (9, 9, 1)]
    moved = replace(report.threats[0], base=(2, 3, 5))
    other = replace(report, alarm="CLEAR", threats=(moved, replace(report.threats[1], base=(90, 90, 90))))
    found = compare(report, other)
    assert not found.same_alarm
    assert [(p.first and p.first.id, p.second and p.second.id) for p in found.pairs] == [(3, 3), (9, None), (None, 9)]
    bits = np.zeros((2, 3, 6), bool)
    bits[:, :, :5] = report.threats[0].bitmap
    shifted = np.zeros((2, 3, 6), bool)
    shifted[:, :, 1:] = report.threats[0].bitmap
    assert found.pairs[0].overlap == pytest.approx((bits & shifted).sum() / (bits | shifted).sum())
    assert found.as_dict()["pairs"][1]["second"] is None
