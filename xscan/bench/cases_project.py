"""Projection and back-projection of a disc phantom, whatever the subject."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

import xscan_kernels as k
from xscan.bench.case import Case, Peer, installed
from xscan.bench.subject import Subject

__all__ = ["backproject_cases", "project_cases"]

EDGE = 511  # odd: libraries disagree on where the middle of an even image is
ANGLES = 360


def _phantom() -> NDArray[np.float32]:
    """Smooth discs in a disc, so that a ray's sum does not hang on how a pixel's edge is met."""
    y, x = np.indices((EDGE, EDGE)) - EDGE // 2
    image = np.zeros((EDGE, EDGE))
    for cy, cx, radius, value in ((0, 0, 200, 0.02), (40, -60, 40, 0.03), (-70, 50, 25, -0.015), (20, 110, 15, 0.05)):
        image += value / (1 + np.exp(np.clip(np.hypot(y - cy, x - cx) - radius, -40, 40)))
    image[np.hypot(y, x) > EDGE // 2 - 4] = 0  # as skimage asks for
    return image.astype(np.float32)


def _near(share: float) -> Any:
    """Whether two images differ by less than a share of the first's spread, root mean square."""

    def agree(ours: Any, theirs: Any) -> bool:
        inner = slice(8, -8)
        a, b = np.asarray(ours)[..., inner], np.asarray(theirs)[..., inner]
        return bool(np.sqrt(np.mean((a - b) ** 2)) < share * np.std(a))

    return agree


def _astra(angles: Any) -> Any:
    """ASTRA with a linear (Joseph) projector on the CPU, or None: the module, projector and geometries."""
    astra = installed("astra")
    if astra is None:
        return None
    # its detector runs the other way round
    space = astra.create_vol_geom(EDGE, EDGE)
    rays = astra.create_proj_geom("parallel", 1.0, EDGE, -angles)
    return astra, astra.create_projector("linear", rays, space), rays, space


def project_cases(subject: Subject) -> Iterator[Case]:
    """Parallel projection."""
    transform = installed("skimage.transform")
    image, angles = _phantom(), np.arange(ANGLES) * np.pi / ANGLES
    tools = _astra(angles)

    def by_astra() -> Any:
        astra, projector, *_ = tools
        number, sinogram = astra.create_sino(image, projector)
        astra.data2d.delete(number)
        return sinogram

    def by_skimage() -> Any:
        return transform.radon(image, -np.degrees(angles), circle=True).T

    peers = {
        "ASTRA (CPU)": tools and Peer(by_astra, _near(0.005)),
        "skimage radon": transform and Peer(by_skimage, _near(0.005)),
    }

    def ours(threads: int) -> Any:
        return k.project_parallel(image, angles, EDGE, threads=threads)

    yield Case("project_parallel", f"{EDGE}², {ANGLES} angles", ours, peers, items=EDGE * ANGLES)


def backproject_cases(subject: Subject) -> Iterator[Case]:
    """Plain and filtered back-projection."""
    transform = installed("skimage.transform")
    angles = np.arange(ANGLES) * np.pi / ANGLES
    rays = k.project_parallel(_phantom(), angles, EDGE)
    tools = _astra(angles)

    def by_astra() -> Any:
        astra, projector, *_ = tools
        number, image = astra.create_backprojection(rays, projector)
        astra.data2d.delete(number)
        return image

    def by_skimage() -> Any:
        found = transform.iradon(rays.T, -np.degrees(angles), filter_name="ramp", circle=True)
        return found.astype(np.float32)

    def inside(share: float) -> Any:
        """Only where every ray of the pixel meets the detector."""
        y, x = np.indices((EDGE, EDGE)) - EDGE // 2
        disc = np.hypot(y, x) < EDGE // 2 - 4

        def agree(a: Any, b: Any) -> bool:
            return bool(np.sqrt(np.mean((a[disc] - b[disc]) ** 2)) < share * np.std(a[disc]))

        return agree

    def plain(threads: int) -> Any:
        return k.backproject(rays, angles, (EDGE, EDGE), window=None, threads=threads)

    def filtered(threads: int) -> Any:
        return k.backproject(rays, angles, (EDGE, EDGE), threads=threads)

    name = f"{EDGE}², {ANGLES} angles"
    # the adjoint of its projection, not quite the same as reading between the elements
    peers = {"ASTRA (CPU)": tools and Peer(by_astra, inside(0.03))}
    yield Case("backproject", f"{name}, plain", plain, peers, items=EDGE * EDGE * ANGLES)
    peers = {"skimage iradon": transform and Peer(by_skimage, inside(0.01))}
    yield Case("backproject", f"{name}, filtered", filtered, peers, items=EDGE * EDGE * ANGLES)
