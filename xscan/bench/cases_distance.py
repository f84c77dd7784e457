"""Distances, closing by balls, holes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

import xscan_kernels as k
from xscan.bench.case import Case, Peer, close, installed, same
from xscan.bench.subject import Subject

__all__ = ["closing_cases", "distance_cases", "hole_cases"]


def _edt(given: Any, limit: float | None = None, anisotropy: Any = (1.0, 1.0, 1.0)) -> dict[str, Peer | None]:
    edt = installed("edt")

    def call() -> Any:
        found = edt.edt(given, parallel=1, anisotropy=anisotropy)
        return found if limit is None else np.minimum(found, limit)

    return {"edt": edt and Peer(call, close(1e-6))}


def distance_cases(subject: Subject) -> Iterator[Case]:
    """Exact distance inside and outside, with saturation, with any voxel size, of all labels at once."""
    yield from _of_goods(subject)
    yield from _of_air(subject)
    labels, _ = subject.labels()
    yield Case("distance", "of every label", lambda t: k.distance(labels, threads=t), _edt(labels), 8 * labels.size)


def _of_goods(subject: Subject) -> Iterator[Case]:
    mask = subject.mask()
    given, moved, thick = mask.view(np.uint8), 5 * mask.size, (1.5, 0.8, 1.0)  # edt is slower with bool
    yield Case("distance", "inside", lambda t: k.distance(mask, threads=t), _edt(given), moved)
    yield Case(
        "distance",
        "inside, voxels 1.5 × 0.8 × 1",
        lambda t: k.distance(mask, thick, threads=t),
        _edt(given, anisotropy=thick),
        moved,
    )
    yield Case(
        "distance",
        "inside, up to 10 voxels",
        lambda t: k.distance(mask, limit_mm=10, threads=t),
        _edt(given, limit=10),
        moved,
    )


def _of_air(subject: Subject) -> Iterator[Case]:
    air = ~subject.mask()
    yield Case("distance", "outside", lambda t: k.distance(air, threads=t), _edt(air.view(np.uint8)), 5 * air.size)


def closing_cases(subject: Subject) -> Iterator[Case]:
    """Closing by a ball of 5 voxels, as scipy has it and as fastmorph has it."""
    yield from _by_fastmorph(subject)
    ndimage = installed("scipy.ndimage")
    part = subject.part(tuple(max(1, n // 4) for n in subject.volume.shape)) > subject.threshold
    ball = ((np.indices((11, 11, 11)) - 5) ** 2).sum(axis=0) <= 25

    def by_scipy() -> Any:
        """With room around, so that the erosion does not eat in from the edge."""
        return ndimage.binary_closing(np.pad(part, 5), ball)[5:-5, 5:-5, 5:-5]

    peers = {"scipy": ndimage and Peer(by_scipy, same)}
    name = "ball of 5, a quarter of the edge"
    yield Case("closing", name, lambda t: k.closing(part, 5, threads=t), peers, 2 * part.size)


def _by_fastmorph(subject: Subject) -> Iterator[Case]:
    """Its ball takes in what lies at exactly the radius when it dilates, but not when it erodes: so do we here."""
    fastmorph = installed("fastmorph")
    mask = subject.mask()

    def ours(t: int) -> Any:
        return k.erode(k.dilate(mask, 5, threads=t), 4.999, threads=t)

    def inner(a: Any, b: Any) -> bool:
        """Away from the volume's edge, beyond which one closes as if nothing lay there and the other not."""
        cut = tuple(slice(6, -6) for _ in range(3))
        return bool(np.array_equal(a[cut], b[cut]))

    peers = {"fastmorph": fastmorph and Peer(lambda: fastmorph.spherical_close(mask, radius=5, parallel=1), inner)}
    yield Case("dilate, erode", "ball of 5, eroding by less than 5 as fastmorph", ours, peers, 2 * mask.size)
    yield Case("closing", "ball of 5", lambda t: k.closing(mask, 5, threads=t), {}, 2 * mask.size)


def hole_cases(subject: Subject) -> Iterator[Case]:
    """Hole filling, of goods with dark cores."""
    fill_voids = installed("fill_voids")
    mask = subject.mask()
    mask &= k.distance(mask, limit_mm=6) < 5  # hollow
    peers = {"fill_voids": fill_voids and Peer(lambda: fill_voids.fill(mask), same)}
    yield Case("fill_holes", "hollow goods", lambda t: k.fill_holes(mask, threads=t), peers, 2 * mask.size)
