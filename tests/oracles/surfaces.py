"""Surface by walking every lattice line of the thirteen directions."""

import itertools

import numpy as np


def crossings(mask):
    """Border crossings of a mask by direction (z, y, x)."""
    padded = np.pad(mask, 1)
    found = {}
    for step in itertools.product((-1, 0, 1), repeat=3):
        if step <= (0, 0, 0):
            continue
        n = 0
        for at in np.argwhere(padded):
            n += (not padded[tuple(at + step)]) + (not padded[tuple(at - step)])
        found[step] = n
    return found


def ball_area(radius):
    return 4 * np.pi * radius**2
