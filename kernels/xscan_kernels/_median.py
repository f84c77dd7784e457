"""The median of 27 by a sorting network on whole rows.

Columns along z are sorted once for three rows, the sorted columns along y once for three voxels, and then
27 values that are sorted in two directions are left. Sorting them along x too leaves 19 that can be the
median; which of those comparisons the remaining network needs was found by a search over all 0-1 inputs
that are sorted that way (the 0-1 principle makes it a proof). No branch depends on a value, so that one
instruction sorts as many voxels as a vector register holds.
"""

# mypy: disable-error-code="no-untyped-def"

import numpy as np

from ._jit import kernel

__all__ = ["median_planes"]

BLOCK = 510  # voxels of a row at a time: all buffers together stay in the first-level cache
STRIDE = BLOCK + 2
ONE = np.uint64(1)
TWO = np.uint64(2)


@kernel
def _sort_three(a, b, c):
    low, high = min(a, b), max(a, b)
    return min(low, c), max(low, min(high, c)), max(high, c)


# Unsigned indices, here and below: Python's negative ones, which an index of unknown sign may be, would
# keep LLVM from using vectors (0.5 s instead of 0.03 s for 256³ voxels).


@kernel
def _sort_z(above, here, below, x, n, low, middle, high):
    """Sort three rows from ``x`` on voxel by voxel, with one voxel more on each side of the ``n``."""
    width = here.size
    a, b, c = above[x : x + n], here[x : x + n], below[x : x + n]
    to_low, to_middle, to_high = low[1:], middle[1:], high[1:]
    for j in range(np.uint64(n)):
        to_low[j], to_middle[j], to_high[j] = _sort_three(a[j], b[j], c[j])
    for j, side in ((0, max(x - 1, 0)), (n + 1, min(x + n, width - 1))):
        low[j], middle[j], high[j] = _sort_three(above[side], here[side], below[side])


@kernel
def _sort_y(one, two, three, n, low, middle, high):
    """Sort three rows of one rank along y."""
    for j in range(np.uint64(n)):
        low[j], middle[j], high[j] = _sort_three(one[j], two[j], three[j])


