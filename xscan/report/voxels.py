"""The scan itself, packed small enough to travel inside the page."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from xscan.model import Volume
from xscan.report.colours import paint
from xscan.report.ink import THIN, darkness_of_voxel
from xscan.report.reasons import ALARM
from xscan.report.scene import Scene, Window, part

__all__ = ["pack"]

Z_STEP = 0.25  # z_e in one code; code 0 is "cannot be told"
Z_CODES = 128
MARGIN_MM = 6.0
LEAST_BLOCKS = 32  # along the longest side: a picture that is coarser tells nothing


def pack(scene: Scene, *, voxels: int, megabytes: float = 1e6) -> dict[str, Any]:
    """Return what the viewer needs: `meta` (JSON text) and `data` (base64 of one zlib stream).

    The stream holds, one after the other: the colours (128 codes of z_e, 256 of darkness, 3), and for every voxel of
    the box that holds all objects (z, y, x): darkness uint8, code of z_e uint8, object id uint16, little-endian.

    Parameters
    ----------
    voxels : at most so many are packed; a finer scan is averaged over blocks
    megabytes : at most so long is `data`; what does not press into it (noise) is averaged over larger blocks
    """
    window = _content(scene)
    factor = 1
    while np.prod([_blocks(s, factor) for s in window]) > voxels:
        factor += 1
    packed = _packed(scene, window, factor)
    while len(packed["data"]) > megabytes * 1e6 and max(_blocks(s, factor) for s in window) > LEAST_BLOCKS:
        factor = max(factor + 1, int(factor * (len(packed["data"]) / (megabytes * 1e6)) ** (1 / 3)))
        packed = _packed(scene, window, factor)
    return packed


def _packed(scene: Scene, window: Window, factor: int) -> dict[str, Any]:
    q = scene.quantities
    attenuation = _reduced(q.attenuation, window, factor)
    quiet = attenuation < max(3 * q.noise_mhu / factor**1.5, 25.0)
    darkness = np.rint(darkness_of_voxel(attenuation) * 255).astype(np.uint8)
    darkness[quiet] = 0
    z_code = np.zeros(darkness.shape, dtype=np.uint8)
    electrons: list[float] = []
    if q.rho_e is not None and q.photo is not None:
        from scipy.ndimage import uniform_filter

        rho_e, photo = (_reduced(v, window, factor) for v in (q.rho_e, q.photo))
        own = rho_e
        if factor == 1:
            rho_e, photo = (uniform_filter(v, 3, mode="nearest") for v in (rho_e, photo))
        known = (attenuation > THIN) & (rho_e > 0) & (photo > 0)
        z_e = (photo[known] / rho_e[known]) ** (1 / q.photo_exponent)
        z_code[known] = np.clip(np.rint(z_e / Z_STEP), 1, Z_CODES - 1).astype(np.uint8)
        electrons = _electrons(z_code[known], own[known], attenuation[known])
    labels = np.ascontiguousarray(scene.labels[window][tuple(slice(factor // 2, None, factor) for _ in range(3))])
    labels = labels[tuple(slice(0, n) for n in darkness.shape)]
    order = {o["id"]: i + 1 for i, o in enumerate(scene.document["objects"][:65_534])}
    table = np.zeros(int(labels.max(initial=0)) + 1, dtype="<u2")
    for object_id, place in order.items():
        if object_id < len(table):
            table[object_id] = place
    stream = _colours().tobytes() + darkness.tobytes() + z_code.tobytes() + table[labels].tobytes()
    return {"meta": json.dumps(_meta(scene, window, factor, darkness.shape, electrons)), "data": _base64(stream)}


def _electrons(z_code: NDArray[np.uint8], rho_e: NDArray[np.float32], attenuation: NDArray[np.float32]) -> list[float]:
    """Electron density, mol/cm³, of 1000 MHU at every code of z_e, as this scan's own voxels have it."""
    share = np.bincount(z_code, weights=attenuation, minlength=Z_CODES)
    held = np.bincount(z_code, weights=rho_e, minlength=Z_CODES)
    seen = np.flatnonzero(share > 0)
    if not len(seen):
        return []
    ratio = np.interp(np.arange(Z_CODES), seen, 1000 * held[seen] / share[seen])
    return [round(float(r), 4) for r in ratio]


