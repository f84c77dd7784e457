"""Which templates a body could be, or contain, by measures that need no pose: an index over the library."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

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
_ROW = {"spreads", "volumes", "areas", "radii", "probes", "hand"}
_COLUMNS = _ROW | {"anchors", "words", "usual", "unusual"}
_memory: dict[str, Prepared] = {}
_keys: WeakKeyDictionary[Mesh, str] = WeakKeyDictionary()
_indexes: WeakKeyDictionary[TemplateLibrary, tuple[tuple[str, float], Index]] = WeakKeyDictionary()
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
    probes : float32 (n, 256, 6) of points all over each template (see `probes`)
    anchors : (k, 6) probes (see `probes`) that stand for the kinds of places on surfaces
    words : (n, k) share of each template's surface that is of each kind
    usual, unusual : (n,) how far, mm, its places are from those of the library's other shapes: mean and spread
    hand : (n,) how far each is from its own mirror image, mm (see `handed_mm`)
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
    probes: NDArray[np.float32]
    anchors: NDArray[np.float64]
    words: NDArray[np.float64]
    usual: NDArray[np.float64]
    unusual: NDArray[np.float64]
    hand: NDArray[np.float64]

    def prepared(self, identity: str) -> Prepared:
        """All of one template."""
        return _remembered(self.keys[identity], self.meshes[identity], self.store)

    def probes_of(self, identity: str) -> NDArray[np.float32]:
        """Probes (256, 6) of one template."""
        own: NDArray[np.float32] = self.probes[self.ids.index(identity)]
        return own

    def has_hand(self, identity: str, blur_mm: float) -> bool:
        """Whether a scan of such blur can tell a template from its mirror image."""
        return bool(self.hand[self.ids.index(identity)] > blur_mm)

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

    def could_fill(self, body: Shape, hull_mm3: float, voxel_mm: float) -> bool:
        """Whether any template could be what a torn shell was: it lies in the hull, and is spread as its skin is.

        The mass of a skin lies farther out than that of its solid: by √(5/3) of a ball, by √2 across a rod.
        """
        skin = 0.75 * voxel_mm
        fits = self._spanned(body.spreads)
        fits &= self.volumes * (1 - self.max_scale) ** 3 < hull_mm3 + skin * body.area
        fits &= self.volumes * (1 + self.max_scale) ** 3 + skin * self.areas > body.volume
        return bool(fits.any())

    def could_span(self, spreads: NDArray[np.float64], volume_mm3: float, voxel_mm: float) -> bool:
        """Whether any template is spread (3,), mm, as some voxels are, of a shell or solid, and can hold them."""
        fits = self._spanned(spreads)
        fits &= self.volumes * (1 + self.max_scale) ** 3 + 0.75 * voxel_mm * self.areas > volume_mm3
        return bool(fits.any())

    def _spanned(self, spreads: NDArray[np.float64]) -> NDArray[np.bool_]:
        wider = spreads / self.spreads
        found = (wider > 1 - 1.25 * self.max_scale) & (wider < 1.5 * (1 + self.max_scale))
        spanned: NDArray[np.bool_] = np.all(found, axis=1)
        return spanned

    def could_hold(
        self, body: Shape, probes: NDArray[np.float64], voxel_mm: float, seen_share: float = 1.0
    ) -> list[str]:
        """Ids of the templates that fit into the body: the likeliest and the largest in turn.

        Likely are those whose kinds of places are all found on it. Of a plain shape no place is peculiar, but a large
        one seldom fits in.

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
        likely = np.argsort((unlike - self.usual) / self.unusual, kind="stable")
        large = np.argsort(-self.volumes, kind="stable")
        ranked = zip(likely[fits[likely]], large[fits[large]], strict=True)
        return [self.ids[k] for k in dict.fromkeys(k for pair in ranked for k in pair)]


def index_of(library: TemplateLibrary, config: TemplateConfig, progress: Progress = silent) -> Index:
    """Measure the templates of a library, or take their measures from memory or from the cache."""
    settings = (config.cache, config.max_scale)
    with _lock:
        known = _indexes.get(library)
    if known and known[0] == settings:
        return known[1]
    templates = sorted(library.templates, key=lambda t: t.id)
    store = store_of(config, library.path)
    keys = {t.id: _key(t.mesh) for t in templates}
    name = "index-" + hashlib.sha256(" ".join(keys.values()).encode()).hexdigest()[:32]
    columns = store.read(name)
    if columns is None or set(columns) != _COLUMNS:
        rows = []
        for n, t in enumerate(templates):
            progress(n / len(templates), f"template {t.id}")
            rows.append(_row(prepare(t.mesh, store), store))
        columns = _columns(rows)
        store.write(name, columns)
    index = Index(tuple(keys), {t.id: t.mesh for t in templates}, keys, store, config.max_scale, **columns)
    with _lock:
        _indexes[library] = settings, index
    return index


def _key(mesh: Mesh) -> str:
    """`key_of`, once a mesh."""
    with _lock:
        found = _keys.get(mesh)
    if found is None:
        found = key_of(mesh)
        with _lock:
            _keys[mesh] = found
    return found


def _row(p: Prepared, store: Store) -> dict[str, NDArray[Any]]:
    """One template's part of the index, kept apart so that a new template costs no other anything."""
    name = f"row-{p.key}"
    row = store.read(name)
    if row is None or set(row) != _ROW:
        row = {
            "spreads": p.shape.spreads,
            "volumes": np.array(p.shape.volume),
            "areas": np.array(p.shape.area),
            "radii": p.shape.radii,
            # a crumb of a mesh may have fewer points than are probed: they are taken again
            "probes": np.resize(p.probes, (PROBED, p.probes.shape[1])).astype(np.float32),
            "hand": np.array(handed_mm(p)),
        }
        store.write(name, row)
    return row


def _columns(rows: list[dict[str, NDArray[Any]]]) -> dict[str, NDArray[Any]]:
    from scipy.spatial import cKDTree

    columns = {name: np.array([r[name] for r in rows]) for name in sorted(_ROW)}
    probes = columns["probes"]
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
    return columns | {
        "anchors": anchors,
        "words": words,
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
