"""DICOS files of the reference toolkit (toolkit.zip: written by pydicos 1.3.0, its 32- and 64-bit pixels filled in)."""

import zipfile
from pathlib import Path

import numpy as np
import pytest

from xscan.errors import InputError
from xscan.io import load
from xscan.model import Unit

SHAPE = (5, 7, 9)


def truth(code, extra=0):
    """The numbers that were given to the toolkit."""
    z, y, x = np.indices(SHAPE)
    array = (z * 63 + y * 9 + x).astype(float)
    array[1, 2, 3:8] = 241
    array[1, 2:6, 3] = 231
    array[1:4, 2, 3] = 221
    if code[0] == "f":
        array = array * 0.37 - 5.25
    if code[0] == "i":
        array = array - 100
    if code in ("u1", "i1"):
        array = array // 4
    array = array * {"4": 100003, "8": 10000019}.get(code[1], 1) if code[0] != "f" else array
    return array.astype(f"<{code}") + np.array(extra, code)


@pytest.fixture(scope="module")
def toolkit(tmp_path_factory):
    folder = tmp_path_factory.mktemp("toolkit")
    with zipfile.ZipFile(Path(__file__).parent / "toolkit.zip") as archive:
        archive.extractall(folder)
    return folder


ENCODINGS = [
    *(f"{code}_{syntax}" for code in ("u1", "u2", "i1", "i2", "f4") for syntax in ("exp", "ext", "imp", "jpl", "rle")),
    *(f"{code}_{syntax}" for code in ("u4", "u8", "i4", "i8") for syntax in ("exp", "ext", "imp")),
]


@pytest.mark.parametrize("name", ENCODINGS)
def test_every_encoding(toolkit, name):
    scan = load(toolkit / f"{name}.dcs")
    (volume,) = scan.volumes.values()
    expected = truth(name[:2])
    assert volume.stored.dtype == expected.dtype
    np.testing.assert_array_equal(volume.stored[...], expected)
    np.testing.assert_array_equal(volume.stored[2:4], expected[2:4])
    assert volume.unit == Unit.MHU
    np.testing.assert_allclose(volume.grid.voxel_size_mm, (2.5, 0.8, 0.7), atol=0.01)
    np.testing.assert_allclose(volume.grid.origin_mm, (-20, -30, 40), atol=0.01)
    known = scan.provenance
    assert (known.form, known.scanner, known.parcel_id) == ("dicos", "maker", "PARCEL-7")
    assert str(known.acquired) == "2026-11-22 05:12:17"


@pytest.mark.parametrize("name", ["two_sections", "two_rle"])
def test_sections_that_meet_are_one_volume(toolkit, name):
    volume = load(toolkit / f"{name}.dcs").volume("mono")
    np.testing.assert_array_equal(volume.stored[...], np.concatenate([truth("u2"), truth("u2", 50)]))
    assert volume.grid.origin_mm == (-20, -30, 40)


def test_sections_that_do_not_meet_leave_the_part_between_empty(toolkit):
    scan = load(toolkit / "two_gap.dcs")
    values = scan.volume("mono").array()
    assert scan.grid.shape == (21, 7, 9)
    np.testing.assert_array_equal(values[:5], truth("u2"))
    np.testing.assert_array_equal(values[16:], truth("u2", 50))
    assert not values[5:16].any()
    assert any("left empty" in n for n in scan.provenance.notes)


def test_slices_that_run_backwards(toolkit):
    volume = load(toolkit / "negative.dcs").volume("mono")
    np.testing.assert_array_equal(volume.stored[...], truth("u2")[::-1])
    assert volume.grid.origin_mm == (-20, -30, 30)


def test_oblique(toolkit):
    c, s = np.cos(0.3), np.sin(0.3)
    grid = load(toolkit / "oblique.dcs").grid
    np.testing.assert_allclose(grid.direction, [[c, -s, 0], [s, c, 0], [0, 0, 1]], atol=1e-6)