def _meta(scene: Scene, window: Window, factor: int, shape: tuple[int, ...], electrons: list[float]) -> dict[str, Any]:
    """Numbers only: no text from an input goes through here."""
    sizes = [s * factor for s in scene.grid.voxel_size_mm]
    alarmed = scene.alarmed
    named = [i for a in scene.document["anomalies"] if a["severity"] >= ALARM for i in a["object_ids"]]
    ordered = sorted(scene.document["objects"], key=lambda o: (-o["volume_mm3"], o["id"]))
    goods = [o["id"] for o in ordered if o["role"] == "goods"]
    return {
        "order": list(dict.fromkeys(named + goods)),  # of stepping through: worst alarm first, then the largest goods
        "shape": shape,
        "voxel": sizes,
        "first": [s.start * v for s, v in zip(window, scene.grid.voxel_size_mm, strict=True)],
        "zStep": Z_STEP,
        "electrons": electrons,
        "relative": [scene.quantities.rho_e_rel, scene.quantities.z_e_rel],
        "scale": scene.quantities.has_scale,
        "coloured": scene.quantities.photo is not None,
        "objects": [
            {"id": o["id"], "box": o["bbox_mm"], "goods": o["role"] == "goods", "alarm": o["id"] in alarmed}
            for o in scene.document["objects"][:65_534]
        ],
    }


def _content(scene: Scene) -> Window:
    """The box that holds all objects, a little wider; the whole scan where there is none."""
    boxes = [b for o in scene.document["objects"] if (b := scene.window(o["id"])) is not None]
    if not boxes:
        z, y, x = (slice(0, n) for n in scene.grid.shape)
        return z, y, x
    cut = []
    for axis, (n, size) in enumerate(zip(scene.grid.shape, scene.grid.voxel_size_mm, strict=True)):
        margin = round(MARGIN_MM / size)
        low, high = min(b[axis].start for b in boxes), max(b[axis].stop for b in boxes)
        cut.append(slice(max(0, low - margin), min(n, high + margin)))
    return cut[0], cut[1], cut[2]


def _blocks(cut: slice, factor: int) -> int:
    length: int = cut.stop - cut.start
    return max(1, length // factor)


def _reduced(volume: Volume, window: Window, factor: int) -> NDArray[np.float32]:
    """Block means of a box, plane by plane; what does not fill a block is cut off."""
    if factor == 1:
        return part(volume, window)
    nz, ny, nx = (_blocks(s, factor) for s in window)
    out = np.empty((nz, ny, nx), dtype=np.float32)
    for z in range(nz):
        first = window[0].start + z * factor
        planes = slice(first, min(first + factor, window[0].stop))
        rows, columns = (
            slice(s.start, min(s.start + n * factor, s.stop)) for s, n in zip(window[1:], (ny, nx), strict=True)
        )
        values = part(volume, (planes, rows, columns))
        out[z] = values.reshape(len(values), ny, -1, nx, values.shape[2] // nx).mean(axis=(0, 2, 4))
    return out


def _colours() -> NDArray[np.uint8]:
    z_e = np.arange(Z_CODES) * Z_STEP
    z_e[0] = np.nan
    darkness = np.arange(256) / 255
    return paint(np.broadcast_to(darkness, (Z_CODES, 256)), np.broadcast_to(z_e[:, None], (Z_CODES, 256)))


def _base64(stream: bytes) -> Markup:
    packed = base64.b64encode(zlib.compress(stream, 6)).decode("ascii")
    return Markup(packed)  # noqa: S704 - base64 needs no escape
