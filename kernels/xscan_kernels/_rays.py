"""Sums along rays through an image, and spreading them back."""

# mypy: disable-error-code="no-untyped-def"

import numpy as np

from ._jit import kernel

__all__ = ["spread_fan", "spread_parallel", "sum_rays"]


@kernel
def _add_row(line, row, starts, slopes, sums, begin, end):
    """Add to the rays [begin, end) what they meet in one row, read between its pixels.

    ``line`` is the row with a zero before and two after it, so that no place has to be asked whether it
    lies inside; ``starts`` and ``slopes`` are the rays' places at row 0 and their steps a row.
    """
    most = np.float64(line.size - 3)
    for d in range(begin, end):
        at = min(max(starts[d] + row * slopes[d], -1.0), most)
        left = np.floor(at)
        part = np.float32(at - left)
        i = np.uint64(np.int32(left) + np.int32(1))
        sums[d] = (sums[d] + line[i] * (np.float32(1) - part)) + line[i + np.uint64(1)] * part


@kernel
def sum_rays(stack, turned, angles, offsets, source, pixel, out, begin, end):
    """Line integrals (Joseph) for angles [begin, end) of all images; ``source`` mm from the axis, inf for parallel.

    ``stack`` holds the images with a column of zeros before and two after them, ``turned`` the same of the
    transposed images: a ray steps through rows or columns, whichever it crosses faster. ``offsets`` are
    the detector elements' places, mm, on the line through the axis.
    """
    rows, width = stack.shape[1], turned.shape[1]
    middle_x = (width - 1) / 2
    middle_y = (rows - 1) / 2
    number = offsets.size
    starts = np.empty(number)
    slopes = np.empty(number)
    steep = np.empty(number, np.bool_)
    sums = np.empty(number, np.float32)
    for a in range(begin, end):
        c = np.cos(angles[a])
        s = np.sin(angles[a])
        for d in range(number):
            u = offsets[d]
            dx = -s
            dy = c
            if np.isfinite(source):
                dx = u * c - source * s
                dy = u * s + source * c
            x = u * c / pixel + middle_x
            y = u * s / pixel + middle_y
            steep[d] = abs(dy) >= abs(dx)
            slopes[d] = dx / dy if steep[d] else dy / dx
            starts[d] = x - y * slopes[d] if steep[d] else y - x * slopes[d]
        for k in range(out.shape[0]):
            sums[:] = np.float32(0)
            first = 0
            while first < number:
                last = first
                while last < number and steep[last] == steep[first]:
                    last += 1
                image = stack[k] if steep[first] else turned[k]
                for row in range(image.shape[0]):
                    _add_row(image[row], np.float64(row), starts, slopes, sums, first, last)
                first = last
            for d in range(number):
                out[k, a, d] = sums[d] * np.float32(np.sqrt(1 + slopes[d] * slopes[d])) * pixel


@kernel
def _spread_row(rays, base, step, target, begin, end):
    """Add to pixels [begin, end) of a row what the rays through them brought, read between elements."""
    for x in range(begin, end):
        at = base + x * step
        left = np.floor(at)
        i = np.uint64(np.int32(left))
        part = np.float32(at - left)
        target[x] += rays[i] + part * (rays[i + np.uint64(1)] - rays[i])


@kernel
def _within(base, step, x, elements):
    """Whether pixel ``x`` of a row lies between the first and the last element."""
    return 0 <= np.floor(base + x * step) < elements - 1


@kernel
def spread_parallel(sinogram, angles, first, step, pixel, scale, out, begin, end):
    """Add every projection back along its rays, into rows [begin, end) of all images."""
    rows, width = out.shape[1:]
    elements = sinogram.shape[2]
    for k in range(out.shape[0]):
        for y in range(begin, end):
            target = out[k, y]
            for x in range(width):
                target[x] = 0
            for a in range(angles.size):
                c = np.cos(angles[a]) * pixel / step
                s = np.sin(angles[a]) * pixel / step
                base = (y - (rows - 1) / 2) * s - (width - 1) / 2 * c - first / step
                low, high = 0, width  # places run one way along a row: those within stand together
                while low < high and not _within(base, c, low, elements):
                    low += 1
                while high > low and not _within(base, c, high - 1, elements):
                    high -= 1
                _spread_row(sinogram[k, a], base, c, target, low, high)
            for x in range(width):
                target[x] *= scale


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
