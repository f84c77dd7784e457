"""A page is made again from a report's own files and the scan."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xscan.errors import InputError
from xscan.model import Material, Progress, Quantities, TemplateLibrary, silent
from xscan.report.aside import written_aside
from xscan.report.config import ReportConfig
from xscan.report.document import SCHEMA_NAME
from xscan.report.scene import Scene
from xscan.report.sentences import translated
from xscan.report.shown import SHOWN, shown

__all__ = ["read_labels", "read_report", "write_page"]

MAX_BYTES = 256 << 20  # of report.json; a thousand objects take about one megabyte
REMEDY = "give the folder that `xscan analyze --out` wrote"


def read_report(folder: Path) -> dict[str, Any]:
    """Return report.json of a folder.

    Raises
    ------
    InputError
        It is not there, or not an `xscan.report/1`.
    """
    path = Path(folder) / "report.json"
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(path, f"larger than {MAX_BYTES} bytes", REMEDY)
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(path, f"could not be read ({error.strerror})", REMEDY) from None
    except (ValueError, RecursionError):
        raise InputError(path, "is not JSON", REMEDY) from None
    if not isinstance(document, dict) or document.get("schema") != SCHEMA_NAME:
        raise InputError(path, f"expected a report of schema {SCHEMA_NAME}", REMEDY)
    return document


def read_labels(folder: Path, shape: tuple[int, int, int], binning: int = 1) -> NDArray[np.uint32]:
    """Return object ids from labels.h5 of a folder, every `binning`-th voxel.

    Parameters
    ----------
    shape : that the whole labels must have: the scan's

    Raises
    ------
    InputError
        The file is not there, is no HDF5 file, or has another shape than the scan.
    """
    import h5py

    path = Path(folder) / "labels.h5"
    try:
        with h5py.File(path, "r") as file:
            dataset = file.get("label")
            if not isinstance(dataset, h5py.Dataset) or dataset.shape != tuple(shape) or dataset.dtype.kind != "u":
                raise InputError(path, f"expected dataset /label of whole numbers and shape {tuple(shape)}", REMEDY)
            kept = [n // binning * binning if n >= binning else 1 for n in shape]
            coarse = [dataset[z, ::binning, ::binning] for z in range(0, kept[0], binning)]
            rows, columns = (max(1, n // binning) for n in shape[1:])
            return np.stack(coarse)[:, :rows, :columns].astype(np.uint32)
    except OSError as error:
        raise InputError(path, f"could not be read ({' '.join(str(error).split())[:120]})", REMEDY) from None


def write_page(
    folder: Path,
    quantities: Quantities,
    *,
    library: TemplateLibrary | None = None,
    materials: Sequence[Material] = (),
    config: ReportConfig = ReportConfig(),  # noqa: B008
    progress: Progress = silent,
) -> Path:
    """Write report.html, thumbnail and (where asked for) PDF of a folder again, from its report.json and labels.h5.

    Parameters
    ----------
    folder : of a report
    quantities : of the same scan, on the grid that was analysed
    library : templates, for the pictures of matches; without it they are left out
    materials : that the page's viewer holds against what it reads at a place

    Returns
    -------
    Path
        Of the page.

    Raises
    ------
    InputError
        report.json or labels.h5 is missing, broken, or of another scan.
    """
    folder = Path(folder)
    document = read_report(folder)
    from jinja2 import TemplateError

    try:
        document = translated(document, config.language)
        shape, binning = document["scan"]["shape"], int(document["scan"].get("binning", 1))
        labels = read_labels(folder, tuple(int(n) for n in shape), binning)  # type: ignore[arg-type]
        if labels.shape != quantities.grid.shape:
            raise InputError(
                folder,
                f"the report is of a scan of {labels.shape} voxels, this scan has {quantities.grid.shape}",
                "give the scan that was analysed",
            )
        meshes = {t.id: t.mesh for t in library.templates} if library is not None else {}
        scene = Scene(document, quantities, labels, meshes, language=config.language, materials=materials)
        files = shown(scene, config=config, progress=progress)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError, TemplateError) as error:
        raise InputError(folder / "report.json", f"is not a whole {SCHEMA_NAME} ({error!r:.80})", REMEDY) from error
    with written_aside(folder, SHOWN) as aside:
        for name, content in files.items():
            (aside / name).write_bytes(content)
    return folder / "report.html"
