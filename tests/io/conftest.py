"""Phantoms whose mirror image is another one, and DICOM series written by pydicom."""

import numpy as np
import pytest

SHAPE = (6, 9, 13)
SPACING = (2.5, 0.8, 0.7)  # z, y, x


@pytest.fixture
def phantom():
    """An L with a foot, on a ramp along z: no flip and no turn maps it onto itself."""
    array = np.zeros(SHAPE, np.int16)
    array += np.arange(SHAPE[0], dtype=np.int16)[:, None, None]
    array[1:5, 2, 3] = 100
    array[1, 2:8, 3] = 200
    array[1, 2, 3:12] = 300
    return array


@pytest.fixture
def oblique():
    """A right-handed frame turned about two axes (columns are x, y, z of the array)."""
    c, s = np.cos(0.3), np.sin(0.3)
    about_z = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
    about_x = np.array([[1, 0, 0], [0, c, -s], [0, s, c]])
    return about_z @ about_x


@pytest.fixture
def check_same(phantom):
    """Compare a scan's only channel with the phantom, whole, by slab and by key."""

    def check(scan, expected=phantom):
        (volume,) = scan.volumes.values()
        np.testing.assert_array_equal(volume.array(), expected)
        np.testing.assert_array_equal(volume.read(slice(2, 5)), expected[2:5])
        np.testing.assert_array_equal(np.concatenate([v for _, v in volume.slabs(4)]), expected)
        np.testing.assert_array_equal(volume.stored[3], expected[3])
        np.testing.assert_array_equal(volume.stored[:, 2, 3:8], expected[:, 2, 3:8])
        return volume

    return check


@pytest.fixture
def write_series():
    """Write slices as classic CT images and return their paths."""
    import pydicom
    from pydicom.dataset import FileDataset, FileMetaDataset
    from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

    def write(
        folder,
        slices,
        positions,
        *,
        row=(1, 0, 0),
        column=(0, 1, 0),
        spacing=(0.8, 0.7),
        slopes=None,
        intercept=-1024,
        series="1.2.3.4",
        syntax=ExplicitVRLittleEndian,
        prefix="i",
        **extra,
    ):
        folder.mkdir(exist_ok=True)
        paths = []
        for number, (pixels, position) in enumerate(zip(slices, positions, strict=True)):
            meta = FileMetaDataset()
            meta.MediaStorageSOPClassUID = CTImageStorage
            meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=[series, str(number)])
            meta.TransferSyntaxUID = syntax
            data = FileDataset(None, {}, file_meta=meta, preamble=b"\0" * 128)
            data.SOPClassUID = CTImageStorage
            data.SOPInstanceUID = meta.MediaStorageSOPInstanceUID
            data.Modality = "CT"
            data.SeriesInstanceUID = series
            data.StudyInstanceUID = "1.2.3"
            data.FrameOfReferenceUID = "1.2.3.9"
            data.InstanceNumber = number + 1
            data.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
            data.ImagePositionPatient = [f"{v:.6f}" for v in position]
            data.ImageOrientationPatient = [f"{v:.8f}" for v in (*row, *column)]
            data.PixelSpacing = list(spacing)
            data.SliceThickness = 2.5
            data.KVP = 120
            data.Manufacturer = "maker"
            data.AcquisitionDateTime = "20260102030405"
            data.Rows, data.Columns = pixels.shape
            data.SamplesPerPixel = 1
            data.PhotometricInterpretation = "MONOCHROME2"
            data.BitsAllocated = 8 * pixels.dtype.itemsize
            data.BitsStored = data.BitsAllocated
            data.HighBit = data.BitsStored - 1
            data.PixelRepresentation = int(pixels.dtype.kind == "i")
            data.RescaleSlope = 1 if slopes is None else slopes[number]
            data.RescaleIntercept = intercept
            for key, value in extra.items():
                setattr(data, key, value)
            data.PixelData = pixels.tobytes()
            data["PixelData"].VR = "OW"
            path = folder / f"{prefix}{len(slices) - number:03d}"  # names run against the positions
            pydicom.dcmwrite(path, data, enforce_file_format=True)
            paths.append(path)
        return paths

    return write
