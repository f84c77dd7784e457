"""DICOM CT series written by pydicom, and read again by SimpleITK."""

import numpy as np
import pydicom
import pytest
import SimpleITK as sitk
from pydicom.uid import JPEG2000Lossless, RLELossless

from xscan.errors import InputError
from xscan.io import load
from xscan.model import Unit


def positions(count, step=2.5, direction=(0, 0, 1), start=(10, -20, 30)):
    return np.array(start) + np.arange(count)[:, None] * step * np.array(direction)


def test_series_lies_where_itk_says(tmp_path, phantom, oblique, write_series):
    row, column, normal = oblique.T
    paths = write_series(tmp_path / "s", phantom, positions(6, direction=normal), row=row, column=column)
    scan = load(tmp_path / "s")
    (volume,) = scan.volumes.values()
    np.testing.assert_array_equal(volume.stored[...], phantom)
    assert (volume.unit, volume.intercept) == (Unit.HU, -1024)
    assert volume.grid.voxel_size_mm == pytest.approx((2.5, 0.8, 0.7))
    np.testing.assert_allclose(volume.grid.direction, oblique, atol=1e-6)
    reader = sitk.ImageSeriesReader()
    reader.SetFileNames([str(p) for p in paths])
    image = reader.Execute()
    np.testing.assert_allclose(volume.grid.origin_mm, image.GetOrigin(), atol=1e-5)
    np.testing.assert_array_equal(volume.array(), sitk.GetArrayFromImage(image))
    known = scan.provenance
    assert (known.form, known.scanner, known.kvp["mono"], known.notes) == ("dicom", "maker", 120, ())
    assert str(known.acquired) == "2026-01-02 03:04:05"


def test_mirrored_order_and_orientation_keep_handedness(tmp_path, phantom, write_series):
    """Columns that run the other way turn the normal round: slices are sorted along it, and nothing is mirrored."""
    write_series(tmp_path / "s", phantom, positions(6), column=(0, -1, 0))
    scan = load(tmp_path / "s")
    assert np.linalg.det(scan.grid.direction) == pytest.approx(1)
    np.testing.assert_array_equal(scan.volume("mono").stored[...], phantom[::-1])
    at = scan.grid.world_mm(scan.grid.position_mm((0, 2, 3)))
    np.testing.assert_allclose(at, (10 + 3 * 0.7, -20 - 2 * 0.8, 30 + 5 * 2.5), atol=1e-6)


def test_a_file_stands_for_its_series_and_others_are_left_alone(tmp_path, phantom, write_series):
    folder = tmp_path / "mixed"
    small = write_series(folder, phantom[:3], positions(3), series="9.9", prefix="other")
    write_series(folder, phantom, positions(6))
    (folder / "readme.txt").write_text("x")
    (folder / "DICOMDIR").write_bytes(b"\0" * 128 + b"DICM" + b"\0" * 20)
    scan = load(folder)
    assert scan.grid.shape == phantom.shape
    assert any("Left alone: 3 slices" in n for n in scan.provenance.notes)
    scan = load(small[0])
    assert scan.grid.shape == (3, 9, 13)
    assert any("2 other slices of its series" in n for n in scan.provenance.notes)
    assert load(small[1]).provenance.sha256 == scan.provenance.sha256


def test_slopes_of_their_own(tmp_path, phantom, write_series):
    slopes = np.array([1.0, 2.0, 0.5, 1.0, 1.0, 3.0])
    write_series(tmp_path / "s", phantom, positions(6), slopes=slopes.tolist())
    scan = load(tmp_path / "s")
    np.testing.assert_allclose(scan.volume("mono").array(), phantom * slopes[:, None, None] - 1024, rtol=1e-6)
    assert any("slopes" in n for n in scan.provenance.notes)


def test_unused_bits_are_cut_off(tmp_path, write_series):
    stored = np.full((2, 4, 5), 0xF123, np.uint16)
    write_series(tmp_path / "u", stored, positions(2), BitsStored=12, HighBit=11)
    assert (load(tmp_path / "u").volume("mono").stored[...] == 0x123).all()
    signed = np.full((2, 4, 5), 0x0FFE, np.int16)
    write_series(tmp_path / "i", signed, positions(2), BitsStored=12, HighBit=11)
    assert (load(tmp_path / "i").volume("mono").stored[...] == -2).all()


