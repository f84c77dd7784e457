import h5py
import numpy as np
import pytest

from xscan.errors import InputError, UsageError
from xscan.io import IoConfig, load, save, stored_bytes, write_hdf5
from xscan.model import Projection, Unit, Volume


@pytest.fixture
def scan_file(tmp_path, phantom):
    """What another program would write from CONTRACT.md alone."""

    def make(name="scan.h5", channels=("low", "high"), data=None, **root):
        path = tmp_path / name
        with h5py.File(path, "w") as file:
            file.attrs.update({"format": "xscan-scan", "version": 1, "modality": "CT", "axes": "zyx"} | root)
            if "voxel_size_mm" not in root:
                file.attrs["voxel_size_mm"] = (2.5, 0.8, 0.7)
            for number, channel in enumerate(channels):
                dataset = file.create_dataset(
                    f"scan/{channel}",
                    data=(phantom if data is None else data) * (number + 1),
                    chunks=(2, 4, 4) if data is None else None,
                    compression="gzip" if data is None else None,
                )
                dataset.attrs.update({"units": "1/cm", "rescale_slope": 0.001, "rescale_intercept": 0.5, "kvp": 100})
        return path

    return make


def test_reads_what_the_contract_says(scan_file, phantom):
    path = scan_file(
        source="a scanner", scanner="S-1", acquired="2026-01-02T03:04:05+00:00", parcel_id="P1", odd="kept"
    )
    scan = load(path)
    assert list(scan.channels) == ["low", "high"]
    low = scan.volume("low")
    assert (low.unit, low.slope, low.intercept) == (Unit.LAC, 0.001, 0.5)
    assert low.stored.dtype == np.int16
    assert not low.in_memory
    np.testing.assert_allclose(low.array(), phantom * 0.001 + 0.5, rtol=1e-6)
    np.testing.assert_array_equal(low.read(slice(1, 3)), low.array()[1:3])
    assert scan.grid.voxel_size_mm == (2.5, 0.8, 0.7)
    known = scan.provenance
    assert (known.scanner, known.parcel_id, known.kvp["high"], known.form) == ("S-1", "P1", 100, "xscan-hdf5")
    assert known.acquired is not None
    assert known.acquired.year == 2026
    assert known.attributes["odd"] == "kept"
    assert len(known.sha256) == 64
    assert stored_bytes(scan) == 2 * phantom.nbytes


@pytest.mark.parametrize("filters", [{"compression": "lzf"}, {"shuffle": True, "fletcher32": True}, {"scaleoffset": 0}])
def test_reads_every_filter_of_h5py(tmp_path, phantom, filters):
    path = tmp_path / "f.h5"
    with h5py.File(path, "w") as file:
        file.attrs.update({"format": "xscan-scan", "version": 1, "modality": "CT", "voxel_size_mm": (1.0, 1.0, 1.0)})
        file.create_dataset("scan/mono", data=phantom, **filters)
    np.testing.assert_array_equal(load(path).volume("mono").array(), phantom)


def test_round_trip_keeps_stored_numbers_and_all_that_is_known(scan_file, tmp_path):
    scan_file(odd="kept", scanner="S-1", acquired="2026-01-02T03:04:05")
    with h5py.File(tmp_path / "scan.h5", "a") as file:
        file.create_dataset("calibration", data='{"model": "x"}')
        file["scan/low"].attrs["exposure"] = "7"
    scan = load(tmp_path / "scan.h5")
    write_hdf5(tmp_path / "copy.h5", scan)
    copy = load(tmp_path / "copy.h5")
    assert copy.calibration == '{"model": "x"}'
    for name, volume in scan.volumes.items():
        other = copy.volume(name)
        assert (other.unit, other.slope, other.intercept) == (volume.unit, volume.slope, volume.intercept)
        assert other.stored.dtype == volume.stored.dtype
        np.testing.assert_array_equal(other.stored[...], volume.stored[...])
        assert other.grid == volume.grid
    assert copy.provenance.attributes["odd"] == "kept"
    assert copy.provenance.attributes["low.exposure"] == "7"
    assert copy.provenance.acquired == scan.provenance.acquired
    assert copy.provenance.kvp == scan.provenance.kvp
    write_hdf5(tmp_path / "again.h5", scan)
    assert (tmp_path / "again.h5").read_bytes() == (tmp_path / "copy.h5").read_bytes()
    assert not list(tmp_path.glob(".*"))


