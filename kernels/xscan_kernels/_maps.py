"""Two channels in, several out: by a table with bilinear interpolation, or by a polynomial."""

# mypy: disable-error-code="no-untyped-def"

import numpy as np

from ._jit import kernel

__all__ = ["polynomial_map", "table_map"]

BLOCK = 1024


@kernel
def table_map(low, high, table, low_start, low_scale, high_start, high_scale, mask, out, begin, end):
    """Interpolate flat voxels [begin, end) in ``table`` (low, high, output); 0 where ``mask`` is 0."""
    rows, columns, outputs = table.shape
    for index in range(begin, end):
        if mask.size > 0 and mask[index] == 0:
            for k in range(outputs):
                out[k, index] = 0
            continue
        # zero first: nan is not above it, and must not become an index
        a = min(max(np.float32(0), (np.float32(low[index]) - low_start) * low_scale), np.float32(rows - 1))
        b = min(max(np.float32(0), (np.float32(high[index]) - high_start) * high_scale), np.float32(columns - 1))
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
    """Sum of ``weights[k, i, j]`` low^i high^j for flat voxels [begin, end); 0 where ``mask`` is 0.

    Horner's rule over blocks that stay in the cache, one coefficient after the other.
    """
    outputs, rows, columns = weights.shape
    part = np.empty(BLOCK, np.float32)
    total = np.empty(BLOCK, np.float32)
    one = np.empty(BLOCK, np.float32)
    two = np.empty(BLOCK, np.float32)
    cubic = rows == 4 and columns == 4  # the usual case: nothing goes through memory
    for at in range(begin, end, BLOCK):
        n = np.uint64(min(BLOCK, end - at))
        a = low[at:end]
        b = high[at:end]
        if not cubic:
            for c in range(n):
                one[c] = a[c]
                two[c] = b[c]
        for k in range(outputs):
            target = out[k, at:end]
            if cubic:
                w00, w01, w02, w03 = weights[k, 0, 0], weights[k, 0, 1], weights[k, 0, 2], weights[k, 0, 3]
                w10, w11, w12, w13 = weights[k, 1, 0], weights[k, 1, 1], weights[k, 1, 2], weights[k, 1, 3]
                w20, w21, w22, w23 = weights[k, 2, 0], weights[k, 2, 1], weights[k, 2, 2], weights[k, 2, 3]
                w30, w31, w32, w33 = weights[k, 3, 0], weights[k, 3, 1], weights[k, 3, 2], weights[k, 3, 3]
                for c in range(n):
                    p, q = np.float32(a[c]), np.float32(b[c])
                    r = ((w33 * q + w32) * q + w31) * q + w30
                    r = r * p + (((w23 * q + w22) * q + w21) * q + w20)
                    r = r * p + (((w13 * q + w12) * q + w11) * q + w10)
                    target[c] = r * p + (((w03 * q + w02) * q + w01) * q + w00)
            else:
                for i in range(rows - 1, -1, -1):
                    for c in range(n):
                        part[c] = weights[k, i, columns - 1]
                    for j in range(columns - 2, -1, -1):
                        w = weights[k, i, j]
                        for c in range(n):
                            part[c] = part[c] * two[c] + w
                    if i == rows - 1:
                        for c in range(n):
                            total[c] = part[c]
                    else:
                        for c in range(n):
                            total[c] = total[c] * one[c] + part[c]
                for c in range(n):
                    target[c] = total[c]
            if mask.size > 0:
                inside = mask[at:end]
                for c in range(n):
                    if inside[c] == 0:
                        target[c] = 0
