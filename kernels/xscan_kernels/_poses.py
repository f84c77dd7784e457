"""A distance field read at rigidly moved points, and what a pose's fit is judged by."""

# mypy: disable-error-code="no-untyped-def"

import numpy as np

from ._jit import kernel

__all__ = ["pair_bins", "sample", "score"]


@kernel
def _read(field, z, y, x, out):
    """Trilinear value and gradient (x, y, z, per voxel) at voxel coordinates; False outside of the grid."""
    depth, rows, width = field.shape
    if not (0.0 <= z <= depth - 1 and 0.0 <= y <= rows - 1 and 0.0 <= x <= width - 1):
        return False
    k = min(np.int64(z), max(depth - 2, 0))
    j = min(np.int64(y), max(rows - 2, 0))
    i = min(np.int64(x), max(width - 2, 0))
    k1 = min(k + 1, depth - 1)
    j1 = min(j + 1, rows - 1)
    i1 = min(i + 1, width - 1)
    fz = z - k
    fy = y - j
    fx = x - i
    a00 = field[k, j, i]
    a01 = field[k, j, i1]
    a10 = field[k, j1, i]
    a11 = field[k, j1, i1]
    b00 = field[k1, j, i]
    b01 = field[k1, j, i1]
    b10 = field[k1, j1, i]
    b11 = field[k1, j1, i1]
    a0 = a00 + fx * (a01 - a00)
    a1 = a10 + fx * (a11 - a10)
    b0 = b00 + fx * (b01 - b00)
    b1 = b10 + fx * (b11 - b10)
    a = a0 + fy * (a1 - a0)
    b = b0 + fy * (b1 - b0)
    da = (a01 - a00) + fy * ((a11 - a10) - (a01 - a00))
    db = (b01 - b00) + fy * ((b11 - b10) - (b01 - b00))
    out[0] = a + fz * (b - a)
    out[1] = da + fz * (db - da)
    out[2] = (a1 - a0) + fz * ((b1 - b0) - (a1 - a0))
    out[3] = b - a
    return True


@kernel
def sample(field, origin, spacing, points, poses, outside, values, gradients, begin, end):
    """Values (and gradients, unless of size 0) for poses [begin, end); origin and spacing are x, y, z."""
    got = np.empty(4)
    for p in range(begin, end):
        m = poses[p]
        for n in range(points.shape[0]):
            px, py, pz = points[n, 0], points[n, 1], points[n, 2]
            x = (m[0, 0] * px + m[0, 1] * py + m[0, 2] * pz + m[0, 3] - origin[0]) / spacing[0]
            y = (m[1, 0] * px + m[1, 1] * py + m[1, 2] * pz + m[1, 3] - origin[1]) / spacing[1]
            z = (m[2, 0] * px + m[2, 1] * py + m[2, 2] * pz + m[2, 3] - origin[2]) / spacing[2]
            if _read(field, z, y, x, got):
                values[p, n] = got[0]
                if gradients.size > 0:
                    for axis in range(3):
                        gradients[p, n, axis] = got[1 + axis] / spacing[axis]
            else:
                values[p, n] = outside
                if gradients.size > 0:
                    gradients[p, n, :] = 0


@kernel
def score(field, origin, spacing, points, weights, poses, most, near, losses, inliers, slopes, curves, begin, end):
    """Truncated squared distance and inlier share of poses [begin, end), with Gauss-Newton terms.

    A turn is about the origin of the moved points' frame: d(point) = shift + turn × point. Terms past
    ``most`` (the truncation) carry no slope. ``slopes`` and ``curves`` may be of size 0.
    """
    got = np.empty(4)
    row = np.empty(6)
    total = 0.0
    for n in range(weights.size):
        total += weights[n]
    for p in range(begin, end):
        m = poses[p]
        loss = 0.0
        inside = 0.0
        for n in range(points.shape[0]):
            px, py, pz = points[n, 0], points[n, 1], points[n, 2]
            x = m[0, 0] * px + m[0, 1] * py + m[0, 2] * pz + m[0, 3]
            y = m[1, 0] * px + m[1, 1] * py + m[1, 2] * pz + m[1, 3]
            z = m[2, 0] * px + m[2, 1] * py + m[2, 2] * pz + m[2, 3]
            ok = _read(
                field, (z - origin[2]) / spacing[2], (y - origin[1]) / spacing[1], (x - origin[0]) / spacing[0], got
            )
            w = weights[n]
            value = got[0]
            if not ok or not abs(value) < most:
                loss += w * most * most
                continue
            loss += w * value * value
            if abs(value) <= near:
                inside += w
            if slopes.size > 0:
                gx, gy, gz = got[1] / spacing[0], got[2] / spacing[1], got[3] / spacing[2]
                row[0] = gx
                row[1] = gy
                row[2] = gz
                row[3] = y * gz - z * gy
                row[4] = z * gx - x * gz
                row[5] = x * gy - y * gx
                for i in range(6):
                    slopes[p, i] += w * value * row[i]
                    for j in range(i + 1):
                        curves[p, i, j] += w * row[i] * row[j]
        losses[p] = loss / total
        inliers[p] = inside / total
        if slopes.size > 0:
            for i in range(6):
                slopes[p, i] /= total
                for j in range(i + 1):
                    curves[p, i, j] /= total
                    curves[p, j, i] = curves[p, i, j]


@kernel
def _angle_bin(cosine, number):
    return min(np.int64(np.arccos(min(1.0, max(-1.0, cosine))) / np.pi * number), number - 1)


@kernel
def pair_bins(points, normals, most, counts, begin, end):
    """Count ordered pairs (first point in [begin, end)) by distance and, with normals, by three angles."""
    far, turns = counts.shape[0], counts.shape[1]
    for a in range(begin, end):
        for b in range(points.shape[0]):
            if a == b:
                continue
            dx = points[b, 0] - points[a, 0]
            dy = points[b, 1] - points[a, 1]
            dz = points[b, 2] - points[a, 2]
            apart = np.sqrt(dx * dx + dy * dy + dz * dz)
            if not apart < most:
                continue
            bin_ = min(np.int64(apart / most * far), far - 1)
            if normals.size == 0:
                counts[bin_, 0, 0, 0] += 1
            elif apart > 0:
                one, two = normals[a], normals[b]
                i = _angle_bin((one[0] * dx + one[1] * dy + one[2] * dz) / apart, turns)
                j = _angle_bin((two[0] * dx + two[1] * dy + two[2] * dz) / apart, turns)
                k = _angle_bin(one[0] * two[0] + one[1] * two[1] + one[2] * two[2], turns)
                counts[bin_, i, j, k] += 1
