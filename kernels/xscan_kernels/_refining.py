"""Gauss-Newton steps of many poses at once between two distance fields, and what is left of the distance."""

# mypy: disable-error-code="no-untyped-def"

import numpy as np

from ._jit import kernel

__all__ = ["apart", "laid_on", "refine"]

_DOF = 10  # place 3, turn 3, scale 3, offset 1


@kernel
def _read(field, origin, spacing, x, y, z, got):
    """Trilinear value and gradient per mm at a place; outside of the grid the distance from it is added."""
    depth, rows, width = field.shape
    gx = (x - origin[0]) / spacing[0]
    gy = (y - origin[1]) / spacing[1]
    gz = (z - origin[2]) / spacing[2]
    cx = min(max(gx, 0.0), width - 1.001)
    cy = min(max(gy, 0.0), rows - 1.001)
    cz = min(max(gz, 0.0), depth - 1.001)
    i, j, k = np.int64(cx), np.int64(cy), np.int64(cz)
    fx, fy, fz = cx - i, cy - j, cz - k
    a00 = field[k, j, i]
    a01 = field[k, j, i + 1]
    a10 = field[k, j + 1, i]
    a11 = field[k, j + 1, i + 1]
    b00 = field[k + 1, j, i]
    b01 = field[k + 1, j, i + 1]
    b10 = field[k + 1, j + 1, i]
    b11 = field[k + 1, j + 1, i + 1]
    a0 = a00 + fx * (a01 - a00)
    a1 = a10 + fx * (a11 - a10)
    b0 = b00 + fx * (b01 - b00)
    b1 = b10 + fx * (b11 - b10)
    a = a0 + fy * (a1 - a0)
    b = b0 + fy * (b1 - b0)
    got[0] = a + fz * (b - a)
    ex = (gx - cx) * spacing[0]
    ey = (gy - cy) * spacing[1]
    ez = (gz - cz) * spacing[2]
    far = np.sqrt(ex * ex + ey * ey + ez * ez)
    if far > 0:
        got[0] += far
        got[1], got[2], got[3] = ex / far, ey / far, ez / far
        return
    da = (a01 - a00) + fy * ((a11 - a10) - (a01 - a00))
    db = (b01 - b00) + fy * ((b11 - b10) - (b01 - b00))
    got[1] = (da + fz * (db - da)) / spacing[0]
    got[2] = ((a1 - a0) + fz * ((b1 - b0) - (a1 - a0))) / spacing[1]
    got[3] = (b - a) / spacing[2]


@kernel
def _add(row, residual, width, count, dof, normal, slope):
    """One residual's share of the normal equations, Geman-McClure weighted."""
    u = residual / width
    w = 1.0 / (count * (1.0 + u * u) * (1.0 + u * u))
    for a in range(dof):
        slope[a] += w * residual * row[a]
        for b in range(a + 1):
            normal[a, b] += w * row[a] * row[b]


@kernel
def _solve(normal, slope, dof):
    """Cholesky in place: ``slope`` becomes the solution; False where the matrix is not positive."""
    for a in range(dof):
        for b in range(a + 1):
            total = normal[a, b]
            for c in range(b):
                total -= normal[a, c] * normal[b, c]
            if a == b:
                if not total > 0:
                    return False
                normal[a, a] = np.sqrt(total)
            else:
                normal[a, b] = total / normal[b, b]
    for a in range(dof):
        for c in range(a):
            slope[a] -= normal[a, c] * slope[c]
        slope[a] /= normal[a, a]
    for a in range(dof - 1, -1, -1):
        for c in range(a + 1, dof):
            slope[a] -= normal[c, a] * slope[c]
        slope[a] /= normal[a, a]
    return True


