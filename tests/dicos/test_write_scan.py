"""Random scans written as DICOS, read by pydicom, by the reference toolkit and by xscan."""

import numpy as np
import pydicom
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy.spatial.transform import Rotation

from xscan.dicos import check, read_scan, write_scan
from xscan.errors import InputError, UsageError
from xscan.model import Grid, Projection, Provenance, Scan, Unit, Volume

SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
READ_CT = """
    out = []
    for path in sys.argv[1:]:
        ct, log = P.CT(), P.ErrorLog()
        assert ct.Read(P.Filename(path), log, None), path + log.GetErrorLog().Get()
        section = ct.GetSectionByIndex(0)
        data = section.GetPixelData()
        kind = str(section.GetPixelDataType()).split(".")[-1].replace("enum", "").replace("Bit", "")
        slices, values = data.Begin(), []
        for k in range(data.GetDepth()):
            values.append(np.array(getattr(slices, "As" + kind)(), copy=True))
            if k < data.GetDepth() - 1:
                next(slices)
        values = np.stack(values)
        place, size = section.GetPositionInMM(), section.GetSpacingInMM()
        out.append({"kind": kind, "shape": values.shape, "values": values.ravel().tolist(),
                    "place": [place.x, place.y, place.z], "size": [size.x, size.y, size.z],
                    "log": log.GetErrorLog().Get()})
    print(json.dumps(out))
"""
READ_DX = """
    out = []
    for path in sys.argv[1:]:
        dx, log = P.DX(), P.ErrorLog()
        assert dx.Read(P.Filename(path), log, None), path + log.GetErrorLog().Get()
        data = dx.GetXRayData()
        kind = str(data.GetImageDataType()).split(".")[-1].replace("enum", "").replace("Bit", "")
        out.append({"kind": kind, "values": np.array(getattr(data, "Get" + kind)()).tolist()})
    print(json.dumps(out))
"""
shapes = st.tuples(*[st.integers(1, 6)] * 3)
kinds = st.sampled_from(["u1", "i1", "u2", "i2", "u4", "i4", "f4"])


@st.composite
def volumes(draw):
    stored = draw(arrays.arrays(draw(kinds), draw(shapes), elements={"allow_nan": False, "allow_infinity": False}))
    sizes = draw(st.tuples(*[st.floats(0.05, 20)] * 3))
    origin = draw(st.tuples(*[st.floats(-1000, 1000)] * 3))
    angles = draw(st.tuples(*[st.floats(-180, 180)] * 3))
    grid = Grid(stored.shape, sizes, origin, Rotation.from_euler("xyz", angles, degrees=True).as_matrix())
    slope = draw(st.sampled_from([1.0, 0.5, 0.001, 1 / 3]))
    return Volume(grid, stored, Unit.MHU, slope, draw(st.sampled_from([0.0, -1000.0, 0.25])))


@settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
@given(volumes())
def test_any_volume_comes_back_conforms_and_pydicom_agrees(tmp_path, volume):
    (path,) = write_scan(tmp_path / "a.dcs", Scan({"mono": volume}, Provenance("made")))
    back = read_scan(path).volume("mono")
    np.testing.assert_array_equal(back.stored[...], volume.stored)
    assert (back.unit, back.slope, back.intercept) == (volume.unit, pytest.approx(volume.slope), volume.intercept)
    for index in np.ndindex(2, 2, 2):
        corner = np.array(index) * volume.grid.extent_mm  # geometry to a hundredth of a millimetre, at every corner
        np.testing.assert_allclose(back.grid.world_mm(corner), volume.grid.world_mm(corner), atol=0.01)
    assert not [p for p in check(path) if p.severity == "error"]
    data = pydicom.dcmread(path)
    if volume.stored.dtype.itemsize < 4:
        np.testing.assert_array_equal(data.pixel_array.reshape(volume.stored.shape), volume.stored)
    place = data.PerFrameFunctionalGroupsSequence[-1].PlanePositionSequence[0].ImagePositionPatient
    last = (np.array((volume.grid.shape[0] - 0.5, 0.5, 0.5))) * volume.grid.voxel_size_mm
    np.testing.assert_allclose([float(v) for v in place], volume.grid.world_mm(last), atol=0.01)