def test_orientation_survives(tmp_path, phantom, oblique):
    from xscan.model import Grid, Provenance, Scan

    grid = Grid(phantom.shape, (2.5, 0.8, 0.7), (1.0, -2.0, 3.0), oblique)
    save(Scan({"mono": Volume(grid, phantom, Unit.HU)}, Provenance("x")), tmp_path / "o.h5")
    assert load(tmp_path / "o.h5").grid == grid


def test_mirrored_direction_is_made_right_handed(scan_file, phantom):
    path = scan_file(direction=np.diag([1.0, 1.0, -1.0]), origin_mm=(0.0, 0.0, 10.0))
    scan = load(path)
    assert np.linalg.det(scan.grid.direction) > 0
    np.testing.assert_array_equal(scan.volume("low").stored[...], phantom[::-1])
    assert scan.grid.origin_mm == pytest.approx((0, 0, 10 - 5 * 2.5))
    assert any("left-handed" in n for n in scan.provenance.notes)


def test_projection(tmp_path):
    image = np.arange(12, dtype=np.uint16).reshape(3, 4)
    path = tmp_path / "dx.h5"
    with h5py.File(path, "w") as file:
        file.attrs.update(
            {"format": "xscan-scan", "version": 1, "modality": "DX", "axes": "yx", "voxel_size_mm": (0.4, 0.5)}
        )
        file.create_dataset("scan/low", data=image)
    scan = load(path)
    channel = scan.channels["low"]
    assert isinstance(channel, Projection)
    assert channel.pixel_size_mm == (0.4, 0.5)
    np.testing.assert_array_equal(channel.array(), image)
    save(scan, tmp_path / "copy.h5")
    np.testing.assert_array_equal(load(tmp_path / "copy.h5").channels["low"].array(), image)
    with pytest.raises(UsageError, match="projection"):
        save(scan, tmp_path / "copy.nrrd")


def test_unknown_datasets_are_noted_not_refused(scan_file):
    path = scan_file()
    with h5py.File(path, "a") as file:
        file.create_dataset("scan/extra", data=[1])
        file.create_group("calibration")
    notes = load(path).provenance.notes
    assert any("/scan/extra" in n for n in notes)
    assert any("/calibration" in n for n in notes)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"format": "other"}, "expected format='xscan-scan', got format='other'"),
        ({"version": 2}, "version 1, got 2"),
        ({"modality": "MR"}, "CT or DX"),
        ({"axes": "xyz"}, "'zyx'"),
        ({"voxel_size_mm": (1.0, 0.0, 1.0)}, "voxel_size_mm"),
        ({"voxel_size_mm": (np.nan, 1.0, 1.0)}, "voxel_size_mm"),
        ({"voxel_size_mm": "big"}, "voxel_size_mm"),
        ({"direction": np.ones((3, 3))}, "right angles"),
    ],
)
def test_wrong_attributes_are_refused_in_one_line(scan_file, change, text):
    with pytest.raises(InputError) as caught:
        load(scan_file(**change))
    assert text in str(caught.value)
    assert "\n" not in str(caught.value)


def test_wrong_datasets_are_refused(scan_file, tmp_path, phantom):
    with pytest.raises(InputError, match="dimensions"):
        load(scan_file(data=phantom[0]))
    with pytest.raises(InputError, match="no channel"):
        load(scan_file(channels=()))
    path = scan_file()
    with h5py.File(path, "a") as file:
        file["scan/low"].attrs["rescale_slope"] = 0.0
    with pytest.raises(InputError, match="rescale_slope"):
        load(path)
    path = scan_file()
    with h5py.File(path, "a") as file:
        del file["scan/high"]
        file.create_dataset("scan/high", data=phantom[:3])
    with pytest.raises(InputError, match="one shape"):
        load(path)


