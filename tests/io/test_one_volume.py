"""NRRD, MetaImage, NIfTI, TIFF, npy and raw, each written by another program."""

import json
import zlib

import nibabel
import nrrd
import numpy as np
import pytest
import SimpleITK as sitk
import tifffile

from xscan.errors import InputError
from xscan.io import IoConfig, load
from xscan.model import Unit

ORIGIN = (10.0, -20.0, 30.0)


def itk_image(array, direction=None):
    direction = np.eye(3) if direction is None else direction
    image = sitk.GetImageFromArray(array)
    image.SetSpacing((0.7, 0.8, 2.5))
    image.SetOrigin(ORIGIN)
    image.SetDirection(direction.ravel().tolist())
    return image


@pytest.mark.parametrize("name", ["a.nrrd", "a.nhdr", "a.mha", "a.mhd", "a.nii", "a.nii.gz", "a.hdr"])
@pytest.mark.parametrize("packed", [False, True])
def test_itk_files_lie_where_itk_says(tmp_path, phantom, oblique, check_same, name, packed):
    sitk.WriteImage(itk_image(phantom, oblique), str(tmp_path / name), useCompression=packed)
    scan = load(tmp_path / name)
    volume = check_same(scan)
    assert volume.grid.shape == phantom.shape
    assert volume.grid.voxel_size_mm == pytest.approx((2.5, 0.8, 0.7), rel=1e-6)
    np.testing.assert_allclose(volume.grid.direction, oblique, atol=1e-6)
    np.testing.assert_allclose(volume.grid.origin_mm, ORIGIN, atol=1e-4)
    assert volume.unit == Unit.ARBITRARY
    assert not scan.provenance.notes


@pytest.mark.parametrize("name", ["a.nrrd", "a.mha", "a.nii"])
def test_mirrored_files_keep_their_handedness(tmp_path, phantom, name):
    mirrored = np.diag([-1.0, 1.0, 1.0])
    image = itk_image(phantom, mirrored)
    sitk.WriteImage(image, str(tmp_path / name))
    scan = load(tmp_path / name)
    assert any("mirrored" in n for n in scan.provenance.notes)
    volume = scan.volume("mono")
    # the same bright voxel must lie at the same place of the world
    index = np.array([1, 2, 11])
    ours = np.argwhere(volume.array() == phantom[tuple(index)])
    world = [tuple(np.round(volume.grid.world_mm(volume.grid.position_mm(i)), 3)) for i in ours]
    assert tuple(np.round(image.TransformIndexToPhysicalPoint(index[::-1].tolist()), 3)) in world
    np.testing.assert_array_equal(volume.array(), phantom[::-1])


