"""Single pictures for files: planes, projections, a turn."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Literal

import numpy as np

from xscan.model import Progress, Quantities, silent
from xscan.report.colours import Image
from xscan.report.png import png
from xscan.report.projections import projections
from xscan.report.scene import Scene
from xscan.report.slices import slice_picture
from xscan.report.turntable import turntable

__all__ = ["render"]

View = Literal["slices", "projections", "turntable"]
GAP = 8  # pixels between pictures of one sheet
FRAME_MS = 90


def render(
    quantities: Quantities,
    view: View = "projections",
    *,
    axes: Sequence[int] = (0, 1, 2),
    at_mm: tuple[float, float, float] | None = None,
    pixels: int = 400,
    frames: int = 36,
    animated: bool = False,
    progress: Progress = silent,
) -> bytes:
    """Return one picture of a scan in operators' colours.

    Parameters
    ----------
    quantities : calibrated volumes
    view : planes, sums along axes, or a turn around the z axis
    axes : that slices cut or projections look along: 0 for z, 1 for y, 2 for x
    at_mm : where slices cut, scan mm z y x; the middle by default
    pixels : longest side of each single picture, about
    frames : of a turn
    animated : GIF of a turn; else PNG, where a turn is a sheet of six frames

    Returns
    -------
    bytes
        PNG or GIF.
    """
    if view == "turntable":
        turned = turntable(quantities, frames=frames if animated else 6, pixels=pixels, progress=progress)
        if animated:
            return _gif(turned)
        return png(np.concatenate([_row(turned[:3]), _row(turned[3:])], axis=0))
    progress(0.0, view)
    sizes = quantities.grid.voxel_size_mm
    if view == "projections":
        pictures = dict(enumerate(projections(quantities)))
    else:
        scene = Scene({"objects": [], "anomalies": []}, quantities, np.zeros(quantities.grid.shape, dtype=np.uint32))
        whole = (slice(None), slice(None), slice(None))
        place = at_mm or tuple(length / 2 for length in quantities.grid.extent_mm)
        index = [int(np.clip(p / s, 0, n - 1)) for p, s, n in zip(place, sizes, quantities.grid.shape, strict=True)]
        pictures = {axis: slice_picture(scene, whole, axis, index[axis]) for axis in axes}
    shown = []
    for axis in axes:
        down, right = (s for a, s in enumerate(sizes) if a != axis)
        shown.append(_at_scale(pictures[axis], (down, right), max(quantities.grid.extent_mm) / pixels))
    progress(1.0, view)
    return png(_row(shown))


def _at_scale(picture: Image, pixel_mm: tuple[float, float], target_mm: float) -> Image:
    from PIL import Image as Pillow

    rows, columns = (max(1, round(n * s / target_mm)) for n, s in zip(picture.shape[:2], pixel_mm, strict=True))
    scaled = Pillow.fromarray(picture).resize((columns, rows), Pillow.Resampling.BICUBIC)
    return np.asarray(scaled, dtype=np.uint8)


def _row(pictures: Sequence[Image]) -> Image:
    """Pictures side by side on white."""
    height = max(p.shape[0] for p in pictures) + 2 * GAP
    width = sum(p.shape[1] + GAP for p in pictures) + GAP
    sheet = np.full((height, width, 3), 255, dtype=np.uint8)
    x = GAP
    for p in pictures:
        sheet[GAP : GAP + p.shape[0], x : x + p.shape[1]] = p
        x += p.shape[1] + GAP
    return sheet


def _gif(frames: Sequence[Image]) -> bytes:
    from PIL import Image as Pillow

    images = [Pillow.fromarray(f).quantize(128, method=Pillow.Quantize.MEDIANCUT) for f in frames]
    buffer = io.BytesIO()
    images[0].save(buffer, "GIF", save_all=True, append_images=images[1:], duration=FRAME_MS, loop=0, optimize=False)
    return buffer.getvalue()
