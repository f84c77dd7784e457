"""Files whose numbers and places are known: the reference toolkit's own, and ones that pydicom writes."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

TESTS = Path(__file__).parents[2] / "tests"
PLACE, SIZE = (-20.0, -30.0, 40.0), (0.7, 0.8, 2.5)  # x, y, z of the toolkit's scans, mm
SYNTAXES = {
    "exp": "explicit",
    "ext": "explicit, 64-bit lengths",
    "imp": "implicit",
    "jpl": "JPEG Lossless",
    "rle": "RLE",
}
KINDS = {
    "u1": "8-bit",
    "i1": "8-bit signed",
    "u2": "16-bit",
    "i2": "16-bit signed",
    "u4": "32-bit",
    "i4": "32-bit signed",
    "u8": "64-bit",
    "i8": "64-bit signed",
    "f4": "float",
}


@dataclass(frozen=True, eq=False)
class Form:
    """One form of file.

    Parameters
    ----------
    row : the table's row; several forms share one
    values : the numbers (z, y, x), in the order of the positions
    place, size : of the first voxel and of a voxel (x, y, z), mm; `None` where the form tells none
    """

    row: str
    path: Path
    values: NDArray[Any]
    kind: str = "CT"
    place: tuple[float, float, float] | None = PLACE
    size: tuple[float, float, float] | None = SIZE
    extra: dict[str, Any] = field(default_factory=dict)


def truth(code: str, extra: int = 0) -> NDArray[Any]:
    """The numbers that were given to the toolkit (as in tests/io/test_dicos.py)."""
    z, y, x = np.indices((5, 7, 9))
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


def forms(folder: Path) -> Iterator[Form]:
    """Lay the files into `folder` and tell them."""
    for name in ("io", "dicos"):
        with zipfile.ZipFile(TESTS / name / "toolkit.zip") as archive:
            archive.extractall(folder)
    for code, kind in KINDS.items():
        for short, syntax in SYNTAXES.items():
            path = folder / f"{code}_{short}.dcs"
            if path.exists():
                # 32-bit and float pixels stay explicit in the toolkit, whatever syntax is asked for
                plain = code == "f4" and short in ("jpl", "rle")
                yield Form(f"DICOS CT {kind}, {SYNTAXES['exp'] if plain else syntax}", path, truth(code))
    both = np.concatenate([truth("u2"), truth("u2", 50)])
    yield Form("DICOS CT, two sections in one file", folder / "two_sections.dcs", both)
    yield Form("DICOS CT, two sections in one file", folder / "two_rle.dcs", both)
    gap = np.concatenate([truth("u2"), np.zeros((11, 7, 9), "u2"), truth("u2", 50)])
    yield Form("DICOS CT, two sections with a gap", folder / "two_gap.dcs", gap)
    yield Form("DICOS CT, slices from the far end", folder / "negative.dcs", truth("u2")[::-1], place=(-20, -30, 30))
    yield Form("DICOS CT, oblique", folder / "oblique.dcs", truth("u2"))
    for name in ("char_Density", "char_LowEnergy", "char_Mu", "char_Z_Effective"):
        yield Form("DICOS CT, one image type each", folder / f"{name}.dcs", truth("u2"))
    flat = np.arange(24).reshape(1, 4, 6)
    for name, code, factor in (("u2_exp", "u2", 7), ("u4_exp", "u4", 0.7), ("f4_exp", "f4", 0.7)):
        path = folder / f"dx_{name}.dcs"
        yield Form(f"DICOS DX {KINDS[code]}, explicit", path, (flat * factor).astype(code), "DX", None, None)
    for name in ("u2_jpl", "presentation_jpl"):
        path = folder / f"dx_{name}.dcs"
        yield Form("DICOS DX 16-bit, JPEG Lossless", path, (flat * 7).astype("u2"), "DX", None, None)
    bitmap = np.zeros((2, 3, 5), np.uint8)
    bitmap[0, 1, 2] = bitmap[1, :, 4] = 1
    told = {"base": (10, 20, 30), "extents": (5, 3, 2), "mass": 12.5, "density": 2.5, "probability": 0.5}
    yield Form("DICOS TDR, explicit", folder / "tdr.dcs", bitmap, "TDR", None, None, told)
    yield Form("DICOS TDR, implicit", _implicit(folder), bitmap, "TDR", None, None, told)
    yield from _series(folder)


def _implicit(folder: Path) -> Path:
    import pydicom

    data = pydicom.dcmread(folder / "tdr.dcs")
    data.file_meta.TransferSyntaxUID = pydicom.uid.ImplicitVRLittleEndian
    data.save_as(folder / "tdr_implicit.dcs", implicit_vr=True, little_endian=True)
    return folder / "tdr_implicit.dcs"


def _series(folder: Path) -> Iterator[Form]:
    """DICOM CT series: plain, mirrored order of names, and with a tilted gantry."""
    values = truth("i2")
    whole = values.astype(np.float64) - 1024
    for name, shear in (("series", 0.0), ("tilted", 0.25)):
        target = folder / name
        target.mkdir()
        for k in range(5):
            place = (PLACE[0], PLACE[1] + shear * 2.5 * k, PLACE[2] + 2.5 * k)
            _slice(target / f"{9 - k}.dcm", values[k], place, k)
    yield Form("DICOM CT series, names against positions", folder / "series", whole, "series")
    yield Form("DICOM CT series, gantry tilt", folder / "tilted", whole, "tilt")


def _slice(path: Path, pixels: NDArray[Any], place: tuple[float, ...], number: int) -> None:
    from pydicom.dataset import FileDataset, FileMetaDataset
    from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = CTImageStorage, f"1.2.3.{number + 1}"
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data = FileDataset(None, {}, file_meta=meta, preamble=b"\0" * 128)
    data.SOPClassUID, data.SOPInstanceUID, data.Modality = CTImageStorage, f"1.2.3.{number + 1}", "CT"
    data.StudyInstanceUID = data.FrameOfReferenceUID = "1.2"
    data.SeriesInstanceUID = f"1.2.{len(path.parent.name)}"
    data.ImagePositionPatient, data.ImageOrientationPatient = list(place), [1, 0, 0, 0, 1, 0]
    data.PixelSpacing, data.SliceThickness, data.InstanceNumber = [0.8, 0.7], 5, number
    data.Rows, data.Columns, data.SamplesPerPixel = *pixels.shape, 1
    data.PhotometricInterpretation, data.PixelRepresentation = "MONOCHROME2", 1
    data.BitsAllocated = data.BitsStored = 16
    data.HighBit, data.RescaleSlope, data.RescaleIntercept = 15, 1, -1024
    data.PixelData = pixels.tobytes()
    data["PixelData"].VR = "OW"
    data.save_as(path, enforce_file_format=True)
