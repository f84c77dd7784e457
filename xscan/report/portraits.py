"""Pictures of single objects, cut out of the scan, as an X-ray of the thing alone would show it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from xscan.model import Volume
from xscan.report.colours import Image
from xscan.report.figure import Mark, Style, figure
from xscan.report.ink import ink_alone
from xscan.report.scene import Scene, Window, part
from xscan.report.views import crops

__all__ = ["portrait", "portraits"]


def portraits(scene: Scene, ids: Sequence[int], *, width: float, alarm: bool) -> list[tuple[str, Markup]]:
    """Return up to three (caption, figure) of what a reason names.

    One object is seen along three axes; things inside one another are cut by three planes; of several things
    apart, the first and the two largest others are seen once each.
    """
    known = [o for i in ids if (o := scene.object(i)) is not None]
    if not known:
        return []
    named = {o["id"] for o in known}
    if len(known) > 1 and any(o["parent"] in named for o in known):
        return crops(scene, sorted(named), width=width, alarm=alarm)
    style: Style = "alarm" if alarm else "object"
    if len(known) == 1:
        out = [
            (scene.say("along", axis="zyx"[axis]), portrait(scene, known[0]["id"], axis, width, style))
            for axis in range(3)
        ]
    else:
        others = sorted(known[1:], key=lambda o: (-o["volume_mm3"], o["id"]))[:2]
        out = [
            (scene.say("object", id=o["id"]), portrait(scene, o["id"], None, width, style)) for o in (known[0], *others)
        ]
    return [(caption, drawn) for caption, drawn in out if drawn is not None]


def portrait(scene: Scene, object_id: int, axis: int | None, width: float, style: Style) -> Markup | None:
    """Return a square figure of one object and what it encloses, along `axis` (`None`: its shortest).

    `None` where the object has no voxels here.
    """
    entry, window = scene.object(object_id), _near(scene, object_id)
    if entry is None or window is None:
        return None
    axis = _thin_axis(entry) if axis is None else axis
    from scipy.ndimage import binary_dilation

    mask = np.isin(scene.labels[window], np.asarray(_family(scene, object_id), dtype=np.uint32))
    sizes = [s for a, s in enumerate(scene.grid.voxel_size_mm) if a != axis]
    flat: NDArray[np.bool_] = np.asarray(mask.any(axis=axis))
    if not flat.any():
        return None
    # one voxel more, for the blurred edge
    picture = _alone(scene, window, binary_dilation(mask), axis)
    rows, columns = (flat.shape[i] * sizes[i] for i in range(2))
    side = max(rows, columns) * 1.12
    before = [int((side - length) / 2 / size) for length, size in zip((rows, columns), sizes, strict=True)]
    after = [max(0, int(side / size) - n - b) for size, n, b in zip(sizes, flat.shape, before, strict=True)]
    padding = ((before[0], after[0]), (before[1], after[1]))
    square = np.pad(picture, (*padding, (0, 0)), constant_values=255)
    mark = Mark(style, None, flat, (before[0], before[1]))
    title = scene.say("object", id=object_id)
    return figure(square, (sizes[0], sizes[1]), width=width, title=title, marks=[mark], ruler=False)


def _alone(scene: Scene, window: Window, mask: NDArray[np.bool_], axis: int) -> Image:
    q = scene.quantities

    def total(volume: Volume) -> NDArray[np.floating[Any]]:
        return np.asarray((part(volume, window) * mask).sum(axis=axis))

    if q.rho_e is None or q.photo is None:
        return ink_alone(total(q.attenuation), None, None, q.photo_exponent)
    return ink_alone(total(q.attenuation), total(q.rho_e), total(q.photo), q.photo_exponent)


def _near(scene: Scene, object_id: int) -> Window | None:
    """The object's box, one voxel wider."""
    box = scene.window(object_id)
    if box is None:
        return None
    z, y, x = (slice(max(0, s.start - 1), min(n, s.stop + 1)) for s, n in zip(box, scene.grid.shape, strict=True))
    return z, y, x


def _family(scene: Scene, object_id: int) -> list[int]:
    """The object and all that lies inside it."""
    family = [object_id]
    for member in family:  # grows while it is read
        family += [o["id"] for o in scene.document["objects"] if o["parent"] == member and o["id"] not in family]
    return family


def _thin_axis(entry: Any) -> int:
    low, high = entry["bbox_mm"]
    return int(np.argmin(np.subtract(high, low)))