@pytest.mark.parametrize("syntax", [RLELossless, JPEG2000Lossless, "1.2.840.10008.1.2.4.70", "1.2.840.10008.1.2.4.80"])
def test_compressed_frames(tmp_path, phantom, write_series, syntax):
    for path in write_series(tmp_path / "s", phantom, positions(6)):
        if syntax == RLELossless:
            data = pydicom.dcmread(path)
            data.compress(syntax)
            data.save_as(path)
        else:
            _gdcm_transcode(path, syntax)
    scan = load(tmp_path / "s")
    np.testing.assert_array_equal(scan.volume("mono").stored[...], phantom)
    assert pydicom.dcmread(path).file_meta.TransferSyntaxUID == syntax


def _gdcm_transcode(path, syntax):
    import gdcm

    reader = gdcm.ImageReader()
    reader.SetFileName(str(path))
    assert reader.Read()
    change = gdcm.ImageChangeTransferSyntax()
    change.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.GetTSType(syntax)))
    change.SetInput(reader.GetImage())
    assert change.Change()
    writer = gdcm.ImageWriter()
    writer.SetFileName(str(path))
    writer.SetFile(reader.GetFile())
    writer.SetImage(change.GetOutput())
    assert writer.Write()


@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2", "1.2.840.10008.1.2.1.99"])
def test_implicit_and_deflated(tmp_path, phantom, write_series, syntax):
    write_series(tmp_path / "s", phantom, positions(6), syntax=syntax)
    np.testing.assert_array_equal(load(tmp_path / "s").volume("mono").stored[...], phantom)


def test_big_endian(tmp_path, phantom, write_series):
    for path in write_series(tmp_path / "s", phantom, positions(6)):
        data = pydicom.dcmread(path)
        data.PixelData = data.pixel_array.astype(">i2").tobytes()
        data.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRBigEndian
        pydicom.dcmwrite(path, data, implicit_vr=False, little_endian=False)
    np.testing.assert_array_equal(load(tmp_path / "s").volume("mono").stored[...], phantom)


def test_without_file_meta(tmp_path, phantom, write_series):
    for path in write_series(tmp_path / "s", phantom, positions(6)):
        data = pydicom.dcmread(path)
        del data.file_meta
        data.preamble = None
        data.save_as(path, implicit_vr=True, little_endian=True, enforce_file_format=False)
    np.testing.assert_array_equal(load(tmp_path / "s").volume("mono").stored[...], phantom)


def test_missing_slice_is_bridged_and_told(tmp_path, phantom, write_series):
    keep = [0, 1, 3, 4, 5]
    write_series(tmp_path / "s", phantom[keep], positions(6)[keep])
    scan = load(tmp_path / "s")
    assert scan.grid.shape == phantom.shape
    values = scan.volume("mono").array()
    np.testing.assert_allclose(values[keep], phantom[keep] - 1024.0)
    np.testing.assert_allclose(values[2], (phantom[1] + phantom[3]) / 2 - 1024.0)
    assert any("1 slice is missing" in n for n in scan.provenance.notes)


def test_double_slices_are_told(tmp_path, phantom, write_series):
    write_series(tmp_path / "s", np.concatenate([phantom, phantom[:1]]), [*positions(6), positions(1)[0]])
    scan = load(tmp_path / "s")
    np.testing.assert_array_equal(scan.volume("mono").stored[...], phantom)
    assert any("where another one lies" in n for n in scan.provenance.notes)


def ellipsoid(z, y, x):
    return np.where((z / 22) ** 2 + (y / 17) ** 2 + (x / 12) ** 2 <= 1, 100.0, -1000.0)


def volume_of(scan):
    volume = scan.volume("mono")
    return float((volume.array().astype(np.float64) + 1000).sum() / 1100 * volume.grid.voxel_volume_mm3)


TRUE_VOLUME = 4 / 3 * np.pi * 22 * 17 * 12


def sampled(places, row=(1, 0, 0), column=(0, 1, 0)):
    """Slices through an ellipsoid about the origin, averaged over sub-pixels, 0.8 × 0.7 mm."""
    sub = (np.arange(3) - 1) / 3
    y, x = np.mgrid[0:60, 0:60].astype(float)
    slices = []
    for place in places:
        total = 0
        for dy in sub:
            for dx in sub:
                at = np.array(place)[:, None, None] + np.multiply.outer(np.array(column) * 0.8, y + dy)
                at = at + np.multiply.outer(np.array(row) * 0.7, x + dx)
                total = total + ellipsoid(at[2], at[1], at[0]) / 9
        slices.append(np.round(total + 1024).astype(np.int16))
    return np.array(slices)


