"""The forms xscan reads: a new one is one file and one line here. The first that knows a path reads it."""

from __future__ import annotations

from xscan.io import hdf5, metaimage, nifti, npy, nrrd, tiff
from xscan.io.channels import channels_reader
from xscan.io.dicom import reader as dicom
from xscan.io.reader import Reader

__all__ = ["READERS"]

READERS: dict[str, Reader] = {
    "xscan-hdf5": hdf5.READER,
    "dicom": dicom.READER,
    "nrrd": nrrd.READER,
    "metaimage": metaimage.READER,
    "nifti": nifti.READER,
    "npy": npy.READER_NPY,
    "channels": channels_reader(lambda: READERS),
    "tiff": tiff.READER,
    "raw": npy.READER_RAW,
}
