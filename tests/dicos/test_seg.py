"""Labels as DICOM SEG: read by highdicom and by dcmqi, the engine of 3D Slicer."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pydicom
import pytest
import SimpleITK as sitk

from xscan.dicos import Segment, write_scan, write_seg
from xscan.errors import UsageError
from xscan.io import load

hd = pytest.importorskip("highdicom", reason="the extra `seg` is not installed")
SEGMENTS = (Segment(7, "object 7, ceramic, 44 g"), Segment(2, "object 2"), Segment(5, "without a voxel"))


@pytest.fixture
def labels(scan):
    found = np.zeros(scan.grid.shape, np.uint32)
    found[1:3, 2:4, 3:8] = 7
    found[4, 5, 5:7] = 2
    found[5, 7, 9] = 9  # not asked for
    return found


def test_labels_and_places_come_back(tmp_path, scan, labels):
    path = write_seg(tmp_path / "a.dcm", labels, scan, SEGMENTS, version="1.0")
    found = hd.seg.segread(path)
    assert [s.segment_label for s in map(found.get_segment_description, (1, 2))] == [
        "object 7, ceramic, 44 g",
        "object 2",
    ]
    volume = found.get_volume(combine_segments=True, skip_overlap_checks=True)
    for number, id_ in ((1, 7), (2, 2)):
        for index in np.argwhere(volume.array == number):
            world = volume.map_indices_to_reference(index[None])[0]
            voxel = np.round(scan.grid.direction.T @ (world - scan.grid.origin_mm) / scan.grid.voxel_size_mm[::-1])
            assert labels[tuple(voxel[::-1].astype(int))] == id_
        assert (volume.array == number).sum() == (labels == id_).sum()


def test_the_engine_of_slicer_reads_it(tmp_path, scan, labels):
    program = shutil.which("segimage2itkimage", path=Path(sys.executable).parent) or shutil.which("segimage2itkimage")
    if program is None:
        pytest.skip("dcmqi (pip install dcmqi) is not installed")
    path = write_seg(tmp_path / "a.dcm", labels, scan, SEGMENTS)
    done = subprocess.run(
        [program, "--inputDICOM", path, "--outputDirectory", tmp_path], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads((tmp_path / "meta.json").read_text())["segmentAttributes"]
    assert [s["SegmentLabel"] for group in told for s in group] == ["object 7, ceramic, 44 g", "object 2"]
    expected = sitk.GetImageFromArray(labels.astype(np.int16))
    expected.SetOrigin(scan.grid.origin_mm)
    expected.SetSpacing(scan.grid.voxel_size_mm[::-1])
    expected.SetDirection(scan.grid.direction.ravel())
    for number, id_ in ((1, 7), (2, 2)):
        image = sitk.ReadImage(tmp_path / f"{number}.nrrd")
        for z, y, x in np.argwhere(sitk.GetArrayFromImage(image)):
            place = image.TransformIndexToPhysicalPoint((int(x), int(y), int(z)))
            assert expected[expected.TransformPhysicalPointToIndex(place)] == id_
        assert (sitk.GetArrayFromImage(image) > 0).sum() == (labels == id_).sum()


def test_the_same_labels_give_the_same_bytes_and_name_the_file(tmp_path, scan, labels):
    folder = tmp_path / "scan"
    folder.mkdir()
    low, _ = write_scan(folder / "s.dcs", scan)
    paths = [write_seg(tmp_path / n, labels, s, SEGMENTS) for n, s in (("a", scan), ("b", scan), ("c", load(folder)))]
    assert paths[0].read_bytes() == paths[1].read_bytes()
    data = pydicom.dcmread(paths[2])
    source = pydicom.dcmread(low, stop_before_pixels=True)
    (series,) = data.ReferencedSeriesSequence
    (instance,) = series.ReferencedInstanceSequence
    assert instance.ReferencedSOPInstanceUID == source.SOPInstanceUID
    assert instance.ReferencedSOPClassUID == source.SOPClassUID
    assert series.SeriesInstanceUID == source.SeriesInstanceUID
    assert (data.StudyInstanceUID, data.FrameOfReferenceUID) == (source.StudyInstanceUID, source.FrameOfReferenceUID)


def test_slices_of_a_series_are_named(tmp_path, shared_data):
    folder = shared_data / "real" / "philips_insert_5mm"
    scan = load(folder)
    labels = np.zeros(scan.grid.shape, np.uint8)
    labels[3, 100:110, 100:110] = 1
    data = pydicom.dcmread(write_seg(tmp_path / "a.dcm", labels, scan, (Segment(1, "one"),)))
    (frame,) = data.PerFrameFunctionalGroupsSequence
    named = frame.DerivationImageSequence[0].SourceImageSequence[0].ReferencedSOPInstanceUID
    place = frame.PlanePositionSequence[0].ImagePositionPatient
    for file in folder.iterdir():
        source = pydicom.dcmread(file, stop_before_pixels=True, force=True)
        if source.get("SOPInstanceUID") == named:
            np.testing.assert_allclose(source.ImagePositionPatient, place, atol=0.01)
            return
    raise AssertionError(f"no slice {named}")


def test_what_cannot_be_written(tmp_path, scan, labels):
    with pytest.raises(UsageError, match="shape"):
        write_seg(tmp_path / "a.dcm", labels[1:], scan, SEGMENTS)
    with pytest.raises(UsageError, match="no object has a voxel"):
        write_seg(tmp_path / "a.dcm", labels, scan, SEGMENTS[2:])
    assert not list(tmp_path.iterdir())
