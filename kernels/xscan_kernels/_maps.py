"""Two channels in, several out: by a table with bilinear interpolation, or by a polynomial."""

# mypy: disable-error-code="no-untyped-def"

import numpy as np

from ._jit import kernel

__all__ = ["polynomial_map", "table_map"]


@kernel
def table_map(low, high, table, low_start, low_scale, high_start, high_scale, mask, out, begin, end):
    """Interpolate flat voxels [begin, end) in ``table`` (low, high, output); 0 where ``mask`` is 0."""
    rows, columns, outputs = table.shape
    for index in range(begin, end):
        if mask.size > 0 and mask[index] == 0:
            for k in range(outputs):
                out[k, index] = 0
            continue
        a = min(max((np.float32(low[index]) - low_start) * low_scale, np.float32(0)), np.float32(rows - 1))
        b = min(max((np.float32(high[index]) - high_start) * high_scale, np.float32(0)), np.float32(columns - 1))
        i = min(np.int64(a), rows - 2)
        j = min(np.int64(b), columns - 2)
        fa = a - np.float32(i)
        fb = b - np.float32(j)
        for k in range(outputs):
            first = table[i, j, k] + fb * (table[i, j + 1, k] - table[i, j, k])
            second = table[i + 1, j, k] + fb * (table[i + 1, j + 1, k] - table[i + 1, j, k])
            out[k, index] = first + fa * (second - first)


@kernel
def polynomial_map(low, high, weights, mask, out, begin, end):
    """Sum of ``weights[k, i, j]`` low^i high^j for flat voxels [begin, end); 0 where ``mask`` is 0."""
    outputs, rows, columns = weights.shape
    for k in range(outputs):
        for index in range(begin, end):
            a = np.float32(low[index])
            b = np.float32(high[index])
            total = np.float32(0)
            for i in range(rows - 1, -1, -1):
                part = np.float32(0)
                for j in range(columns - 1, -1, -1):
                    part = part * b + weights[k, i, j]
                total = total * a + part
            out[k, index] = total if mask.size == 0 or mask[index] != 0 else np.float32(0)
