"""Each program's reading of a form, judged against the truth: right, wrong, or not."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.dicos.forms import Form

Read = Callable[[Form], str]
CLOSE = 0.01  # mm


def judge(form: Form, values: NDArray[Any], place: Any = None, size: Any = None, *, geometry: bool = True) -> str:
    """Right where the numbers are equal and, where the program tells places, they are within 0.01 mm."""
    values = np.asarray(values).reshape(form.values.shape) if values.size == form.values.size else values
    if values.shape != form.values.shape or not np.allclose(values, form.values, rtol=1e-6, atol=1e-4):
        return "wrong"
    if not geometry or form.place is None:
        return "right"
    same = np.allclose(place, form.place, atol=CLOSE) and np.allclose(size, form.size, atol=CLOSE)
    return "right" if same else "wrong place"


def xscan(form: Form) -> str:
    """By ``xscan.dicos``."""
    from xscan.dicos import read_scan, read_tdr

    if form.kind == "TDR":
        (threat, *_) = read_tdr(form.path).threats
        assert threat.bitmap is not None
        first = threat.assessments[0]
        return _told(form, threat.bitmap, threat.base[::-1], threat.extents[::-1], threat.mass_g,
                     threat.density_g_cm3, first.probability)  # fmt: skip
    scan = read_scan(form.path)
    if form.kind == "DX":
        return judge(form, np.asarray(scan.channels["mono"].stored[...]))
    (volume,) = scan.volumes.values()
    if form.kind == "tilt":
        return _tilted(form, volume.array(), volume.grid.voxel_size_mm, any("tilt" in n for n in scan.provenance.notes))
    values = volume.array() if form.kind == "series" else np.asarray(volume.stored[...])
    return judge(form, values, volume.grid.origin_mm, volume.grid.voxel_size_mm[::-1])


def pydicom(form: Form) -> str:
    """By pydicom: ``pixel_array``, and its attributes for a threat report."""
    import pydicom as library

    if form.kind == "TDR":
        data = library.dcmread(form.path)
        threat = data.ThreatSequence[0]
        shown = threat.PTORepresentationSequence[0]
        box = shown.ThreatROIVoxelSequence[0]
        bits = np.unpackbits(np.frombuffer(box.ThreatROIBitmap, np.uint8), bitorder="little")[: form.values.size]
        return _told(form, bits, tuple(box.ThreatROIBase), tuple(box.ThreatROIExtents), shown.Mass, shown.Density,
                     threat.ATDAssessmentSequence[0].ATDAssessmentProbability)  # fmt: skip
    if form.path.is_dir():
        return "not"  # a file is what it reads; series are left to others
    data = library.dcmread(form.path, force=True)
    return judge(form, data.pixel_array, geometry=False)


def simpleitk(form: Form) -> str:
    """By SimpleITK (GDCM)."""
    import SimpleITK as sitk

    sitk.ProcessObject.SetGlobalWarningDisplay(False)
    if form.kind == "TDR":
        return "not"
    if form.path.is_dir():
        reader = sitk.ImageSeriesReader()
        reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(form.path)))
        image = reader.Execute()
    else:
        image = sitk.ReadImage(str(form.path), imageIO="GDCMImageIO")
    values = sitk.GetArrayFromImage(image)
    if form.kind == "tilt":
        return _tilted(form, values, image.GetSpacing()[::-1], False)
    return judge(form, values, image.GetOrigin(), image.GetSpacing())


def wrapper(form: Form) -> str:
    """By the toolkit's wrapper pydicos: ``dcsread(...).get_data()``."""
    import pydicos

    if form.path.is_dir():
        return "not"
    data = pydicos.dcsread(form.path).get_data()
    if form.kind == "TDR":
        threat = data["PTOs"][0]
        assessed = threat["Assessment"]["probability"]
        base = tuple(threat["Base"][a] for a in "xyz")
        extents = tuple(threat["Extent"][a] for a in "xyz")
        # it has no door to mass and density: judged by the rest
        return _told(form, threat["Bitmap"], base, extents, form.extra["mass"], form.extra["density"], assessed)
    values = np.asarray(data) if form.kind == "DX" else np.concatenate(data)
    return judge(form, values, geometry=False)


def _told(form: Form, bitmap: Any, base: Any, extents: Any, mass: Any, density: Any, probability: Any) -> str:
    same = np.array_equal(np.asarray(bitmap).ravel(), form.values.ravel())
    told = form.extra
    same = same and tuple(base) == told["base"] and tuple(extents) == told["extents"]
    return (
        "right"
        if same and (mass, density, probability) == (told["mass"], told["density"], told["probability"])
        else "wrong"
    )


def _tilted(form: Form, values: NDArray[Any], size: Any, said: bool) -> str:
    """Right where the shear was taken out (the volume lies on right angles) and said; else volumes are too large."""
    return (
        "right"
        if said and np.allclose(size, (2.5, 0.8, 0.7), atol=CLOSE) and values.shape != form.values.shape
        else "wrong"
    )


READERS: dict[str, Read] = {"xscan": xscan, "pydicom": pydicom, "SimpleITK": simpleitk, "toolkit's wrapper": wrapper}


def read_all(name: str, forms: list[Form]) -> list[str]:
    """Judge every form, each in a process of its own: the toolkit can crash."""
    found = []
    for form in forms:
        here, there = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(here)
            os.write(there, _one(name, form).encode())
            os._exit(0)
        os.close(there)
        with os.fdopen(here) as pipe:
            found.append(pipe.read() or "crash")
        os.waitpid(child, 0)
    return found


def _one(name: str, form: Form) -> str:
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    warnings.simplefilter("ignore")
    try:
        return READERS[name](form)
    except BaseException:
        return "not"


def installed(module: str) -> bool:
    """Whether a library is there; asked in a process of its own."""
    done = subprocess.run([sys.executable, "-c", f"import {module}"], capture_output=True, check=False)
    return done.returncode == 0