@pytest.mark.parametrize("dtype", ["uint8", "int8", "uint16", "int32", "uint32", "float32", "float64"])
def test_every_type_and_byte_order(tmp_path, phantom, check_same, dtype):
    array = (phantom // 3).astype(dtype)
    nrrd.write(str(tmp_path / "a.nrrd"), array.T.copy(), {"space directions": np.diag([0.7, 0.8, 2.5])})
    check_same(load(tmp_path / "a.nrrd"), array)
    header = f"NRRD0004\ntype: {dtype}\ndimension: 3\nsizes: 13 9 6\nencoding: raw\nendian: big\n\n"
    (tmp_path / "big.nrrd").write_bytes(header.encode() + array.astype(array.dtype.newbyteorder(">")).tobytes())
    check_same(load(tmp_path / "big.nrrd"), array)


def test_nrrd_spaces_are_brought_to_lps(tmp_path, phantom):
    nrrd.write(
        str(tmp_path / "ras.nrrd"),
        phantom.T.copy(),
        {"space": "right-anterior-superior", "space directions": np.diag([0.7, 0.8, 2.5]), "space origin": [1, 2, 3]},
    )
    scan = load(tmp_path / "ras.nrrd")
    np.testing.assert_allclose(scan.grid.direction, np.diag([-1, -1, 1]))
    assert scan.grid.origin_mm == (-1, -2, 3)
    np.testing.assert_array_equal(scan.volume("mono").array(), phantom)


def test_nrrd_without_voxel_size_says_so(tmp_path, phantom):
    nrrd.write(str(tmp_path / "a.nrrd"), phantom.T.copy())
    scan = load(tmp_path / "a.nrrd", units="HU")
    assert scan.grid.voxel_size_mm == (1, 1, 1)
    assert scan.volume("mono").unit == Unit.HU
    assert any("voxel size" in n for n in scan.provenance.notes)


def test_content_tells_the_form_not_the_ending(tmp_path, phantom, check_same):
    sitk.WriteImage(itk_image(phantom), str(tmp_path / "a.nrrd"))
    sitk.WriteImage(itk_image(phantom), str(tmp_path / "a.nii.gz"))
    (tmp_path / "a.nrrd").rename(tmp_path / "scan.nii")
    (tmp_path / "a.nii.gz").rename(tmp_path / "scan.dat")
    assert check_same(load(tmp_path / "scan.nii"))
    assert load(tmp_path / "scan.nii").provenance.form == "nrrd"
    assert load(tmp_path / "scan.dat").provenance.form == "nifti"


def test_nibabel_scaling_and_units(tmp_path, phantom):
    image = nibabel.Nifti1Image(phantom.T.copy(), np.diag([-0.0007, -0.0008, 0.0025, 1]))
    image.header.set_slope_inter(0.5, -10)
    image.header.set_xyzt_units("meter")
    image.to_filename(tmp_path / "a.nii.gz")
    raw = np.asarray(image.dataobj)
    volume = load(tmp_path / "a.nii.gz").volume("mono")
    assert volume.grid.voxel_size_mm == pytest.approx((2.5, 0.8, 0.7))
    expected = np.asarray(nibabel.load(tmp_path / "a.nii.gz").dataobj).T
    np.testing.assert_allclose(volume.array(), expected, rtol=1e-6)
    assert raw.shape == phantom.T.shape


def test_nifti2_and_no_orientation(tmp_path, phantom, check_same):
    image = nibabel.Nifti2Image(phantom.T.copy(), None)
    image.header.set_zooms((0.7, 0.8, 2.5))
    image.header["sform_code"] = image.header["qform_code"] = 0
    nibabel.save(image, tmp_path / "a.nii")
    scan = load(tmp_path / "a.nii")
    check_same(scan)
    assert scan.grid.voxel_size_mm == pytest.approx((2.5, 0.8, 0.7))


@pytest.mark.parametrize(
    "options", [{}, {"compression": "zlib"}, {"tile": (16, 16)}, {"bigtiff": True}, {"byteorder": ">"}]
)
def test_tiff_pages(tmp_path, phantom, check_same, options):
    tifffile.imwrite(tmp_path / "a.tif", phantom, photometric="minisblack", **options)
    scan = load(tmp_path / "a.tif")
    check_same(scan)
    assert any("voxel size" in n for n in scan.provenance.notes)


def test_tiff_voxel_sizes(tmp_path, phantom, check_same):
    tifffile.imwrite(
        tmp_path / "ij.tif",
        phantom.astype(np.uint16),
        imagej=True,
        resolution=(1 / 0.7, 1 / 0.8),
        metadata={"spacing": 2.5, "unit": "mm", "axes": "ZYX"},
    )
    scan = load(tmp_path / "ij.tif")
    check_same(scan)
    assert scan.grid.voxel_size_mm == pytest.approx((2.5, 0.8, 0.7), rel=1e-4)
    sizes = {f"PhysicalSize{a}": s for a, s in zip("ZYX", (2500.0, 800.0, 700.0), strict=True)}
    tifffile.imwrite(tmp_path / "a.ome.tif", phantom, compression="zlib", metadata={"axes": "ZYX"} | sizes)
    scan = load(tmp_path / "a.ome.tif")
    check_same(scan)
    assert scan.grid.voxel_size_mm == pytest.approx((2.5, 0.8, 0.7))


def test_tiff_folder_in_the_order_of_its_numbers(tmp_path, phantom, check_same):
    folder = tmp_path / "slices"
    folder.mkdir()
    for k in range(len(phantom)):
        tifffile.imwrite(folder / f"slice{5 * k}.tif", phantom[k])
    (folder / "notes.txt").write_text("x")
    scan = load(folder)
    check_same(scan)
    assert any("left alone" in n for n in scan.provenance.notes)
    tifffile.imwrite(folder / "slice99.tif", phantom[0][:4])
    with pytest.raises(InputError, match="slice99"):
        load(folder)


def test_tiff_colours_are_refused(tmp_path):
    tifffile.imwrite(tmp_path / "rgb.tif", np.zeros((4, 8, 8, 3), np.uint8), photometric="rgb")
    with pytest.raises(InputError, match="grey"):
        load(tmp_path / "rgb.tif")


def test_npy_and_raw_with_json(tmp_path, phantom, check_same):
    np.save(tmp_path / "a.npy", phantom)
    known = {"voxel_size_mm": [2.5, 0.8, 0.7], "units": "HU", "channel": "mono", "who": "me"}
    (tmp_path / "a.json").write_text(json.dumps(known))
    scan = load(tmp_path / "a.npy")
    assert check_same(scan).unit == Unit.HU
    assert scan.provenance.attributes["who"] == "me"
    (tmp_path / "b.bin").write_bytes(phantom.astype(">i2").tobytes())
    (tmp_path / "b.json").write_text(json.dumps(known | {"dtype": ">i2", "shape": phantom.shape}))
    scan = load(tmp_path / "b.bin")
    check_same(scan)
    assert scan.grid.voxel_size_mm == (2.5, 0.8, 0.7)
    with pytest.raises(InputError, match="HU, but MHU"):
        load(tmp_path / "b.bin", units="MHU")
    (tmp_path / "b.json").write_text(json.dumps(known | {"dtype": ">i2", "shape": [5, 9, 13]}))
    with pytest.raises(InputError, match="needs fewer"):
        load(tmp_path / "b.bin")
    np.save(tmp_path / "plain.npy", phantom)
    assert any("voxel size" in n for n in load(tmp_path / "plain.npy").provenance.notes)


def test_npy_objects_are_never_unpickled(tmp_path):
    np.save(tmp_path / "o.npy", np.array([[["x"]]], dtype=object), allow_pickle=True)
    with pytest.raises(InputError, match="objects"):
        load(tmp_path / "o.npy")


def test_folder_of_channels(tmp_path, phantom):
    folder = tmp_path / "dual"
    folder.mkdir()
    sitk.WriteImage(itk_image(phantom), str(folder / "low.mhd"))
    sitk.WriteImage(itk_image(phantom * 2), str(folder / "high.nrrd"))
    scan = load(folder, units="MHU")
    assert list(scan.channels) == ["low", "high"]
    np.testing.assert_array_equal(scan.volume("high").array(), phantom * 2)
    assert scan.volume("low").unit == Unit.MHU
    sitk.WriteImage(itk_image(phantom[:4]), str(folder / "high.nrrd"))
    with pytest.raises(InputError, match="expected Grid"):
        load(folder)
    sitk.WriteImage(itk_image(phantom), str(folder / "high.nii"))
    with pytest.raises(InputError, match="two entries"):
        load(folder)


def test_data_files_elsewhere_are_not_followed(tmp_path, phantom):
    (tmp_path / "secret").write_bytes(phantom.tobytes())
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("../secret", str(tmp_path / "secret")):
        (folder / "a.nhdr").write_text(
            f"NRRD0004\ntype: int16\ndimension: 3\nsizes: 13 9 6\nencoding: raw\nendian: little\ndata file: {name}\n"
        )
        with pytest.raises(InputError, match="beside it"):
            load(folder / "a.nhdr")
        (folder / "a.mhd").write_text(
            f"ObjectType = Image\nNDims = 3\nDimSize = 13 9 6\nElementType = MET_SHORT\nElementDataFile = {name}\n"
        )
        with pytest.raises(InputError, match="beside it"):
            load(folder / "a.mhd")


@pytest.mark.parametrize("name", ["a.nrrd", "a.mha", "a.nii", "a.nii.gz"])
def test_truncated_files(tmp_path, name):
    noise = np.random.default_rng(1).integers(0, 1000, (20, 30, 40)).astype(np.int16)
    sitk.WriteImage(itk_image(noise), str(tmp_path / name), useCompression=name == "a.nrrd")
    whole = (tmp_path / name).read_bytes()
    for share in (0.001, 0.5, 0.9):
        (tmp_path / name).write_bytes(whole[: max(5, int(len(whole) * share))])
        with pytest.raises(InputError, match="a\\."):
            load(tmp_path / name).volume("mono").array()


def test_packed_sizes_that_lie(tmp_path):
    def write(sizes, count):
        head = f"NRRD0004\ntype: uint8\ndimension: 3\nsizes: {sizes}\nencoding: gzip\n\n".encode()
        (tmp_path / "a.nrrd").write_bytes(head + zlib.compress(np.random.default_rng(0).bytes(count)))
        return tmp_path / "a.nrrd"

    with pytest.raises(InputError, match="end after 1000 of 1200"):
        load(write("10 10 12", 1000)).volume("mono").array()
    with pytest.raises(InputError, match="more voxels"):
        load(write("10 10 8", 1000)).volume("mono").array()
    with pytest.raises(InputError, match="cannot hold"):
        load(write("1000 1000 10000", 1000))
    with pytest.raises(InputError, match="cannot be"):
        load(write("10 0 12", 1000))
    with pytest.raises(InputError, match="three dimensions"):
        load(write("10 100", 1000).parent / "a.nrrd")


def test_packed_streams_are_read_in_any_order(tmp_path):
    import gzip

    data = np.tile(np.random.default_rng(0).integers(0, 50, 1000, dtype=np.uint8), (90, 1000, 1))
    data[:, 0, 0] = np.arange(90)
    head = b"NRRD0004\ntype: uint8\ndimension: 3\nsizes: 1000 1000 90\nencoding: gzip\n\n"
    half = gzip.compress(data[:40].tobytes(), 1), gzip.compress(data[40:].tobytes(), 1)
    (tmp_path / "a.nrrd").write_bytes(head + b"".join(half))  # two members
    stored = load(tmp_path / "a.nrrd").volume("mono").stored
    for z in (70, 3, 89, 36, 40):
        np.testing.assert_array_equal(stored[z], data[z])
    np.testing.assert_array_equal(stored[38:43], data[38:43])


@pytest.mark.parametrize(
    "text",
    [
        "NRRD0004\ntype: int16\n",
        "NRRD0004\ntype: block\ndimension: 3\nsizes: 1 1 1\nencoding: raw\n\n",
        "NRRD0004\ntype: int16\ndimension: 3\nsizes: a b c\nencoding: raw\n\n",
        "NRRD0004\ntype: int16\ndimension: 3\nsizes: 2 2 2\nencoding: raw\nspace directions: (1,0) (0,1)\n\n",
        "NRRD0004\ntype: int16\ndimension: 3\nsizes: 13 9 6\nencoding: ascii\n\n",
        "NRRD0004" + "x" * 2_000_000,
        "NDims = 3\nDimSize = 1 1\nElementType = MET_SHORT\nElementDataFile = LOCAL\n",
        "NDims = 3\nDimSize = 13 9 6\nElementType = MET_SHORT\n",
        "NDims = 3\nDimSize = -1 9 6\nElementType = MET_SHORT\nElementDataFile = LOCAL\n",
        "II*\0",
        "II*\0" + "\0" * 400,
        "\x93NUMPY\x01\0\xff\xff{",
    ],
)
def test_damaged_headers_give_one_line(tmp_path, text):
    path = tmp_path / "bad"
    path.write_bytes(text.encode("latin-1") + b"1" * 100)
    with pytest.raises(InputError) as caught:
        load(path).volume("mono").array()
    assert "\n" not in str(caught.value)


def test_largest_memory_is_respected(tmp_path, phantom):
    sitk.WriteImage(itk_image(phantom), str(tmp_path / "a.mha"))
    with pytest.raises(InputError, match="needs"):
        load(tmp_path / "a.mha", config=IoConfig(max_gb=1e-6)).volume("mono").array()