def test_uneven_gaps_keep_volumes_to_one_percent(tmp_path, write_series):
    z = np.concatenate([np.arange(-30, -4, 1.5), np.arange(-3, 30, 2.3)])
    places = [(-21, -24, v) for v in z]
    write_series(tmp_path / "s", sampled(places), places)
    scan = load(tmp_path / "s")
    assert any("unevenly" in n for n in scan.provenance.notes)
    assert volume_of(scan) == pytest.approx(TRUE_VOLUME, rel=0.01)


@pytest.mark.parametrize("tilt", [8.0, -20.0])
def test_gantry_tilt_keeps_volumes_to_one_percent(tmp_path, write_series, tilt):
    """The table moves along z while the plane is tilted about x: each slice lies higher or lower than the last."""
    c, s = np.cos(np.radians(tilt)), np.sin(np.radians(tilt))
    column = np.array([0.0, c, s])
    z = np.arange(-34, 34.1, 2.0)
    places = [np.array([-21, 0, v]) - 24 * column for v in z]
    write_series(tmp_path / "s", sampled(places, column=column), places, column=column)
    scan = load(tmp_path / "s")
    assert any(f"{abs(tilt):.1f} degrees" in n for n in scan.provenance.notes)
    assert volume_of(scan) == pytest.approx(TRUE_VOLUME, rel=0.01)
    np.testing.assert_allclose(scan.grid.direction.T @ scan.grid.direction, np.eye(3), atol=1e-6)
    volume = scan.volume("mono")
    values = volume.array() + 1000
    np.testing.assert_array_equal(np.concatenate([v for _, v in volume.slabs(7)]) + 1000, values)
    index = np.indices(values.shape).reshape(3, -1).T
    centre = scan.grid.world_mm(scan.grid.position_mm(np.average(index, axis=0, weights=values.ravel())))
    np.testing.assert_allclose(centre, 0, atol=0.1)


def test_enhanced_multi_frame(tmp_path, phantom):
    from pydicom.dataset import Dataset, FileDataset, FileMetaDataset

    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.2.1"
    meta.MediaStorageSOPInstanceUID = "1.2.3"
    meta.TransferSyntaxUID = "1.2.840.10008.1.2.1"
    data = FileDataset(None, {}, file_meta=meta, preamble=b"\0" * 128)
    data.SOPClassUID, data.SOPInstanceUID = meta.MediaStorageSOPClassUID, "1.2.3"
    data.Modality, data.SeriesInstanceUID = "CT", "1.2.9"
    data.NumberOfFrames, data.Rows, data.Columns = phantom.shape
    data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
    data.BitsAllocated = data.BitsStored = 16
    data.HighBit, data.PixelRepresentation = 15, 1

    def group(**sequences):
        item = Dataset()
        for name, values in sequences.items():
            inner = Dataset()
            for key, value in values.items():
                setattr(inner, key, value)
            setattr(item, name, [inner])
        return item

    data.SharedFunctionalGroupsSequence = [
        group(
            PixelMeasuresSequence={"PixelSpacing": [0.8, 0.7], "SliceThickness": 9},
            PlaneOrientationSequence={"ImageOrientationPatient": [1, 0, 0, 0, 1, 0]},
            PixelValueTransformationSequence={"RescaleSlope": 2, "RescaleIntercept": -5, "RescaleType": "HU"},
        )
    ]
    data.PerFrameFunctionalGroupsSequence = [
        group(PlanePositionSequence={"ImagePositionPatient": [1, 2, 30 - 2.5 * k]}) for k in range(len(phantom))
    ]
    data.PixelData = phantom.tobytes()
    data["PixelData"].VR = "OW"
    data.save_as(tmp_path / "e.dcm", enforce_file_format=True)
    volume = load(tmp_path / "e.dcm").volume("mono")
    np.testing.assert_array_equal(volume.stored[...], phantom[::-1])
    assert (volume.slope, volume.intercept, volume.unit) == (2, -5, Unit.HU)
    assert volume.grid.voxel_size_mm == pytest.approx((2.5, 0.8, 0.7))
    assert volume.grid.origin_mm == pytest.approx((1, 2, 17.5))


