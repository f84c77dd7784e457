"""What an object costs against libraries of 10, 100 and 1,000 templates, everything kept from before (warm)."""

from __future__ import annotations

import time
from collections.abc import Iterator

import forms
import numpy as np
import scenes
from lines import Trial
from trials import CONFIG, how_made

from xscan.model import TemplateLibrary
from xscan.template import match
from xscan.template.candidates import index_of

SIZES = (10, 100, 1000)


def cost(library: TemplateLibrary, rounds: int, seed: int) -> Iterator[tuple[str, Trial]]:
    """Bodies of the library and others, each against its first 10, 100 and 1,000 templates."""
    for size in SIZES:
        if size <= len(library.templates):
            for body in range(8 * rounds):
                yield f"{size}/{body}", _cost(library, size, body, seed)


def _cost(library: TemplateLibrary, size: int, body: int, seed: int) -> Trial:
    def trial() -> dict:
        some = TemplateLibrary(f"{library.path}:{size}", library.templates[:size])
        index_of(some, CONFIG)
        known = body % 2 == 0
        kind = forms.KINDS[body % len(forms.KINDS)]
        mesh = library.templates[body].mesh if known else forms.make(kind, 7_000_000 + 100 * seed + body)
        how = how_made(seed, body, 0, scaled=True) | {"voxel_mm": 1.5}
        seg, q, _ = scenes.alone(scenes.fine_solid(mesh), **how)
        match(seg, q, some, {}, config=CONFIG)
        began, cpu = time.perf_counter(), time.process_time()
        found = match(seg, q, some, {}, config=CONFIG)
        took = {"s": round(time.perf_counter() - began, 3), "cpu": round(time.process_time() - cpu, 3)}
        voxels = int(np.prod(seg.grid.shape))
        names = [m.template_id for m in found]
        return {"size": size, "known": known, "objects": len(seg.goods), "voxels": voxels, "named": names} | took

    return trial
