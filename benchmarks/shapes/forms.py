"""Shapes made from a seed: figures, bottles, tools, boxes; and shapes bent out of shape. None is anybody's design."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from skimage.measure import marching_cubes

from xscan.model import Mesh

KINDS = ("figure", "bottle", "box", "tool", "pebble", "can")


def make(kind: str, seed: int) -> Mesh:
    """Return the mesh of one shape; the same seed gives the same shape."""
    rng = np.random.default_rng([KINDS.index(kind), seed])
    size = float(rng.uniform(45, 140))
    return {"figure": _figure, "bottle": _bottle, "box": _box, "tool": _tool, "pebble": _pebble, "can": _can}[kind](
        rng, size
    )


def bent(mesh: Mesh, seed: int, amount: float = 1.0) -> Mesh:
    """Return the mesh with other proportions: twisted, bent, tapered or stretched beyond what a copy may be."""
    rng = np.random.default_rng([99, seed])
    v = mesh.vertices - mesh.vertices.mean(axis=0)
    length = np.ptp(v, axis=0)
    k = int(np.argmax(length))
    i, j = (k + 1) % 3, (k + 2) % 3
    u = v[:, k] / length[k]
    out = v.copy()
    way = rng.integers(4)
    if way == 0:
        a = amount * 1.2 * u
        out[:, i] = v[:, i] * np.cos(a) - v[:, j] * np.sin(a)
        out[:, j] = v[:, i] * np.sin(a) + v[:, j] * np.cos(a)
    elif way == 1:
        out[:, i] = v[:, i] + amount * 0.45 * length[k] * (u**2 - 1 / 12)
    elif way == 2:
        out[:, [i, j]] = v[:, [i, j]] * (1 + amount * 0.6 * u)[:, None]
    else:
        out *= np.where(np.arange(3) == rng.integers(3), 1 + 0.3 * amount, 1.0)
    return Mesh(out, mesh.faces)


def _surface(distance, half: NDArray[np.float64], h: float = 1.6) -> Mesh:  # type: ignore[no-untyped-def]
    n = np.ceil(half / h).astype(int) + 3
    axes = [h * np.arange(-a, a + 1) for a in n]
    x, y, z = np.meshgrid(*axes, indexing="ij")
    p = np.stack([x, y, z], axis=-1)
    v, f, _, _ = marching_cubes(distance(p), 0.0, spacing=(h, h, h), gradient_direction="ascent")
    v = v - n * h
    a, b, c = v[f[:, 0]], v[f[:, 1]], v[f[:, 2]]
    return Mesh(v, f[:, ::-1] if np.einsum("ij,ij->", np.cross(a, b), c) < 0 else f)


def _capsule(p, a, b, ra, rb):  # type: ignore[no-untyped-def]
    ab = b - a
    t = np.clip(((p - a) @ ab) / (ab @ ab), 0, 1)
    return np.linalg.norm(p - a - t[..., None] * ab, axis=-1) - (ra + t * (rb - ra))


def moved(seed: int) -> Mesh:
    """Return the figure of `make("figure", seed)` with one of its limbs turned by 15 to 35 degrees at its root."""
    rng = np.random.default_rng([KINDS.index("figure"), seed])
    return _figure(rng, float(rng.uniform(45, 140)), moved=True)


def boxed(mesh: Mesh, other: Mesh) -> Mesh:
    """Return `other` stretched to the box of `mesh`."""
    low, high = mesh.vertices.min(axis=0), mesh.vertices.max(axis=0)
    v = (other.vertices - other.vertices.min(axis=0)) / np.ptp(other.vertices, axis=0)
    return Mesh(low + v * (high - low), other.faces)


def _turned(v, about, angle):  # type: ignore[no-untyped-def]
    """Turn `v` by an angle in a plane that holds it (Rodrigues 1840)."""
    k = np.cross(v, about)
    k /= np.linalg.norm(k)
    return v * np.cos(angle) + np.cross(k, v) * np.sin(angle)


def _figure(rng, size, moved: bool = False):  # type: ignore[no-untyped-def]
    body = rng.uniform(0.25, 0.35) * size
    girth = rng.uniform(0.09, 0.16) * size
    parts = [(np.array([-body, 0, 0.0]), np.array([body, 0, 0.0]), girth, girth * rng.uniform(0.7, 1.2))]
    for _ in range(int(rng.integers(3, 6))):
        root = np.array([rng.uniform(-body, body), 0, 0.0])
        way = rng.normal(size=3)
        way /= np.linalg.norm(way)
        tip = root + way * rng.uniform(0.22, 0.45) * size
        parts.append((root, tip, girth * rng.uniform(0.35, 0.6), girth * rng.uniform(0.2, 0.5)))
    if moved:
        root, tip, *girths = parts[-1]
        parts[-1] = (root, root + _turned(tip - root, rng.normal(size=3), np.radians(rng.uniform(15, 35))), *girths)
    half = np.max([np.maximum(abs(a), abs(b)) + max(r, s) for a, b, r, s in parts], axis=0)

    def distance(p):  # type: ignore[no-untyped-def]
        d = np.stack([_capsule(p, *q) for q in parts])
        k = 3.0
        return -k * np.log(np.exp(-np.clip(d, -60, 60) / k).sum(axis=0))

    return _surface(distance, half + 4)


def _revolve(profile, half_width: float, half_length: float, flat: float):  # type: ignore[no-untyped-def]
    def distance(p):  # type: ignore[no-untyped-def]
        r = np.hypot(p[..., 0], p[..., 1] / flat)
        return np.maximum(r - profile(p[..., 2] / half_length), np.abs(p[..., 2]) - half_length)

    return _surface(distance, np.array([half_width, half_width * max(flat, 1), half_length]) + 3)


def _bottle(rng, size):  # type: ignore[no-untyped-def]
    radius = rng.uniform(0.15, 0.28) * size
    neck, shoulder, waist = rng.uniform(0.25, 0.6), rng.uniform(0.3, 0.7), rng.uniform(0, 0.25)

    def profile(u):  # type: ignore[no-untyped-def]
        top = 1 / (1 + np.exp((u - shoulder) * 14))
        return radius * ((neck + (1 - neck) * top) * (1 - waist * np.exp(-((u / 0.3) ** 2))))

    return _revolve(profile, radius, size / 2, rng.choice([1.0, rng.uniform(0.5, 0.8)]))


def _can(rng, size):  # type: ignore[no-untyped-def]
    radius = rng.uniform(0.12, 0.45) * size
    return _revolve(lambda u: radius + 0 * u, radius, size / 2, 1.0)


def _box(rng, size):  # type: ignore[no-untyped-def]
    half = size / 2 * np.sort(rng.uniform(0.15, 1.0, 3))[::-1] * [1, 1, 1]
    half[0] = size / 2
    edge = rng.uniform(0.5, 5)

    def distance(p):  # type: ignore[no-untyped-def]
        q = np.abs(p) - (half - edge)
        return np.linalg.norm(np.maximum(q, 0), axis=-1) + np.minimum(q.max(axis=-1), 0) - edge

    return _surface(distance, half + 2)


def _tool(rng, size):  # type: ignore[no-untyped-def]
    shaft, grip = rng.uniform(3, 5), rng.uniform(9, 15)
    at = rng.uniform(-0.15, 0.1) * size
    blade = rng.uniform(6, 14)
    lean = rng.uniform(-0.2, 0.2) * size
    a, b, c = np.array([-size / 2, 0, 0]), np.array([at, 0, 0]), np.array([size / 2, lean, 0])

    def distance(p):  # type: ignore[no-untyped-def]
        tip = np.abs(p - c) - [8, blade, 2.5]
        box = np.linalg.norm(np.maximum(tip, 0), axis=-1) + np.minimum(tip.max(axis=-1), 0)
        grips = _capsule(p, a, b, grip, grip * 0.8)
        return np.minimum(np.minimum(grips, _capsule(p, b, c, shaft, shaft)), box)

    return _surface(distance, np.array([size / 2 + grip + 8, abs(lean) + grip + blade, grip + 2]))


def twins(seed: int) -> tuple[Mesh, Mesh]:
    """Two screwdrivers of one handle and shaft: the tip of one is flat, that of the other a cross."""
    rng = np.random.default_rng([98, seed])
    size, shaft, grip = rng.uniform(90, 140), rng.uniform(2.8, 4.2), rng.uniform(9, 14)
    at, wide = rng.uniform(-0.15, 0.1) * size, rng.uniform(1.0, 1.6) * shaft
    a, b, c = (np.array([x, 0.0, 0.0]) for x in (-size / 2, at, size / 2))

    def plate(p, half):  # type: ignore[no-untyped-def]
        q = np.abs(p - c) - half
        return np.linalg.norm(np.maximum(q, 0), axis=-1) + np.minimum(q.max(axis=-1), 0)

    def driver(p, *plates):  # type: ignore[no-untyped-def]
        rod = np.minimum(_capsule(p, a, b, grip, grip * 0.8), _capsule(p, b, c, shaft, shaft))
        return np.minimum.reduce([rod, *(plate(p, half) for half in plates)])

    half = np.array([size / 2 + grip + 8, grip + 3, grip + 3])
    flat = [7.0, wide, 1.0]
    return (
        _surface(lambda p: driver(p, flat), half, 1.2),
        _surface(lambda p: driver(p, flat, [7.0, 1.0, wide]), half, 1.2),
    )


def _pebble(rng, size):  # type: ignore[no-untyped-def]
    half = size / 2 * np.array([1, rng.uniform(0.6, 1), rng.uniform(0.4, 1)])
    waves = rng.normal(size=(4, 3)) * 4 / size
    phase, height = rng.uniform(0, 6, 4), rng.uniform(0, 0.05, 4)

    def distance(p):  # type: ignore[no-untyped-def]
        r = np.linalg.norm(p / half, axis=-1)
        dent = (height * np.sin(p @ waves.T * 2 + phase)).sum(axis=-1)
        return (r - 1 - dent) * half.min()

    return _surface(distance, half * 1.3)
