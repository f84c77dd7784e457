"""What is wrong with a library, before a scan is held against it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from xscan.model import Progress, TemplateLibrary, silent
from xscan.template.body import Body
from xscan.template.candidates import could_be
from xscan.template.config import TemplateConfig
from xscan.template.fit import fit_whole
from xscan.template.meshes import open_edges
from xscan.template.prepared import Prepared, mirrored, prepare

__all__ = ["Problem", "check_library"]


@dataclass(frozen=True)
class Problem:
    """One remark: `kind` is mesh, size, duplicate, alike or right."""

    template_ids: tuple[str, ...]
    kind: str
    message: str


def check_library(
    library: TemplateLibrary,
    *,
    on: date | None = None,
    voxel_mm: float = 1.5,
    config: TemplateConfig | None = None,
    progress: Progress = silent,
) -> list[Problem]:
    """Look for meshes that are not closed, sizes that cannot be, duplicates, near-likes and rights not in force.

    Parameters
    ----------
    on : the day for which rights are judged; without it they are not
    voxel_mm : voxels of the scanner for which near-likes are judged: two shapes that differ by less than about
        one of them, root mean square, can be taken for each other
    """
    config = config or TemplateConfig()
    problems: list[Problem] = []
    prepared: dict[str, Prepared] = {}
    for n, t in enumerate(library.templates):
        progress(0.5 * n / len(library.templates), f"template {t.id}")
        p = prepared[t.id] = prepare(t.mesh, config)
        longest = max(t.mesh.size_mm)
        if loose := open_edges(t.mesh):
            rest = "" if p.closed else " and does not enclose its inside: it was closed for the comparison"
            problems.append(Problem((t.id,), "mesh", f"the mesh is not closed ({loose} open or shared edges){rest}"))
        if longest < config.min_size_mm or longest > 1500:
            text = f"the mesh is {longest:.3g} mm long: is its unit right?"
            problems.append(Problem((t.id,), "size", text))
        if on and t.right and t.right.valid_until and t.right.valid_until < on:
            problems.append(Problem((t.id,), "right", f"the right ended on {t.right.valid_until.isoformat()}"))
        if on and t.right and t.right.valid_from and t.right.valid_from > on:
            problems.append(Problem((t.id,), "right", f"the right begins on {t.right.valid_from.isoformat()}"))
    ids = sorted(prepared)
    for n, a in enumerate(ids):
        progress(0.5 + 0.5 * n / len(ids), f"near-likes of {a}")
        others = {b: prepared[b] for b in ids if b > a}
        body = _as_body(prepared[a])
        for b in could_be(body.shape, others, 1.0, config):
            direct = _apart(others[b], body, config)
            mirror = _apart(mirrored(others[b]), body, config)
            if prepared[a].key == prepared[b].key or direct < 0.05:
                problems.append(Problem((a, b), "duplicate", "the two are the same shape"))
            elif min(direct, mirror) < voxel_mm:
                how = "" if direct <= mirror else ", one of them mirrored"
                text = f"they differ by {min(direct, mirror):.2f} mm root mean square{how}, scaled copies allowed"
                problems.append(Problem((a, b), "alike", f"could be confused at {voxel_mm:g} mm voxels: {text}"))
    progress(1.0)
    return problems


def _as_body(p: Prepared) -> Body:
    """A template as if it lay in a scan without blur or noise."""
    reach = np.full(3, 1e6)
    inside = p.distance.values < 0
    return Body((), inside, (0, 0, 0), p.distance, p.points, p.normals, p.shape, -reach, reach)


def _apart(p: Prepared, body: Body, config: TemplateConfig) -> float:
    fit = fit_whole(p, body, config.max_scale)
    return float(np.sqrt((fit.template_mm**2).mean() / 2 + (fit.body_mm**2).mean() / 2))
