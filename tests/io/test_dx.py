"""DX images of DICOM and DICOS become projections."""

import numpy as np
import pydicom
from pydicom.dataset import FileDataset, FileMetaDataset

from xscan.io import load
from xscan.model import Projection


def write_dx(path, pixels, energy, sop_class="1.2.840.10008.5.1.4.1.1.501.2.1"):
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = sop_class, "1.2.3"
    meta.TransferSyntaxUID = "1.2.840.10008.1.2.1"
    data = FileDataset(None, {}, file_meta=meta, preamble=b"\0" * 128)
    data.SOPClassUID, data.SOPInstanceUID, data.Modality = sop_class, "1.2.3", "DX"
    data.ImageType = ["ORIGINAL", energy, "PROJECTION", "NONE"]
    data.Rows, data.Columns = pixels.shape
    data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
    data.BitsAllocated = data.BitsStored = 16
    data.HighBit, data.PixelRepresentation = 15, 0
    data.ImagerPixelSpacing = [0.4, 0.5]
    data.PixelData = pixels.tobytes()
    data["PixelData"].VR = "OW"
    pydicom.dcmwrite(path, data, enforce_file_format=True)


def test_two_energies_of_one_view(tmp_path):
    pixels = np.arange(24, dtype=np.uint16).reshape(4, 6)
    write_dx(tmp_path / "a", pixels, "LOW ENERGY")
    write_dx(tmp_path / "b", pixels * 2, "HIGH ENERGY")
    write_dx(tmp_path / "c", pixels[:2], "HIGH ENERGY")
    scan = load(tmp_path)
    assert scan.modality == "DX"
    assert list(scan.channels) == ["low", "high"]
    low, high = scan.channels.values()
    assert isinstance(low, Projection)
    assert low.pixel_size_mm == (0.4, 0.5)
    np.testing.assert_array_equal(low.array(), pixels)
    np.testing.assert_array_equal(high.array(), pixels * 2)
    assert any("another view" in n for n in scan.provenance.notes)


def test_medical_dx(tmp_path):
    pixels = np.arange(24, dtype=np.uint16).reshape(4, 6)
    write_dx(tmp_path / "a", pixels, "PRIMARY", "1.2.840.10008.5.1.4.1.1.1.1")
    assert list(load(tmp_path / "a").channels) == ["mono"]
