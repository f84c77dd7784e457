"""One voxel of the dual-energy map."""

import numpy as np


def look_up(table, a, b, low_range, high_range):
    """Bilinear value at (a, b), held at the edges: interpolation along one axis, then the other."""
    rows = np.linspace(*low_range, table.shape[0])
    columns = np.linspace(*high_range, table.shape[1])
    return np.interp(a, rows, [np.interp(b, columns, row) for row in table])


def polynomial(weights, a, b):
    return sum(weights[i, j] * a**i * b**j for i in range(weights.shape[0]) for j in range(weights.shape[1]))
