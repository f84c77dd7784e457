"""What opening the riskiest first finds: the gain curve, where the truth is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from xscan.language import Language, text
from xscan.report.ranking import Row

__all__ = ["Gain", "gain_curve", "gain_figure"]

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 520.0, 260.0, 46.0, 36.0, 10.0, 20.0
FIRST = 0.05  # share of parcels that an office can open


@dataclass(frozen=True)
class Gain:
    """Finds against openings, riskiest first.

    Parameters
    ----------
    opened, found : parcels opened and finds among them, from (0, 0) on; of equal risk all at once, at their mean
    first : openings that are the first 5 %, at least one
    first_found : finds among them, a mean where equals lie on both sides
    """

    opened: tuple[int, ...]
    found: tuple[float, ...]
    first: int
    first_found: float


def gain_curve(rows: Sequence[Row]) -> Gain | None:
    """Return the curve of rows whose truth is known; `None` where none is, or nothing was to be found."""
    known = sorted((r for r in rows if r.wrong is not None), key=lambda r: -r.risk)
    if not any(r.wrong for r in known):
        return None
    opened, found = [0], [0.0]
    for i, r in enumerate(known):
        total = sum(bool(k.wrong) for k in known[: i + 1])
        if i + 1 == len(known) or known[i + 1].risk != r.risk:  # equals come in any order
            opened.append(i + 1)
            found.append(float(total))
    first = max(1, round(FIRST * len(known)))
    after = next(k for k, n in enumerate(opened) if n >= first)
    share = (first - opened[after - 1]) / (opened[after] - opened[after - 1])
    first_found = found[after - 1] + share * (found[after] - found[after - 1])
    return Gain(tuple(opened), tuple(found), first, first_found)


def gain_figure(gain: Gain, language: Language) -> Markup:
    """Return SVG of the curve, beside what opening at random finds and what a perfect order would."""
    whole, wrong = gain.opened[-1], gain.found[-1]

    def place(opened: float, found: float) -> str:
        x = LEFT + (WIDTH - LEFT - RIGHT) * opened / whole
        y = HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * found / wrong
        return f"{x:.1f},{y:.1f}"

    def path(points: Sequence[tuple[float, float]]) -> str:
        return "M" + "L".join(place(*p) for p in points)

    marks = []
    for share in (0, 0.25, 0.5, 0.75, 1):
        x, y = place(share * whole, share * wrong).split(",")
        marks.append(f'<path class="grid" d="M{LEFT},{y}H{WIDTH - RIGHT}M{x},{TOP}V{HEIGHT - BOTTOM}"/>')
        marks.append(f'<text x="{LEFT - 6}" y="{float(y) + 4:.1f}" text-anchor="end">{share:.0%}</text>')
        marks.append(f'<text x="{x}" y="{HEIGHT - BOTTOM + 15}" text-anchor="middle">{share:.0%}</text>')
    across, up = (escape(text(f"rank-gain-{k}", None, language)) for k in ("opened", "found"))
    x, y = place(gain.first, gain.first_found).split(",")
    middle = (HEIGHT - BOTTOM) / 2
    return Markup(  # noqa: S704 - numbers and our own words only
        f'<svg class="gain" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="img"><title>{up} / {across}</title>'
        + "".join(marks)
        + f'<path class="ideal" d="{path([(0, 0), (wrong, wrong), (whole, wrong)])}"/>'
        f'<path class="chance" d="{path([(0, 0), (whole, wrong)])}"/>'
        f'<path class="curve" d="{path(list(zip(gain.opened, gain.found, strict=True)))}"/>'
        f'<circle cx="{x}" cy="{y}" r="4.5"/>'
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2:.1f}" y="{HEIGHT - 4}" text-anchor="middle">{across}</text>'
        f'<text x="12" y="{middle:.1f}" text-anchor="middle" transform="rotate(-90 12 {middle:.1f})">{up}</text></svg>'
    )
