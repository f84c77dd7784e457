"""Screwdrivers that differ at the tip alone: both named where the scan cannot tell, never the wrong one alone."""

from __future__ import annotations

from collections.abc import Iterator

import forms
import scenes
from lines import Trial
from trials import CONFIG, how_made, written

from xscan.model import Template, TemplateLibrary
from xscan.template import match
from xscan.template.candidates import index_of

_TWINS = 8  # pairs added to the library


def alike(library: TemplateLibrary, rounds: int, seed: int) -> Iterator[tuple[str, Trial]]:
    """Each of some pairs of near-likes planted, against the library and all the pairs."""
    twins = [
        Template(f"driver{n}-{tip}", "driver", mesh, "protected-design")
        for n in range(_TWINS)
        for tip, mesh in zip(("flat", "cross"), forms.twins(1000 * seed + n), strict=True)
    ]
    both = TemplateLibrary(f"{library.path}+{_TWINS} twins {seed}", (*library.templates, *twins))
    for k in range(rounds):
        for i, t in enumerate(twins):
            yield f"{t.id}/{k}", _alike(both, t, i, k, seed)


def _alike(library: TemplateLibrary, t: Template, i: int, k: int, seed: int) -> Trial:
    def trial() -> dict:
        index = index_of(library, CONFIG)
        how = how_made(seed, i, k, scaled=True)
        seg, q, _ = scenes.alone(scenes.fine_solid(t.mesh), **how)
        found = match(seg, q, library, {}, config=CONFIG)
        names = [(m.template_id, *m.alternatives) for m in found]
        return {"twin": t.id, "how": written(how), "library": len(index.ids), "named": names}

    return trial
