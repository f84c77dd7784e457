"""From deviations to a probability."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xscan.template.body import Body
from xscan.template.config import TemplateConfig
from xscan.template.fit import Fit
from xscan.template.partial import SEEN_SHARE
from xscan.template.prepared import Prepared

__all__ = ["FEATURES", "Evidence", "blur_mm", "evidence_of", "features", "probability"]


_PURE = 0.95  # share of the body's surface that must lie on the template before parts may lack


# by `benchmarks/shapes/calibrate.py`
_BIAS = 2.22
_WEIGHTS = {
    "rms": 0.55,
    "p95": 0.27,
    "coherent": 0.31,
    "outside": -16.41,
    "unexplained": -26.26,
    "uncovered": -13.99,
    "stretched": -1.03,
    "plain": -0.08,
    "plain growth": -77.10,
    "mirrored": -1.01,
    # as theory says: parts of 24 heaps gave -0.68, with which the study named five wrong things
    "part": -1.50,
    "size": 0.74,
}


@dataclass(frozen=True)
class Evidence:
    """What speaks for a fit.

    Parameters
    ----------
    blur_mm : what a true copy deviates by, root mean square: voxels, point spread and threshold together
    size_mm : root mean square radius of the template
    rms_mm : of the deviations of both sides, less offset, the farthest fiftieth left out (crumbs that hang on)
    p95_mm : 95th percentile of their sizes, the worse of both sides
    coherent_mm : of the template's deviations, each the mean of those around it: noise goes, another form stays
    coverage : share of the template's surface, as far as the scan sees it, on which the body's skin lies
    outside : share of the template's surface that stands out of the body: what the body lacks
    explained : share of the body's surface for which the template answers and on which it lies
    stretch : the largest departure of a scale from 1
    growth : the same with the offset of the skin counted in, by which a body is larger too
    limit : what it was allowed to be
    plain_mm : how far the template is from a ball, a box or a cylinder
    """

    blur_mm: float
    size_mm: float
    rms_mm: float
    p95_mm: float
    coherent_mm: float
    coverage: float
    outside: float
    explained: float
    stretch: float
    growth: float
    limit: float
    plain_mm: float


def blur_mm(voxel_mm: float, config: TemplateConfig) -> float:
    """What the skin of a true copy deviates by, root mean square, mm: voxels, point spread and threshold together."""
    return float(np.sqrt((0.2 * voxel_mm) ** 2 + (0.15 * config.psf_voxels * voxel_mm) ** 2 + 0.1**2))


def evidence_of(fit: Fit, body: Body, prepared: Prepared, config: TemplateConfig, *, whole: bool = True) -> Evidence:
    """Reduce a fit to evidence.

    Where the template explains only a part (`whole` false), its points inside the body are where something touches
    it: they are missing from the coverage, but do not count as deviation.
    """
    voxel = body.voxel_mm
    blur = blur_mm(voxel, config)
    near = max(4 * blur, 0.75 * voxel)
    used = fit.seen
    there, back = fit.template_mm[used], fit.body_mm[fit.explained]
    size = prepared.shape.size
    if there.size < SEEN_SHARE * fit.template_mm.size or back.size == 0:
        return _nothing(blur, size, prepared, config)
    coverage = float((np.abs(there) < near).mean())
    outside = float((there > near).mean())
    explained = float((np.abs(back) < near).mean())
    if not whole:
        used = used & (fit.template_mm > -near)
    if explained > _PURE:
        # all that is there lies on the template: what lacks (thin parts lost to blur, streaks or a cut) is counted
        # as lacking, not as deviation
        used = used & (fit.template_mm < near)
    there = fit.template_mm[used]
    if there.size == 0:
        return _nothing(blur, size, prepared, config)
    rms = float(np.sqrt(_mean_square(there) / 2 + _mean_square(back) / 2))
    p95 = max(float(np.percentile(np.abs(there), 95)), float(np.percentile(np.abs(back), 95)))
    return Evidence(
        blur,
        size,
        rms,
        p95,
        _coherent(np.clip(fit.template_mm, -3 * voxel, 3 * voxel), used, prepared),
        coverage=coverage,
        outside=outside,
        explained=explained,
        stretch=float(np.abs(fit.poses.scale - 1).max()),
        growth=float(np.abs(fit.poses.scale - 1 + fit.poses.offset[0] / size).max()),
        limit=config.max_scale,
        plain_mm=prepared.plain_mm,
    )


def _nothing(blur: float, size: float, prepared: Prepared, config: TemplateConfig) -> Evidence:
    """Where too little was seen to say anything."""
    far = np.inf
    return Evidence(blur, size, far, far, far, 0.0, 1.0, 0.0, 0.0, 0.0, config.max_scale, prepared.plain_mm)


def _coherent(d: NDArray[np.float64], used: NDArray[np.bool_], prepared: Prepared) -> float:
    """Root mean square of deviations (n,) averaged over the points around each, of those `used`."""
    mean, number = prepared.averaged(d, used)
    return float(np.sqrt(_mean_square(mean[used & (number > 0)])))


# what speaks about a fit: its name, and the weight that theory gives it (a log-likelihood counts once, and
# what rms, p95 and `coherent` tell is partly the same; the others are sized so that a tenth of the surface gone
# astray decides)
FEATURES = {
    "rms": 0.5,
    "p95": 0.25,
    "coherent": 0.7,
    "outside": -15.0,
    "unexplained": -25.0,
    "uncovered": -10.0,
    "stretched": -1.0,
    "plain": -1.0,
    "plain growth": -80.0,
    "mirrored": -1.0,
    "part": -1.5,
    "size": 0.4,
}


def features(e: Evidence, *, whole: bool, mirrored: bool) -> NDArray[np.float64]:
    """What the odds are made of, in the order of `FEATURES`.

    rms, p95, coherent : log-likelihood of the deviation among those of true copies, which are spread about a share of
    `blur_mm`, in streaks about a share of what scatters from place to place as well; those of near-likes may be of
    any size beyond it, so that nothing is made of how far off they are;
    outside, unexplained, uncovered : what is missing, and what lies where nothing should, beyond what noise makes;
    stretched : whether it wants to be scaled further than allowed, as the same shape rarely does;
    plain : 1 for a ball, box or cylinder, 0 for what no such shape comes near;
    plain growth : how much larger or smaller such a one is: of a plain shape only its size speaks, and things of any
    size that happen to lie within the allowed scale fit it;
    mirrored, part : whether the fit is the mirror image, or a part of a body;
    size : log of the template's size in blurs: other shapes of like proportions depart from it by a tenth of its size.
    """
    plain = 1 / (1 + (e.plain_mm / (3 * e.blur_mm)) ** 2)
    scatter = float(np.sqrt(max(0.0, e.rms_mm**2 - e.coherent_mm**2)))
    return np.array(
        [
            _beyond(e.rms_mm, 0.6 * e.blur_mm, 0.5),
            _beyond(e.p95_mm, 1.4 * e.blur_mm, 0.5),
            _beyond(e.coherent_mm, max(0.35 * e.blur_mm, 0.5 * scatter), 0.25),
            max(0.0, e.outside - 0.04),
            max(0.0, 0.93 - e.explained),
            _uncovered(e.coverage, plain, whole=whole),
            float(e.stretch > 0.99 * e.limit > 0),
            plain,
            plain * max(0.0, e.growth - 0.02),
            float(mirrored),
            float(not whole),
            float(np.log(0.1 * e.size_mm / e.blur_mm)),
        ]
    )


def probability(e: Evidence, *, whole: bool, mirrored: bool) -> float:
    """Probability, 0..1, that the body is the template, given that it is of its size and proportions.

    The odds are those of a logistic regression on right and wrong pairs of shapes that were made for it
    (`benchmarks/shapes/calibrate.py`; how well they hold on others stands in `benchmarks/shapes/README.md`).
    """
    if not np.isfinite(e.rms_mm):
        return 0.0
    odds = _BIAS + features(e, whole=whole, mirrored=mirrored) @ [_WEIGHTS[name] for name in FEATURES]
    return float(1 / (1 + np.exp(-np.clip(odds, -30, 30))))


def _uncovered(coverage: float, plain: float, *, whole: bool) -> float:
    """Share of the template on which no skin lies, beyond what noise makes, or what touches it may hide.

    Of a plain shape that is a part of a body it counts three times: a box one of whose faces is nowhere to be seen
    may be any box of the other five.
    """
    if whole:
        return max(0.0, 0.93 - coverage)
    return (1 + 2 * plain) * max(0.0, 0.8 + 0.13 * plain - coverage)


def _mean_square(d: NDArray[np.float64]) -> float:
    """Mean square of all but the farthest fiftieth."""
    return float(np.sort(d * d)[: max(1, round(0.98 * d.size))].mean())


def _beyond(value: float, usual: float, spread: float) -> float:
    """Log-likelihood of a deviation that is log-normal about what is usual, and has no lower tail."""
    return float(-(np.log(max(value, usual) / usual) ** 2) / (2 * spread**2))
