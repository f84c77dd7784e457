"""A simulated parcel becomes a folder: scan.h5, labels.h5, truth.json, declaration.json."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xscan.files import written_aside
from xscan.simulate.scanner import Scanner

__all__ = ["write_json", "write_labels", "write_scan"]


def write_json(value: Any, path: Path) -> None:
    """Write JSON of stable bytes, aside and then renamed."""
    with written_aside(path) as aside:
        aside.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _dataset(file: Any, name: str, array: NDArray[Any]) -> Any:
    chunks = tuple(min(n, c) for n, c in zip(array.shape, (16, 64, 64)[-array.ndim :], strict=True))
    return file.create_dataset(
        name, data=array, chunks=chunks, compression="gzip", compression_opts=6, shuffle=True, track_times=False
    )


def write_scan(
    channels: Mapping[str, NDArray[np.float32]], scanner: Scanner, path: Path, attributes: Mapping[str, Any]
) -> None:
    """Write a scan in the xscan HDF5 form.

    Parameters
    ----------
    channels : by name: LAC (z, y, x), 1/cm, of a CT scan; or transmitted shares (y, x) of a DX image
    attributes : more attributes of the root, e.g. "parcel_id"
    """
    import h5py

    flat = next(iter(channels.values())).ndim == 2
    with written_aside(path) as aside, h5py.File(aside, "w", libver="v110") as file:
        file.attrs.update(
            {
                "format": "xscan-scan",
                "version": 1,
                "modality": "DX" if flat else "CT",
                "axes": "yx" if flat else "zyx",
                "voxel_size_mm": np.full(2 if flat else 3, scanner.voxel_mm),
                "source": "xscan simulate",
                "scanner": scanner.name,
                **attributes,
            }
        )
        for name, values in channels.items():
            step = 1.0 / 2**15 if flat else scanner.step
            stored = np.clip(np.rint(values / np.float32(step)), -32768, 32767).astype("<i2")
            dataset = _dataset(file, f"scan/{name}", stored)
            beam = scanner.low if name == "low" else scanner.high
            dataset.attrs.update(
                {"units": "arbitrary" if flat else "1/cm", "rescale_slope": step, "rescale_intercept": 0.0}
                | {"kvp": beam.kvp}
            )


def write_labels(labels: NDArray[np.uint16], path: Path, voxel_size_mm: Sequence[float]) -> None:
    """Write true labels as dataset /label."""
    import h5py

    with written_aside(path) as aside, h5py.File(aside, "w", libver="v110") as file:
        file.attrs["voxel_size_mm"] = np.asarray(voxel_size_mm, dtype=np.float64)
        _dataset(file, "label", labels)
