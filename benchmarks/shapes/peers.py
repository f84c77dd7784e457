"""The same bodies and templates through other ways: each names one template and a pose.

Peers are rigid and see points on both surfaces; the time of making those is not counted against them. They name the
template of least root mean square distance, both ways; they know no "none of these", so each body is planted.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import numpy as np
import scenes
from lines import Trial
from trials import CONFIG, how_made, pose_error, written

from xscan.model import Template, TemplateLibrary
from xscan.template import match
from xscan.template.body import body_of
from xscan.template.candidates import index_of
from xscan.template.prepared import Prepared
from xscan.template.rotations import axis_aligned

Points = np.ndarray
Aligner = Callable[[Points, Points, np.ndarray, np.ndarray], np.ndarray]


def peers(library: TemplateLibrary, rounds: int, seed: int) -> Iterator[tuple[str, Trial]]:
    """One line a planted body: what each way names, its pose error and its time."""
    for k in range(rounds):
        for i, t in enumerate(library.templates):
            yield f"{t.id}/{k}", _compared(library, t, i, k, seed)


def _compared(library: TemplateLibrary, t: Template, i: int, k: int, seed: int) -> Trial:
    def trial() -> dict:
        index = index_of(library, CONFIG)
        how = how_made(seed, i, k, scaled=True)
        seg, q, piece = scenes.alone(scenes.fine_solid(t.mesh), **how)
        if not seg.goods:
            return {"template": t.id, "how": written(how), "ways": {}}
        goods = sorted(seg.goods, key=lambda o: -o.voxels)
        body = body_of(seg, q, goods[:1])
        assert body is not None
        prepared = {name: index.prepared(name) for name in index.ids}
        ways: dict[str, dict] = {}
        began = time.process_time()
        found = match(seg, q, library, {}, config=CONFIG)
        ways["xscan"] = {"cpu": time.process_time() - began, "named": [m.template_id for m in found]}
        for m in found:
            if m.template_id == t.id:
                ways["xscan"]["pose_mm"] = pose_error(m.pose.matrix, piece, t)[0]
        began = time.process_time()
        name = min(index.ids, key=lambda n: _unlike(prepared[n], body))
        ways["global features"] = {"cpu": time.process_time() - began, "named": [name]}
        for way, align in _aligners().items():
            began = time.process_time()
            best = (np.inf, "", np.eye(4))
            for n, p in prepared.items():
                moved = align(body.points, p.points[:2000], body.shape.axes, p.shape.axes)
                best = min(best, (_rms(body.points, p.points[:2000], moved), n, moved), key=lambda b: b[0])
            ways[way] = {"cpu": time.process_time() - began, "named": [best[1]]}
            if best[1] == t.id:
                matrix = best[2].copy()
                matrix[:3, 3] -= matrix[:3, :3] @ prepared[t.id].centre
                ways[way]["pose_mm"] = pose_error(matrix, piece, t)[0]
        return {"template": t.id, "how": written(how), "library": len(prepared), "ways": ways}

    return trial


def _unlike(p: Prepared, body) -> float:  # type: ignore[no-untyped-def]
    """Distance of global features: log volume, area, spreads and quantiles of radii."""
    a, b = p.shape, body.shape
    one = np.log(np.concatenate([[a.volume ** (1 / 3), a.area**0.5], a.spreads, a.radii]))
    two = np.log(np.concatenate([[b.volume ** (1 / 3), b.area**0.5], b.spreads, b.radii]))
    return float(np.abs(one - two).mean())


def _rms(body: Points, template: Points, matrix: np.ndarray) -> float:
    from scipy.spatial import cKDTree

    moved = template @ matrix[:3, :3].T + matrix[:3, 3]
    there, _ = cKDTree(body).query(moved)
    back, _ = cKDTree(moved).query(body)
    return float(np.sqrt((there**2).mean() / 2 + (back**2).mean() / 2))


def _aligners() -> dict[str, Aligner]:
    """Peers that can be imported here."""
    found: dict[str, Aligner] = {}
    try:
        import small_gicp  # noqa: F401

        found["small_gicp, 24 starts"] = _gicp
    except ImportError:
        pass
    try:
        import open3d  # noqa: F401

        found["open3d FPFH + RANSAC + ICP"] = _open3d
    except ImportError:
        pass
    return found


def _gicp(body: Points, template: Points, axes: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Point-to-plane ICP from the 24 ways of laying principal axes on each other, then GICP from the best."""
    import small_gicp

    target, tree = small_gicp.preprocess_points(body, downsampling_resolution=2.0)
    source, _ = small_gicp.preprocess_points(template, downsampling_resolution=3.0)
    middle, best = body.mean(axis=0), None
    for turn in axis_aligned():
        start = np.eye(4)
        start[:3, :3] = axes @ turn @ own.T
        start[:3, 3] = middle - start[:3, :3] @ template.mean(axis=0)
        found = small_gicp.align(
            target,
            source,
            tree,
            start,
            registration_type="PLANE_ICP",
            max_correspondence_distance=20.0,
            max_iterations=20,
        )
        if best is None or found.error / max(1, found.num_inliers) < best.error / max(1, best.num_inliers):
            best = found
    assert best is not None
    last = small_gicp.align(
        target,
        source,
        tree,
        best.T_target_source,
        registration_type="GICP",
        max_correspondence_distance=5.0,
        max_iterations=30,
    )
    return np.array(last.T_target_source)


def _open3d(body: Points, template: Points, axes: np.ndarray, own: np.ndarray) -> np.ndarray:
    """The usual recipe: FPFH, RANSAC on feature matches, then point-to-plane ICP."""
    import open3d as o3d

    registration = o3d.pipelines.registration
    clouds, features = [], []
    for points in (body, template):
        cloud = o3d.geometry.PointCloud(o3d.utility.Vector3dVector(points)).voxel_down_sample(2.5)
        cloud.estimate_normals(o3d.geometry.KDTreeSearchParamHybrid(radius=6.0, max_nn=30))
        clouds.append(cloud)
        search = o3d.geometry.KDTreeSearchParamHybrid(radius=14.0, max_nn=100)
        features.append(registration.compute_fpfh_feature(cloud, search))
    o3d.utility.random.seed(0)
    rough = registration.registration_ransac_based_on_feature_matching(
        clouds[1],
        clouds[0],
        features[1],
        features[0],
        True,
        4.0,
        registration.TransformationEstimationPointToPoint(False),
        3,
        [registration.CorrespondenceCheckerBasedOnDistance(4.0)],
        registration.RANSACConvergenceCriteria(20_000, 0.999),
    )
    exact = registration.registration_icp(
        clouds[1], clouds[0], 4.0, rough.transformation, registration.TransformationEstimationPointToPlane()
    )
    return np.array(exact.transformation)
