"""A picture of a template: three views, shaded."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xscan.errors import MissingLibraryError
from xscan.model import Template
from xscan.template.surface import sample_triangles

__all__ = ["picture", "rendered"]

_PAPER, _BODY = np.array([250, 250, 248]), np.array([178, 150, 112])  # B, G, R
# front, side, and from above at an angle: rows are right, up and toward the eye
_VIEWS = (
    np.array([[1, 0, 0], [0, 0, 1], [0, -1, 0]], dtype=float),
    np.array([[0, 1, 0], [0, 0, 1], [1, 0, 0]], dtype=float),
    np.array([[0.7071, 0.7071, 0], [-0.4082, 0.4082, 0.8165], [0.5774, -0.5774, 0.5774]], dtype=float),
)


def picture(template: Template, *, size: int = 360) -> bytes:
    """PNG of three views side by side, each `size` pixels square, to one scale, with a bar of round length."""
    try:
        import cv2
    except ImportError as e:
        raise MissingLibraryError(
            f"opencv cannot be loaded ({e}); on a bare Debian or Ubuntu: apt-get install libgl1 libglib2.0-0"
        ) from None
    vertices = template.mesh.vertices - (template.mesh.vertices.min(axis=0) + template.mesh.vertices.max(axis=0)) / 2
    points, normals = sample_triangles(vertices, template.mesh.faces, 12 * size * size // 4)
    scale = 0.86 * size / (2 * np.linalg.norm(vertices, axis=1).max())
    image = np.hstack([rendered(points @ v.T, normals @ v.T, size, scale) for v in _VIEWS])
    length = 10.0 ** np.floor(np.log10(0.4 * size / scale))
    length *= max(k for k in (1, 2, 5) if k * length * scale <= 0.4 * size)
    end = 12 + round(length * scale)
    cv2.line(image, (12, size - 14), (end, size - 14), (60, 60, 60), 2)
    cv2.putText(image, f"{length:g} mm", (12, size - 22), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (60, 60, 60), 1, cv2.LINE_AA)
    ok, encoded = cv2.imencode(".png", image)
    assert ok
    return bytes(encoded.tobytes())


def rendered(points: NDArray[np.float64], normals: NDArray[np.float64], size: int, scale: float) -> NDArray[np.uint8]:
    """Splat points (x right, y up, z toward the eye; mm) into an image (size, size, 3) with a z-buffer."""
    import cv2

    u = np.rint(size / 2 + points[:, 0] * scale).astype(np.int64)
    v = np.rint(size / 2 - points[:, 1] * scale).astype(np.int64)
    inside = (u >= 0) & (u < size) & (v >= 0) & (v < size)
    u, v, depth, n = u[inside], v[inside], points[inside, 2], normals[inside]
    order = np.argsort(depth, kind="stable")
    image = np.tile(_PAPER.astype(np.uint8), (size, size, 1))
    hit = np.zeros((size, size), dtype=bool)
    # two-sided: an inverted mesh is as visible as a right one
    light = np.abs(n @ np.array([0.35, 0.5, 0.79]))
    shade = np.clip(0.35 + 0.75 * light, 0, 1.15)[:, None] * _BODY
    # later ones overwrite earlier ones, so the nearest to the eye stays
    image[v[order], u[order]] = np.clip(shade[order], 0, 255).astype(np.uint8)
    hit[v, u] = True
    filled = cv2.medianBlur(image, 3)
    closed = cv2.morphologyEx(hit.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)) > 0
    image[closed] = filled[closed]
    out: NDArray[np.uint8] = image
    return out