@kernel
def _turn(r, w, out):
    """``out`` = exp(w) @ r (Rodrigues), turns longer than 0.35 rad shortened to it."""
    angle = np.sqrt(w[0] * w[0] + w[1] * w[1] + w[2] * w[2])
    short = min(1.0, 0.35 / max(angle, 1e-9))
    angle *= short
    x, y, z = 0.0, 0.0, 0.0
    if angle > 1e-12:
        x, y, z = w[0] * short / angle, w[1] * short / angle, w[2] * short / angle
    s, c = np.sin(angle), 1.0 - np.cos(angle)
    e = np.empty((3, 3))
    e[0, 0], e[0, 1], e[0, 2] = 1 - c * (y * y + z * z), c * x * y - s * z, c * x * z + s * y
    e[1, 0], e[1, 1], e[1, 2] = c * x * y + s * z, 1 - c * (x * x + z * z), c * y * z - s * x
    e[2, 0], e[2, 1], e[2, 2] = c * x * z - s * y, c * y * z + s * x, 1 - c * (x * x + y * y)
    for i in range(3):
        for j in range(3):
            out[i, j] = e[i, 0] * r[0, j] + e[i, 1] * r[1, j] + e[i, 2] * r[2, j]


@kernel
def refine(
    here, origin, spacing, low, high, x, there, origin2, spacing2, q, rotation, scale, place, offset, widths, prior,
    most_scale, most_offset, begin, end,
):  # fmt: skip
    """Refine poses [begin, end) in place; see :func:`xscan_kernels.refining.refine_poses`."""
    got = np.empty(4)
    row = np.empty(_DOF)
    normal = np.empty((_DOF, _DOF))
    slope = np.empty(_DOF)
    turned = np.empty((3, 3))
    dof = _DOF if most_scale > 0 else 6
    n, m = x.shape[0], q.shape[0]
    for p in range(begin, end):
        r, s, t = rotation[p], scale[p], place[p]
        for step in range(widths.size):
            width = widths[step]
            normal[:] = 0.0
            slope[:] = 0.0
            for i in range(n):
                ux, uy, uz = s[0] * x[i, 0], s[1] * x[i, 1], s[2] * x[i, 2]
                ax = r[0, 0] * ux + r[0, 1] * uy + r[0, 2] * uz
                ay = r[1, 0] * ux + r[1, 1] * uy + r[1, 2] * uz
                az = r[2, 0] * ux + r[2, 1] * uy + r[2, 2] * uz
                px, py, pz = ax + t[0], ay + t[1], az + t[2]
                # beyond the scan's box nothing was seen, so nothing can be missing there
                if not (low[0] <= px <= high[0] and low[1] <= py <= high[1] and low[2] <= pz <= high[2]):
                    continue
                _read(here, origin, spacing, px, py, pz, got)
                gx, gy, gz = got[1], got[2], got[3]
                row[0], row[1], row[2] = gx, gy, gz
                row[3], row[4], row[5] = ay * gz - az * gy, az * gx - ax * gz, ax * gy - ay * gx
                for a in range(3):
                    row[6 + a] = (r[0, a] * gx + r[1, a] * gy + r[2, a] * gz) * x[i, a]
                row[9] = 1.0
                _add(row, got[0] + offset[p], width, n, dof, normal, slope)
            for i in range(m):
                ax, ay, az = q[i, 0] - t[0], q[i, 1] - t[1], q[i, 2] - t[2]
                lx = (r[0, 0] * ax + r[1, 0] * ay + r[2, 0] * az) / s[0]
                ly = (r[0, 1] * ax + r[1, 1] * ay + r[2, 1] * az) / s[1]
                lz = (r[0, 2] * ax + r[1, 2] * ay + r[2, 2] * az) / s[2]
                _read(there, origin2, spacing2, lx, ly, lz, got)
                hx, hy, hz = got[1] / s[0], got[2] / s[1], got[3] / s[2]
                gx = r[0, 0] * hx + r[0, 1] * hy + r[0, 2] * hz
                gy = r[1, 0] * hx + r[1, 1] * hy + r[1, 2] * hz
                gz = r[2, 0] * hx + r[2, 1] * hy + r[2, 2] * hz
                row[0], row[1], row[2] = -gx, -gy, -gz
                row[3], row[4], row[5] = az * gy - ay * gz, ax * gz - az * gx, ay * gx - ax * gy
                row[6], row[7], row[8] = -hx * lx, -hy * ly, -hz * lz
                row[9] = -1.0
                _add(row, got[0] - offset[p], width, m, dof, normal, slope)
            for a in range(dof):
                normal[a, a] += prior[a]
            if dof == _DOF:
                for a in range(3):
                    slope[6 + a] += prior[6 + a] * (s[a] - 1.0)
                slope[9] += prior[9] * offset[p]
            if not _solve(normal, slope, dof):
                break
            sound = True
            for a in range(dof):
                sound = sound and abs(slope[a]) < 1e12
            if not sound:
                break
            for a in range(3):
                t[a] -= min(8.0, max(-8.0, slope[a]))
                slope[3 + a] = -slope[3 + a]
            _turn(r, slope[3:6], turned)
            r[:] = turned
            if dof == _DOF:
                for a in range(3):
                    s[a] = min(1.0 + most_scale, max(1.0 - most_scale, s[a] - slope[6 + a]))
                offset[p] = min(most_offset, max(-most_offset, offset[p] - slope[9]))


