"""Crossings of label borders along the thirteen directions of the voxel lattice."""

# mypy: disable-error-code="no-untyped-def"

from ._jit import kernel

__all__ = ["count_crossings"]


@kernel
def count_crossings(labels, steps, crossings, begin, end):
    """Count, by label and direction, neighbours of another label, for planes [begin, end).

    ``steps`` (13, 3) are offsets z, y, x whose first non-zero entry is positive. What lies beyond the
    volume counts as another label. Label 0 is not counted.
    """
    depth, rows, width = labels.shape
    for z in range(begin, end):
        for y in range(rows):
            for x in range(width):
                here = labels[z, y, x]
                if here == 0:
                    continue
                for d in range(steps.shape[0]):
                    for sign in (-1, 1):
                        a = z + sign * steps[d, 0]
                        b = y + sign * steps[d, 1]
                        c = x + sign * steps[d, 2]
                        inside = 0 <= a < depth and 0 <= b < rows and 0 <= c < width
                        if not inside or labels[a, b, c] != here:
                            crossings[here, d] += 1
