"""A picture with outlines, numbers and a scale bar, as one SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from markupsafe import Markup, escape
from numpy.typing import NDArray

from xscan.report.colours import Image
from xscan.report.outline import inner_points, outline
from xscan.report.png import data_uri

__all__ = ["Mark", "Style", "figure"]

Style = Literal["object", "template", "alarm"]
ORDER: dict[Style, int] = {"object": 0, "template": 1, "alarm": 2}
TAG_GAP = 3  # picture units between two numbers
TAG_COUNT = 60  # numbers in one picture at most: alarms first, then the small ones


@dataclass(frozen=True, eq=False)
class Mark:
    """An outline in a picture.

    Parameters
    ----------
    mask : (rows, columns), a part of the picture whose first pixel is at `corner`
    number : shown beside it; `None` for none
    path : SVG path in mm from the picture's corner, instead of a mask
    """

    style: Style
    number: int | None = None
    mask: NDArray[np.bool_] | None = None
    corner: tuple[int, int] = (0, 0)
    path: Sequence[NDArray[np.float64]] = ()


def figure(
    picture: Image,
    pixel_mm: tuple[float, float],
    *,
    width: float,
    title: str,
    pixels: int = 4096,
    marks: Sequence[Mark] = (),
    cross: tuple[float, float] | None = None,
    ruler: bool = True,
) -> Markup:
    """Return inline SVG that carries the picture.

    Parameters
    ----------
    picture : (rows, columns, 3)
    pixel_mm : mm of one pixel along rows (down) and columns (right)
    width : picture units across; about the pixels that it will have on the screen, since numbers and lines have
        a fixed size in these units
    pixels : longest side of the picture inside; a larger one is averaged over blocks
    title : read aloud and shown by the pointer; untrusted text is escaped
    cross : position (down, right), mm, where the planes of the other pictures cut this one
    """
    rows, columns = picture.shape[:2]
    scale = width / (columns * pixel_mm[1])  # units a mm
    step = (pixel_mm[1] * scale, pixel_mm[0] * scale)
    height = rows * step[1]
    block = max(1, -(-max(rows, columns) // pixels))
    inner = _averaged(picture, block)
    size = (inner.shape[1] * block * step[0], inner.shape[0] * block * step[1])
    body = [
        f'<image href="{data_uri(inner)}" width="{size[0]:.1f}" height="{size[1]:.1f}" preserveAspectRatio="none"/>'
    ]
    if cross is not None:
        down, right = cross[0] * scale, cross[1] * scale
        body.append(f'<path class="cross" d="M0,{down:.1f}H{width:.1f}M{right:.1f},0V{height:.1f}"/>')
    placed: list[tuple[float, float, float]] = []
    tags = []
    for mark in sorted(marks, key=lambda m: ORDER[m.style]):
        path = _path(mark, step, scale)
        if path:
            body.append(f'<path class="halo" d="{path}"/>')
            body.append(f'<path class="line {mark.style}" d="{path}"/>')
    # the smallest first: a large body has room elsewhere
    for mark in sorted(marks, key=lambda m: (-ORDER[m.style], 0 if m.mask is None else int(m.mask.sum()))):
        if mark.number is None or mark.mask is None or not mark.mask.any() or len(placed) >= TAG_COUNT:
            continue
        half = 6 + 3.5 * (len(str(mark.number)) - 1)
        places = (inner_points(mark.mask)[:, ::-1] + mark.corner[::-1] + 0.5) * step
        places = np.clip(places, (half + 1, 9), (width - half - 1, height - 9))
        free = np.ones(len(places), dtype=bool)
        for x, y, width_there in placed:
            apart = (half + width_there + TAG_GAP, 15 + TAG_GAP)
            free &= (np.abs(places - (x, y)) > apart).any(axis=1)
        if free.any():
            x, y = places[np.argmax(free)]
            placed.append((x, y, half))
            tags.append(
                f'<g class="tag {mark.style}"><rect x="{x - half:.1f}" y="{y - 7.5:.1f}" width="{2 * half:.1f}" '
                f'height="15" rx="4"/><text x="{x:.1f}" y="{y + 4:.1f}">{mark.number}</text></g>'
            )
    body += tags
    if ruler:
        body.append(_ruler(width, height, scale))
    return Markup(  # noqa: S704 - numbers and our own words only; the title is escaped
        f'<svg class="figure" viewBox="0 0 {width:.1f} {height:.1f}" role="img"><title>{escape(title)}</title>'
        + "".join(body)
        + "</svg>"
    )


def _averaged(picture: Image, block: int) -> Image:
    """Means over square blocks of pixels; what does not fill one is cut off."""
    if block == 1:
        return picture
    rows, columns = (n // block for n in picture.shape[:2])
    blocks = picture[: rows * block, : columns * block].reshape(rows, block, columns, block, 3)
    return np.asarray(blocks.mean(axis=(1, 3)).round().astype(np.uint8))


def _path(mark: Mark, step: tuple[float, float], scale: float) -> str:
    if mark.mask is not None:
        return outline(mark.mask, (mark.corner[1] * step[0], mark.corner[0] * step[1]), step)
    return "".join("M" + " ".join(f"{x * scale:.1f},{y * scale:.1f}" for x, y in line) for line in mark.path)


def _ruler(width: float, height: float, scale: float) -> str:
    room = width / scale / 4
    length = max((v for v in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000) if v <= room), default=1)
    x, y, run = 8.0, height - 8, length * scale
    bar = f"M{x},{y - 4}V{y}H{x + run:.1f}V{y - 4}"
    return (
        f'<g class="ruler"><path class="under" d="{bar}"/><path d="{bar}"/>'
        f'<text x="{x + 4}" y="{y - 4}">{length} mm</text></g>'
    )
