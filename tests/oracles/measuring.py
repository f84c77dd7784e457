"""Statistics of one label at a time, from its list of voxels."""

import numpy as np


def region(labels, number, channel, edges):
    where = labels == number
    at = np.argwhere(where)
    values = channel[where].astype(np.float64)
    surface = 0
    for z, y, x in at:
        faces = [(z - 1, y, x), (z + 1, y, x), (z, y - 1, x), (z, y + 1, x), (z, y, x - 1), (z, y, x + 1)]
        surface += any(
            min(f) < 0 or any(i >= n for i, n in zip(f, labels.shape, strict=True)) or labels[f] != number
            for f in faces
        )
    low, high, number_of_bins = edges
    return {
        "count": len(at),
        "bbox": [*at.min(axis=0), *(at.max(axis=0) + 1)],
        "centroid": at.mean(axis=0),
        "second_moments": np.cov(at.T, bias=True),
        "surface_voxels": surface,
        "sum": values.sum(),
        "mean": values.mean(),
        "variance": values.var(),
        "minimum": values.min(),
        "maximum": values.max(),
        "weighted_centroid": (at * values[:, None]).sum(axis=0) / values.sum(),
        "histogram": np.histogram(values[values < high], number_of_bins, (low, high))[0],
    }
