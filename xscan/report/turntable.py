"""The parcel turned before the eye: projections from all around the z axis."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xscan.model import Progress, Quantities, Volume, silent
from xscan.report.colours import Image
from xscan.report.ink import WATER_LAC, ink_rays

__all__ = ["turntable"]


def turntable(quantities: Quantities, *, frames: int, pixels: int, progress: Progress = silent) -> list[Image]:
    """Return pictures (rows, columns, 3) of a whole turn, each row a plane z, pixels of equal height and width.

    Parameters
    ----------
    frames : pictures in a turn
    pixels : about the longest side of a picture
    """
    names = [quantities.attenuation]
    if quantities.rho_e is not None and quantities.photo is not None:
        names += [quantities.rho_e, quantities.photo]
    sz, sy, sx = quantities.grid.voxel_size_mm
    nz, ny, nx = quantities.grid.shape
    factor = max(1, round(max(nz, ny, nx) / pixels))
    planes = [_flat(v, factor) for v in names]
    rows, columns = max(1, ny // factor), max(1, nx // factor)
    size = np.array([sy, sx]) * factor
    y, x = ((np.arange(n) - (n - 1) / 2) * s for n, s in zip((rows, columns), size, strict=True))
    step = float(size.min())
    count = int(np.ceil(np.hypot(rows * size[0], columns * size[1]) / step)) | 1
    area = size[0] * size[1] / step / 10  # cm of path in a ray of width `step`, of one whole pixel
    out = []
    for frame in range(frames):
        progress(frame / frames, "turning")
        angle = 2 * np.pi * frame / frames
        place = (x[None, :] * np.cos(angle) + y[:, None] * np.sin(angle)) / step + (count - 1) / 2
        sums = [_project(p, place.ravel(), count) for p in planes]
        calm = sums[1:] if len(sums) == 3 else [None, None]
        picture = ink_rays(sums[0] * (WATER_LAC / 1000 * area), calm[0], calm[1], quantities.photo_exponent)
        out.append(_square_pixels(picture, sz * factor / step))
    progress(1.0, "turning")
    return out


def _flat(volume: Volume, factor: int) -> NDArray[np.float32]:
    """Block means, (pixels of a plane, planes)."""
    nz, ny, nx = (max(1, n // factor) for n in volume.grid.shape)
    size = [min(factor, n) for n in volume.grid.shape]
    out = np.empty((nz, ny * nx), dtype=np.float32)
    for z in range(nz):
        values = volume.read(slice(z * factor, z * factor + size[0]))[:, : ny * size[1], : nx * size[2]]
        out[z] = values.reshape(size[0], ny, size[1], nx, size[2]).mean(axis=(0, 2, 4)).ravel()
    return np.ascontiguousarray(out.T)


def _project(planes: NDArray[np.float32], place: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Sums (planes, count) of pixels that fall at `place`, shared between the two nearest rays."""
    from scipy.sparse import csr_matrix

    first = np.floor(place).astype(np.int64)
    share = place - first
    pixel = np.arange(len(place))
    rays = np.concatenate([first, first + 1])
    weights = np.concatenate([1 - share, share])
    inside = (rays >= 0) & (rays < count)
    matrix = csr_matrix(
        (weights[inside], (rays[inside], np.concatenate([pixel, pixel])[inside])), shape=(count, len(place))
    )
    return np.asarray((matrix @ planes).T, dtype=np.float64)


def _square_pixels(picture: Image, aspect: float) -> Image:
    """Return the picture with rows resampled so that a pixel is as high as it is wide."""
    rows = max(1, round(len(picture) * aspect))
    if rows == len(picture):
        return picture
    from PIL import Image as Pillow

    return np.asarray(
        Pillow.fromarray(picture).resize((picture.shape[1], rows), Pillow.Resampling.BILINEAR), dtype=np.uint8
    )
