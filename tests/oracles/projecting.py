"""One ray, row by row or column by column, and projections of a disc in closed form."""

import numpy as np


def ray(image, place, direction):
    """Joseph's sum along a ray through ``place`` (x, y from the image's middle) in pixels."""
    rows, width = image.shape
    dx, dy = direction
    if abs(dy) < abs(dx):
        return ray(image.T, place[::-1], (dy, dx))
    total = 0.0
    for row in range(rows):
        x = place[0] + (row - (rows - 1) / 2 - place[1]) * dx / dy + (width - 1) / 2
        i = int(np.floor(x))
        for column, weight in ((i, i + 1 - x), (i + 1, x - i)):
            if 0 <= column < width:
                total += image[row, column] * weight
    return total * np.hypot(dx, dy) / abs(dy)


def disc(radius, distance):
    """Chord of a disc at a distance from its middle."""
    return 2 * np.sqrt(np.maximum(radius**2 - np.asarray(distance) ** 2, 0))
