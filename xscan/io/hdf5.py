"""xscan HDF5 (`xscan-scan` version 1): reading."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from xscan.errors import InputError
from xscan.io.config import IoConfig
from xscan.io.frame import place
from xscan.io.lazy import FileArray
from xscan.io.memory import check_promise
from xscan.io.messages import say
from xscan.io.reader import Reader
from xscan.io.text import clean_text, parse_time, positive_numbers
from xscan.io.unit import resolve_unit
from xscan.model import CHANNELS, Projection, Provenance, Scan, Unit, Volume

__all__ = ["READER"]

_MAGIC = b"\x89HDF\r\n\x1a\n"
_ROOT = {"format", "version", "modality", "voxel_size_mm", "axes", "origin_mm", "direction", "notes"}
_CHANNEL = {"units", "rescale_slope", "rescale_intercept", "kvp"}
_LARGEST_CHUNK = 2**28  # bytes; one chunk must be unpacked whole to read any voxel of it


def _sniff(path: Path) -> bool:
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            for offset in (0, 512, 1024, 2048, 4096):  # a user block may come first
                file.seek(offset)
                if file.read(8) == _MAGIC:
                    return True
    except OSError:
        return False
    return False


def _read(path: Path, *, units: str | None, config: IoConfig) -> Scan:
    import h5py

    try:
        file = h5py.File(path, "r")
    except OSError as error:
        raise InputError(
            path, f"not a whole HDF5 file: {str(error)[:160]}", "it was cut off or damaged: fetch it again"
        ) from error
    try:
        return _Reading(path, file, units, config).scan()
    except (KeyError, RuntimeError, OSError, ValueError, TypeError, UnicodeError) as error:
        file.close()
        raise InputError(path, f"damaged HDF5 file: {str(error)[:160]}", "fetch it again") from error
    except BaseException:
        file.close()
        raise


class _Reading:
    """One file being read."""

    def __init__(self, path: Path, file: Any, units: str | None, config: IoConfig) -> None:
        self.path = str(path)
        self.file = file
        self.units = units
        self.config = config
        self.notes: list[str] = []

    def scan(self) -> Scan:
        attrs = self.file.attrs
        form = clean_text(attrs.get("format", ""))
        if form != "xscan-scan":
            got = f"format={form!r}" if form else "no such attribute"
            raise InputError(self.path, f"an HDF5 file, but not a scan: expected format='xscan-scan', got {got}")
        version = self._number("version", attrs.get("version", 1))
        if version != 1:
            raise InputError(self.path, f"expected xscan-scan version 1, got {version:g}", "use a newer xscan")
        modality = clean_text(attrs.get("modality", "CT"))
        if modality not in ("CT", "DX"):
            raise InputError(self.path, f"modality: expected CT or DX, got {modality!r}")
        datasets = self._datasets(3 if modality == "CT" else 2, "zyx" if modality == "CT" else "yx")
        sizes = positive_numbers(attrs.get("voxel_size_mm", ()), 3 if modality == "CT" else 2)
        if sizes is None:
            got = clean_text(attrs["voxel_size_mm"]) if "voxel_size_mm" in attrs else "nothing"
            raise InputError(
                self.path, f"voxel_size_mm: expected {'3' if modality == 'CT' else '2'} positive numbers, got {got}"
            )
        channels = self._volumes(datasets, sizes) if modality == "CT" else self._projections(datasets, sizes)
        calibration = self._calibration()
        return Scan(channels, self._provenance(datasets), calibration)

    def _datasets(self, ndim: int, axes: str) -> dict[str, Any]:
        import h5py

        got_axes = clean_text(self.file.attrs.get("axes", axes))
        if got_axes != axes:
            raise InputError(self.path, f"axes: expected {axes!r}, got {got_axes!r}", "write the arrays in that order")
        group: Any = self.file["scan"] if self._own(self.file, "scan") else {}
        found: dict[str, Any] = {}
        for name in group if isinstance(group, h5py.Group) else ():
            dataset = group[name] if self._own(group, name) else None
            if name not in CHANNELS or not isinstance(dataset, h5py.Dataset):
                self.notes.append(say("no-channel", name=clean_text(name)))
                continue
            if dataset.is_virtual or dataset.external:
                raise InputError(self.path, f"/scan/{name} keeps its numbers in other files", "repack it (h5repack)")
            if dataset.ndim != ndim or 0 in dataset.shape or dataset.dtype.kind not in "iufb":
                raise InputError(
                    self.path,
                    f"/scan/{name}: expected {ndim} dimensions of integers or floats, none of length 0,"
                    f" got shape {dataset.shape} of {dataset.dtype}",
                )
            self._check_storage(name, dataset)
            found[name] = dataset
        if not found:
            raise InputError(self.path, f"no channel under /scan: expected one of {', '.join(CHANNELS)}")
        shapes = {n: d.shape for n, d in found.items()}
        if len(set(shapes.values())) > 1:
            raise InputError(self.path, f"channels of one shape were expected, got {shapes}")
        return found

    @staticmethod
    def _own(group: Any, name: str) -> bool:
        """Whether `name` is a hard link: a soft or external one may point anywhere, out of the file too."""
        import h5py

        return name in group and isinstance(group.get(name, getlink=True), h5py.HardLink)

    def _check_storage(self, name: str, dataset: Any) -> None:
        import h5py

        nbytes = int(dataset.size) * dataset.dtype.itemsize
        check_promise(self.path, f"/scan/{name}", nbytes, dataset.id.get_storage_size(), self.config)
        if dataset.chunks is None:
            return
        chunk = int(np.prod(dataset.chunks, dtype=np.int64)) * dataset.dtype.itemsize
        if chunk > _LARGEST_CHUNK:
            raise InputError(
                self.path,
                f"/scan/{name} is packed in chunks of {chunk / 1e6:.0f} MB, expected at most"
                f" {_LARGEST_CHUNK / 1e6:.0f}",
                "repack it (h5repack -l CHUNK=16x64x64)",
            )
        plist = dataset.id.get_create_plist()
        for i in range(plist.get_nfilters()):
            code, _, _, label = plist.get_filter(i)
            if not h5py.h5z.filter_avail(code):
                raise InputError(
                    self.path,
                    f"/scan/{name} is packed with the HDF5 filter {code} ({clean_text(label)}), not on this machine",
                    "pip install hdf5plugin and set HDF5_PLUGIN_PATH, or repack it (h5repack -f GZIP=4)",
                )

    def _number(self, what: str, value: Any) -> float:
        """One number, also where a program wrote it as an array of one."""
        try:
            (number,) = np.asarray(value, dtype=np.float64).ravel()
        except (TypeError, ValueError):
            raise InputError(self.path, f"{what}: expected a number, got {clean_text(value)[:60]!r}") from None
        return float(number)

    def _value(self, name: str, dataset: Any) -> tuple[Unit, float, float]:
        attrs = dataset.attrs
        slope = self._number(f"/scan/{name}: rescale_slope", attrs.get("rescale_slope", 1.0))
        intercept = self._number(f"/scan/{name}: rescale_intercept", attrs.get("rescale_intercept", 0.0))
        if not (np.isfinite(slope) and np.isfinite(intercept)) or slope == 0 or abs(slope) > 1e30:
            raise InputError(
                self.path, f"/scan/{name}: rescale_slope {slope} and rescale_intercept {intercept} cannot be"
            )
        own = clean_text(attrs["units"]) if "units" in attrs else None
        unit, factor, note = resolve_unit(self.path, name, own, self.units)
        if note:
            self.notes.append(note)
        return unit, slope * factor, intercept * factor

    def _volumes(self, datasets: dict[str, Any], sizes: tuple[float, ...]) -> dict[str, Volume | Projection]:
        attrs = self.file.attrs
        origin = np.asarray(attrs.get("origin_mm", (0.0, 0.0, 0.0)), dtype=np.float64).ravel()
        direction = np.asarray(attrs.get("direction", np.eye(3)), dtype=np.float64).reshape(-1)
        if origin.size != 3 or direction.size != 9:
            raise InputError(self.path, "expected 3 numbers in origin_mm and 9 in direction")
        arrays = tuple(FileArray(d, self.path, n, self.config) for n, d in datasets.items())
        placed = place(self.path, arrays, direction.reshape(3, 3) * np.array(sizes[::-1]), origin)
        self.notes.extend(placed.notes)
        return {
            name: Volume(placed.grid, array, *self._value(name, datasets[name]))
            for name, array in zip(datasets, placed.arrays, strict=True)
        }

    def _projections(self, datasets: dict[str, Any], sizes: tuple[float, ...]) -> dict[str, Volume | Projection]:
        return {
            name: Projection(FileArray(d, self.path, name, self.config), (sizes[0], sizes[1]), *self._value(name, d))
            for name, d in datasets.items()
        }

    def _provenance(self, datasets: dict[str, Any]) -> Provenance:
        root = {clean_text(k): clean_text(v) for k, v in self.file.attrs.items() if k not in _ROOT}
        kvp: dict[str, float] = {}
        for name, dataset in datasets.items():
            value = positive_numbers(dataset.attrs.get("kvp", ()), 1)
            if value is not None:
                kvp[name] = value[0]
            root |= {f"{name}.{clean_text(k)}": clean_text(v) for k, v in dataset.attrs.items() if k not in _CHANNEL}
        kept = clean_text(self.file.attrs.get("notes", ""))
        time = root.get("acquired") or root.get("acquisition_time") or root.get("time") or ""
        return Provenance(
            self.path,
            form="xscan-hdf5",
            scanner=root.get("scanner") or None,
            acquired=parse_time(time),
            parcel_id=root.get("parcel_id") or root.get("parcel") or None,
            kvp=kvp,
            notes=(*(line for line in kept.split("\n") if line), *self.notes),
            attributes=root,
        )

    def _calibration(self) -> str | None:
        import h5py

        if not self._own(self.file, "calibration"):
            return None
        node = self.file["calibration"]
        if isinstance(node, h5py.Dataset) and node.shape == () and node.size * node.dtype.itemsize < 2**24:
            value = node[()]
            if isinstance(value, bytes):
                return value.decode("utf-8", "replace")
            if isinstance(value, str):
                return value
        self.notes.append(say("calibration-no-text"))
        return None


READER = Reader("xscan HDF5", _sniff, _read)
