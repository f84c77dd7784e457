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


def section_euler(mask):
    """Euler numbers of a mask's sections with the lattice planes of each normal, summed over the planes.

    Points less edges plus triangles, of planes cut into triangles; squares are cut by either diagonal, and
    the mean is taken.
    """
    steps = [np.array(s) for s in itertools.product((-1, 0, 1), repeat=3) if s > (0, 0, 0)]
    full = {tuple(int(i) for i in at) for at in np.argwhere(mask)}

    def edges(step):
        return sum(tuple(np.array(at) + step) in full for at in full)

    def triangles(one, other):
        """With corners p, p + one and p + other, at any p of the lattice."""
        return sum(tuple(np.array(at) + one) in full and tuple(np.array(at) + other) in full for at in full)

    found = []
    for normal in steps:
        within = sorted((s for s in steps if s @ normal == 0), key=lambda s: s @ s)
        u, v = within[:2]
        if len(within) == 3:
            w = u - v if any(np.array_equal(abs(u - v), abs(s)) for s in within) else u + v
            up = (
                (triangles(u, v), triangles(-u, -v))
                if np.array_equal(w, u - v)
                else (triangles(u, -v), triangles(-u, v))
            )
            found.append(len(full) - edges(u) - edges(v) - edges(w) + sum(up))
            continue
        cut = []
        for a, b in ((u, v), (u, -v)):  # the diagonal a + b
            cut.append(len(full) - edges(a) - edges(b) - edges(a + b) + triangles(a, a + b) + triangles(b, a + b))
        found.append(sum(cut) / 2)
    return found
