"""Filters voxel by voxel, edge voxels repeated outside."""

import numpy as np


def window(volume, at, radius):
    index = [np.clip(np.arange(i - radius, i + radius + 1), 0, n - 1) for i, n in zip(at, volume.shape, strict=True)]
    return volume[np.ix_(*index)]


def median3(volume):
    out = np.empty_like(volume)
    for at in np.ndindex(volume.shape):
        out[at] = np.sort(window(volume, at, 1), axis=None)[13]
    return out


def extreme(volume, size, take):
    out = np.empty_like(volume)
    for at in np.ndindex(volume.shape):
        out[at] = take(window(volume, at, size // 2))
    return out


def gaussian(volume, sigma, truncate=4.0):
    radius = int(truncate * sigma + 0.5)
    weights = np.exp(-0.5 * (np.arange(-radius, radius + 1) / sigma) ** 2)
    weights /= weights.sum()
    cube = weights[:, None, None] * weights[None, :, None] * weights[None, None, :]
    out = np.empty(volume.shape)
    for at in np.ndindex(volume.shape):
        out[at] = (window(volume, at, radius) * cube).sum()
    return out


def _existing(volume, at, radius):
    return volume[tuple(slice(max(i - radius, 0), i + radius + 1) for i in at)]


def guided(volume, guide, radius, eps):
    slope, base, out = np.empty(volume.shape), np.empty(volume.shape), np.empty(volume.shape)
    for at in np.ndindex(volume.shape):
        i, p = (_existing(v.astype(np.float64), at, radius) for v in (guide, volume))
        slope[at] = ((i * p).mean() - i.mean() * p.mean()) / (i.var() + eps)
        base[at] = p.mean() - slope[at] * i.mean()
    for at in np.ndindex(volume.shape):
        out[at] = _existing(slope, at, radius).mean() * guide[at] + _existing(base, at, radius).mean()
    return out


def bilateral(volume, sigma, widths, guides, radius):
    out = np.empty(volume.shape)
    for at in np.ndindex(volume.shape):
        total = weight = 0.0
        for there in np.ndindex(volume.shape):
            step = np.subtract(there, at)
            if np.abs(step).max() > radius:
                continue
            apart = sum(((g[there] - g[at]) / w) ** 2 / 2 for g, w in zip(guides, widths, strict=True))
            w = np.exp(-(step @ step) / (2 * sigma**2) - apart)
            total += w * volume[there]
            weight += w
        out[at] = total / weight
    return out
