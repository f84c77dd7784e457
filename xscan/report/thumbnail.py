"""The parcel in one small picture, for lists of many."""

from __future__ import annotations

import io

import numpy as np

from xscan.report.colours import Image
from xscan.report.projections import projections
from xscan.report.scene import Scene

__all__ = ["NAME", "thumbnail"]

NAME = "thumbnail.png"
PIXELS = 200  # longest side
RED = (224, 18, 18)


def thumbnail(scene: Scene, seen: tuple[Image, Image, Image] | None = None) -> bytes:
    """Return a PNG of the parcel along its shortest side, red boxes around what an alarm speaks of.

    Parameters
    ----------
    seen : sums along z, y, x as `projections` gives them; made where they are not at hand
    """
    from PIL import Image as Pillow
    from PIL import ImageDraw

    axis = int(np.argmin(scene.grid.extent_mm))
    picture = (seen or projections(scene.quantities))[axis]
    down, right = (a for a in range(3) if a != axis)
    sizes = scene.grid.voxel_size_mm
    high, wide = picture.shape[0] * sizes[down], picture.shape[1] * sizes[right]
    scale = PIXELS / max(high, wide)
    size = (max(1, round(wide * scale)), max(1, round(high * scale)))
    small = Pillow.fromarray(picture).resize(size, Pillow.Resampling.BOX)
    pen = ImageDraw.Draw(small)
    for object_id in sorted(scene.alarmed):
        box = scene.window(object_id)
        if box is not None:
            x, y = (np.array([box[a].start, box[a].stop]) * sizes[a] * scale for a in (right, down))
            pen.rectangle((x[0] - 1, y[0] - 1, x[1], y[1]), outline=RED, width=2)
    buffer = io.BytesIO()
    small.quantize(64, method=Pillow.Quantize.MEDIANCUT, dither=Pillow.Dither.NONE).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
