"""report.html: the report as one page that needs nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup, escape

from xscan.language import in_language, text, word
from xscan.model import Progress, silent
from xscan.report.bars import class_ramps
from xscan.report.config import ReportConfig
from xscan.report.contents import contents_of
from xscan.report.environment import environment
from xscan.report.policy import content_policy, own_file
from xscan.report.scene import Scene
from xscan.report.text import clean
from xscan.report.voxels import pack

__all__ = ["page"]


def page(
    scene: Scene,
    *,
    config: ReportConfig,
    contents: Mapping[str, Any] | None = None,
    progress: Progress = silent,
) -> str:
    """Return the HTML of one report.

    It speaks the scene's language. Every word and number of the parcel comes from ``scene.document``, every picture
    from the volumes and labels beside it. No address outside the page, no script but our own (the viewer), and a
    content policy that says so; text from inputs is escaped.

    Parameters
    ----------
    contents : as `contents_of` gives them; made where they are not at hand
    """
    told = contents or contents_of(scene, config=config, progress=lambda f, text="": progress(0.9 * f, text))
    style = own_file("page.css")
    script = own_file("viewer.js") if config.viewer else None
    html: str = (
        environment(scene.language)
        .get_template("page.html.j2")
        .render(
            **told,
            style=style,
            policy=content_policy(style, script),
            script=script,
            viewer_words=_viewer_words(scene),
            viewer=_viewer(scene, config) if config.viewer else None,
            ramps=class_ramps(scene.language),
        )
    )
    progress(1.0, "page")
    return html


def _viewer(scene: Scene, config: ReportConfig) -> dict[str, Markup]:
    """The packed scan, whole, however many objects it has: a template would cut a long text."""
    return {
        k: escape(v) for k, v in pack(scene, voxels=config.viewer_voxels, megabytes=config.viewer_megabytes).items()
    }


def _viewer_words(scene: Scene) -> Markup:
    """What the script says, JSON; it fills in ``{}``. Materials: name, rho_e from and to (mol/cm³), z_e, mol e⁻/g."""
    language = scene.language
    rows = []
    for m in scene.materials:
        low, high = (round(m.rho_e_per_density * d, 4) for d in m.density_g_cm3)
        name = clean(in_language(word("material", m.name), language), 80)
        rows.append([name, low, high, round(m.z_e, 2), round(m.rho_e_per_density, 4)])
    words: dict[str, object] = {
        "object": text("viewer-object", {"id": "{}"}, language),
        "none": text("viewer-none-chosen", None, language),
        "air": text("viewer-air", None, language),
        "weighed": text("viewer-weighed", {"object": "{object}", "material": "{material}", "mass": "{}"}, language),
        "unweighed": text("viewer-unweighed", {"object": "{object}", "material": "{material}"}, language),
        "here": text("viewer-here", None, language),
        "materials": rows,
        "arbitrary": text("viewer-arbitrary", {"value": "{}"}, language),
    }
    return escape(json.dumps(words, ensure_ascii=False))
