"""Sums along rays through an image, and spreading them back."""

# mypy: disable-error-code="no-untyped-def"

import numpy as np

from ._jit import kernel

__all__ = ["spread_fan", "spread_parallel", "sum_rays"]


@kernel
def _ray(image, x, y, dx, dy):
    """Joseph's sum along the line through (x, y) in direction (dx, dy), in pixels of length one."""
    rows, width = image.shape
    total = np.float32(0)
    if abs(dy) >= abs(dx):
        slope = dx / dy
        at = x - y * slope
        for row in range(rows):
            left = np.floor(at)
            i = np.int64(left)
            part = np.float32(at - left)
            if 0 <= i < width:
                total += image[row, i] * (np.float32(1) - part)
            if -1 <= i < width - 1:
                total += image[row, i + 1] * part
            at += slope
    else:
        slope = dy / dx
        at = y - x * slope
        for column in range(width):
            left = np.floor(at)
            i = np.int64(left)
            part = np.float32(at - left)
            if 0 <= i < rows:
                total += image[i, column] * (np.float32(1) - part)
            if -1 <= i < rows - 1:
                total += image[i + 1, column] * part
            at += slope
    return total * np.float32(np.sqrt(1 + slope * slope))


@kernel
def sum_rays(stack, angles, offsets, source, pixel, out, begin, end):
    """Line integrals for angles [begin, end) of all images; ``source`` mm from the axis, inf for parallel.

    ``offsets`` are the detector elements' places, mm, on the line through the axis.
    """
    rows, width = stack.shape[1:]
    middle_x = (width - 1) / 2
    middle_y = (rows - 1) / 2
    for a in range(begin, end):
        c = np.cos(angles[a])
        s = np.sin(angles[a])
        for k in range(stack.shape[0]):
            for d in range(offsets.size):
                u = offsets[d]
                dx = -s
                dy = c
                if np.isfinite(source):
                    dx = u * c - source * s
                    dy = u * s + source * c
                out[k, a, d] = _ray(stack[k], u * c / pixel + middle_x, u * s / pixel + middle_y, dx, dy) * pixel


@kernel
def spread_parallel(sinogram, angles, first, step, pixel, scale, out, begin, end):
    """Add every projection back along its rays, into rows [begin, end) of all images."""
    rows, width = out.shape[1:]
    elements = sinogram.shape[2]
    for k in range(out.shape[0]):
        for y in range(begin, end):
            for x in range(width):
                out[k, y, x] = 0
            for a in range(angles.size):
                c = np.cos(angles[a]) * pixel / step
                s = np.sin(angles[a]) * pixel / step
                base = (y - (rows - 1) / 2) * s - (width - 1) / 2 * c - first / step
                for x in range(width):
                    at = base + x * c
                    i = np.int64(np.floor(at))
                    if 0 <= i < elements - 1:
                        part = np.float32(at - i)
                        one = sinogram[k, a, i]
                        out[k, y, x] += one + part * (sinogram[k, a, i + 1] - one)
            for x in range(width):
                out[k, y, x] *= scale


@kernel
def spread_fan(sinogram, angles, first, step, source, pixel, scale, out, begin, end):
    """As :func:`spread_parallel`, along a fan's rays, weighted by the inverse square of the distance."""
    rows, width = out.shape[1:]
    elements = sinogram.shape[2]
    for k in range(out.shape[0]):
        for y in range(begin, end):
            for x in range(width):
                out[k, y, x] = 0
            py = (y - (rows - 1) / 2) * pixel
            for a in range(angles.size):
                c = np.cos(angles[a])
                s = np.sin(angles[a])
                for x in range(width):
                    px = (x - (width - 1) / 2) * pixel
                    reach = (source - px * s + py * c) / source
                    at = ((px * c + py * s) / reach - first) / step
                    i = np.int64(np.floor(at))
                    if reach > 0 and 0 <= i < elements - 1:
                        part = np.float32(at - i)
                        one = sinogram[k, a, i]
                        weight = np.float32(1 / (reach * reach))
                        out[k, y, x] += weight * (one + part * (sinogram[k, a, i + 1] - one))
            for x in range(width):
                out[k, y, x] *= scale
