import json
import sys

import numpy as np
import pydicom
import pytest
import SimpleITK as sitk
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from xscan.cli.convert import command as convert
from xscan.cli.info import command as info
from xscan.errors import InputError, UsageError, XscanError
from xscan.io import READERS, WRITERS, IoConfig, Reader, coarsen, load, save, sha256_of
from xscan.model import Grid, Provenance, Scan, Unit, Volume


@pytest.fixture
def scan(phantom, oblique):
    grid = Grid(phantom.shape, (2.5, 0.8, 0.7), (10, -20, 30), oblique)
    channels = {
        "low": Volume(grid, phantom, Unit.LAC, 0.001, 0.25),
        "high": Volume(grid, phantom.astype(np.float32) / 7, Unit.LAC),
    }
    return Scan(
        channels, Provenance("made", sha256="ab", scanner="S", kvp={"low": 100, "high": 160}, notes=("a note",))
    )


@pytest.mark.parametrize("ending", [".nrrd", ".nii", ".nii.gz", ".mha"])
def test_others_read_what_is_written(tmp_path, scan, ending):
    written = save(scan, tmp_path / f"out{ending}")
    assert [p.name for p in written] == [f"out_low{ending}", f"out_high{ending}"]
    for path, (name, volume) in zip(written, scan.volumes.items(), strict=True):
        image = sitk.ReadImage(str(path))
        np.testing.assert_allclose(sitk.GetArrayFromImage(image), volume.array(), rtol=1e-6, atol=1e-7)
        np.testing.assert_allclose(image.GetOrigin(), (10, -20, 30), atol=1e-5)
        np.testing.assert_allclose(image.GetSpacing(), (0.7, 0.8, 2.5), rtol=1e-6)
        np.testing.assert_allclose(np.reshape(image.GetDirection(), (3, 3)), volume.grid.direction, atol=1e-6)
        back = load(path)
        assert list(back.channels) == [name]
        assert back.volume(name).unit == Unit.LAC
        assert back.grid == scan.grid
        np.testing.assert_allclose(back.volume(name).array(), volume.array(), rtol=1e-6)


