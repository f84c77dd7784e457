"""Pictures of a template match: what was measured, and how far it lies from the template."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from xscan.model import Mesh
from xscan.report.colours import diverging
from xscan.report.figure import Mark, figure
from xscan.report.png import data_uri
from xscan.report.scene import Scene
from xscan.report.shape import cut, deviation_of, object_surface
from xscan.report.slices import slice_picture
from xscan.report.surface import principal_views, surface_pictures
from xscan.report.views import AXES, around

__all__ = ["match_pictures"]

VIEWS = ("view-broad", "view-behind", "view-slanted")
OUTLINE = (122, 0, 214, 255)  # as templates are drawn over slices
Array = NDArray[np.float64]


def match_pictures(scene: Scene, index: int, *, pixels: int, width: float) -> dict[str, Any] | None:
    """Return what the page shows of ``document["templates"][index]``.

    Returns
    -------
    dict or None
        `object` (with the template's outline) and `template`: lists of `data:` addresses, one a view; `views`: their
        names; `limit_mm`: deviation at the ends of the colour bar, `None` where deviation is not known; `cuts`:
        (caption, figure) of planes with the template's outline over the scan. `None` where the template's mesh is
        not at hand.
    """
    match = scene.document["templates"][index]
    mesh = scene.meshes.get(match["template_id"])
    if mesh is None:
        return None
    pose = np.asarray(match["pose"], dtype=np.float64)
    posed = Mesh(mesh.vertices @ pose[:3, :3].T + pose[:3, 3], mesh.faces)
    found = object_surface(scene, match["object_ids"])
    deviation = _at_vertices(scene, index, mesh)
    if deviation is None and found is not None:
        deviation = deviation_of(scene, match["object_ids"], posed.vertices)
    limit = None if deviation is None else _limit(match["deviation_mm"]["p95"])
    colours = None if deviation is None or limit is None else diverging(deviation / limit)
    turns = [principal_views(posed.vertices)[i] for i in (0, 1, 3)]
    centre = (posed.vertices.max(axis=0) + posed.vertices.min(axis=0)) / 2
    span = 2.06 * float(np.linalg.norm(posed.vertices - centre, axis=1).max())
    look: Mapping[str, Any] = {"centre": centre, "span_mm": span, "pixels": pixels}
    drawn = surface_pictures(posed, turns, colours=colours, **look)
    measured = [] if found is None else surface_pictures(found, turns, **look)
    overlaid = [_outlined(m, t) for m, t in zip(measured, drawn, strict=False)]
    return {
        "views": [scene.say(v) for v in VIEWS],
        "object": _trimmed(overlaid),
        "template": _trimmed(drawn),
        "limit_mm": limit,
        "cuts": _cuts(scene, match["object_ids"], posed, width),
    }


def _outlined(measured: NDArray[np.uint8], template: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The measured surface with the template's outline over it, both seen from the same side."""
    from scipy.ndimage import binary_dilation, binary_erosion

    covered = template[..., 3] > 127
    line = covered & ~binary_erosion(covered)
    out = measured.copy()
    out[binary_dilation(line)] = OUTLINE
    return out


def _trimmed(pictures: list[NDArray[np.uint8]]) -> list[Markup]:
    """Addresses of the pictures without the empty rows that all of them have above and below."""
    used = np.flatnonzero(np.any([p[..., 3].any(axis=1) for p in pictures], axis=0))
    if not len(used):
        return []
    top, bottom = max(0, int(used[0]) - 4), int(used[-1]) + 5
    return [data_uri(p[top:bottom]) for p in pictures]


def _limit(p95: float | None) -> float:
    """A round deviation, mm, at the end of the colour bar: at least that of 95 % of the surface."""
    return next((v for v in (0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 20.0) if v >= (p95 or 0.5)), 50.0)


def _at_vertices(scene: Scene, index: int, mesh: Mesh) -> Array | None:
    """Deviation at the vertices, from the nearest point at which it was measured."""
    from scipy.spatial import cKDTree

    points, values = scene.deviations.get(index, (None, None))
    if points is None or values is None or not len(points):
        return None
    _, nearest = cKDTree(points).query(mesh.vertices)
    return np.asarray(values[nearest], dtype=np.float64)


def _cuts(scene: Scene, ids: list[int], posed: Mesh, width: float) -> list[tuple[str, Markup]]:
    """Three planes through the middle of the posed template, its outline over the scan."""
    window = around(scene, ids)
    if window is None:
        return []
    sizes = np.asarray(scene.grid.voxel_size_mm)
    zyx = posed.vertices[:, ::-1]
    middle = zyx.mean(axis=0)
    out = []
    for axis in range(3):
        index = int(np.clip(middle[axis] / sizes[axis], window[axis].start, window[axis].stop - 1))
        down, right = (a for a in range(3) if a != axis)
        first = np.array([window[right].start, window[down].start]) * sizes[[right, down]]
        lines = [s[:, [right, down]] - first for s in cut(zyx, posed.faces, axis, (index + 0.5) * sizes[axis])]
        caption = scene.say("plane", axis=AXES[axis], mm=f"{(index + 0.5) * sizes[axis]:.0f}")
        drawn = figure(
            slice_picture(scene, window, axis, index),
            (sizes[down], sizes[right]),
            width=width,
            title=scene.say("outline-plane", plane=caption),
            marks=[Mark("template", path=lines)],
        )
        out.append((caption, drawn))
    return out
