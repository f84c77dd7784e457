"""Rotations spread evenly over all there are."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["axis_aligned", "spiral"]


@lru_cache(maxsize=8)
def spiral(n: int) -> NDArray[np.float64]:
    """`n` rotation matrices (n, 3, 3) that cover SO(3) evenly (super-Fibonacci spirals, Alexa, CVPR 2022)."""
    phi, psi = np.sqrt(2.0), 1.533751168755204288118041
    s = np.arange(n) + 0.5
    r, big_r = np.sqrt(s / n), np.sqrt(1 - s / n)
    alpha, beta = 2 * np.pi * s / phi, 2 * np.pi * s / psi
    q = np.stack([r * np.sin(alpha), r * np.cos(alpha), big_r * np.sin(beta), big_r * np.cos(beta)], axis=1)
    x, y, z, w = q.T
    matrices = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    ).transpose(2, 0, 1)
    out = np.ascontiguousarray(matrices)
    out.setflags(write=False)
    return out


@lru_cache(maxsize=1)
def axis_aligned() -> NDArray[np.float64]:
    """The 24 rotations (24, 3, 3) that map axes to axes: never a reflection."""
    from itertools import permutations, product

    found = []
    for order in permutations(range(3)):
        for signs in product((1.0, -1.0), repeat=3):
            m = np.zeros((3, 3))
            m[range(3), order] = signs
            if np.linalg.det(m) > 0:
                found.append(m)
    out = np.array(found)
    out.setflags(write=False)
    return out