def test_same_scan_same_bytes_and_one_channel(tmp_path, scan):
    for ending in WRITERS:
        (first,) = save(scan, tmp_path / f"a{ending}", channel="low")
        (second,) = save(scan, tmp_path / f"b{ending}", channel="low")
        assert first.name == f"a{ending}"
        assert first.read_bytes() == second.read_bytes()
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize("dtype", ["u1", "i1", "u2", "i2", "u4", "i4", "f4", "f8", "?"])
def test_every_stored_type_in_every_form(tmp_path, phantom, dtype):
    stored = (np.abs(phantom) // 3).astype(dtype)
    volume = Volume(Grid(phantom.shape, (1, 1, 1)), stored, Unit.MHU)
    for ending in WRITERS:
        save(Scan({"mono": volume}, Provenance("x")), tmp_path / f"a{ending}")
        back = load(tmp_path / f"a{ending}").volume("mono")
        np.testing.assert_array_equal(back.array(), volume.array())
        assert back.unit == Unit.MHU


def test_dicos_pair_comes_back_as_one_scan(tmp_path, scan):
    folder = tmp_path / "out"
    folder.mkdir()
    save(scan, folder / "s.dcs")
    back = load(folder)
    assert list(back.channels) == ["low", "high"]
    assert back.grid == scan.grid
    assert dict(back.provenance.kvp) == {"low": 100, "high": 160}
    for name, volume in scan.volumes.items():
        np.testing.assert_array_equal(back.volume(name).stored[...], volume.stored[...])
        np.testing.assert_allclose(back.volume(name).array(), volume.array(), rtol=1e-6)
        assert back.volume(name).unit == Unit.LAC
    data = pydicom.dcmread(folder / "s_low.dcs")
    np.testing.assert_array_equal(data.pixel_array, scan.volume("low").stored)


def test_what_cannot_be_written(tmp_path, scan, phantom):
    with pytest.raises(UsageError, match="ends in"):
        save(scan, tmp_path / "a.xyz")
    with pytest.raises(UsageError, match="folder"):
        save(scan, tmp_path / "none" / "a.h5")
    with pytest.raises(UsageError, match="expected one of low, high"):
        save(scan, tmp_path / "a.h5", channel="mono")
    (tmp_path / "a.h5").mkdir()
    with pytest.raises(XscanError, match="could not be written"):
        save(scan, tmp_path / "a.h5")
    electrons = Scan({"rho_e": Volume(scan.grid, phantom, Unit.RHO_E)}, Provenance("x"))
    with pytest.raises(UsageError, match="image type"):
        save(electrons, tmp_path / "a.dcs")
    assert [p.name for p in tmp_path.iterdir()] == ["a.h5"]


def test_a_failure_leaves_nothing_behind(tmp_path, phantom):
    bad = phantom.astype(np.float32)
    bad[5, 0, 0] = np.nan
    np.save(tmp_path / "bad.npy", bad)
    for ending in WRITERS:
        with pytest.raises(InputError, match="not finite"):
            save(load(tmp_path / "bad.npy"), tmp_path / f"out{ending}")
    assert [p.name for p in tmp_path.iterdir()] == ["bad.npy"]


def test_a_file_can_be_written_over_itself(tmp_path, scan):
    save(scan, tmp_path / "a.h5")
    save(load(tmp_path / "a.h5"), tmp_path / "a.h5")
    assert load(tmp_path / "a.h5").grid == scan.grid


def test_coarsen_keeps_means_and_places(scan):
    small = coarsen(scan, 2)
    assert small.grid == scan.grid.binned(2)
    low = scan.volume("low").array()[:6, :8, :12]
    np.testing.assert_allclose(
        small.volume("low").array(), low.reshape(3, 2, 4, 2, 6, 2).mean(axis=(1, 3, 5)), rtol=1e-5
    )
    assert small.volume("low").in_memory
    assert any("averaged by 2" in n for n in small.provenance.notes)
    assert coarsen(scan, 1) is scan
    for factor in (0, 7):
        with pytest.raises(UsageError, match="factor"):
            coarsen(scan, factor)


def test_fingerprint_of_a_folder_is_of_names_and_bytes(tmp_path):
    for name, text in (("b", "2"), ("a", "1")):
        (tmp_path / name).write_text(text)
    before = sha256_of(tmp_path)
    assert before == sha256_of(tmp_path)
    (tmp_path / "b").rename(tmp_path / "c")
    assert sha256_of(tmp_path) != before


def test_no_hash_where_not_wanted(tmp_path, scan):
    save(scan, tmp_path / "a.h5")
    assert load(tmp_path / "a.h5", config=IoConfig(sha256=False)).provenance.sha256 == ""


def test_a_reader_of_others_is_found(tmp_path, monkeypatch, scan):
    module = sys.modules["xscan.io.choose"]

    mine = Reader("mine", lambda p: p.read_bytes() == b"mine", lambda path, *, units, config: scan)
    monkeypatch.setattr(module, "_outsiders", lambda: iter([("mine", mine)]))
    (tmp_path / "x").write_bytes(b"mine")
    assert load(tmp_path / "x").channels is not None
    assert "mine" not in READERS


def test_info_as_json_and_table(tmp_path, scan):
    save(scan, tmp_path / "a.h5")
    result = CliRunner().invoke(info, [str(tmp_path / "a.h5"), "--json"], catch_exceptions=False)
    known = json.loads(result.output)
    assert known["shape"] == [6, 9, 13]
    assert known["voxel_size_mm"] == [2.5, 0.8, 0.7]
    assert known["modality"] == "CT"
    assert known["form"] == "xscan-hdf5"
    assert known["channels"]["low"]["unit"] == "1/cm"
    assert known["channels"]["low"]["dtype"] == "int16"
    assert known["channels"]["low"]["percentiles"]["p100"] == pytest.approx(0.25 + 0.3)
    assert known["channels"]["high"]["kvp"] == 160
    assert len(known["sha256"]) == 64
    result = CliRunner().invoke(info, [str(tmp_path / "a.h5")], catch_exceptions=False)
    for text in ("xscan-hdf5", "2.5 × 0.8 × 0.7 mm", "low", "high", "1/cm", "a note", "S"):
        assert text in result.output


def test_info_of_a_projection(tmp_path):
    import h5py

    with h5py.File(tmp_path / "dx.h5", "w") as file:
        file.attrs.update(
            {"format": "xscan-scan", "version": 1, "modality": "DX", "axes": "yx", "voxel_size_mm": (0.4, 0.5)}
        )
        file.create_dataset("scan/mono", data=np.arange(12, dtype=np.uint16).reshape(3, 4))
    known = json.loads(CliRunner().invoke(info, [str(tmp_path / "dx.h5"), "--json"], catch_exceptions=False).output)
    assert (known["modality"], known["shape"], known["voxel_size_mm"]) == ("DX", [3, 4], [0.4, 0.5])
    assert known["channels"]["mono"]["percentiles"]["p100"] == 11


def test_convert(tmp_path, scan):
    save(scan, tmp_path / "a.h5")
    run = CliRunner().invoke(convert, [str(tmp_path / "a.h5"), str(tmp_path / "b.nrrd")], catch_exceptions=False)
    assert run.output.split() == [str(tmp_path / "b_low.nrrd"), str(tmp_path / "b_high.nrrd")]
    arguments = [str(tmp_path / "b_low.nrrd"), str(tmp_path / "c.h5"), "--quiet"]
    assert CliRunner().invoke(convert, arguments, catch_exceptions=False).output == ""
    np.testing.assert_allclose(load(tmp_path / "c.h5").volume("low").array(), scan.volume("low").array(), rtol=1e-6)
    with pytest.raises(UsageError):
        CliRunner().invoke(convert, [str(tmp_path / "a.h5"), str(tmp_path / "x.bin")], catch_exceptions=False)


def test_real_volumes_are_read_and_converted(shared_data, tmp_path):
    for name in ("boston_teapot", "engine", "walnut", "qim3d_shell"):
        scan = load(shared_data / "real" / f"{name}.nrrd")
        image = sitk.ReadImage(str(shared_data / "real" / f"{name}.nrrd"))
        np.testing.assert_array_equal(scan.volume("mono").stored[...], sitk.GetArrayFromImage(image))
    save(scan, tmp_path / "a.nii.gz")
    np.testing.assert_array_equal(
        load(tmp_path / "a.nii.gz").volume("mono").stored[...], scan.volume("mono").stored[...]
    )


def test_hounsfield_numbers_stay_whole(tmp_path, phantom):
    grid = Grid(phantom.shape, (1, 1, 1))
    for stored, expected in ((phantom, "int32"), ((phantom // 4).astype(np.uint8), "int16")):
        volume = Volume(grid, stored, Unit.HU, 1.0, -1024.0)
        for ending in (".nrrd", ".mha"):
            save(Scan({"mono": volume}, Provenance("x")), tmp_path / f"a{ending}")
            back = load(tmp_path / f"a{ending}").volume("mono")
            assert back.stored.dtype == expected
            np.testing.assert_array_equal(back.array(), volume.array())


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    stored=arrays.arrays(
        st.sampled_from(["u1", "i1", "u2", "i2", "f4"]),
        st.tuples(*[st.integers(1, 5)] * 3),
        elements=st.integers(0, 100),
    ),
    slope=st.sampled_from([1.0, 0.5, -0.001, 3e-7]),
    intercept=st.sampled_from([0.0, -1024.0, 0.123456]),
    sizes=st.tuples(*[st.floats(0.01, 50)] * 3),
    ending=st.sampled_from(list(WRITERS)),
)
def test_any_volume_comes_back(tmp_path, stored, slope, intercept, sizes, ending):
    grid = Grid(stored.shape, sizes, (1.5, -2.25, 1e3))
    volume = Volume(grid, stored, Unit.MHU, slope, intercept)
    save(Scan({"mono": volume}, Provenance("x")), tmp_path / f"a{ending}")
    back = load(tmp_path / f"a{ending}").volume("mono")
    np.testing.assert_allclose(back.grid.voxel_size_mm, sizes, rtol=1e-5)
    np.testing.assert_allclose(back.grid.origin_mm, grid.origin_mm, rtol=1e-6)
    np.testing.assert_allclose(back.array(), volume.array(), rtol=1e-5, atol=1e-4)
