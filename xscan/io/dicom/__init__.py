"""DICOM and DICOS: files of elements, frames in them, and the volumes they make."""