@kernel
def apart(
    here, origin, spacing, low, high, x, there, origin2, spacing2, q, rotation, scale, place, offset, cap, mine, costs,
    begin, end,
):  # fmt: skip
    """Mean capped distance of both sides for poses [begin, end)."""
    got = np.empty(4)
    for p in range(begin, end):
        r, s, t, b = rotation[p], scale[p], place[p], offset[p]
        total, number = 0.0, 0
        for i in range(x.shape[0]):
            ux, uy, uz = s[0] * x[i, 0], s[1] * x[i, 1], s[2] * x[i, 2]
            px = r[0, 0] * ux + r[0, 1] * uy + r[0, 2] * uz + t[0]
            py = r[1, 0] * ux + r[1, 1] * uy + r[1, 2] * uz + t[1]
            pz = r[2, 0] * ux + r[2, 1] * uy + r[2, 2] * uz + t[2]
            if low[0] <= px <= high[0] and low[1] <= py <= high[1] and low[2] <= pz <= high[2]:
                _read(here, origin, spacing, px, py, pz, got)
                total += min(abs(got[0] + b), cap)
                number += 1
        costs[p] = total / number if number else cap
        total, number = 0.0, 0
        for i in range(q.shape[0]):
            ax, ay, az = q[i, 0] - t[0], q[i, 1] - t[1], q[i, 2] - t[2]
            lx = (r[0, 0] * ax + r[1, 0] * ay + r[2, 0] * az) / s[0]
            ly = (r[0, 1] * ax + r[1, 1] * ay + r[2, 1] * az) / s[1]
            lz = (r[0, 2] * ax + r[1, 2] * ay + r[2, 2] * az) / s[2]
            _read(there, origin2, spacing2, lx, ly, lz, got)
            if got[0] - b < mine:
                total += min(abs(got[0] - b), cap)
                number += 1
        costs[p] += total / number if number else cap


@kernel
def laid_on(here, origin, spacing, x, seeds, frames, points, back, near, cosines, sines, cap, losses, begin, end):
    """Score each template point laid on seeds [begin, end), normal on normal, under every twist."""
    got = np.empty(4)
    r = np.empty((3, 3))
    tb = np.empty((3, 3))
    for seed in range(begin, end):
        f = frames[seed]
        for c in range(near.shape[1]):
            point = near[seed, c]
            b = back[point]
            for k in range(cosines.size):
                for j in range(3):
                    tb[0, j] = cosines[k] * b[0, j] - sines[k] * b[1, j]
                    tb[1, j] = sines[k] * b[0, j] + cosines[k] * b[1, j]
                    tb[2, j] = b[2, j]
                for i in range(3):
                    for j in range(3):
                        r[i, j] = f[i, 0] * tb[0, j] + f[i, 1] * tb[1, j] + f[i, 2] * tb[2, j]
                total = 0.0
                for i in range(x.shape[0]):
                    dx, dy, dz = x[i, 0] - points[point, 0], x[i, 1] - points[point, 1], x[i, 2] - points[point, 2]
                    px = r[0, 0] * dx + r[0, 1] * dy + r[0, 2] * dz + seeds[seed, 0]
                    py = r[1, 0] * dx + r[1, 1] * dy + r[1, 2] * dz + seeds[seed, 1]
                    pz = r[2, 0] * dx + r[2, 1] * dy + r[2, 2] * dz + seeds[seed, 2]
                    _read(here, origin, spacing, px, py, pz, got)
                    value = min(abs(got[0]), cap)
                    total += value * value
                losses[seed, c, k] = total / x.shape[0]
