"""Flooding with a list sorted anew at each step; reconstruction by dilating until nothing changes."""

import numpy as np

from tests.oracles.labelling import neighbours


def watershed(image, markers, mask, connectivity=6):
    """Right where marker voxels of equal value do not compete."""
    steps = sorted(neighbours(connectivity), key=lambda s: (sum(i * i for i in s), s))
    out = np.where(mask, markers, 0)
    queue = [(image[at], 0, at) for at in map(tuple, np.argwhere(out))]
    age = 0
    while queue:
        queue.sort(key=lambda entry: entry[:2])
        level, _, here = queue.pop(0)
        for step in steps:
            there = tuple(int(a + b) for a, b in zip(here, step, strict=True))
            inside = all(0 <= i < n for i, n in zip(there, image.shape, strict=True))
            if inside and mask[there] and not out[there]:
                out[there] = out[here]
                age += 1
                queue.append((max(level, image[there]), age, there))
    return out


def reconstruct(seed, mask, connectivity=6):
    now = seed.copy()
    while True:
        padded = np.pad(now, 1, mode="edge")
        wide = now.copy()
        for step in neighbours(connectivity):
            part = padded[tuple(slice(1 + s, 1 + s + n) for s, n in zip(step, now.shape, strict=True))]
            wide = np.maximum(wide, part)
        wide = np.minimum(wide, mask)
        if np.array_equal(wide, now):
            return now
        now = wide
