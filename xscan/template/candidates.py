"""Which templates a body could be, or contain, by measures that need no pose: an index over the library."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xscan.model import Mesh, Progress, TemplateLibrary, silent
from xscan.template.cache import Store, store_of
from xscan.template.config import TemplateConfig
from xscan.template.likeness import handed_mm
from xscan.template.prepared import Prepared, key_of, prepare
from xscan.template.probes import PROBED
from xscan.template.shape import Shape
from xscan.template.surface import spread

__all__ = ["Index", "index_of"]

_ANCHORS = 192  # kinds of places that surfaces are told apart by
_SAMPLE = 8192  # probes from which those kinds are taken
_FAR = 6.0  # mm: places farther from all of a body are equally foreign to it
_KEPT = 64  # prepared templates kept in memory, about 1.5 MB each
_COLUMNS = {"spreads", "volumes", "areas", "radii", "anchors", "words", "usual", "unusual", "handed"}
_memory: dict[str, Prepared] = {}
_lock = threading.Lock()


@dataclass(frozen=True, eq=False)
class Index:
    """The measures of all templates side by side, one row each.

    Parameters
    ----------
    ids, meshes, keys : of the templates, sorted by id
    store : holds what is prepared
    max_scale : how far a copy may be scaled along any axis
    spreads (n, 3), volumes (n,), areas (n,), radii (n, 16) : as of `Shape`
    anchors : (k, 6) probes (see `probes`) that stand for the kinds of places on surfaces
    words : (n, k) share of each template's surface that is of each kind
    usual, unusual : (n,) how far, mm, its places are from those of the library's other shapes: mean and spread
    handed : (n,) root mean square distance from its own mirror image, mm
    """

    ids: tuple[str, ...]
    meshes: Mapping[str, Mesh]
    keys: Mapping[str, str]
    store: Store
    max_scale: float
    spreads: NDArray[np.float64]
    volumes: NDArray[np.float64]
    areas: NDArray[np.float64]
    radii: NDArray[np.float64]
    anchors: NDArray[np.float64]
    words: NDArray[np.float64]
    usual: NDArray[np.float64]
    unusual: NDArray[np.float64]
    handed: NDArray[np.float64]

    def prepared(self, identity: str) -> Prepared:
        """All of one template."""
        return _remembered(self.keys[identity], self.meshes[identity], self.store)

    def has_hand(self, identity: str, blur_mm: float) -> bool:
        """Whether a scan of such blur can tell a template from its mirror image."""
        return bool(self.handed[self.ids.index(identity)] > blur_mm)

    def could_be(self, body: Shape, voxel_mm: float) -> list[str]:
        """Ids of the templates of the body's size and proportions, the most alike first.

        A copy scaled by up to `max_scale` unevenly, and an outer skin off by up to 0.75 voxel, stay in.
        """
        size = 1.25 * self.max_scale
        skin = 0.75 * voxel_mm
        # moving the skin outward by d changes the spread of a slab of half-width √3 σ by d / √3
        gap = np.maximum(0, np.abs(self.spreads - body.spreads) - skin / np.sqrt(3) - 0.3) / self.spreads
        low = self.volumes * (1 - self.max_scale) ** 3 - skin * self.areas
        high = self.volumes * (1 + self.max_scale) ** 3 + skin * self.areas
        fits = (gap < size).all(axis=1) & (body.volume > low) & (body.volume < high)
        unlike = np.abs(self.radii - body.radii).mean(axis=1) / self.radii.mean(axis=1)
        unlike = unlike + np.abs(np.log(self.spreads / body.spreads)).mean(axis=1)
        order = np.argsort(unlike, kind="stable")
        return [self.ids[k] for k in order if fits[k]]

    def could_hold(
        self, body: Shape, probes: NDArray[np.float64], voxel_mm: float, seen_share: float = 1.0
    ) -> list[str]:
        """Ids of the templates that fit into the body and whose kinds of places are all found on it, likeliest first.

        Parameters
        ----------
        probes : (m, 6) of points all over the body's skin
        seen_share : how much of a template has to be seen at least
        """
        from scipy.spatial import cKDTree

        fits = seen_share * self.volumes * (1 - self.max_scale) ** 3 < body.volume + voxel_mm * body.area
        apart, _ = cKDTree(probes).query(self.anchors)
        unlike = self.words @ np.minimum(apart, _FAR)
        # places of plain shapes are found on everything: what counts is how much likelier than on others they are here
        order = np.argsort((unlike - self.usual) / self.unusual, kind="stable")
        return [self.ids[k] for k in order if fits[k]]


def index_of(library: TemplateLibrary, config: TemplateConfig, progress: Progress = silent) -> Index:
    """Measure the templates of a library, or take their measures from the cache."""
    templates = sorted(library.templates, key=lambda t: t.id)
    store = store_of(config, library.path)
    keys = {t.id: key_of(t.mesh) for t in templates}
    name = "index-" + hashlib.sha256(" ".join(keys.values()).encode()).hexdigest()[:32]
    columns = store.read(name)
    if columns is None or set(columns) != _COLUMNS:
        rows = []
        for n, t in enumerate(templates):
            progress(n / len(templates), f"template {t.id}")
            rows.append(prepare(t.mesh, store))
        columns = _columns(rows)
        store.write(name, columns)
    return Index(tuple(keys), {t.id: t.mesh for t in templates}, keys, store, config.max_scale, **columns)


def _columns(rows: list[Prepared]) -> dict[str, NDArray[np.float64]]:
    from scipy.spatial import cKDTree

    # a crumb of a mesh may have fewer points than are probed: they are taken again
    probes = np.array([np.resize(p.probes, (PROBED, p.probes.shape[1])) for p in rows])
    every = probes.reshape(-1, probes.shape[-1])
    some = every[:: max(1, len(every) // _SAMPLE)]
    anchors = some[spread(some, _ANCHORS)]
    _, kind = cKDTree(anchors).query(every)
    kind = kind.reshape(probes.shape[:2]) + len(anchors) * np.arange(len(rows))[:, None]
    words = np.bincount(kind.reshape(-1), minlength=len(anchors) * len(rows)).reshape(len(rows), -1) / probes.shape[1]
    apart = np.array([cKDTree(p).query(anchors)[0] for p in probes])
    among = words @ np.minimum(apart, _FAR).T
    np.fill_diagonal(among, np.nan)
    few = len(rows) < 3
    return {
        "spreads": np.array([p.shape.spreads for p in rows]),
        "volumes": np.array([p.shape.volume for p in rows]),
        "areas": np.array([p.shape.area for p in rows]),
        "radii": np.array([p.shape.radii for p in rows]),
        "anchors": anchors,
        "words": words,
        "handed": np.array([handed_mm(p) for p in rows]),
        "usual": np.zeros(len(rows)) if few else np.nanmean(among, axis=1),
        "unusual": np.ones(len(rows)) if few else np.nanstd(among, axis=1) + 0.1,
    }


def _remembered(key: str, mesh: Mesh, store: Store) -> Prepared:
    """A prepared template, the last ones from memory."""
    with _lock:
        found = _memory.pop(key, None)
    found = found or prepare(mesh, store)
    with _lock:
        _memory[key] = found
        while len(_memory) > _KEPT:
            del _memory[next(iter(_memory))]
    return found
