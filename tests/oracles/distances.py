"""Distances and balls from all pairs of voxels."""

import numpy as np


def distance(labels, size):
    at = np.array(list(np.ndindex(labels.shape)))
    out = np.zeros(labels.shape)
    places = at * np.array(size)
    for index, place in zip(at, places, strict=True):
        here = labels[tuple(index)]
        if here == 0:
            continue
        others = places[labels.reshape(-1) != here]
        squares = ((others - place) ** 2).sum(axis=1)
        out[tuple(index)] = np.sqrt(squares.min()) if len(others) else np.inf
    return out


def dilate(mask, radius, size):
    return (distance((~mask).astype(int), size) <= radius + 1e-9) & np.any(mask)


def erode(mask, radius, size):
    return ~dilate(~mask, radius, size)
