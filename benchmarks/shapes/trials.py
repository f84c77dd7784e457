"""The trials of the study; each returns what is written into its line."""

from __future__ import annotations

import time
from collections.abc import Iterator

import forms
import numpy as np
import scenes
from lines import Trial

from xscan.model import Mesh, Template, TemplateLibrary
from xscan.template import TemplateConfig, match
from xscan.template.body import Body, body_of
from xscan.template.cache import Store
from xscan.template.candidates import index_of
from xscan.template.fit import fit_part, fit_whole
from xscan.template.likeness import apart_mm, as_body
from xscan.template.partial import contained, seeds_of
from xscan.template.prepared import Prepared, mirrored, prepare
from xscan.template.probes import probes
from xscan.template.score import blur_mm, evidence_of, probability
from xscan.template.seek import LOOKED_AT
from xscan.template.surface import sample_triangles
from xscan.template.telling import DECISIVE, log_odds

CONFIG = TemplateConfig()
_LIKELY = 0.1  # score from which it is asked what the scan tells a template from


def how_made(seed: int, i: int, k: int, *, scaled: bool) -> dict:
    """Voxels, wall, scale, blur and pose of one planted body."""
    rng = np.random.default_rng([seed, i, k])
    return {
        "voxel_mm": float(rng.choice([1.0, 1.5, 2.0, 3.0])),
        "wall_mm": float(rng.uniform(2, 4)) if rng.random() < 0.5 else None,
        "scale": rng.uniform(0.92, 1.08, 3) if scaled and rng.random() < 0.5 else np.ones(3),
        "seed": int(rng.integers(2**31)),
        "psf_voxels": float(rng.uniform(0.5, 1.0)),
        "noise_mhu": float(rng.choice([15.0, 30.0, 60.0])),
        "streaks": float(rng.choice([0.0, 0.5, 1.0])),
    }


def written(how: dict) -> dict:
    """How a body was made, as JSON."""
    return {k: [round(float(s), 3) for s in v] if isinstance(v, np.ndarray) else v for k, v in how.items()}


def pose_error(matrix: np.ndarray, piece: scenes.Piece, t: Template) -> tuple[float, float]:
    """Root mean square distance, mm, of the mesh as found from the mesh as it was put; and the turn, degrees.

    The distance is that to the nearest point (ADD-S), so that a pose that a symmetric shape cannot tell from the
    true one counts as right; the turn has a meaning only for shapes without symmetry.
    """
    from scipy.spatial import cKDTree

    x, _ = sample_triangles(t.mesh.vertices, t.mesh.faces, 20_000)
    truth = (x * piece.scale) @ piece.rotation.T + piece.place
    found = x[::10] @ matrix[:3, :3].T + matrix[:3, 3]
    apart, _ = cKDTree(truth).query(found)
    u, _, v = np.linalg.svd(matrix[:3, :3] / piece.scale)
    turn = np.degrees(np.arccos(np.clip((np.trace(u @ v @ piece.rotation.T) - 1) / 2, -1, 1)))
    return float(np.sqrt((apart**2).mean())), float(turn)


def pairs(library: TemplateLibrary, rounds: int, seed: int) -> Iterator[tuple[str, Trial]]:
    """Every shape planted, and bent, against every template: what the index lets pass, and how well it fits."""
    for k in range(rounds):
        for i, t in enumerate(library.templates):
            for bent in (False, True):
                yield f"{t.id}/{k}/{'bent' if bent else 'true'}", _pair(library, t, i, k, seed, bent)


