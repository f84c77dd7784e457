"""Declared beside measured, as small bars with their uncertainty."""

from __future__ import annotations

import math

from markupsafe import Markup

from xscan.language import Language, text
from xscan.report.text import number, with_sigma

__all__ = ["class_ramps", "compared", "deviation_scale"]

WIDTH, HEIGHT = 220.0, 40.0
CLASSES_SHOWN = ("organic", "mixed", "metal", "unknown")
TOP = 1.12  # of the largest value: room at the right


def compared(
    declared: float | None, measured: float | None, sigma: float | None, unit: str, language: Language = "en"
) -> Markup:
    """Return SVG of two bars on one scale from zero; a whisker spans two sigma to each side.

    A value that is not known has no bar.
    """
    spread = 2 * (sigma or 0)
    largest = max(declared or 0, (measured or 0) + spread) * TOP
    if not math.isfinite(largest) or largest <= 0:
        return Markup("")
    unit_width = WIDTH / largest
    parts = [f'<path class="ground" d="M0.5,2V{HEIGHT - 2}"/>']
    if declared is not None:
        parts.append(f'<rect class="declared" x="0" y="5" width="{declared * unit_width:.1f}" height="12" rx="2"/>')
    if measured is not None:
        end = max(measured, 0) * unit_width
        parts.append(f'<rect class="measured" x="0" y="23" width="{end:.1f}" height="12" rx="2"/>')
        if spread:
            low, high = max(0.0, (measured - spread) * unit_width), (measured + spread) * unit_width
            parts.append(f'<path class="whisker" d="M{low:.1f},29H{high:.1f}M{low:.1f},25V33M{high:.1f},25V33"/>')
    values = {"declared": f"{number(declared)} {unit}", "measured": with_sigma(measured, sigma, unit)}
    title = text("page-compared", values, language)
    return Markup(  # noqa: S704 - numbers and our own words only
        f'<svg class="bars" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="img"><title>{title}</title>'
        + "".join(parts)
        + "</svg>"
    )


def deviation_scale(limit_mm: float, language: Language = "en") -> Markup:
    """Return SVG of the colour bar of `colours.diverging`, from minus to plus that many mm."""
    from xscan.report.colours import diverging

    steps = 41
    cells = []
    for i in range(steps):
        red, green, blue = (round(float(c) * 255) for c in diverging(-1 + 2 * i / (steps - 1)))  # type: ignore[arg-type]
        cells.append(
            f'<rect x="{i * 240 / steps:.2f}" y="0" width="6.2" height="10" fill="rgb({red},{green},{blue})"/>'
        )
    texts = (("start", 0, f"−{limit_mm:g}"), ("middle", 120, "0"), ("end", 240, f"+{limit_mm:g} mm"))
    labels = "".join(f'<text x="{x}" y="24" text-anchor="{anchor}">{told}</text>' for anchor, x, told in texts)
    title = text("page-deviation-mm", None, language)
    return Markup(  # noqa: S704 - numbers and our own words only
        f'<svg class="scale" viewBox="0 0 240 28" role="img"><title>{title}</title>{"".join(cells)}{labels}</svg>'
    )


def class_ramps(language: Language = "en") -> list[tuple[str, str, Markup]]:
    """Return (class, what it means, SVG of its colours from thin to dense)."""
    from xscan.report.colours import CLASSES, STOPS

    out = []
    for name in CLASSES_SHOWN:
        meaning = text(f"class-{name}", None, language)
        title = text("class-thin-to-dense", {"name": meaning}, language)
        stops = "".join(
            f'<stop offset="{at:g}" stop-color="#{code}"/>' for at, code in zip(STOPS, CLASSES[name], strict=True)
        )
        svg = (
            f'<svg viewBox="0 0 90 14" role="img"><title>{title}</title><defs><linearGradient '
            f'id="ramp-{name}">{stops}</linearGradient></defs>'
            f'<rect width="90" height="14" fill="url(#ramp-{name})"/></svg>'
        )
        out.append((name, meaning, Markup(svg)))  # noqa: S704 - our own words only
    return out
