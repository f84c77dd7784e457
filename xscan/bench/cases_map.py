"""The dual-energy map."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

import xscan_kernels as k
from xscan.bench.case import Case, Peer, close, installed
from xscan.bench.subject import Subject

__all__ = ["polynomial_cases"]


def polynomial_cases(subject: Subject) -> Iterator[Case]:
    """Two cubic polynomials of two channels."""
    numexpr = installed("numexpr")
    one = subject.volume.astype(np.float32)
    one /= np.float32(max(1.0, float(np.abs(one).max())))
    two = one[::-1].copy()
    weights = np.random.default_rng(1).normal(size=(2, 4, 4)).astype(np.float32)

    def theirs() -> Any:
        numexpr.set_num_threads(1)
        known = {"a": one, "b": two}
        texts = ["+".join(f"({float(w[i, j])!r})*a**{i}*b**{j}" for i in range(4) for j in range(4)) for w in weights]
        return np.stack([numexpr.evaluate(text, local_dict=known) for text in texts])

    peers = {"numexpr": numexpr and Peer(theirs, close(1e-5))}
    yield Case(
        "dual_energy_polynomial",
        "cubic, 2 to 2",
        lambda t: k.dual_energy_polynomial(one, two, weights, threads=t),
        peers,
        16 * one.size,
    )