def test_units_that_disagree(tmp_path, phantom, write_series):
    write_series(tmp_path / "s", phantom, positions(6))
    with pytest.raises(InputError, match="HU, but MHU"):
        load(tmp_path / "s", units="MHU")


def test_truncated(tmp_path, phantom, write_series):
    paths = write_series(tmp_path / "s", phantom, positions(6))
    whole = paths[2].read_bytes()
    for count in (140, 300, len(whole) - 250, len(whole) - 1):
        paths[2].write_bytes(whole[:count])
        with pytest.raises(InputError) as caught:
            load(paths[2]).volume("mono").array()
        assert paths[2].name in str(caught.value)
        assert "\n" not in str(caught.value)
    with pytest.raises(InputError, match=paths[2].name):
        load(tmp_path / "s")


def test_no_pixels_no_images_no_orientation(tmp_path, phantom, write_series):
    paths = write_series(tmp_path / "s", phantom[:1], positions(1), column=(1, 0, 0))
    with pytest.raises(InputError, match="orientation"):
        load(tmp_path / "s")
    data = pydicom.dcmread(paths[0])
    del data.PixelData
    data.save_as(paths[0])
    with pytest.raises(InputError, match="without pixels"):
        load(tmp_path / "s")


def test_real_series(shared_data):
    folder = shared_data / "real" / "philips_insert_5mm"
    scan = load(folder)
    reader = sitk.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(folder)))
    image = reader.Execute()
    np.testing.assert_array_equal(scan.volume("mono").array(), sitk.GetArrayFromImage(image))
    np.testing.assert_allclose(scan.grid.origin_mm, image.GetOrigin())
    np.testing.assert_allclose(scan.grid.voxel_size_mm, image.GetSpacing()[::-1])
    assert load(folder / "I10").grid == scan.grid


@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2.4.70", "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.90"])
@pytest.mark.parametrize("signed", [False, True])
def test_twelve_bits_in_compressed_frames(tmp_path, phantom, write_series, syntax, signed):
    array = (phantom - 200).astype(np.int16) if signed else phantom.astype(np.uint16)
    for path in write_series(tmp_path / "s", array, positions(6), BitsStored=12, HighBit=11):
        _gdcm_transcode(path, syntax)
    np.testing.assert_array_equal(load(tmp_path / "s").volume("mono").stored[...], array)


def test_slices_without_positions_go_by_their_numbers(tmp_path, phantom, write_series):
    for path in write_series(tmp_path / "s", phantom, positions(6)):
        data = pydicom.dcmread(path)
        del data.ImagePositionPatient
        data.save_as(path)
    scan = load(tmp_path / "s")
    np.testing.assert_array_equal(scan.volume("mono").stored[...], phantom)
    assert scan.grid.voxel_size_mm == pytest.approx((2.5, 0.8, 0.7))
    assert any("without a position" in n for n in scan.provenance.notes)


@pytest.mark.parametrize("table", [True, False])
def test_frames_in_several_fragments(tmp_path, phantom, write_series, table):
    """The offset table tells which fragments are of one frame; without it, it cannot be known."""
    from pydicom.encaps import encapsulate
    from pydicom.pixels.encoders import RLELosslessEncoder

    (path,) = write_series(tmp_path / "s", phantom[:1], positions(1))
    data = pydicom.dcmread(path)
    data.NumberOfFrames = len(phantom)
    frames = [
        RLELosslessEncoder.encode(
            p.tobytes(),
            rows=9,
            columns=13,
            samples_per_pixel=1,
            bits_allocated=16,
            bits_stored=16,
            pixel_representation=1,
            number_of_frames=1,
            photometric_interpretation="MONOCHROME2",
            encoding_plugin="pydicom",
        )
        for p in phantom
    ]
    data.PixelData = encapsulate(frames, fragments_per_frame=2, has_bot=table)
    data["PixelData"].is_undefined_length = True
    data.file_meta.TransferSyntaxUID = RLELossless
    data.save_as(path)
    if not table:
        with pytest.raises(InputError, match="6 frames, but 12 fragments"):
            load(path).volume("mono").array()
        return
    scan = load(path)
    np.testing.assert_array_equal(scan.volume("mono").stored[...], phantom)
    assert scan.grid.origin_mm == (10, -20, 30)
    assert any("without a position" in n for n in scan.provenance.notes)
