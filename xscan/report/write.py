"""The files of one report: report.json, labels.h5, and what people look at."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from xscan.model import Analysis, Material, Progress, silent
from xscan.report.aside import written_aside
from xscan.report.config import ReportConfig
from xscan.report.document import report_json
from xscan.report.labels import write_labels
from xscan.report.scene import scene_of
from xscan.report.shown import SHOWN, shown

__all__ = ["write_report"]

NAMES = ("labels.h5", *SHOWN, "report.json")


def write_report(
    analysis: Analysis,
    out: Path,
    *,
    config: ReportConfig = ReportConfig(),  # noqa: B008
    version: str,
    materials: Sequence[Material] = (),
    progress: Progress = silent,
) -> Path:
    """Write the report of one analysis into a folder; every file appears whole or not at all.

    Parameters
    ----------
    analysis : what one run found
    out : folder; made where it does not exist
    version : of xscan
    materials : that the page's viewer holds against what it reads at a place

    Returns
    -------
    Path
        `out`, which now holds report.json, labels.h5 and, unless the configuration says no, report.html,
        thumbnail.png and perhaps report.pdf.

    Raises
    ------
    UsageError
        `out` is a file.
    XscanError
        The folder cannot be written.
    """
    out = Path(out)
    document = report_json(analysis, version, config.language)
    with written_aside(out, NAMES) as aside:
        progress(0.0, "labels")
        write_labels(
            aside / "labels.h5",
            analysis.segmentation,
            analysis.scan.grid,
            binning=analysis.binning,
            gzip=config.labels_gzip,
        )
        text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1)
        (aside / "report.json").write_text(text + "\n", encoding="utf-8")
        if config.page:
            scene = scene_of(analysis, document, config.language, materials)
            files = shown(scene, config=config, progress=lambda f, t="": progress(0.1 + 0.9 * f, t))
            for name, content in files.items():
                (aside / name).write_bytes(content)
    progress(1.0, "report")
    return out
