"""How the page's templates write words and numbers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from xscan.language import Language, in_language, text, word
from xscan.report.bars import compared, deviation_scale
from xscan.report.text import clean, number, when, with_sigma

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["environment"]


@cache
def environment(language: Language) -> Environment:
    """Return the templates' environment of a language.

    Everything is escaped, and first made visible; what is missing is an error. ``t(key, name=value)`` is a sentence of
    the catalogue, ``p(key)`` one of the page, ``v(key)`` one of the viewer.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("xscan.report", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_seen,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "number": lambda v, digits=3: Markup(number(v, digits)),  # noqa: S704 - digits only
        "pm": lambda v, sigma, unit="": Markup(with_sigma(v, sigma, unit)),  # noqa: S704 - digits, our own units
        "weighed": lambda v, sigma: (
            text("page-not-weighed", None, language) if v is None else with_sigma(v, sigma, "g")
        ),
        "stated": lambda v: text("page-not-stated", None, language) if v is None else with_sigma(v, None, "g"),
        "count": lambda v: "–" if v is None else f"{v:g}",
        "when": lambda v: when(v) or text("page-time-unknown", None, language),
        "word": lambda v, of: in_language(word(of, v), language),
        "ids": _ids,
        "size": _size,
    }
    made.globals |= {
        "t": lambda name, /, **values: text(name, values, language),
        "p": lambda name, /, **values: text(f"page-{name}", values, language),
        "v": lambda name, /, **values: text(f"viewer-{name}", values, language),
        "compared": partial(compared, language=language),
        "deviation_scale": partial(deviation_scale, language=language),
        "line_sigma": _line_sigma,
    }
    return made


def _seen(value: object) -> object:
    """What every expression of a template becomes, before it is escaped."""
    if isinstance(value, Markup):
        return value
    if isinstance(value, str):
        return clean(value)
    return "–" if value is None else value


def _ids(ids: list[int]) -> Markup:
    """Links to rows of the table of objects."""
    return Markup(", ").join(Markup('<a href="#object-{0}">{0}</a>').format(int(i)) for i in ids) or escape("–")


def _size(entry: Mapping[str, Any]) -> str:
    """Lengths of the box, longest first."""
    low, high = entry["bbox_mm"]
    lengths = sorted((h - k for k, h in zip(low, high, strict=True)), reverse=True)
    return " × ".join(f"{v:.0f}" for v in lengths)


def _line_sigma(line: Mapping[str, Any], objects: list[Mapping[str, Any]]) -> float:
    """Uncertainty of a declared line's measured mass: as the check gives it, else from its objects."""
    told = line["evidence"].get("measured_sigma_g")
    if isinstance(told, int | float):
        return float(told)
    ids = set(line["object_ids"])
    return float(sum((o["mass_g_uncertainty"] or 0) ** 2 for o in objects if o["id"] in ids) ** 0.5)
