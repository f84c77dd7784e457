"""Poses in a batch: rotation, scale along the template's axes, and place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Poses"]


@dataclass(frozen=True, eq=False)
class Poses:
    """`k` maps from centred template mm to scan mm: ``R @ (s * x) + t``.

    Parameters
    ----------
    rotation : (k, 3, 3)
    scale : (k, 3)
    place : (k, 3)
    offset : (k,) how far the body's skin lies outside of the template's, mm (blur, paint, threshold)
    """

    rotation: NDArray[np.float64]
    scale: NDArray[np.float64]
    place: NDArray[np.float64]
    offset: NDArray[np.float64]

    @classmethod
    def at(cls, rotation: NDArray[np.float64], place: NDArray[np.float64]) -> Poses:
        """Poses of true size."""
        k = len(rotation)
        return cls(rotation, np.ones((k, 3)), np.broadcast_to(place, (k, 3)).copy(), np.zeros(k))

    def __len__(self) -> int:
        return len(self.rotation)

    def take(self, index: NDArray[np.int64] | slice) -> Poses:
        """Some of them."""
        return Poses(self.rotation[index], self.scale[index], self.place[index], self.offset[index])

    def joined(self, more: Poses) -> Poses:
        """These, and some more after them."""
        fields = ("rotation", "scale", "place", "offset")
        return Poses(*(np.concatenate([getattr(self, name), getattr(more, name)]) for name in fields))

    def forward(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Template points (n, 3) to scan points (k, n, 3)."""
        linear = self.rotation * self.scale[:, None, :]
        out: NDArray[np.float64] = x @ linear.transpose(0, 2, 1) + self.place[:, None, :]
        return out

    def backward(self, y: NDArray[np.float64]) -> NDArray[np.float64]:
        """Scan points (n, 3) to template points (k, n, 3)."""
        out: NDArray[np.float64] = (y[None] - self.place[:, None, :]) @ self.rotation / self.scale[:, None, :]
        return out

    def matrix(self, k: int, centre: NDArray[np.float64], flip: NDArray[np.float64]) -> NDArray[np.float64]:
        """The 4 by 4 map of pose `k` from the mesh's own coordinates: centred, flipped, posed."""
        m = np.eye(4)
        m[:3, :3] = self.rotation[k] * self.scale[k] * flip
        m[:3, 3] = self.place[k] - m[:3, :3] @ centre
        return m
