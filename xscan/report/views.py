"""The pictures of a page that show the scan itself: slices, projections, and crops around what a reason names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from markupsafe import Markup

from xscan.report.colours import Image
from xscan.report.figure import Mark, Style, figure
from xscan.report.reasons import ALARM
from xscan.report.scene import Scene, Window
from xscan.report.slices import plane, slice_picture

__all__ = ["AXES", "around", "crops", "projection_figures", "slice_figures", "telling_place"]

AXES = "zyx"
CROP_MARGIN = 0.18  # of the box, on each side
CROP_LEAST_MM = 30.0
GAP = 2  # voxels that a silhouette bridges


def telling_place(scene: Scene) -> tuple[int, int, int]:
    """Return the voxel where slices tell most: the largest object of the worst alarm, else the largest goods."""
    alarms = (a for a in scene.document["anomalies"] if a["severity"] >= ALARM)
    named: list[int] = next((a["object_ids"] for a in alarms if a["object_ids"]), [])
    goods = [o for o in scene.document["objects"] if o["id"] in named]
    goods = goods or [o for o in scene.document["objects"] if o["role"] == "goods"]
    if not goods:
        return tuple(n // 2 for n in scene.grid.shape)  # type: ignore[return-value]
    largest = max(goods, key=lambda o: (o["volume_mm3"], -o["id"]))
    index = np.floor(np.asarray(largest["centroid_mm"]) / scene.grid.voxel_size_mm).astype(int)
    return tuple(int(np.clip(i, 0, n - 1)) for i, n in zip(index, scene.grid.shape, strict=True))  # type: ignore[return-value]


def slice_figures(scene: Scene, place: tuple[int, int, int], *, width: float, pixels: int) -> list[tuple[str, Markup]]:
    """Return (caption, figure) of the three planes through a voxel."""
    sizes = scene.grid.voxel_size_mm
    whole = tuple(slice(0, n) for n in scene.grid.shape)
    out = []
    for axis in range(3):
        down, right = _others(axis)
        picture = slice_picture(scene, whole, axis, place[axis])  # type: ignore[arg-type]
        caption = scene.say("slice", axis=AXES[axis], mm=f"{(place[axis] + 0.5) * sizes[axis]:.0f}")
        drawn = figure(
            picture,
            (sizes[down], sizes[right]),
            width=width,
            pixels=pixels,
            title=caption,
            marks=_marks(scene, axis, place[axis], whole, _shown(scene)),  # type: ignore[arg-type]
            cross=((place[down] + 0.5) * sizes[down], (place[right] + 0.5) * sizes[right]),
        )
        out.append((caption, drawn))
    return out


def projection_figures(
    scene: Scene, seen: tuple[Image, Image, Image], *, width: float, pixels: int
) -> list[tuple[str, Markup]]:
    """Return (caption, figure) of the sums along z, y and x, as `projections` gives them, with outlines of goods."""
    sizes = scene.grid.voxel_size_mm
    whole = tuple(slice(0, n) for n in scene.grid.shape)
    out = []
    for axis, picture in enumerate(seen):
        down, right = _others(axis)
        caption = scene.say("seen-along", axis=AXES[axis])
        drawn = figure(
            picture,
            (sizes[down], sizes[right]),
            width=width,
            pixels=pixels,
            title=caption,
            marks=_marks(scene, axis, None, whole, _shown(scene)),  # type: ignore[arg-type]
        )
        out.append((caption, drawn))
    return out


def crops(scene: Scene, ids: Sequence[int], *, width: float, alarm: bool) -> list[tuple[str, Markup]]:
    """Return (caption, figure) of three square planes through some objects, with their outlines."""
    window = around(scene, ids)
    if window is None:
        return []
    sizes = scene.grid.voxel_size_mm
    out = []
    for axis in range(3):
        index = _fullest(scene, ids, window, axis)
        down, right = _others(axis)
        picture = slice_picture(scene, window, axis, index)
        style: Style = "alarm" if alarm else "object"
        marks = [
            Mark(style, m.number if len(ids) > 1 else None, m.mask, m.corner)
            for m in _marks(scene, axis, index, window, ids)
        ]
        caption = scene.say("plane", axis=AXES[axis], mm=f"{(index + 0.5) * sizes[axis]:.0f}")
        out.append(
            (
                caption,
                figure(picture, (sizes[down], sizes[right]), width=width, title=caption, marks=marks, ruler=False),
            )
        )
    return out


def _others(axis: int) -> tuple[int, int]:
    down, right = (a for a in range(3) if a != axis)
    return down, right


def _shown(scene: Scene) -> list[int]:
    """Objects that get an outline: goods, and whatever an alarm speaks of."""
    alarmed = scene.alarmed
    return [o["id"] for o in scene.document["objects"] if o["role"] == "goods" or o["id"] in alarmed]


def _marks(scene: Scene, axis: int, index: int | None, view: Window, ids: Iterable[int]) -> list[Mark]:
    """Outlines in one plane of a box, or (`index` None) in the projection along `axis`."""
    from scipy.ndimage import binary_closing, binary_fill_holes

    alarmed = scene.alarmed
    down, right = _others(axis)
    marks = []
    for object_id in ids:
        box = scene.window(object_id)
        if box is None or (index is not None and not box[axis].start <= index < box[axis].stop):
            continue
        inside = [slice(max(b.start, v.start), min(b.stop, v.stop)) for b, v in zip(box, view, strict=True)]
        if any(s.start >= s.stop for s in inside):
            continue
        cut: Window = (inside[0], inside[1], inside[2])
        mask = (scene.labels[cut if index is None else plane(cut, axis, index)] == object_id).any(axis=axis)
        if index is None:
            mask = binary_closing(np.pad(mask, GAP), iterations=GAP)[GAP:-GAP, GAP:-GAP]  # torn foil is one silhouette
        mask = binary_fill_holes(mask)  # a line on the inside of a thin wall would hide the wall
        corner = (inside[down].start - view[down].start, inside[right].start - view[right].start)
        marks.append(Mark("alarm" if object_id in alarmed else "object", object_id, mask, corner))
    return marks


def around(scene: Scene, ids: Sequence[int]) -> Window | None:
    """Return a box of (nearly) equal sides around objects, within the scan."""
    boxes = [b for i in ids if (b := scene.window(i)) is not None]
    if not boxes:
        return None
    sizes = scene.grid.voxel_size_mm
    low = [min(b[a].start for b in boxes) for a in range(3)]
    high = [max(b[a].stop for b in boxes) for a in range(3)]
    side = max(
        max((h - k) * s for h, k, s in zip(high, low, sizes, strict=True)) * (1 + 2 * CROP_MARGIN), CROP_LEAST_MM
    )
    window = []
    for a in range(3):
        n = scene.grid.shape[a]
        count = min(n, max(high[a] - low[a], round(side / sizes[a])))
        start = min(max(0, (low[a] + high[a] - count) // 2), n - count)
        window.append(slice(start, start + count))
    return window[0], window[1], window[2]


def _fullest(scene: Scene, ids: Sequence[int], window: Window, axis: int) -> int:
    """Return the plane of a box that holds most voxels of the objects."""
    others = _others(axis)
    count = np.isin(scene.labels[window], np.asarray(ids, dtype=np.uint32)).sum(axis=others)
    first: int = window[axis].start
    return first + int(np.argmax(count))