@kernel
def _middle(cube, n, out):
    """Write the median of each 3 × 9 window of ``cube``."""
    r0 = cube[0 * STRIDE : 1 * STRIDE]
    r1 = cube[1 * STRIDE : 2 * STRIDE]
    r2 = cube[2 * STRIDE : 3 * STRIDE]
    r3 = cube[3 * STRIDE : 4 * STRIDE]
    r4 = cube[4 * STRIDE : 5 * STRIDE]
    r5 = cube[5 * STRIDE : 6 * STRIDE]
    r6 = cube[6 * STRIDE : 7 * STRIDE]
    r7 = cube[7 * STRIDE : 8 * STRIDE]
    r8 = cube[8 * STRIDE : 9 * STRIDE]
    for j in range(np.uint64(n)):
        v0 = r0[j]
        v1 = r1[j]
        v2 = r2[j]
        v3 = r3[j]
        v4 = r4[j]
        v5 = r5[j]
        v6 = r6[j]
        v7 = r7[j]
        v8 = r8[j]
        v9 = r0[j + ONE]
        v10 = r1[j + ONE]
        v11 = r2[j + ONE]
        v12 = r3[j + ONE]
        v13 = r4[j + ONE]
        v14 = r5[j + ONE]
        v15 = r6[j + ONE]
        v16 = r7[j + ONE]
        v17 = r8[j + ONE]
        v18 = r0[j + TWO]
        v19 = r1[j + TWO]
        v20 = r2[j + TWO]
        v21 = r3[j + TWO]
        v22 = r4[j + TWO]
        v23 = r5[j + TWO]
        v24 = r6[j + TWO]
        v25 = r7[j + TWO]
        v26 = r8[j + TWO]
        v9 = max(v0, v9)
        v18 = max(v9, v18)
        v1, v10 = min(v1, v10), max(v1, v10)
        v10, v19 = min(v10, v19), max(v10, v19)
        v10 = max(v1, v10)
        v2, v11 = min(v2, v11), max(v2, v11)
        v11, v20 = min(v11, v20), max(v11, v20)
        v2, v11 = min(v2, v11), max(v2, v11)
        v3, v12 = min(v3, v12), max(v3, v12)
        v12, v21 = min(v12, v21), max(v12, v21)
        v12 = max(v3, v12)
        v4, v13 = min(v4, v13), max(v4, v13)
        v13, v22 = min(v13, v22), max(v13, v22)
        v4, v13 = min(v4, v13), max(v4, v13)
        v5, v14 = min(v5, v14), max(v5, v14)
        v14 = min(v14, v23)
        v5, v14 = min(v5, v14), max(v5, v14)
        v6, v15 = min(v6, v15), max(v6, v15)
        v15, v24 = min(v15, v24), max(v15, v24)
        v6, v15 = min(v6, v15), max(v6, v15)
        v7, v16 = min(v7, v16), max(v7, v16)
        v16 = min(v16, v25)
        v7, v16 = min(v7, v16), max(v7, v16)
        v8, v17 = min(v8, v17), max(v8, v17)
        v17 = min(v17, v26)
        v8 = min(v8, v17)
        v16, v22 = min(v16, v22), max(v16, v22)
        v8, v20 = min(v8, v20), max(v8, v20)
        v20 = min(v20, v22)
        v7, v21 = min(v7, v21), max(v7, v21)
        v20 = min(v20, v24)
        v8, v11 = min(v8, v11), max(v8, v11)
        v18 = max(v6, v18)
        v12 = max(v10, v12)
        v16, v21 = min(v16, v21), max(v16, v21)
        v5, v20 = min(v5, v20), max(v5, v20)
        v4 = max(v2, v4)
        v20 = min(v20, v21)
        v16, v20 = min(v16, v20), max(v16, v20)
        v7, v8 = min(v7, v8), max(v7, v8)
        v5, v18 = min(v5, v18), max(v5, v18)
        v14 = min(v14, v20)
        v13, v14 = min(v13, v14), max(v13, v14)
        v4, v13 = min(v4, v13), max(v4, v13)
        v16, v18 = min(v16, v18), max(v16, v18)
        v5 = max(v4, v5)
        v8, v15 = min(v8, v15), max(v8, v15)
        v5, v8 = min(v5, v8), max(v5, v8)
        v14 = min(v14, v15)
        v12, v13 = min(v12, v13), max(v12, v13)
        v8, v11 = min(v8, v11), max(v8, v11)
        v7 = max(v5, v7)
        v12, v16 = min(v12, v16), max(v12, v16)
        v11, v13 = min(v11, v13), max(v11, v13)
        v12 = max(v7, v12)
        v16, v19 = min(v16, v19), max(v16, v19)
        v14, v18 = min(v14, v18), max(v14, v18)
        v13 = min(v13, v18)
        v13 = min(v13, v19)
        v8, v14 = min(v8, v14), max(v8, v14)
        v13, v16 = min(v13, v16), max(v13, v16)
        v13 = max(v8, v13)
        v14 = min(v14, v16)
        v12, v14 = min(v12, v14), max(v12, v14)
        v11, v14 = min(v11, v14), max(v11, v14)
        v13 = max(v12, v13)
        v13 = min(v13, v14)
        v13 = max(v11, v13)
        out[j] = v13


@kernel
def median_planes(source, out, begin, end):
    """Median of 27 for planes [begin, end)."""
    depth, rows, width = source.shape
    columns = np.empty((3, 3, STRIDE), source.dtype)  # by row modulo 3 and rank along z
    cube = np.empty(9 * STRIDE, source.dtype)
    for z in range(begin, end):
        above = source[max(z - 1, 0)]
        here = source[z]
        below = source[min(z + 1, depth - 1)]
        for x in range(0, width, BLOCK):
            n = min(BLOCK, width - x)
            for y in range(-1, rows):
                # Row y + 1 replaces row y - 2; the edge rows stand for those beyond.
                line = min(y + 1, rows - 1)
                new = columns[(y + 1) % 3]
                _sort_z(above[line], here[line], below[line], x, n, new[0], new[1], new[2])
                if y < 0:
                    continue
                old = columns[max(y - 1, 0) % 3]
                same = columns[y % 3]
                for rank in range(3):
                    low = cube[rank * STRIDE : (rank + 1) * STRIDE]
                    middle = cube[(3 + rank) * STRIDE : (4 + rank) * STRIDE]
                    high = cube[(6 + rank) * STRIDE : (7 + rank) * STRIDE]
                    _sort_y(old[rank], same[rank], new[rank], n + 2, low, middle, high)
                _middle(cube, n, out[z, y, x : x + n])
