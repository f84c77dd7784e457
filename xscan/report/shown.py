"""The files that people look at, made from one scene: page, PDF, thumbnail."""

from __future__ import annotations

from xscan.model import Progress, silent
from xscan.report.config import ReportConfig
from xscan.report.contents import contents_of
from xscan.report.page import page
from xscan.report.projections import projections
from xscan.report.scene import Scene
from xscan.report.thumbnail import NAME as THUMBNAIL
from xscan.report.thumbnail import thumbnail

__all__ = ["SHOWN", "shown"]

SHOWN = (THUMBNAIL, "report.pdf", "report.html")  # the page comes last: where it is, the others are


def shown(scene: Scene, *, config: ReportConfig, progress: Progress = silent) -> dict[str, bytes]:
    """Return the bytes of each file by name, of `SHOWN` those that the configuration asks for."""
    projected = projections(scene.quantities)
    contents = contents_of(
        scene, config=config, projected=projected, progress=lambda f, t="": progress(0.7 * f, t or "pictures")
    )
    files = {THUMBNAIL: thumbnail(scene, projected)}
    if config.pdf:
        from xscan.report.pdf import pdf

        progress(0.7, "pdf")
        files["report.pdf"] = pdf(contents, language=scene.language)
    progress(0.8, "page")
    files["report.html"] = page(scene, config=config, contents=contents).encode("utf-8")
    progress(1.0, "page")
    return files
