"""Room for a queue or heap that has become full."""

# mypy: disable-error-code="no-untyped-def"

import numpy as np

from ._jit import kernel

__all__ = ["doubled"]


@kernel
def doubled(array):
    """Copy an array into one of twice its size; what follows is not set."""
    larger = np.empty(array.size * 2, array.dtype)
    larger[: array.size] = array
    return larger
