"""Holding the kernels to an older processor, to see that no row falls where a user's has shorter vectors."""

from __future__ import annotations

import os
import sys

from xscan.errors import UsageError

__all__ = ["VECTORS", "use_vectors"]

# name -> LLVM's name of a processor that has these vectors and no longer ones
VECTORS = {"sse": "x86-64-v2", "avx2": "haswell", "native": ""}


def use_vectors(name: str) -> None:
    """Compile the kernels for the processor of that name; to be called before any kernel is.

    Raises
    ------
    UsageError
        If kernels were compiled already: they would stay as they are.
    """
    if not VECTORS[name]:
        return
    if "numba" in sys.modules:
        raise UsageError(f"vectors: got {name!r} after kernels were loaded, expected it before; start anew")
    os.environ["NUMBA_CPU_NAME"] = VECTORS[name]
    os.environ["NUMBA_CPU_FEATURES"] = ""
