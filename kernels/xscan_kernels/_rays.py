"""Sums along rays through an image, and spreading them back."""

# mypy: disable-error-code="no-untyped-def"

import numpy as np

from ._jit import kernel

__all__ = ["AFTER", "BEFORE", "spread_fan", "spread_parallel", "sum_rays"]

BEFORE, AFTER = 2, 3  # columns of zeros, so that no place has to be asked whether it lies inside
STRIDE = 64  # pixels whose places are counted from one
STEEP = 16  # elements a pixel, from which on every pixel has its own
MOST = 2047  # elements that a place of 31 bits reaches


@kernel
def _spans(images, spans):
    """First and last place of each row that is not zero, and one more: ``spans[image, row]``."""
    for k in range(images.shape[0]):
        for row in range(images.shape[1]):
            line = images[k, row]
            low, high = BEFORE, line.size - AFTER
            while low < high and line[low] == 0:
                low += 1
            while low < high and line[high - 1] == 0:
                high -= 1
            spans[k, row, 0] = low - BEFORE
            spans[k, row, 1] = high - BEFORE


@kernel
def _past(starts, slopes, row, d, level, rising):
    """Whether ray ``d`` meets a row beyond ``level``, on the way that the rays' places go."""
    at = starts[d] + row * slopes[d]
    return at > level if rising else at < level


@kernel
def _add_row(line, row, starts, slopes, sums, begin, end):
    """Add to the rays [begin, end) what they meet in one row, read between its pixels.

    ``starts`` and ``slopes`` are the rays' places at row 0 and their steps a row.
    """
    for d in range(begin, end):
        at = starts[d] + row * slopes[d]
        left = np.floor(at)
        part = np.float32(at - left)
        i = np.uint64(np.int32(left) + np.int32(BEFORE))
        sums[d] = (sums[d] + line[i] * (np.float32(1) - part)) + line[i + np.uint64(1)] * part


@kernel
def _add_rows(image, spans, starts, slopes, sums, first, last):
    """Add to the rays [first, last), whose places run one way along a row, what they meet in an image.

    Only rays that meet something other than zero in a row are looked at: from row to row they change by few.
    """
    rising = (
        starts[last - 1] + slopes[last - 1] * 0.5 * image.shape[0]
        >= starts[first] + slopes[first] * 0.5 * image.shape[0]
    )
    begin = end = first
    for row in range(image.shape[0]):
        low, high = np.float64(spans[row, 0] - 1), np.float64(spans[row, 1])
        if high - low < 2:
            continue
        if not rising:
            low, high = high, low
        y = np.float64(row)
        while begin > first and _past(starts, slopes, y, begin - 1, low, rising):
            begin -= 1
        while begin < last and not _past(starts, slopes, y, begin, low, rising):
            begin += 1
        while end > first and _past(starts, slopes, y, end - 1, high, rising):
            end -= 1
        while end < last and not _past(starts, slopes, y, end, high, rising):
            end += 1
        _add_row(image[row], y, starts, slopes, sums, begin, end)


@kernel
def sum_rays(stack, turned, angles, offsets, source, pixel, out, begin, end):
    """Line integrals (Joseph) for angles [begin, end) of all images; ``source`` mm from the axis, inf for parallel.

    ``stack`` holds the images with columns of zeros, BEFORE and AFTER them, ``turned`` the same of the
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
    spans = np.empty((stack.shape[0], rows, 2), np.int64)
    turned_spans = np.empty((stack.shape[0], width, 2), np.int64)
    _spans(stack, spans)
    _spans(turned, turned_spans)
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
                last = first + 1
                # places of neighbours run one way as long as their slopes do
                turn = slopes[min(last, number - 1)] - slopes[first]
                while last < number and steep[last] == steep[first] and (slopes[last] - slopes[last - 1]) * turn >= 0:
                    last += 1
                if steep[first]:
                    _add_rows(stack[k], spans[k], starts, slopes, sums, first, last)
                else:
                    _add_rows(turned[k], turned_spans[k], starts, slopes, sums, first, last)
                first = last
            for d in range(number):
                out[k, a, d] = sums[d] * np.float32(np.sqrt(1 + slopes[d] * slopes[d])) * pixel


@kernel
def _spread_row(rays, base, step, target, begin, end):
    """Add to pixels [begin, end) of a row what the rays through them brought, read between elements.

    Places are whole numbers of 2 ** -20 elements from one that is chosen anew every STRIDE pixels: twice as fast as
    floats, and off by less than STRIDE / 2 of those.
    """
    stride = STRIDE if abs(step) < STEEP else 1
    pace = np.int32(np.round(step * 1048576.0))
    for start in range(begin, end, stride):
        stop = min(start + stride, end)
        place = base + start * step
        origin = max(0, min(np.int64(min(place, base + (stop - 1) * step)), rays.size - 2))
        near = rays[origin:]
        first = np.int32(np.round((place - origin) * 1048576.0))
        high = np.int32((min(near.size - 1, MOST) << 20) - 1)
        line = target[start:stop]
        for x in range(np.uint64(line.size)):
            at = min(max(np.int32(first + np.int32(x) * pace), np.int32(0)), high)
            i = np.uint64(np.uint32(at >> 20))
            part = np.float32(np.int32(at & 0xFFFFF)) * np.float32(2.0**-20)
            line[x] += near[i] + part * (near[i + np.uint64(1)] - near[i])


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
