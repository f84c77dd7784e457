"""Reading a field at one point, and features of one pair."""

import numpy as np


def read(field, at):
    """Trilinear value at voxel coordinates (z, y, x) inside the grid: the sum over all corners."""
    value = 0.0
    low = np.floor(at).astype(int)
    for corner in np.ndindex(2, 2, 2):
        index = np.minimum(low + corner, np.array(field.shape) - 1)
        weight = np.prod([f if c else 1 - f for c, f in zip(corner, at - low, strict=True)])
        value += weight * field[tuple(index)]
    return value


def pairs(points, normals, most, distance_bins, angle_bins):
    out = np.zeros((distance_bins, angle_bins, angle_bins, angle_bins), int)

    def turn(a, b):
        cosine = np.clip(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)), -1, 1)
        return min(int(np.arccos(cosine) / np.pi * angle_bins), angle_bins - 1)

    for i in range(len(points)):
        for j in range(len(points)):
            step = points[j] - points[i]
            apart = np.linalg.norm(step)
            if i != j and apart < most:
                bins = turn(normals[i], step), turn(normals[j], step), turn(normals[i], normals[j])
                out[(int(apart / most * distance_bins), *bins)] += 1
    return out