def test_channels_by_image_type(toolkit, tmp_path):
    folder = tmp_path / "scan"
    folder.mkdir()
    for source, name in (("char_LowEnergy", "b.dcs"), ("u2_exp", "a.dcs"), ("char_Z_Effective", "c.dcs")):
        (folder / name).write_bytes((toolkit / f"{source}.dcs").read_bytes())
    scan = load(folder)
    assert list(scan.channels) == ["low", "high", "zeff"]
    assert scan.volume("zeff").unit == Unit.NUMBER
    assert not scan.provenance.notes
    (folder / "d.dcs").write_bytes((toolkit / "two_sections.dcs").read_bytes())
    scan = load(folder)
    assert scan.grid.shape == (10, 7, 9)  # the largest
    assert sum("Left alone" in n for n in scan.provenance.notes) == 3
    assert load(toolkit / "char_Density.dcs").volume("density").unit == Unit.DENSITY


def test_one_energy_alone_is_a_single_energy_scan(toolkit):
    scan = load(toolkit / "char_LowEnergy.dcs")
    assert list(scan.channels) == ["mono"]
    assert any("low energy" in n for n in scan.provenance.notes)
    assert scan.provenance.kvp["mono"] == 120


def test_hu_for_mhu_is_refused(toolkit):
    with pytest.raises(InputError, match="MHU, but HU"):
        load(toolkit / "u2_exp.dcs", units="HU")


def test_threat_report_is_no_scan(toolkit, tmp_path):
    data = (toolkit / "u2_exp.dcs").read_bytes()
    swapped = data.replace(b"1.2.840.10008.5.1.4.1.1.501.1\0", b"1.2.840.10008.5.1.4.1.1.501.3\0")
    (tmp_path / "tdr.dcs").write_bytes(swapped)
    with pytest.raises(InputError, match="threat report"):
        load(tmp_path / "tdr.dcs")


@pytest.mark.parametrize("name", ["u2_exp", "u2_imp", "u2_ext", "u8_exp", "u2_jpl", "u2_rle"])
def test_every_cut_is_one_line(toolkit, tmp_path, name):
    whole = (toolkit / f"{name}.dcs").read_bytes()
    path = tmp_path / "cut.dcs"
    for count in range(1, len(whole) - 1, 97):
        path.write_bytes(whole[:count])
        with pytest.raises(InputError) as caught:
            load(path).volume("mono").array()
        assert "\n" not in str(caught.value)


def test_damaged_bytes_never_end_in_another_error(toolkit, tmp_path):
    random = np.random.default_rng(7)
    path = tmp_path / "bad.dcs"
    for name in ("u2_exp", "u2_imp", "u2_jpl", "u2_rle", "u8_imp"):
        whole = np.frombuffer((toolkit / f"{name}.dcs").read_bytes(), np.uint8)
        for _ in range(20):
            data = whole.copy()
            data[random.integers(0, len(data), 8)] = random.integers(0, 256, 8)
            path.write_bytes(data.tobytes())
            try:
                scan = load(path)
                next(iter(scan.volumes.values())).array()
            except InputError:
                continue


@pytest.mark.parametrize("folder", ["explicit", "jpegll"])
def test_real_dual_energy_equals_its_truth(shared_data, folder):
    scan = load(shared_data / "dicos" / folder)
    expected = load(shared_data / "parcels" / "fake_horses_as_lamps" / "scan.h5")
    assert list(scan.channels) == ["low", "high"]
    assert scan.grid.shape == expected.grid.shape
    assert scan.grid.voxel_size_mm == expected.grid.voxel_size_mm
    for name, volume in scan.volumes.items():
        assert volume.unit == Unit.MHU
        water = expected.volume(name).slope * 1000  # one stored step of the truth is one MHU
        values = np.clip(expected.volume(name).array() / water * 1000, 0, None)
        assert np.abs(volume.array() - values).max() <= 0.5


@pytest.mark.parametrize(
    ("name", "order"), [("u2_exp", ""), ("negative", "reversed"), ("two_gap", "resampled"), ("two_sections", "sorted")]
)
def test_how_slices_lie_to_those_of_the_file_is_told(toolkit, name, order):
    known = load(toolkit / f"{name}.dcs").provenance.attributes
    assert known.get("slice_order", "") == order
    (channel,) = load(toolkit / f"{name}.dcs").channels
    assert known[f"{channel}.sop_class_uid"] == "1.2.840.10008.5.1.4.1.1.501.1"
    assert known[f"{channel}.sop_instance_uid"].count(".") == 4