def _pair(library: TemplateLibrary, t: Template, i: int, k: int, seed: int, bent: bool) -> Trial:
    def trial() -> dict:
        index = index_of(library, CONFIG)
        how = how_made(seed, i, k, scaled=not bent)
        rng = np.random.default_rng([seed, i, k, 9])
        mesh = forms.bent(t.mesh, int(rng.integers(2**31)), float(rng.uniform(0.25, 1))) if bent else t.mesh
        other = as_body(prepare(mesh, Store(None))) if bent else None
        seg, q, piece = scenes.alone(scenes.fine_solid(mesh), **how)
        out: dict = {"template": t.id, "bent": bent, "how": written(how), "library": len(library.templates), "fits": []}
        # a can that is twisted is the same can: how far the bent shape really is from the template, scale allowed
        out["apart_mm"] = round(apart_mm(index.prepared(t.id), other, CONFIG.max_scale), 3) if other else 0.0
        goods = sorted(seg.goods, key=lambda o: -o.voxels)
        body = body_of(seg, q, goods[:1]) if goods else None
        if body is None:
            return out
        ranked = index.could_be(body.shape, body.voxel_mm)
        out["place"] = ranked.index(t.id) if t.id in ranked else -1
        likely: list[tuple] = []
        for name in ranked[: CONFIG.candidates]:
            for hand in (False, True):
                told = index.has_hand(name, blur_mm(body.voxel_mm, CONFIG))
                if hand and (not told or (name == t.id and not bent)):
                    continue
                p = mirrored(index.prepared(name)) if hand else index.prepared(name)
                fit = fit_whole(p, body, CONFIG.max_scale)
                e = evidence_of(fit, body, p, CONFIG)
                row = {"id": name, "same": name == t.id and not bent, "hand": hand, "whole": True}
                row |= {n: round(float(v), 4) for n, v in vars(e).items()}
                if probability(e, whole=True, mirrored=hand) > _LIKELY:
                    likely.append((row, p, fit, e))
                if row["same"]:
                    error = pose_error(fit.poses.matrix(0, p.centre, p.flip), piece, t)
                    row["pose_mm"], row["pose_deg"] = (round(v, 3) for v in error)
                out["fits"].append(row)
        if any(not row["same"] for row, *_ in likely):
            _tell(likely, prepare(mesh, Store(None)) if bent else index.prepared(t.id), body)
        return out

    return trial


def _tell(likely: list[tuple], true: Prepared, body: Body) -> None:
    """Write into each row by whom the stage rules it out, and the odds that the scan gives for the truth over it."""
    fit = fit_whole(true, body, CONFIG.max_scale)
    e = evidence_of(fit, body, true, CONFIG)
    for row, p, own, _ in likely:
        better = [b for b in likely if b[0]["hand"] == row["hand"] and b[0]["rms_mm"] < row["rms_mm"]]
        odds = {b[0]["id"]: log_odds(b[1:3], (p, own), b[3], body.voxel_mm) for b in better}
        row["ruled_out_by"] = [name for name, o in odds.items() if o > DECISIVE]
        if not row["same"]:
            row["truth_odds"] = round(log_odds((true, fit), (p, own), e, body.voxel_mm), 2)


def parts(library: TemplateLibrary, rounds: int, seed: int) -> Iterator[tuple[str, Trial]]:
    """Two shapes that touch under one label: what is taken to lie in the heap, and how well it fits."""
    for k in range(rounds):
        for i, t in enumerate(library.templates):
            yield f"{t.id}/{k}", _part(library, t, i, k, seed)


def _part(library: TemplateLibrary, t: Template, i: int, k: int, seed: int) -> Trial:
    def trial() -> dict:
        index = index_of(library, CONFIG)
        how = how_made(seed, i, k, scaled=True)
        rng = np.random.default_rng([seed, i, k, 8])
        kind = forms.KINDS[int(rng.integers(len(forms.KINDS)))]
        other = forms.make(kind, int(rng.integers(1 << 30)))
        seg, q, _ = scenes.touching([scenes.fine_solid(t.mesh), scenes.fine_solid(other)], **how)
        out: dict = {"template": t.id, "other": kind, "how": written(how), "fits": []}
        goods = sorted(seg.goods, key=lambda o: -o.voxels)
        body = body_of(seg, q, goods[:1]) if goods else None
        if body is None:
            return out
        from scipy.spatial import cKDTree

        seen = probes(body.distance, body.points, body.normals)
        ranked = index.could_hold(body.shape, seen, body.voxel_mm)
        out["place"] = ranked.index(t.id) if t.id in ranked else -1
        tree, seeds = cKDTree(seen), seeds_of(body)
        ranked = [
            n for n in ranked[: LOOKED_AT * CONFIG.partial_candidates] if contained(index.probes_of(n), tree, body)
        ]
        out["place_checked"] = ranked.index(t.id) if t.id in ranked else -1
        for name in ranked[: CONFIG.partial_candidates]:
            p = index.prepared(name)
            fit = fit_part(p, body, seeds, CONFIG.max_scale)
            e = evidence_of(fit, body, p, CONFIG, whole=False)
            row = {"id": name, "same": name == t.id, "hand": False, "whole": False}
            row |= {n: round(float(v), 4) for n, v in vars(e).items()}
            out["fits"].append(row)
        return out

    return trial


