"""Bitmaps of a threat report: one bit a voxel, x fastest, least significant bit first, an even number of bytes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["bitmap_bytes", "pack_bitmap", "unpack_bitmap"]


def bitmap_bytes(voxels: int) -> int:
    """Bytes that a bitmap of that many voxels has in the file."""
    return (voxels + 15) // 16 * 2


def pack_bitmap(bitmap: NDArray[np.bool_]) -> bytes:
    """Bytes of a bitmap (z, y, x)."""
    packed = np.packbits(np.ascontiguousarray(bitmap).ravel(), bitorder="little").tobytes()
    return packed + b"\0" * (len(packed) % 2)


def unpack_bitmap(data: bytes, shape: tuple[int, int, int]) -> NDArray[np.bool_]:
    """Bitmap (z, y, x) of its bytes.

    Raises
    ------
    ValueError
        where there are fewer bytes than the box has voxels for, or more than padding explains
    """
    voxels = int(np.prod(shape, dtype=np.int64))
    if not (voxels + 7) // 8 <= len(data) <= bitmap_bytes(voxels):
        raise ValueError(f"a bitmap of {len(data)} bytes for {voxels} voxels, expected {bitmap_bytes(voxels)}")
    bits = np.unpackbits(np.frombuffer(data, np.uint8), count=voxels, bitorder="little")
    return bits.view(np.bool_).reshape(shape)
