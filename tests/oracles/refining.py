"""One pose at a time in plain numpy: what the refining kernels must agree with."""

import numpy as np
from scipy import ndimage as ndi
from scipy.spatial.transform import Rotation


def read(field, origin, spacing, place, step=1e-4):
    """Trilinear value, and its slope by differences within the cell; outside the distance from the grid is added."""
    last = np.array(field.shape[::-1]) - 1.001
    at = (np.asarray(place) - origin) / spacing
    inner = np.clip(at, 0, last)
    far = np.linalg.norm((at - inner) * spacing)

    def value(index):
        return ndi.map_coordinates(field.astype(float), index[::-1, None], order=1)[0]

    if far > 0:
        return value(inner) + far, (at - inner) * spacing / far
    slope = np.empty(3)
    for k in range(3):
        way = step if np.floor(inner[k] + step) == np.floor(inner[k]) else -step
        slope[k] = (value(inner + way * np.eye(3)[k]) - value(inner)) / way / spacing[k]
    return value(inner), slope


def residual_rows(here, box, x, there, q, pose):
    """Residuals and their slopes (10) of both sides; the slopes by differences of the pose's parameters."""

    def moved(d):
        rotation, scale, place, offset = pose
        return Rotation.from_rotvec(d[3:6]).as_matrix() @ rotation, scale + d[6:9], place + d[:3], offset + d[9]

    def forward(d, point):
        rotation, scale, place, offset = moved(d)
        return rotation @ (scale * point) + place, offset

    def backward(d, point):
        rotation, scale, place, offset = moved(d)
        return rotation.T @ (point - place) / scale, -offset

    sides = []
    for field, points, way in ((here, x, forward), (there, q, backward)):
        rows = []
        for point in points:
            at, b = way(np.zeros(10), point)
            if way is forward and not ((at >= box[0]).all() and (at <= box[1]).all()):
                continue
            value, slope = read(*field, at)
            row = np.empty(10)
            for k in range(10):
                d = 1e-5 * np.eye(10)[k]
                (ahead, b1), (behind, b0) = way(d, point), way(-d, point)
                row[k] = (slope @ (ahead - behind) + b1 - b0) / 2e-5
            rows.append((value + b, row))
        sides.append(rows)
    return sides


def step(here, box, x, there, q, pose, width, prior, max_scale, max_offset):
    """One Gauss-Newton step."""
    normal, slope = np.diag(prior).astype(float), np.zeros(10)
    slope[6:9], slope[9] = prior[6:9] * (pose[1] - 1), prior[9] * pose[3]
    for rows, n in zip(residual_rows(here, box, x, there, q, pose), (len(x), len(q)), strict=True):
        for r, j in rows:
            w = 1 / (n * (1 + (r / width) ** 2) ** 2)
            normal += w * np.outer(j, j)
            slope += w * r * j
    dof = 10 if max_scale > 0 else 6
    d = np.zeros(10)
    d[:dof] = -np.linalg.solve(normal[:dof, :dof], slope[:dof])
    turn = d[3:6] * min(1, 0.35 / max(np.linalg.norm(d[3:6]), 1e-9))
    return (
        Rotation.from_rotvec(turn).as_matrix() @ pose[0],
        np.clip(pose[1] + d[6:9], 1 - max_scale, 1 + max_scale) if max_scale > 0 else pose[1],
        pose[2] + np.clip(d[:3], -8, 8),
        float(np.clip(pose[3] + d[9], -max_offset, max_offset)) if max_scale > 0 else pose[3],
    )


def cost(here, box, x, there, q, pose, cap, mine):
    """Mean capped distance of both sides."""
    sides = residual_rows(here, box, x, there, q, pose)
    front = [min(abs(r), cap) for r, _ in sides[0]]
    back = [min(abs(r), cap) for r, _ in sides[1] if r < mine]
    return (np.mean(front) if front else cap) + (np.mean(back) if back else cap)


def laid_on(here, x, seed, frame, point, back, twist, cap):
    """Mean squared capped distance of one pose that lays a point on a seed."""
    rotation = frame @ Rotation.from_euler("z", twist).as_matrix() @ back.T
    moved = (x - point) @ rotation.T + seed
    return np.mean([min(abs(read(*here, m)[0]), cap) ** 2 for m in moved])