def test_the_toolkit_reads_random_volumes(tmp_path, toolkit):
    random = np.random.default_rng(8)
    paths, written = [], []
    for number, code in enumerate(["u1", "i1", "u2", "i2", "u4", "i4", "f4"] * 3):
        shape = (*random.integers(2, 7, 2), 2 * int(random.integers(1, 5)))  # it fails on odd 8-bit files, its own too
        if code == "f4":
            stored = random.normal(0, 1000, shape).astype(np.float32)
        else:
            limits = np.iinfo(code)
            stored = random.integers(limits.min, limits.max, shape, dtype=code, endpoint=True)
        grid = Grid(shape, tuple(random.uniform(0.3, 3, 3)), tuple(random.uniform(-100, 100, 3)))
        volume = Volume(grid, stored, Unit.MHU, 0.5, -10)
        paths += write_scan(tmp_path / f"{number}.dcs", Scan({"high": volume}, Provenance("made")))
        written.append(volume)
    for found, volume in zip(toolkit(READ_CT, *paths), written, strict=True):
        assert found["log"] == ""
        values = np.asarray(found["values"]).reshape(found["shape"])
        np.testing.assert_array_equal(values.astype(volume.stored.dtype), volume.stored)
        np.testing.assert_allclose(found["size"], volume.grid.voxel_size_mm[::-1], atol=0.01)
        np.testing.assert_allclose(found["place"], volume.grid.origin_mm, atol=0.01)


@settings(max_examples=30, deadline=None, suppress_health_check=SLOW)
@given(
    stored=arrays.arrays(
        st.sampled_from(["u1", "u2", "u4", "i2", "f4"]), shapes.map(lambda s: s[1:]), elements=st.integers(0, 100)
    ),
    sizes=st.tuples(*[st.floats(0.05, 20)] * 2),
)
def test_any_projection_comes_back_and_conforms(tmp_path, stored, sizes):
    image = Projection(stored, sizes, Unit.LAC, 0.5, 1.0)
    (path,) = write_scan(tmp_path / "a.dcs", Scan({"low": image}, Provenance("made", kvp={"low": 100})))
    scan = read_scan(path)
    back = scan.channels["low"]
    assert isinstance(back, Projection)
    np.testing.assert_array_equal(back.array(), image.array())
    np.testing.assert_allclose(back.pixel_size_mm, sizes, rtol=1e-9)
    assert back.unit == Unit.LAC
    assert not check(path)


def test_the_toolkit_reads_projections(tmp_path, toolkit):
    paths, written = [], []
    for code in ("u1", "u2", "u4", "i2", "f4"):
        stored = (np.arange(48).reshape(6, 8) * 5).astype(code)
        paths += write_scan(tmp_path / f"{code}.dcs", Scan({"mono": Projection(stored, (1, 1))}, Provenance("made")))
        written.append(stored)
    for found, stored in zip(toolkit(READ_DX, *paths), written, strict=True):
        np.testing.assert_array_equal(found["values"], stored)


def test_two_energies_become_two_files_of_one_frame_of_reference(tmp_path, scan):
    low, high = (pydicom.dcmread(p) for p in write_scan(tmp_path / "s.dcs", scan))
    assert low.FrameOfReferenceUID == high.FrameOfReferenceUID
    assert low.StudyInstanceUID == high.StudyInstanceUID
    assert low.SeriesInstanceUID != high.SeriesInstanceUID
    assert low.SOPInstanceUID != high.SOPInstanceUID
    assert [d.ImageType[1] for d in (low, high)] == ["LOW ENERGY", "HIGH ENERGY"]
    assert low.PatientID == "P-7"


def test_unknown_time_and_object_stay_unknown(tmp_path, projection):
    (path,) = write_scan(tmp_path / "a.dcs", projection)
    known = read_scan(path).provenance
    assert (known.acquired, known.parcel_id) == (None, None)


def test_text_of_any_script_and_too_much_of_it(tmp_path, scan):
    known = Provenance("made", scanner="检查机 \\ Größe " * 10, parcel_id="包裹\n7")
    (path, _) = write_scan(tmp_path / "a.dcs", Scan(scan.channels, known))
    back = read_scan(path).provenance
    assert back.scanner == ("检查机 / Größe " * 10)[:64].strip()
    assert back.parcel_id == "包裹 7"
    assert not check(path)


def test_what_is_no_dicos(tmp_path, scan):
    np.save(tmp_path / "a.npy", np.zeros((2, 3, 4), np.uint8))
    with pytest.raises(InputError, match="expected DICOS or DICOM"):
        read_scan(tmp_path / "a.npy")
    electrons = Scan({"rho_e": scan.volume("low")}, Provenance("x"))
    with pytest.raises(UsageError, match="image type"):
        write_scan(tmp_path / "a.dcs", electrons)
    wide = Volume(Grid((1, 1, 70000), (1, 1, 1)), np.zeros((1, 1, 70000), np.uint8), Unit.MHU)
    with pytest.raises(UsageError, match="65535"):
        write_scan(tmp_path / "a.dcs", Scan({"mono": wide}, Provenance("x")))
