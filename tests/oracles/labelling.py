"""Labels by flood fill from each voxel in raster order."""

import itertools

import numpy as np


def neighbours(connectivity):
    most = {6: 1, 18: 2, 26: 3}[connectivity]
    return [s for s in itertools.product((-1, 0, 1), repeat=3) if 0 < sum(map(abs, s)) <= most]


def label(values, connectivity=6, delta=0, min_size=0):
    """Neighbours join that are not zero and differ by at most ``delta`` (pass 0/1 for a mask)."""
    out = np.zeros(values.shape, np.uint32)
    done = values == 0
    total = 0
    for start in np.argwhere(~done):
        start = tuple(int(i) for i in start)
        if done[start]:
            continue
        part, stack = [], [start]
        done[start] = True
        while stack:
            here = stack.pop()
            part.append(here)
            for step in neighbours(connectivity):
                there = tuple(a + b for a, b in zip(here, step, strict=True))
                if any(i < 0 or i >= n for i, n in zip(there, values.shape, strict=True)) or done[there]:
                    continue
                if abs(float(values[here]) - float(values[there])) <= delta:
                    done[there] = True
                    stack.append(there)
        if len(part) >= min_size:
            total += 1
            out[tuple(np.array(part).T)] = total
    return out, total


def fill_holes(mask, connectivity=6):
    """Outside voxels whose component does not touch the edge become inside."""
    outside, total = label((~mask).astype(np.uint8), connectivity)
    filled = mask.copy()
    inner = outside[1:-1, 1:-1, 1:-1]
    for number in range(1, total + 1):
        if (inner == number).sum() == (outside == number).sum():
            filled |= outside == number
    return filled