def test_links_out_of_the_file_are_not_followed(tmp_path, scan_file, phantom):
    scan_file("secret.h5")
    path = tmp_path / "link.h5"
    with h5py.File(path, "w") as file:
        file.attrs.update({"format": "xscan-scan", "version": 1, "modality": "CT", "voxel_size_mm": (1.0, 1.0, 1.0)})
        file.create_group("scan")
        file["scan/low"] = h5py.ExternalLink("secret.h5", "/scan/low")
    with pytest.raises(InputError, match="no channel"):
        load(path)
    raw = tmp_path / "raw.bin"
    raw.write_bytes(phantom.tobytes())
    path = tmp_path / "external.h5"
    with h5py.File(path, "w") as file:
        file.attrs.update({"format": "xscan-scan", "version": 1, "modality": "CT", "voxel_size_mm": (1.0, 1.0, 1.0)})
        file.create_dataset("scan/low", phantom.shape, "i2", external=[(str(raw), 0, h5py.h5f.UNLIMITED)])
    with pytest.raises(InputError, match="other files"):
        load(path)


def test_units_of_the_file_win_and_disagreement_is_refused(scan_file):
    path = scan_file()
    assert load(path, units="1/cm").volume("low").unit == Unit.LAC
    with pytest.raises(InputError, match="1/cm, but HU"):
        load(path, units="HU")
    with pytest.raises(UsageError, match="parsecs"):
        load(path, units="parsecs")
    with h5py.File(path, "a") as file:
        del file["scan/low"].attrs["units"]
        file["scan/high"].attrs["units"] = "arbitrary"
    assert load(path).volume("low").unit == Unit.ARBITRARY
    assert load(path, units="HU").volume("low").unit == Unit.HU
    assert load(path, units="HU").volume("high").unit == Unit.HU


def test_truncated_and_not_whole(scan_file, tmp_path):
    whole = scan_file().read_bytes()
    for share in (0.05, 0.5, 0.95):
        path = tmp_path / "cut.h5"
        path.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(InputError, match=r"cut\.h5"):
            load(path)


def test_damaged_chunk_is_one_line_when_read(scan_file):
    path = scan_file()
    with h5py.File(path) as file:
        chunk = file["scan/low"].id.get_chunk_info(0)
    data = bytearray(path.read_bytes())
    data[chunk.byte_offset : chunk.byte_offset + chunk.size] = bytes(chunk.size)
    path.write_bytes(data)
    scan = load(path)
    with pytest.raises(InputError, match="channel low could not be read"):
        scan.volume("low").array()


def test_values_that_are_no_numbers_are_told_with_their_place(scan_file, phantom):
    values = phantom.astype(np.float32)
    values[4, 5, 6] = np.nan
    values[5, 0, 0] = np.inf
    volume = load(scan_file(data=values, channels=("low",))).volume("low")
    assert np.isfinite(volume.read(slice(0, 4))).all()
    with pytest.raises(InputError, match=r"channel low holds 2 values .* voxel \(4, 5, 6\): nan"):
        volume.array()
    with pytest.raises(InputError, match=r"voxel \(5, 0, 0\): inf"):
        volume.read(slice(5, 6))


def test_memory_is_checked_before_it_is_taken(scan_file):
    volume = load(scan_file(), config=IoConfig(max_gb=1e-6)).volume("low")
    assert volume.read(slice(0, 1)).shape == (1, 9, 13)
    with pytest.raises(InputError, match="needs"):
        volume.array()


def test_numbers_as_arrays_of_one_and_odd_attributes(scan_file):
    path = scan_file(
        empty=h5py.Empty("f"), many=np.arange(1000), pair=["a", "b"], coloured="x\x1b[31m", long="y" * 50000
    )
    with h5py.File(path, "a") as file:
        file["scan/low"].attrs["rescale_slope"] = np.array([2.0])
        file.attrs["own"] = file.ref
    scan = load(path)
    assert scan.volume("low").slope == 2.0
    known = scan.provenance.attributes
    assert known["pair"] == "a, b"
    assert "\x1b" not in known["coloured"]
    assert max(map(len, known.values())) <= 2000
    with h5py.File(path.with_name("wrong.h5"), "w") as file:
        file.attrs.update({"format": "xscan-scan", "version": "one"})
    with pytest.raises(InputError, match="version: expected a number, got 'one'"):
        load(path.with_name("wrong.h5"))
