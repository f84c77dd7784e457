"""Reading an uncompressed DICOM series."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xscan.bench.case import Case, Peer, installed, same
from xscan.bench.subject import Subject

__all__ = ["read_cases"]


def _write(folder: Path, volume: NDArray[Any]) -> None:
    """One CT image a plane, as a scanner writes them."""
    from pydicom.dataset import FileDataset, FileMetaDataset
    from pydicom.uid import UID, CTImageStorage, ExplicitVRLittleEndian

    for z, plane in enumerate(volume):
        head = FileMetaDataset()
        head.MediaStorageSOPClassUID, head.MediaStorageSOPInstanceUID = CTImageStorage, UID(f"1.2.3.4.{z + 1}")
        head.TransferSyntaxUID = ExplicitVRLittleEndian
        data = FileDataset(str(z), {}, file_meta=head, preamble=bytes(128))
        data.SOPClassUID, data.SOPInstanceUID = CTImageStorage, head.MediaStorageSOPInstanceUID
        data.Modality, data.SeriesInstanceUID, data.StudyInstanceUID = "CT", "1.2.3.5", "1.2.3.6"
        data.FrameOfReferenceUID = "1.2.3.7"
        data.Rows, data.Columns = plane.shape
        data.PixelSpacing, data.SliceThickness = [1, 1], 1
        data.ImageOrientationPatient, data.ImagePositionPatient = [1, 0, 0, 0, 1, 0], [0, 0, z]
        data.InstanceNumber = z + 1
        data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
        data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 16, 16, 15, 0
        data.RescaleSlope, data.RescaleIntercept, data.RescaleType = 1, -1024, "HU"
        data.PixelData = np.ascontiguousarray(plane, "<u2").tobytes()
        data.save_as(folder / f"{z:05d}.dcm", enforce_file_format=True)


def read_cases(subject: Subject) -> Iterator[Case]:
    """From the page cache: what the code costs, not the disk."""
    import tempfile

    pydicom = installed("pydicom")
    volume = subject.volume
    if volume.dtype != np.uint16:
        volume = np.clip(volume, 0, 65535).astype(np.uint16)
    with tempfile.TemporaryDirectory(prefix="xscan-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        _write(folder, volume)
        files = sorted(folder.iterdir())
        plane = volume[0].nbytes

        def read(threads: int, sha256: bool = False) -> Any:
            from xscan.io import load
            from xscan.io.config import IoConfig

            with _threads(threads):
                scan = load(folder, config=IoConfig(sha256=sha256))
                return np.asarray(next(iter(scan.volumes.values())).stored[:])

        def by_pydicom() -> Any:
            return np.stack([pydicom.dcmread(file).pixel_array for file in files])

        def plain() -> Any:
            out = np.empty(volume.shape, np.uint16)
            for z, file in enumerate(files):
                with file.open("rb", buffering=0) as opened:
                    opened.seek(-plane, 2)
                    opened.readinto(out[z].data.cast("B"))
            return out

        peers: dict[str, Peer | None] = {
            "pydicom": pydicom and Peer(by_pydicom, same),
            "plain file read": Peer(plain, same),
        }
        name, moved = f"DICOM series of {len(files)} files", 2 * volume.nbytes
        yield Case("io.load", name, read, peers, moved)
        yield Case("io.load", f"{name}, and its fingerprint", lambda t: read(t, True), _hashed(peers, files), moved)


@contextmanager
def _threads(most: int) -> Iterator[None]:
    """Readers take as many threads as the process may, which the environment tells."""
    before = os.environ.get("XSCAN_THREADS")
    os.environ["XSCAN_THREADS"] = str(most)
    try:
        yield
    finally:
        if before is None:
            del os.environ["XSCAN_THREADS"]
        else:
            os.environ["XSCAN_THREADS"] = before


def _hashed(peers: dict[str, Peer | None], files: Sequence[Path]) -> dict[str, Peer | None]:
    """The peers with SHA-256 of all files besides, as a report names its input by."""
    from hashlib import sha256

    def after(peer: Peer) -> Peer:
        def call() -> Any:
            total = sha256()
            for file in files:
                total.update(file.read_bytes())
            return peer.call()

        return Peer(call, peer.equal)

    return {f"{name} and hashlib": peer and after(peer) for name, peer in peers.items()}
