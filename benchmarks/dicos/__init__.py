"""Which program reads and writes which form of DICOS and DICOM right."""
