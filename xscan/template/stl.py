"""Binary STL, the form that libraries mostly have: read at once, without the library that reads all the others."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from xscan.files import written_aside
from xscan.model import Mesh

__all__ = ["faces_missing", "read_binary_stl", "write_stl"]

_HEADER = 80
_RECORD = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])


def read_binary_stl(stream: BinaryIO, size: int, most: int) -> tuple[NDArray[np.float64], NDArray[np.int64]] | None:
    """Corners (3 n, 3) and faces (n, 3) of a binary STL; `None`, nothing read, where it is no such file.

    Parameters
    ----------
    size : of the file, bytes: the number of faces that it states must fill it exactly
    most : files of more faces are left alone
    """
    head = stream.read(_HEADER + 4)
    number = int.from_bytes(head[_HEADER:], "little")
    if len(head) == _HEADER + 4 and 0 < number <= most and size == len(head) + number * _RECORD.itemsize:
        record = np.frombuffer(stream.read(number * _RECORD.itemsize), dtype=_RECORD)
        corners = record["corners"].reshape(-1, 3).astype(np.float64)
        return corners, np.arange(len(corners), dtype=np.int64).reshape(-1, 3)
    stream.seek(0)
    return None


def faces_missing(stream: BinaryIO, size: int) -> tuple[int, int] | None:
    """How many faces a binary STL states and how many it holds, where it was cut short; the stream is rewound."""
    head = stream.read(_HEADER + 4)
    stream.seek(0)
    stated, there = int.from_bytes(head[_HEADER:], "little"), (size - len(head)) // _RECORD.itemsize
    # what begins with "solid" and goes on in letters is the form in text
    binary = len(head) == _HEADER + 4 and not (head[:5] == b"solid" and head.isascii())
    return (stated, there) if binary and there < stated else None


def write_stl(path: Path, mesh: Mesh) -> None:
    """Write a binary STL, whole or not at all."""
    corners = mesh.vertices[mesh.faces].astype("<f4")
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), np.float32(1e-12))
    record = np.zeros(len(corners), dtype=_RECORD)
    record["normal"], record["corners"] = normal, corners
    with written_aside(path) as aside:
        aside.write_bytes(b"xscan".ljust(_HEADER) + np.uint32(len(corners)).tobytes() + record.tobytes())
