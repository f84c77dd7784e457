"""The kernels against the libraries that do the same, in one run: what `make bench` and `xscan bench` share."""

from __future__ import annotations

from xscan.bench.case import Case, Peer
from xscan.bench.measure import bandwidth
from xscan.bench.row import Row
from xscan.bench.run import KERNELS, rows
from xscan.bench.subject import Subject, parcel, scanned
from xscan.bench.table import line, markdown
from xscan.bench.vectors import VECTORS, use_vectors

__all__ = [
    "KERNELS",
    "VECTORS",
    "Case",
    "Peer",
    "Row",
    "Subject",
    "bandwidth",
    "line",
    "markdown",
    "parcel",
    "rows",
    "scanned",
    "use_vectors",
]
