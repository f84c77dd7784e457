"""xscan HDF5 (`xscan-scan` version 1): writing, by slab."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from xscan.files import written_aside
from xscan.model import Progress, Projection, Scan, Volume, silent, slabs

__all__ = ["write_hdf5"]

_CHUNK = (16, 64, 64)


def write_hdf5(path: str | Path, scan: Scan, *, progress: Progress = silent) -> tuple[Path, ...]:
    """Write every channel with its stored type, slope and unit, and all that is known of the scan.

    Parameters
    ----------
    path : file to write; it takes its place only when whole
    """
    import h5py

    with written_aside(path) as part, h5py.File(part, "w") as file:
        first = next(iter(scan.channels.values()))
        root = file.attrs
        root["format"] = "xscan-scan"
        root["version"] = 1
        root["modality"] = scan.modality
        if isinstance(first, Volume):
            root["axes"] = "zyx"
            root["voxel_size_mm"] = np.array(first.grid.voxel_size_mm)
            root["origin_mm"] = np.array(first.grid.origin_mm)
            root["direction"] = first.grid.direction
        else:
            root["axes"] = "yx"
            root["voxel_size_mm"] = np.array(first.pixel_size_mm)
        _write_provenance(root, scan)
        group = file.create_group("scan")
        for number, (name, channel) in enumerate(scan.channels.items()):
            dataset = _write_channel(group, name, channel, lambda f, n=number: progress((n + f) / len(scan.channels)))
            if name in scan.provenance.kvp:
                dataset.attrs["kvp"] = scan.provenance.kvp[name]
            for key, text in scan.provenance.attributes.items():
                if key.startswith(f"{name}."):
                    dataset.attrs[key[len(name) + 1 :]] = text
        if scan.calibration is not None:
            file.create_dataset("calibration", data=scan.calibration)
    return (Path(path),)


def _write_provenance(root: Any, scan: Scan) -> None:
    known = scan.provenance
    dotted = tuple(f"{name}." for name in scan.channels)
    for key, text in known.attributes.items():
        if key not in root and not key.startswith(dotted):
            root[key] = text
    root["source"] = known.attributes.get("source") or f"{known.form or 'made'}: {Path(known.path).name}"
    for key, value in (
        ("scanner", known.scanner),
        ("acquired", known.acquired.isoformat() if known.acquired else None),
        ("parcel_id", known.parcel_id),
        ("notes", "\n".join(known.notes)),
    ):
        if value:
            root[key] = value


def _write_channel(group: Any, name: str, channel: Volume | Projection, progress: Any) -> Any:
    shape = tuple(channel.stored.shape)
    chunk = _CHUNK if isinstance(channel, Volume) else (256, 256)
    dataset = group.create_dataset(
        name,
        shape,
        channel.stored.dtype,
        chunks=tuple(min(c, n) for c, n in zip(chunk, shape, strict=True)),
        compression="gzip",
        compression_opts=1,  # noise does not pack; higher levels cost time and save 2 %
        shuffle=True,
    )
    for rows in slabs(shape[0], 2 * chunk[0]):
        dataset[rows] = np.asarray(channel.stored[rows])
        progress(rows.stop / shape[0])
    dataset.attrs["units"] = channel.unit.value
    dataset.attrs["rescale_slope"] = float(channel.slope)
    dataset.attrs["rescale_intercept"] = float(channel.intercept)
    return dataset
