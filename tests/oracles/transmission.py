"""A ray walked cell by cell, and Beer's law node by node."""

import numpy as np


def paths(labels, pitch, angle, place, materials):
    """Length of the ray at ``place`` (mm from the middle) in each material, nearest cells along its steeper axis."""
    rows, columns = labels.shape
    c, s = np.cos(angle), np.sin(angle)
    out = np.zeros(materials)
    steep = abs(s) >= abs(c)
    for i in range(columns if steep else rows):
        if steep:
            x = (i + 0.5 - columns / 2) * pitch
            j = int(np.floor((place - x * c) / s / pitch + rows / 2))
            inside, found = 0 <= j < rows, (j, i)
        else:
            y = (i + 0.5 - rows / 2) * pitch
            j = int(np.floor((place - y * s) / c / pitch + columns / 2))
            inside, found = 0 <= j < columns, (i, j)
        if inside and labels[found]:
            out[labels[found] - 1] += pitch / max(abs(s), abs(c))
    return out


def transmit(paths, lac, weights):
    """Weighted sums of the exponentials."""
    return np.exp(-np.asarray(paths, float) @ np.asarray(lac).T) @ np.asarray(weights).T