MODES = ("alone", "merged", "cut", "view", "torn", "heap", "moved", "boxed")


def found(library: TemplateLibrary, rounds: int, seed: int) -> Iterator[tuple[str, Trial]]:
    """Bodies through all of `match`.

    alone; merged with another under one label; cut in two; 30 % out of view; torn in three with what lay between
    lost; three copies and another body in one heap under one label; moved, a figure whose limb is turned at its root;
    boxed, another design of the same kind and the same box, which is not the template.
    """
    for k in range(rounds):
        for i, t in enumerate(library.templates):
            for mode in MODES:
                made = library.path.startswith("made:")
                # a box stretched to a box is the same box
                fits = {"moved": ("figure",), "boxed": ("figure", "bottle", "tool", "pebble")}
                if mode not in fits or (made and t.name in fits[mode]):
                    yield f"{t.id}/{k}/{mode}", _found(library, t, i, k, seed, mode)


def _scene(library: TemplateLibrary, t: Template, i: int, k: int, seed: int, mode: str, how: dict) -> tuple:
    rng = np.random.default_rng([seed, i, k, 8])
    solid = scenes.fine_solid(t.mesh)
    other = forms.make(forms.KINDS[int(rng.integers(len(forms.KINDS)))], int(rng.integers(1 << 30)))
    if mode == "merged":
        return scenes.touching([solid, scenes.fine_solid(other)], **how)
    if mode == "heap":
        return scenes.touching([solid, solid, solid, scenes.fine_solid(other)], **how)
    if mode == "moved":
        solid = scenes.fine_solid(forms.moved(100_000 * int(library.path.split(":")[2]) + i))
    if mode == "boxed":
        solid = scenes.fine_solid(_boxed(t, i, k, seed))
    extra = {"cut": {"cuts": (0.55,)}, "view": {"out": 0.3}, "torn": {"cuts": (0.35, 0.7), "lost": True}}.get(mode, {})
    return scenes.alone(solid, **how, **extra)


def _boxed(t: Template, i: int, k: int, seed: int) -> Mesh:
    """Another design of the same kind, stretched to the template's box."""
    rng = np.random.default_rng([seed, i, k, 7])
    return forms.boxed(t.mesh, forms.make(t.name, int(rng.integers(1 << 30))))


def _found(library: TemplateLibrary, t: Template, i: int, k: int, seed: int, mode: str) -> Trial:
    def trial() -> dict:
        how = how_made(seed, i, k, scaled=mode != "boxed")
        if mode == "heap":
            how["voxel_mm"] = max(1.5, how["voxel_mm"])  # four bodies at 1 mm would take a minute to make
        seg, q, piece = _scene(library, t, i, k, seed, mode, how)
        began, cpu = time.perf_counter(), time.process_time()
        got = match(seg, q, library, {}, config=CONFIG)
        took = time.perf_counter() - began
        names = [m.template_id for m in got]
        out = {"template": t.id, "mode": mode, "how": written(how), "objects": len(seg.goods), "s": round(took, 3)}
        out |= {"cpu": round(time.process_time() - cpu, 3), "named": names, "alike": [m.alternatives for m in got]}
        right = [m for m in got if m.template_id == t.id]
        out["scores"] = [round(m.score, 4) for m in got]
        out["copies"] = 3 if mode == "heap" else 0 if mode == "boxed" else 1
        if mode == "boxed":
            planted = as_body(prepare(_boxed(t, i, k, seed), Store(None)))
            out["apart_mm"] = round(apart_mm(index_of(library, CONFIG).prepared(t.id), planted, CONFIG.max_scale), 3)
        if right and mode not in ("moved", "boxed", "heap"):
            error = min(pose_error(m.pose.matrix, piece, t) for m in right)
            out["pose_mm"], out["pose_deg"] = (round(v, 3) for v in error)
        return out

    return trial
