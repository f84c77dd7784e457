"""What a report shows, in words, numbers and pictures, before it becomes a page or a PDF."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from xscan.model import Progress, silent
from xscan.report.colours import Image
from xscan.report.config import ReportConfig
from xscan.report.matching import match_pictures
from xscan.report.portraits import portrait, portraits
from xscan.report.projections import projections
from xscan.report.reasons import reasons
from xscan.report.scene import Scene
from xscan.report.views import projection_figures, slice_figures, telling_place

__all__ = ["contents_of"]

SIGNS = {"clear": "✓", "inspect": "!", "detain": "✕"}
GLOSSARY = (
    *("risk", "severity", "sigma", "z-e", "rho-e", "mhu", "template", "score", "deviation", "coverage"),
    *("suspected", "mismatch"),
)
FIRST_SCREEN = 4  # rows that fit on it; confirmed lines fill what reasons leave free


def contents_of(
    scene: Scene,
    *,
    config: ReportConfig,
    projected: tuple[Image, Image, Image] | None = None,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Return what the templates of the page speak of, by the names that they use.

    Parameters
    ----------
    projected : sums along z, y, x as `projections` gives them; made where they are not at hand
    """
    document = scene.document
    progress(0.0, "pictures of the parcel")
    sums = projected or projections(scene.quantities)
    whole = projection_figures(scene, sums, width=480, pixels=config.picture_pixels)
    grid = scene.grid.extent_mm
    main = min(range(3), key=lambda axis: grid[axis])  # along the shortest axis the picture is the largest
    sliced = slice_figures(scene, telling_place(scene), width=400, pixels=config.picture_pixels)
    progress(0.3, "pictures of reasons")
    told = reasons(document)
    seen: set[tuple[int, ...]] = set()
    for place, reason in enumerate(told):
        ids = tuple(reason["object_ids"])
        # what was pictured above gives its place to the declared line
        again = ids in seen and reason["line"] is not None
        wanted = place < config.pictured_reasons and not again
        reason["crops"] = portraits(scene, ids, width=110, alarm=reason["alarm"]) if wanted else []
        seen.add(ids)
    agreed = [
        line | {"crops": portraits(scene, line["object_ids"], width=110, alarm=False)}
        for line in _agreed(document)[: max(0, FIRST_SCREEN - len(told))]
    ]
    progress(0.5, "pictures of matches")
    goods_first = sorted(document["objects"], key=lambda o: (o["role"] != "goods", o["id"]))
    matches = document["templates"] or []
    drawn = {}
    for done, i in enumerate(_best_of_each(matches)[: config.pictured_matches]):
        progress(0.5 + 0.4 * done / config.pictured_matches, "pictures of matches")
        drawn[i] = match_pictures(scene, i, pixels=config.surface_pixels, width=230)
    return {
        "d": document,
        "sign": SIGNS[document["decision"]],
        "parcel": _parcel(document),
        "reasons": told,
        "pictured": config.pictured_reasons,
        "agreed": agreed,
        "main_picture": whole[main],
        "columns": [
            [sliced[main]],
            [s for axis, s in enumerate(sliced) if axis != main],
            [p for axis, p in enumerate(whole) if axis != main],
        ],
        "objects": goods_first,
        "thumbnails": {
            o["id"]: portrait(scene, o["id"], None, 64, "alarm" if o["id"] in scene.alarmed else "object")
            for o in goods_first[: config.pictured_objects]
            if o["role"] == "goods"
        },
        "alarmed": scene.alarmed,
        "matches": [{"match": m, "pictures": drawn.get(i)} for i, m in enumerate(matches)],
        "coloured": scene.quantities.photo is not None,
        "totals": _totals(document),
        "glossary": GLOSSARY,
    }


def _parcel(document: Mapping[str, Any]) -> str:
    declared = (document["declaration"] or {}).get("parcel_id")
    return str(declared or document["scan"]["parcel_id"] or Path(document["scan"]["path"]).name)


def _agreed(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Declared lines that were found as declared."""
    declaration = document["declaration"] or {"lines": []}
    return [line for line in declaration["lines"] if line["status"] == "confirmed"]


def _best_of_each(matches: list[dict[str, Any]]) -> list[int]:
    """Places of the matches worth a picture: the best one of each template."""
    order = sorted(range(len(matches)), key=lambda i: -matches[i]["score"])
    first = {matches[i]["template_id"]: i for i in reversed(order)}
    return [i for i in order if i in first.values()]


def _totals(document: Mapping[str, Any]) -> dict[str, Any]:
    """Counts and masses for the head of the page."""
    roots = [o for o in document["objects"] if o["role"] == "goods" and o["parent"] is None]
    masses = [(o["mass_g"], o["mass_g_uncertainty"] or 0) for o in roots if o["mass_g"] is not None]
    declaration = document["declaration"]
    measured = sum(m for m, _ in masses) if masses else None
    sigma = sum(s**2 for _, s in masses) ** 0.5 if masses else None
    if declaration and declaration["mass"]["estimated_g"] is not None:
        measured = declaration["mass"]["estimated_g"]
        sigma = declaration["mass"]["estimated_g_uncertainty"] or sigma
    lines = declaration["lines"] if declaration else []
    return {
        "goods": len(roots),
        "inside": sum(o["role"] == "goods" and o["parent"] is not None for o in document["objects"]),
        "measured_g": measured,
        "sigma_g": sigma,
        "declared_g": declaration["mass"]["declared_g"] if declaration else None,
        "pieces": sum(line["quantity"] or 0 for line in lines) if declaration else None,
        "lines": len(lines),
        "confirmed": sum(line["status"] == "confirmed" for line in lines),
    }
