"""What is wrong with a library, before a scan is held against it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from xscan.model import Mesh, Progress, TemplateLibrary, silent
from xscan.template.candidates import index_of
from xscan.template.config import TemplateConfig
from xscan.template.likeness import apart_mm, as_body
from xscan.template.meshes import UNITS_MM, open_edges
from xscan.template.prepared import mirrored

__all__ = ["Problem", "check_library", "mesh_remarks"]

_LONGEST_MM = 1500.0  # no parcel is longer


@dataclass(frozen=True)
class Problem:
    """One remark: `kind` is mesh, size, duplicate, alike or right."""

    template_ids: tuple[str, ...]
    kind: str
    message: str


def mesh_remarks(mesh: Mesh, *, closed: bool = True, config: TemplateConfig | None = None) -> list[tuple[str, str]]:
    """What a user should know of one mesh: (kind, message) each.

    Parameters
    ----------
    closed : whether its inside could be told without closing it
    """
    config = config or TemplateConfig()
    found = []
    if loose := open_edges(mesh):
        rest = "" if closed else " and does not enclose its inside: it was closed for the comparison"
        found.append(("mesh", f"the mesh is not closed ({loose} open or shared edges){rest}"))
    longest = max(mesh.size_mm)
    if not config.min_size_mm <= longest <= _LONGEST_MM:
        likely = [u for u in ("um", "cm", "in", "m") if config.min_size_mm <= longest * UNITS_MM[u] <= _LONGEST_MM]
        told = ", or ".join(f"{longest * UNITS_MM[u]:.3g} mm if its numbers are {u}" for u in likely)
        less = f"; bodies below {config.min_size_mm:g} mm are not compared" if longest < config.min_size_mm else ""
        found.append(("size", f"the mesh is {longest:.3g} mm long: is its unit right? {told}{less}".strip()))
    return found


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
    index = index_of(library, config, lambda share, what="": progress(0.4 * share, what))
    for n, t in enumerate(library.templates):
        progress(0.4 + 0.1 * n / len(library.templates), f"template {t.id}")
        closed = index.prepared(t.id).closed
        problems += [Problem((t.id,), kind, text) for kind, text in mesh_remarks(t.mesh, closed=closed, config=config)]
        if on and t.right and t.right.valid_until and t.right.valid_until < on:
            problems.append(Problem((t.id,), "right", f"the right ended on {t.right.valid_until.isoformat()}"))
        if on and t.right and t.right.valid_from and t.right.valid_from > on:
            problems.append(Problem((t.id,), "right", f"the right begins on {t.right.valid_from.isoformat()}"))
    for n, a in enumerate(index.ids):
        progress(0.5 + 0.5 * n / len(index.ids), f"near-likes of {a}")
        body = as_body(index.prepared(a))
        for b in index.could_be(body.shape, 1.0):
            if b <= a:
                continue
            direct = apart_mm(index.prepared(b), body, config.max_scale)
            mirror = apart_mm(mirrored(index.prepared(b)), body, config.max_scale)
            if index.keys[a] == index.keys[b] or direct < 0.05:
                problems.append(Problem((a, b), "duplicate", "the two are the same shape"))
            elif min(direct, mirror) < voxel_mm:
                how = "" if direct <= mirror else ", one of them mirrored"
                text = f"they differ by {min(direct, mirror):.2f} mm root mean square{how}, scaled copies allowed"
                problems.append(Problem((a, b), "alike", f"could be confused at {voxel_mm:g} mm voxels: {text}"))
    progress(1.0)
    return problems
