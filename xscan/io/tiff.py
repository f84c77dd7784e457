"""TIFF: a file of many pages, or a folder of slices: reading."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xscan.errors import InputError
from xscan.io.config import IoConfig
from xscan.io.folder import files_of, natural
from xscan.io.lazy import Stack
from xscan.io.memory import check_fits, check_promise
from xscan.io.messages import say
from xscan.io.reader import Reader, head
from xscan.io.single import length_factor, single_scan
from xscan.io.text import clean_text
from xscan.model import Scan, StoredArray

__all__ = ["READER"]

_MAGICS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_LARGEST_OME = 2**22


def _sniff(path: Path) -> bool:
    if path.is_dir():
        return len(_slices(path)) > 1
    return head(path, 4) in _MAGICS


def _slices(folder: Path) -> list[Path]:
    return sorted((p for p in folder.iterdir() if not p.name.startswith(".") and head(p, 4) in _MAGICS), key=natural)


def _read(path: Path, *, units: str | None, config: IoConfig) -> Scan:
    import tifffile

    files = _slices(path) if path.is_dir() else [path]
    try:
        array, size, notes, attributes = _open(path, files, config)
    except (tifffile.TiffFileError, ValueError, KeyError, IndexError, TypeError, OSError, ZeroDivisionError) as error:
        raise InputError(path, f"a damaged TIFF: {str(error)[:160]}", "fetch it again") from error
    if path.is_dir():
        others = len(files_of(path, config, deep=False)) - len(files)
        notes += (say("no-tiff", count=others),) if others else ()
    axes = np.diag(size[::-1])
    return single_scan(
        path,
        array,
        axes,
        np.zeros(3),
        form="tiff",
        config=config,
        asked_unit=units,
        notes=notes,
        attributes=attributes,
    )


def _open(
    path: Path, files: list[Path], config: IoConfig
) -> tuple[StoredArray, tuple[float, float, float], tuple[str, ...], dict[str, str]]:
    import tifffile

    pages: list[tuple[Path, int]] = []
    shape: tuple[int, ...] = ()
    dtype = np.dtype("u1")
    size: tuple[float, float, float] | None = None
    attributes: dict[str, str] = {}
    for file in files:
        # The OME text is read below by a parser that resists hostile XML; tifffile must not follow it to other files.
        with tifffile.TiffFile(file, is_ome=False) as tiff:
            series = tiff.series[0]
            first: Any = tiff.pages[0]
            here = tuple(int(n) for n in first.shape)
            if len(here) != 2 or first.samplesperpixel != 1:
                raise InputError(
                    file, f"expected pages of one grey value, got {here} of {first.samplesperpixel} samples"
                )
            if shape and (here, first.dtype) != (shape, dtype):
                raise InputError(file, f"expected a slice of {shape} {dtype} like the first, got {here} {first.dtype}")
            shape, dtype = here, np.dtype(first.dtype)
            if first.photometric == tifffile.PHOTOMETRIC.PALETTE:
                raise InputError(file, "colours of a palette are no measured values", "save it as grey values")
            if len(files) == 1:
                size = _voxel_size(tiff)
                attributes = {k: clean_text(t.value) for k in ("Software", "DateTime") if (t := first.tags.get(k))}
                if series.axes.replace("Z", "").replace("I", "").replace("Q", "").replace("S", "") not in ("YX", "TYX"):
                    raise InputError(
                        file, f"expected one channel of slices, got axes {series.axes}", "save one channel"
                    )
                if series.dataoffset is not None and len(series.shape) == 3:
                    plain = np.memmap(
                        file, np.dtype(series.dtype).newbyteorder(tiff.byteorder), "r", series.dataoffset, series.shape
                    )
                    return plain, size or (1.0, 1.0, 1.0), () if size else (say("size-unknown"),), attributes
                if len(series.pages) != len(tiff.pages) and len(tiff.series) > 1:
                    attributes["series"] = f"the first of {len(tiff.series)} was read"
            count = len(series.pages)
            page_bytes = int(np.prod(shape, dtype=object)) * dtype.itemsize
            check_fits(str(file), "one slice", page_bytes, config)
            check_promise(str(file), "the volume", page_bytes * count, file.stat().st_size, config)
            pages.extend((file, i) for i in range(count))
    stack = _PageStack(pages, shape, dtype)
    return stack, size or (1.0, 1.0, 1.0), () if size else (say("size-unknown"),), attributes


class _PageStack(Stack):
    """Pages of TIFF files, unpacked when asked for."""

    def __init__(self, pages: list[tuple[Path, int]], shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
        super().__init__((len(pages), *shape), dtype)
        self._pages = pages

    def _slab(self, start: int, stop: int) -> NDArray[Any]:
        import tifffile

        out = np.empty((stop - start, *self.shape[1:]), self.dtype)
        wanted: dict[Path, list[tuple[int, int]]] = {}
        for k in range(start, stop):
            file, index = self._pages[k]
            wanted.setdefault(file, []).append((k - start, index))
        for file, rows in wanted.items():
            try:
                with tifffile.TiffFile(file, is_ome=False) as tiff:
                    pages = tiff.series[0].pages
                    for k, index in rows:
                        page: Any = pages[index]
                        values = None if page is None else page.asarray(maxworkers=1)
                        if values is None or values.shape != self.shape[1:] or values.dtype != self.dtype:
                            raise InputError(file, f"page {index} is not {self.shape[1:]} {self.dtype} like the first")
                        out[k] = values
            except (tifffile.TiffFileError, ImportError, AttributeError, TypeError) as error:
                raise InputError(
                    file, f"a page could not be unpacked: {str(error)[:160]}", "save it uncompressed"
                ) from error
        return out


def _voxel_size(tiff: Any) -> tuple[float, float, float] | None:
    """Voxel size z, y, x in mm, from OME or ImageJ text; plain TIFF resolutions are of prints, not of voxels."""
    text = tiff.pages[0].description
    if text.lstrip().startswith("<") and "OME" in text[:1000]:
        return _ome_size(text)
    known = tiff.imagej_metadata or {}
    tags = tiff.pages[0].tags
    factor = length_factor(str(known.get("unit", "?")))
    if factor is None or not {"XResolution", "YResolution"} <= {t.name for t in tags}:
        return None
    (x_pixels, x_per), (y_pixels, y_per) = tags["XResolution"].value, tags["YResolution"].value
    if not (x_pixels and y_pixels and x_per and y_per):
        return None
    x, y = x_per / x_pixels * factor, y_per / y_pixels * factor
    z = float(known.get("spacing", 0.0)) * factor
    return (abs(z) if z else x, y, x)


def _ome_size(text: str) -> tuple[float, float, float] | None:
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import ParseError, fromstring

    if len(text) > _LARGEST_OME:
        return None
    try:
        root = fromstring(text)
    except (ParseError, DefusedXmlException, ValueError):
        return None
    for element in root.iter():
        if element.tag.rpartition("}")[2] == "Pixels":
            sizes = []
            for axis in "ZYX":
                factor = length_factor(element.get(f"PhysicalSize{axis}Unit", "µm"))
                value = element.get(f"PhysicalSize{axis}")
                if factor is None or value is None:
                    return None
                sizes.append(float(value) * factor)
            return (sizes[0], sizes[1], sizes[2]) if min(sizes) > 0 else None
    return None


READER = Reader("TIFF", _sniff, _read)
