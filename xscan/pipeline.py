"""The order in which a scan becomes a decision; only this file knows it.

load → calibrate → denoise → segment → sign → match templates → check the declaration → decide
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import TypeVar

from xscan import decide as decide_
from xscan import declaration as declaration_
from xscan import denoise as denoise_
from xscan import io, physics
from xscan import segment as segment_
from xscan import signature as signature_
from xscan import template as template_
from xscan.config import Config
from xscan.errors import InputError
from xscan.memory import binning_for
from xscan.model import Analysis, Calibration, Declaration, Scan, TemplateLibrary
from xscan.model.progress import Progress, silent

__all__ = ["analyze"]

T = TypeVar("T")

# name and share of the time, as measured on 256×256×136 dual-energy parcels with 16 templates
STAGES = {
    "read": 0.05,
    "calibrate": 0.15,
    "denoise": 0.10,
    "segment": 0.30,
    "sign": 0.10,
    "match templates": 0.25,
    "check declaration": 0.04,
    "decide": 0.01,
}


def analyze(
    scan: Scan | str | Path,
    *,
    declaration: Declaration | str | Path | None = None,
    templates: TemplateLibrary | str | Path | None = None,
    calibration: Calibration | str | Path | None = None,
    units: str | None = None,
    config: Config | None = None,
    progress: Progress = silent,
) -> Analysis:
    """Analyse a scan: what is in it, what it weighs, what shape it matches, what disagrees with the declaration.

    Parameters
    ----------
    scan : a scan, or the path of a file or folder of any form that `xscan.load` reads
    declaration, templates, calibration : values, or paths of the forms in the project's contract; each may be
        absent: without a calibration the one stored in the scan is used, else a nominal water scale (and the
        report says so)
    units : unit of the numbers, where `scan` is a path to a form that carries none
    config : settings; the defaults where absent
    progress : told how far it is

    Raises
    ------
    InputError : an input could not be read or is refused; its text names the input and what to do
    """
    config = config or Config()
    clock = _Clock(progress)

    with_scan = clock.run(
        "read", lambda _: scan if isinstance(scan, Scan) else io.load(scan, units=units, config=config.io)
    )
    if with_scan.modality != "CT":
        raise InputError(
            with_scan.provenance.path,
            "is a projection (DX); objects can be found and weighed in CT scans only",
            "`xscan info` and `xscan convert` read it",
        )
    # the small inputs are read before the long work, so that a wrong one is refused at once
    said = (
        declaration_.read_declaration(declaration, config=config.declaration)
        if isinstance(declaration, (str, Path))
        else declaration
    )
    library = (
        template_.load_library(templates, config=config.template) if isinstance(templates, (str, Path)) else templates
    )
    if calibration is None and with_scan.calibration is not None:
        calibration = physics.parse_calibration(with_scan.calibration, source=with_scan.provenance.path)
    elif isinstance(calibration, (str, Path)):
        calibration = physics.read_calibration(calibration)
    materials = physics.load_materials(config.physics.materials_file)

    binning = binning_for(with_scan.grid.voxel_count, config.memory_gb)
    seen = with_scan if binning == 1 else io.coarsen(with_scan, binning)

    quantities = clock.run(
        "calibrate", lambda p: physics.quantify(seen, calibration, config=config.physics, progress=p)
    )
    clean = clock.run("denoise", lambda p: denoise_.denoise(quantities, config=config.denoise, progress=p))
    segmentation = clock.run("segment", lambda p: segment_.segment(clean, config=config.segment, progress=p))
    signatures = clock.run(
        "sign",
        lambda p: signature_.sign(segmentation, quantities, materials, config=config.signature, progress=p),
    )
    matches = clock.run(
        "match templates",
        lambda p: (
            ()
            if library is None
            else template_.match(
                segmentation,
                clean,
                library,
                signatures,
                consignor_id=said.consignor.id if said else "",
                acquired=with_scan.provenance.acquired,
                config=config.template,
                progress=p,
            )
        ),
    )
    check = clock.run(
        "check declaration",
        lambda p: (
            None
            if said is None
            else declaration_.check(
                said, segmentation, signatures, matches, library, materials, config=config.declaration, progress=p
            )
        ),
    )
    decision = clock.run(
        "decide",
        lambda _: decide_.decide(
            with_scan, quantities, segmentation, signatures, matches, library, said, check, config=config.decide
        ),
    )
    return Analysis(
        scan=with_scan,
        quantities=quantities,
        segmentation=segmentation,
        signatures=signatures,
        decision=decision,
        matches=matches,
        library=library,
        declaration=said,
        check=check,
        binning=binning,
        seconds=clock.seconds,
    )


class _Clock:
    """Runs a stage, keeps its time, and maps its progress into the whole run's."""

    def __init__(self, progress: Progress) -> None:
        self.seconds: dict[str, float] = {}
        self._progress = progress
        self._done = 0.0

    def run(self, stage: str, work: Callable[[Progress], T]) -> T:
        share = STAGES[stage]
        start, done = perf_counter(), self._done
        self._progress(done, stage)
        result = work(lambda fraction, text="": self._progress(done + share * fraction, text or stage))
        self.seconds[stage] = perf_counter() - start
        self._done = done + share
        return result
